using System.Globalization;
using System.Text;

namespace Wizer.Cli;

/// <summary>
/// What a cache of Bazel's kind keeps under the key of an action: which files came out, by their hashes, and what was printed. The
/// message <c>ActionResult</c> of the remote execution API, version 2, so that servers which look into it find what they expect.
/// </summary>
internal sealed class ActionResult
{
    private const uint OutputFiles = 2;
    private const uint StdoutRaw = 5;
    private const uint StderrRaw = 7;
    private const uint FilePath = 1;
    private const uint FileDigest = 2;
    private const uint DigestHash = 1;
    private const uint DigestSize = 2;

    private readonly List<OutputBlob> _files = [];

    public byte[] Stdout { get; set; } = [];

    public byte[] Stderr { get; set; } = [];

    public void Add(string path, Digest digest) => _files.Add(new OutputBlob(path, digest));

    /// <summary>The file of a name; null when there is none.</summary>
    public Digest? Find(string path) => _files.Find(file => file.Path == path)?.Digest;

    public byte[] Encode()
    {
        var message = new ProtoWriter();
        foreach (OutputBlob file in _files)
        {
            var digest = new ProtoWriter();
            digest.WriteText(DigestHash, file.Digest.Hash);
            digest.WriteNumber(DigestSize, file.Digest.ByteLength);
            var output = new ProtoWriter();
            output.WriteText(FilePath, file.Path);
            output.WriteMessage(FileDigest, digest);
            message.WriteMessage(OutputFiles, output);
        }

        message.WriteBytes(StdoutRaw, Stdout);
        message.WriteBytes(StderrRaw, Stderr);
        return message.Written.ToArray();
    }

    /// <exception cref="InvalidDataException">It is no such message.</exception>
    public static ActionResult Decode(ReadOnlySpan<byte> bytes)
    {
        var result = new ActionResult();
        var reader = new ProtoReader(bytes);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case OutputFiles:
                    result._files.Add(DecodeFile(reader.Bytes));
                    break;
                case StdoutRaw:
                    result.Stdout = reader.Bytes.ToArray();
                    break;
                case StderrRaw:
                    result.Stderr = reader.Bytes.ToArray();
                    break;
            }
        }

        return result;
    }

    private static OutputBlob DecodeFile(ReadOnlySpan<byte> bytes)
    {
        string path = "";
        string hash = "";
        long byteLength = 0;
        var reader = new ProtoReader(bytes);
        while (reader.Read())
        {
            if (reader.Field == FilePath)
            {
                path = Encoding.UTF8.GetString(reader.Bytes);
            }
            else if (reader.Field == FileDigest)
            {
                var digest = new ProtoReader(reader.Bytes);
                while (digest.Read())
                {
                    hash = digest.Field == DigestHash ? Encoding.UTF8.GetString(digest.Bytes) : hash;
                    byteLength = digest.Field == DigestSize ? (long)digest.Number : byteLength;
                }
            }
        }

        return Digest.IsHash(hash) && byteLength >= 0
            ? new OutputBlob(path, new Digest(hash, byteLength))
            : throw new InvalidDataException("a file without a proper hash");
    }

    private sealed record OutputBlob(string Path, Digest Digest);
}

/// <summary>Names contents.</summary>
/// <param name="Hash">The SHA-256, in hexadecimal digits of lower case.</param>
/// <param name="ByteLength">How much it is.</param>
internal sealed record Digest(string Hash, long ByteLength)
{
    private const int HashLength = 64;

    /// <summary>Whether a text can be such a hash; nothing else becomes part of a path.</summary>
    public static bool IsHash(string text) => text.Length == HashLength && text.AsSpan().IndexOfAnyExcept("0123456789abcdef") < 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Hash}/{ByteLength}");
}
