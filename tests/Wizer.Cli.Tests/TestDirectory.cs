using System.Diagnostics;

namespace Wizer.Cli.Tests;

/// <summary>A directory of one test's own, with a small module in it.</summary>
public abstract class TestDirectory : IDisposable
{
    /// <summary>A module that sets a byte of its memory.</summary>
    protected const string Module =
        """
        (module
          (memory 1)
          (func (export "wizer-initialize") (i32.store8 (i32.const 7) (i32.const 42))))
        """;

    /// <summary>A module whose initialization fails.</summary>
    protected const string Trap = """(module (func (export "wizer-initialize") unreachable))""";

    protected TestDirectory()
    {
        File.WriteAllText(In("in.wat"), Module);
        File.WriteAllText(In("trap.wat"), Trap);
    }

    /// <summary>Without a link in it, so that paths compare.</summary>
    protected string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("wizer-test-").FullName;

    protected string In(string name) => Path.Combine(Directory, name);

    /// <summary>What the command makes of <see cref="Module"/>; computed once, through a pipe.</summary>
    protected byte[] Expected() => Run("in.wat").Succeeded().Output;

    internal WizerResult Run(string command, byte[]? input = null) => WizerProcess.Run(ShellWords.Split(command), Directory, input);

    /// <summary>Runs the command as a shell's, for what only a shell can do to its descriptors and limits.</summary>
    /// <param name="command">The words after the command's name, redirections included.</param>
    /// <param name="before">What the shell does first.</param>
    protected (int ExitCode, string Errors) RunInShell(string command, string before = "")
    {
        var start = new ProcessStartInfo("sh", ["-c", $"{before} '{WizerProcess.Program}' {command}"])
        {
            WorkingDirectory = Directory,
            RedirectStandardError = true,
        };
        using Process shell = Process.Start(start)!;
        Task<string> errors = shell.StandardError.ReadToEndAsync();
        if (!shell.WaitForExit(TimeSpan.FromMinutes(1)))
        {
            shell.Kill(entireProcessTree: true);
            throw new TimeoutException(command);
        }

        return (shell.ExitCode, errors.Result);
    }

    /// <summary>The names in the directory, hidden ones too, sorted.</summary>
    protected string[] Names()
    {
        string[] names = System.IO.Directory.GetFileSystemEntries(Directory).Select(name => Path.GetFileName(name)).ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    public void Dispose()
    {
        System.IO.Directory.Delete(Directory, recursive: true);
        GC.SuppressFinalize(this);
    }
}
