namespace Wizer.Cli.Tests;

/// <summary>A directory of one test's own, in which command lines run as requests, without a process for each.</summary>
public abstract class RequestDirectory : TestDirectory
{
    internal WizerResult Request(string command) => Request(command, CancellationToken.None);

    internal WizerResult Request(string command, CancellationToken token)
    {
        JobHost host = JobHost.OfRequest(token);
        int exitCode = Command.RunRequest([.. ShellWords.Split(command)], Directory, null, host);
        return new WizerResult(exitCode, [], host.Text());
    }

    /// <summary>A member of the report in <c>report.json</c>.</summary>
    internal System.Text.Json.JsonElement Report(string member) =>
        System.Text.Json.JsonDocument.Parse(File.ReadAllText(In("report.json"))).RootElement.GetProperty(member);
}
