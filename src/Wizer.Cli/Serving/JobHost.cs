using System.Text;

namespace Wizer.Cli;

/// <summary>
/// What surrounds a job: the process, when it is all that the process does; or a request, which has no streams of its own, and whose
/// words go into its answer.
/// </summary>
internal sealed class JobHost
{
    // A guest may write without end; an answer has to be sent.
    private const int MaxTextByteLength = 1 << 20;

    private readonly MemoryStream? _text;
    private readonly Lock _lock = new();

    private JobHost(MemoryStream? text, CancellationToken token)
    {
        _text = text;
        Token = token;
    }

    /// <summary>The host of a job that has the process to itself.</summary>
    public static JobHost OfProcess() => new(null, CancellationToken.None);

    /// <summary>The host of one of many jobs.</summary>
    /// <param name="token">Ends it.</param>
    public static JobHost OfRequest(CancellationToken token) => new(new MemoryStream(), token);

    /// <summary>Whether the streams and the signals of the process are the job's.</summary>
    public bool IsProcess => _text is null;

    /// <summary>Cancelled when the job is to stop; never for that of the process.</summary>
    public CancellationToken Token { get; }

    /// <summary>What was said so far, for a request.</summary>
    public string Text()
    {
        lock (_lock)
        {
            return Encoding.UTF8.GetString(_text!.GetBuffer(), 0, (int)_text.Length);
        }
    }

    /// <summary>Says something, where stderr goes.</summary>
    public void WriteError(string text)
    {
        if (_text is null)
        {
            StandardStreams.WriteError(text);
        }
        else
        {
            Append(Encoding.UTF8.GetBytes(Engine.PathBytes.ToText(text)));
        }
    }

    /// <summary>What the guest of a request writes. Whatever is too much is left out.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            _text!.Write(bytes[..(int)Math.Min(bytes.Length, MaxTextByteLength - Math.Min(MaxTextByteLength, _text.Length))]);
        }
    }

    /// <summary>Throws for what a request has none of.</summary>
    /// <param name="path">The path of the command line; null is a standard stream.</param>
    /// <param name="what">What it is.</param>
    /// <param name="option">How to name a file instead.</param>
    /// <exception cref="CommandException">There is no file, and this is no process's own job.</exception>
    public void DemandFile(string? path, string what, string option)
    {
        if (!IsProcess && path is null or Arguments.StandardOutput)
        {
            throw new CommandException(
                DiagnosticCode.RequestRefused, $"a request has no stdin and stdout: {what} needs a file, {option}");
        }
    }
}
