using System.Text;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>Where modules come from.</summary>
public sealed class InputFileTests : TestDirectory
{
    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("-- -")]
    [InlineData("/dev/stdin")]
    public void Input_MayBeStdin(string command) =>
        Assert.Equal(Expected(), Run(command, Encoding.UTF8.GetBytes(Module)).Succeeded().Output);

    [Fact]
    public void Input_MayBeBinaryOrText_WhateverItIsCalled()
    {
        byte[] expected = Expected();
        File.Copy(In("in.wat"), In("text.wasm"));
        Assert.Equal(expected, Run("text.wasm").Succeeded().Output);

        // The output has no init function any more, but another one will do.
        File.WriteAllText(In("other.wat"), """(module (func (export "a")) (func (export "b")))""");
        Run("other.wat -f a -o binary.wat").Succeeded();
        Assert.Equal(0, Run("binary.wat -f b").Succeeded().Output[0]);
    }

    [Fact]
    public void Input_ThatIsNotThere_IsAnError() => Run("no.wasm -o out.wasm").Failed(
        """
        Error: failed to open input file

        Caused by:
            No such file or directory (os error 2): `no.wasm`

        """);

    [Fact]
    public void Input_ThatIsADirectory_IsAnError() => Run(".").Failed(
        """
        Error: failed to read input Wasm module

        Caused by:
            Is a directory (os error 21): `.`

        """);

    [Fact]
    public void Input_FromAClosedStdin_IsAnError()
    {
        (int exitCode, string errors) = RunInShell("<&-");
        Assert.Equal("Error: failed to read input Wasm module\n\nCaused by:\n    Bad file descriptor (os error 9)\n", errors);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public void Guest_FindsAClosedStdinAtItsEnd()
    {
        File.WriteAllText(
            In("read.wat"),
            """
            (module
              (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (data (i32.const 0) "\64\00\00\00\64")
              (func (export "wizer-initialize")
                (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 40)) (then unreachable))
                (if (i32.load (i32.const 40)) (then unreachable))))
            """);
        (int exitCode, string errors) = RunInShell("--allow-wasi read.wat -o out.wasm <&-");
        Assert.Equal("", errors);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public void Input_ThatIsEmpty_IsNoModule() => Run("").Failed(
        """
        Error: wasm validation failed

        Caused by:
            unexpected end (at offset 0x0)

        hint: the input is empty

        """);

    [Fact]
    public void Input_ThatIsNoModule_IsReportedAsABinaryOne()
    {
        WizerResult result = Run("", [0x7f, (byte)'E', (byte)'L', (byte)'F', 0, 0, 0, 0]);
        Assert.StartsWith("Error: wasm validation failed\n\nCaused by:\n    magic header not detected", result.Errors, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public void Text_ThatIsMalformed_IsReportedWithItsPlace()
    {
        File.WriteAllText(In("bad.wat"), "(module\n  (func (i32.nope)))");
        Assert.StartsWith("Error: failed to parse Wasm\n\nCaused by:\n    bad.wat:2:", Run("bad.wat").Errors, StringComparison.Ordinal);
        Assert.Contains("    <stdin>:1:", Run("", "(modul)"u8.ToArray()).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Input_LargerThanAPipe_ArrivesComplete()
    {
        // A segment of a megabyte travels through stdin and stdout.
        string text = $"""(module (memory 16) (func (export "wizer-initialize")) (data (i32.const 0) "{new string('x', 1 << 20)}"))""";
        byte[] output = Run("", Encoding.UTF8.GetBytes(text)).Succeeded().Output;
        Assert.True(output.AsSpan().IndexOf(Encoding.UTF8.GetBytes(new string('x', 1 << 20))) > 0);
    }

    [Fact]
    public void Preload_MayComeFromStdin()
    {
        const string Preload = """(module (func (export "f")))""";
        File.WriteAllText(In("user.wat"), """(module (import "m" "f" (func $f)) (func (export "wizer-initialize") (call $f)))""");
        File.WriteAllText(In("preload.wat"), Preload);
        Assert.Equal(
            Run("user.wat --preload m=preload.wat").Succeeded().Output,
            Run("user.wat --preload m=-", Encoding.UTF8.GetBytes(Preload)).Succeeded().Output);
    }

    [Theory]
    [InlineData("--preload m=-")]
    [InlineData("in.wat --preload m=- --preload n=-")]
    public void Stdin_HoldsOneModule(string command) => Run(command, Encoding.UTF8.GetBytes(Module)).Failed(
        "Error: stdin holds one module, and it has been read\n");
}
