using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Wizer.Cli.Tests;

/// <summary>A server that speaks as much of Bazel's protocol as nginx does, and misbehaves when told to.</summary>
internal sealed class CacheServer : IDisposable
{
    private readonly HttpListener _listener = new();

    public CacheServer()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        _listener.Prefixes.Add($"http://localhost:{Port}/");
        _listener.Start();
        _ = Serve();
    }

    public int Port { get; }

    public string Url => $"http://localhost:{Port}/cache";

    /// <summary>What it keeps, by path.</summary>
    public ConcurrentDictionary<string, byte[]> Content { get; } = new();

    /// <summary>Method and path of each request, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>What it answers instead of what it should; null for that.</summary>
    public int? Status { get; set; }

    /// <summary>Name and password that it demands.</summary>
    public string? Credentials { get; set; }

    /// <summary>Whether answers stop in the middle.</summary>
    public bool CutsAnswers { get; set; }

    public void Dispose() => _listener.Close();

    private async Task Serve()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            try
            {
                Answer(context);
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // The client has gone.
            }
        }
    }

    private void Answer(HttpListenerContext context)
    {
        HttpListenerRequest request = context.Request;
        using HttpListenerResponse response = context.Response;
        string path = request.Url!.AbsolutePath;
        Requests.Enqueue($"{request.HttpMethod} {path[..Math.Min(path.Length, "/cache/cas/".Length)]}");
        string? given = request.Headers["Authorization"];
        string? demanded = Credentials is null ? given : "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Credentials));
        if (Status is { } status || given != demanded)
        {
            response.StatusCode = given != demanded ? 401 : Status!.Value;
        }
        else if (request.HttpMethod == "PUT")
        {
            using var bytes = new MemoryStream();
            request.InputStream.CopyTo(bytes);
            Content[path] = bytes.ToArray();
            response.StatusCode = 201;
        }
        else if (!Content.TryGetValue(path, out byte[]? content))
        {
            response.StatusCode = 404;
        }
        else if (CutsAnswers)
        {
            response.ContentLength64 = content.Length + 1;
            response.OutputStream.Write(content);
            response.Abort();
        }
        else
        {
            response.ContentLength64 = content.Length;
            response.OutputStream.Write(content);
        }
    }
}
