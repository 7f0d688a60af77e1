using System.Text;
using Wizer.Binary;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>What is said of inputs that are no modules, and that nothing is said of those that might be.</summary>
public sealed class InputHintTests
{
    [Theory]
    [InlineData("", "is empty")]
    [InlineData("1f8b0800", "compressed with gzip")]
    [InlineData("28b52ffd", "compressed with zstd")]
    [InlineData("fd377a585a00", "compressed with xz")]
    [InlineData("425a683931", "compressed with bzip2")]
    [InlineData("504b0304", "a zip archive")]
    [InlineData("504b0506", "a zip archive")]
    [InlineData("7f454c46", "(ELF)")]
    [InlineData("cffaedfe", "(Mach-O)")]
    [InlineData("4d5a9000", "(Windows)")]
    [InlineData("4243c0de", "LLVM bitcode")]
    [InlineData("dec0170b", "LLVM bitcode")]
    [InlineData("213c617263683e0a", "library of object files")]
    [InlineData("fffe28006d00", "UTF-16")]
    [InlineData("feff0028006d", "UTF-16")]
    [InlineData("28006d006f00", "UTF-16")]
    [InlineData("0028006d006f", "UTF-16")]
    public void Of_KnowsFilesByTheirFirstBytes(string hex, string hint) =>
        Assert.Contains(hint, InputHint.Of(Convert.FromHexString(hex)), StringComparison.Ordinal);

    [Theory]
    [InlineData("<!DOCTYPE html>\n<title>404</title>", "an HTML page")]
    [InlineData("\n  <HTML>", "an HTML page")]
    [InlineData("\uFEFF<html>", "an HTML page")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid", "Git LFS")]
    [InlineData("AGFzbQEAAAA=", "base64")]
    [InlineData("data:application/wasm;base64,AGFzbQEAAAA=", "base64")]
    [InlineData("; ModuleID = 'a.c'\nsource_filename = \"a.c\"", "LLVM's assembly language")]
    [InlineData("(component (core module))", "the core module")]
    [InlineData("import x from 'y';", "a script")]
    [InlineData("  // comment\nvar x;", "a script")]
    [InlineData("(function () {})()", "a script")]
    [InlineData("(() => 1)()", "a script")]
    [InlineData("#!/bin/sh", "a script")]
    [InlineData("int main() {}", "a text, but not WebAssembly's")]
    [InlineData("{ \"json\": \"ä\" }", "a text, but not WebAssembly's")]
    public void Of_KnowsTextsByTheirFirstWords(string text, string hint) =>
        Assert.Contains(hint, InputHint.Of(Encoding.UTF8.GetBytes(text)), StringComparison.Ordinal);

    [Fact]
    public void Of_LooksAtTheBeginning_WhereverThatCutsACharacter()
    {
        for (int length = 250; length < 260; length++)
        {
            Assert.NotNull(InputHint.Of(Encoding.UTF8.GetBytes(new string('a', length) + "😀😀")));
        }
    }

    [Theory]
    [InlineData("(module (func (i32.plus)))")]
    [InlineData("(func)")]
    [InlineData("(; comment ;) (module")]
    [InlineData(";; comment\n(module")]
    [InlineData("  \n")]
    [InlineData("(")]
    public void Of_LeavesModulesInTheTextFormatAlone(string text) => Assert.Null(InputHint.Of(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("0061736d")]
    [InlineData("0061736d01000000ff")]
    [InlineData("0061736d02000000")]
    [InlineData("00")]
    [InlineData("deadbeef")]
    [InlineData("61deadbeef61")]
    [InlineData("4142430001")]
    public void Of_SaysNothingOfWhatItDoesNotKnow(string hex) => Assert.Null(InputHint.Of(Convert.FromHexString(hex)));

    [Fact]
    public void Run_SaysWhatTheInputIs()
    {
        WizerException error = Assert.Throws<WizerException>(() => new PreInitializer().Run((byte[])[]));
        Assert.Equal((WizerError.InvalidModule, "the input is empty"), (error.Error, error.Hint));
        var environment = new InitEnvironment { Preloads = [new PreloadModule("p", "<html>"u8.ToArray())] };
        error = Assert.Throws<WizerException>(() => new PreInitializer().Run(Modules.Compile("(module)"), environment));
        Assert.StartsWith("the input is an HTML page", error.Hint, StringComparison.Ordinal);
        error = Assert.Throws<WizerException>(() => new PreInitializer().Prepare(new byte[] { 0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0 }));
        Assert.Equal((WizerError.ComponentGiven, InputHint.Component), (error.Error, error.Hint));
    }

    [Fact]
    public void Of_IsNothing_ForEveryPrefixOfAModule()
    {
        byte[] module = Modules.Compile("(module (memory 1) (func (export \"wizer-initialize\")))");
        Assert.True(ModuleReader.IsBinary(module));
        for (int length = 1; length < module.Length; length++)
        {
            Assert.Null(InputHint.Of(module.AsSpan(0, length)));
        }
    }
}
