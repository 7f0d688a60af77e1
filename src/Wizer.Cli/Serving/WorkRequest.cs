namespace Wizer.Cli;

/// <summary>A command line to be run: what Bazel's worker protocol calls a <c>WorkRequest</c>, as far as it says something here.</summary>
internal sealed class WorkRequest
{
    /// <summary>The words behind the command's name.</summary>
    public List<string> Arguments { get; } = [];

    /// <summary>Tells requests that run at the same time from one another; 0 for one that has the worker to itself.</summary>
    public int Id { get; set; }

    /// <summary>Whether the request of this number is to end, and this is none itself.</summary>
    public bool IsCancellation { get; set; }

    /// <summary>Where relative paths begin; empty for the process's own directory.</summary>
    public string SandboxDirectory { get; set; } = "";
}

/// <summary>What came of a request.</summary>
/// <param name="Id">Its number.</param>
/// <param name="ExitCode">What the command would have ended with.</param>
/// <param name="Output">What it, and its guest, would have printed.</param>
/// <param name="WasCancelled">Whether it was ended before its end.</param>
internal sealed record WorkResponse(int Id, int ExitCode, string Output, bool WasCancelled);

/// <summary>A way to write requests and responses.</summary>
internal interface IWorkProtocol
{
    /// <summary>Reads the next request.</summary>
    /// <returns>Null at the end.</returns>
    /// <exception cref="CommandException">What is there is no request; nothing behind it can be understood.</exception>
    WorkRequest? Read();

    /// <summary>A response, as it is sent.</summary>
    byte[] Format(WorkResponse response);
}
