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

    /// <summary>Parses a script. Modules in it are only delimited; encoding them may still fail.</summary>
    /// <exception cref="Wizer.Text.WatException">It is no script.</exception>
    public static Script Parse(ReadOnlyMemory<byte> source, string fileName) => new(fileName, ScriptParser.Parse(source, fileName));

    /// <summary>Reads a script from a file of the test suite.</summary>
    /// <param name="name">Relative to <see cref="SpecTestSuite.Directory"/>, with <c>/</c>.</param>
    public static Script Load(string name) =>
        Parse(File.ReadAllBytes(Path.Combine(SpecTestSuite.Directory, name)), name);
}
