namespace Wizer.TestSupport.Scripts;

/// <summary>A <c>.wast</c> script of the official test suite, parsed into commands that whoever runs it interprets.</summary>
/// <param name="fileName">As it appears in test names and errors.</param>
/// <param name="commands">In order.</param>
public sealed class Script(string fileName, IReadOnlyList<ScriptCommand> commands)
{
    /// <summary>As it appears in test names and errors.</summary>
    public string FileName { get; } = fileName;

    /// <summary>The commands, in order.</summary>
    public IReadOnlyList<ScriptCommand> Commands { get; } = commands;
}
