using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Wizer.Cli;

/// <summary>
/// A cache on a server that speaks Bazel's protocol: <c>GET</c> and <c>PUT</c> of <c>/ac/KEY</c> and <c>/cas/HASH</c>. Nothing else touches
/// the framework's HTTP, which takes as long to load as a small module to run.
/// </summary>
internal sealed class HttpStore : ICacheStore
{
    // To find out that nobody is there, and for all of an answer.
    private const int ConnectSeconds = 5;
    private const int AnswerSeconds = 60;

    private readonly HttpClient _client;
    private readonly Uri _root;

    /// <param name="url">With <c>http</c> or <c>https</c>; what comes before an at sign is a name and a password.</param>
    /// <exception cref="CacheException">It is none.</exception>
    public HttpStore(string url)
    {
        if (!Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out Uri? address) || address.Host.Length == 0)
        {
            throw new CacheException("this is no proper URL");
        }

        var root = new UriBuilder(address) { UserName = "", Password = "", Query = "", Fragment = "" };
        _root = root.Uri;
        var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(ConnectSeconds), AllowAutoRedirect = false };
        _client = new HttpClient(handler, disposeHandler: true) { Timeout = TimeSpan.FromSeconds(AnswerSeconds) };
        string? user = address.UserInfo.Length != 0 ? Uri.UnescapeDataString(address.UserInfo) : NetRc.Find(address.Host);
        if (user is not null)
        {
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(user)));
        }
    }

    public string Name => _root.ToString().TrimEnd('/');

    public byte[]? Get(CacheMap map, string key, long maxByteLength)
    {
        return Send(() => new HttpRequestMessage(HttpMethod.Get, AddressOf(map, key)), response =>
        {
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            Demand(response, "GET");
            if (response.Content.Headers.ContentLength is { } length && length > maxByteLength)
            {
                return null;
            }

            using Stream stream = response.Content.ReadAsStream();
            using var bytes = new MemoryStream((int)(response.Content.Headers.ContentLength ?? 0));
            byte[] block = new byte[1 << 16];
            while (stream.Read(block) is > 0 and var count)
            {
                if (bytes.Length + count > maxByteLength)
                {
                    return null;
                }

                bytes.Write(block, 0, count);
            }

            return bytes.ToArray();
        });
    }

    public void Put(CacheMap map, string key, IReadOnlyList<ReadOnlyMemory<byte>> content)
    {
        _ = Send(
            () => new HttpRequestMessage(HttpMethod.Put, AddressOf(map, key)) { Content = new PartsContent(content) },
            static response =>
            {
                Demand(response, "PUT");
                return null;
            });
    }

    // The protocol has no way to; what replaces it will come with the next run.
    public void Remove(CacheMap map, string key)
    {
    }

    public void Dispose() => _client.Dispose();

    private Uri AddressOf(CacheMap map, string key) => new(_root, $"{(map == CacheMap.Actions ? "ac" : "cas")}/{key}");

    private static void Demand(HttpResponseMessage response, string method)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw new CacheException($"it answered {method} with {(int)response.StatusCode}");
        }
    }

    // A connection that was kept from an earlier request may be gone by now, and the request has to be made again. Both kinds may be.
    private byte[]? Send(Func<HttpRequestMessage> make, Func<HttpResponseMessage, byte[]?> read)
    {
        try
        {
            return TrySend(make, read);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
        }

        try
        {
            return TrySend(make, read);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new CacheException(Describe(error));
        }
    }

    private byte[]? TrySend(Func<HttpRequestMessage> make, Func<HttpResponseMessage, byte[]?> read)
    {
        using HttpRequestMessage request = make();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(AnswerSeconds));
        try
        {
            using HttpResponseMessage response = _client.Send(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);

            // A server that stops in the middle of an answer is left by closing the connection under the reader.
            using CancellationTokenRegistration closing = limit.Token.Register(response.Dispose);
            return read(response);
        }
        catch (Exception error) when (limit.IsCancellationRequested || error is OperationCanceledException)
        {
            throw new CacheException("it did not answer in time");
        }
    }

    // The texts of the framework are not shipped; those of the system are.
    private static string Describe(Exception error)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is System.Net.Sockets.SocketException socket)
            {
                return $"{socket.Message.ReplaceLineEndings(" ")} (error {socket.NativeErrorCode})";
            }
        }

        return error is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown and var kind }
            ? $"the connection failed ({kind})"
            : "the connection failed";
    }

    /// <summary>Parts of memory, one after another.</summary>
    private sealed class PartsContent(IReadOnlyList<ReadOnlyMemory<byte>> parts) : HttpContent
    {
        protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            foreach (ReadOnlyMemory<byte> part in parts)
            {
                stream.Write(part.Span);
            }
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (ReadOnlyMemory<byte> part in parts)
            {
                await stream.WriteAsync(part).ConfigureAwait(false);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            foreach (ReadOnlyMemory<byte> part in parts)
            {
                length += part.Length;
            }

            return true;
        }
    }
}
