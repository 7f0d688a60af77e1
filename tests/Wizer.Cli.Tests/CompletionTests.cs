using System.Diagnostics;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>The completion scripts, as the shells that are here run them.</summary>
public sealed class CompletionTests : TestDirectory
{
    [Theory]
    [InlineData("wizer --wasm-s", "--wasm-simd")]
    [InlineData("wizer in.wat --dete", "--deterministic")]
    [InlineData("wizer i", "in.wat inspect")]
    [InlineData("wizer a i", "in.wat")]
    [InlineData("wizer --inherit-env ", "true false")]
    [InlineData("wizer --inherit-env f", "false")]
    [InlineData("wizer --inherit-env = ", "true false")]
    [InlineData("wizer --wasm-simd = f", "false")]
    [InlineData("wizer --keep-init-func = t", "true")]
    [InlineData("wizer --keep-init-func t", "trap.wat")]
    [InlineData("wizer --dir ", "a directory")]
    [InlineData("wizer -o t", "trap.wat")]
    [InlineData("wizer --layout ", "compact compatible")]
    [InlineData("wizer --timeout ", "")]
    [InlineData("wizer @t", "@trap.wat")]
    [InlineData("wizer -f f @a", @"@a\ directory/")]
    [InlineData("wizer print @t", "")]
    [InlineData("wizer inspect --", "--json --error-format --help")]
    [InlineData("wizer inspect ", "a directory|in.wat|trap.wat")]
    [InlineData("wizer print -", "-o --error-format -h --help")]
    [InlineData("wizer completion ", "bash zsh fish")]
    [InlineData("wizer completion z", "zsh")]
    public void Bash_Completes(string line, string expected)
    {
        System.IO.Directory.CreateDirectory(In("a directory"));
        string[] words = line.Split(' ');
        string script =
            $"""
             source <(wizer completion bash)
             COMP_WORDS=({string.Join(' ', words.Select(word => $"'{word}'"))})
             COMP_CWORD={words.Length - 1}
             _wizer wizer '{words[^1]}' '{words[^2]}'
             printf '%s\n' "${"{COMPREPLY[@]}"}" | LC_ALL=C sort
             """;
        char separator = expected.Contains("directory", StringComparison.Ordinal) ? '|' : ' ';
        Assert.Equal(expected.Split(separator).Order(StringComparer.Ordinal), RunShell("bash", script));
    }

    [Fact]
    public void Bash_IsTaughtTheCommand() => Assert.Equal(
        ["complete -o filenames -F _wizer wizer"], RunShell("bash", "source <(wizer completion bash); complete -p wizer"));

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public void Script_HasEveryOption(string shell)
    {
        string script = CompletionScript.Format(shell);
        foreach (Option option in OptionTable.Options)
        {
            Assert.Contains(shell == "fish" ? option.Long ?? $"-s {option.Short}" : option.Flag, script, StringComparison.Ordinal);
        }
    }

    private string[] RunShell(string shell, string script)
    {
        var start = new ProcessStartInfo(shell, ["-c", script])
        {
            WorkingDirectory = Directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal("", errors.Result);
        return output.TrimEnd('\n').Split('\n');
    }
}
