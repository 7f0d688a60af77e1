using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>The output appears when it is complete, in the right place, and nothing else does.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class OutputFileTests : TestDirectory
{
    [Fact]
    public void Output_IsTheSameInAFileAndOnStdout()
    {
        Assert.Empty(Run("in.wat -o out.wasm").Succeeded().Output);
        Assert.Equal(Expected(), File.ReadAllBytes(In("out.wasm")));
        Assert.Equal(Expected(), Run("in.wat -o -").Succeeded().Output);
        Assert.Equal(["in.wat", "out.wasm", "trap.wat"], Names());
    }

    [Fact]
    public void Output_MayReplaceTheInput()
    {
        byte[] expected = Expected();
        Run("in.wat -o in.wat").Succeeded();
        Assert.Equal(expected, File.ReadAllBytes(In("in.wat")));
    }

    [Fact]
    public void Output_IsLeftAlone_WhenTheRunFails()
    {
        File.WriteAllText(In("out.wasm"), "precious");
        Assert.Equal(1, Run("trap.wat -o out.wasm").ExitCode);
        Assert.Equal("precious", File.ReadAllText(In("out.wasm")));
        Assert.Equal(1, Run("trap.wat -o new.wasm").ExitCode);
        Assert.Equal(["in.wat", "out.wasm", "trap.wat"], Names());
    }

    [Fact]
    public void Output_ReplacesALongerFile()
    {
        byte[] expected = Expected();
        File.WriteAllBytes(In("out.wasm"), new byte[100_000]);
        Run("in.wat -o out.wasm").Succeeded();
        Assert.Equal(expected, File.ReadAllBytes(In("out.wasm")));
    }

    [Fact]
    public void Output_GoesWhereALinkLeads()
    {
        System.IO.Directory.CreateDirectory(In("elsewhere"));
        File.WriteAllText(In("elsewhere/target"), "old");
        File.CreateSymbolicLink(In("second"), "elsewhere/target");
        File.CreateSymbolicLink(In("first"), "second");
        Run("in.wat -o first").Succeeded();
        Assert.Equal(Expected(), File.ReadAllBytes(In("elsewhere/target")));
        Assert.Equal("second", new FileInfo(In("first")).LinkTarget);
        Assert.Equal("elsewhere/target", new FileInfo(In("second")).LinkTarget);
        Assert.Single(System.IO.Directory.GetFileSystemEntries(In("elsewhere")));
    }

    [Fact]
    public void Output_GoesWhereALinkLeads_WhenNothingIsThereYet()
    {
        File.CreateSymbolicLink(In("link"), "new.wasm");
        Run("in.wat -o link").Succeeded();
        Assert.Equal(Expected(), File.ReadAllBytes(In("new.wasm")));
        Assert.Equal("new.wasm", new FileInfo(In("link")).LinkTarget);
    }

    [Fact]
    public void Output_KeepsTheModeOfWhatItReplaces()
    {
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead;
        File.WriteAllText(In("out.wasm"), "old");
        File.SetUnixFileMode(In("out.wasm"), Mode);
        Run("in.wat -o out.wasm").Succeeded();
        Assert.Equal(Mode, File.GetUnixFileMode(In("out.wasm")));
    }

    [Fact]
    public void Output_HasTheModeOfAnyNewFile()
    {
        File.WriteAllText(In("plain"), "");
        Run("in.wat -o out.wasm").Succeeded();
        Assert.Equal(File.GetUnixFileMode(In("plain")), File.GetUnixFileMode(In("out.wasm")));
    }

    [Fact]
    public void Output_ToAFullDevice_IsAnError() => Run("in.wat -o /dev/full").Failed(
        """
        Error: failed to write to output

        Caused by:
            No space left on device (os error 28): `/dev/full`

        """);

    [Fact]
    public void Output_ThatTheDiskHasNoRoomFor_LeavesNothing()
    {
        // A limit on the size of files is what a test can have instead of a full disk; the runtime itself would meet it, too.
        (int exitCode, string errors) = RunInShell(
            "in.wat -o out.wasm", "trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; ulimit -f 0;");
        Assert.Equal(
            "Error: failed to write to output\n\nCaused by:\n    File too large (os error 27): `out.wasm`\n", errors);
        Assert.Equal(1, exitCode);
        Assert.Equal(["in.wat", "trap.wat"], Names());
    }

    [Theory]
    [InlineData("in.wat >&-")]
    [InlineData("in.wat <&- >&-")]
    public void Output_ToAClosedStdout_IsAnError(string command)
    {
        (int exitCode, string errors) = RunInShell(command);
        Assert.Equal("Error: failed to write to output\n\nCaused by:\n    Bad file descriptor (os error 9)\n", errors);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public void Output_ToADevice_IsWrittenThere()
    {
        Run("in.wat -o /dev/null").Succeeded();
        Assert.Equal(Expected(), Run("in.wat -o /dev/stdout").Succeeded().Output);
    }

    [Fact]
    public void Output_ToStdout_JoinsWhatOthersWriteThere()
    {
        string wizer = WizerProcess.Program;
        File.WriteAllText(In("script"), $"(echo before; {wizer} in.wat -o /dev/stdout; {wizer} in.wat; echo after) > out");
        using Process shell = Process.Start(new ProcessStartInfo("sh", "script") { WorkingDirectory = Directory })!;
        shell.WaitForExit();
        Assert.Equal([.. "before\n"u8, .. Expected(), .. Expected(), .. "after\n"u8], File.ReadAllBytes(In("out")));
    }

    [Fact]
    public void Output_ToAFileThatIsHeldOpen_IsWrittenIntoIt()
    {
        File.WriteAllBytes(In("out"), new byte[100_000]);
        using FileStream held = File.OpenRead(In("out"));
        Run($"in.wat -o /proc/{Environment.ProcessId}/fd/{held.SafeFileHandle.DangerousGetHandle()}").Succeeded();
        Assert.Equal(Expected().Length, held.Length);
        Assert.Equal(Expected(), File.ReadAllBytes(In("out")));
    }

    [Fact]
    public void Output_ToAPipe_IsWrittenThere()
    {
        using (Process make = Process.Start("mkfifo", In("pipe")))
        {
            make.WaitForExit();
        }

        using Process wizer = WizerProcess.Start(["in.wat", "-o", "pipe"], Directory);
        Assert.Equal(Expected(), File.ReadAllBytes(In("pipe")));
        wizer.WaitForExit();
        Assert.Equal(0, wizer.ExitCode);
    }

    [Fact]
    public void Output_ToADirectory_IsAnError() => Run("in.wat -o .").Failed(
        """
        Error: failed to create output file

        Caused by:
            Is a directory (os error 21): `.`

        """);

    [Theory]
    [InlineData("in.wat -o loop", "failed to create output file")]
    [InlineData("in.wat -o loop/out.wasm", "failed to create output file")]
    [InlineData("in.wat --allow-wasi --dir loop", "failed to open directory")]
    [InlineData("loop", "failed to open input file")]
    public void Path_ThatLeadsInCircles_IsAnError(string command, string message)
    {
        File.CreateSymbolicLink(In("loop"), "pool");
        File.CreateSymbolicLink(In("pool"), "loop");
        WizerResult result = Run(command);
        Assert.StartsWith($"Error: {message}\n\nCaused by:\n    Too many levels of symbolic links (os error 40): `", result.Errors, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public void Output_InADirectoryThatIsNotThere_IsAnError() => Run("trap.wat -o no/out.wasm").Failed(
        """
        Error: failed to create output file

        Caused by:
            No such file or directory (os error 2): `no/out.wasm`

        """);

    [Fact]
    public void Output_ToAClosedPipe_IsAnError()
    {
        using Process wizer = WizerProcess.Start(["-"], Directory);
        wizer.StandardOutput.Close();
        wizer.StandardInput.BaseStream.Write(Encoding.UTF8.GetBytes(Module));
        wizer.StandardInput.Close();
        string errors = wizer.StandardError.ReadToEnd();
        wizer.WaitForExit();
        Assert.Equal(
            """
            Error: failed to write to output

            Caused by:
                Broken pipe (os error 32)

            """,
            errors);
        Assert.Equal(1, wizer.ExitCode);
    }
}
