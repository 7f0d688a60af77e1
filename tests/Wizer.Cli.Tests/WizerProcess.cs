using System.Diagnostics;
using System.Text;

namespace Wizer.Cli.Tests;

/// <summary>The real command, started the way a shell starts it; <c>WIZER=path</c> names another build of it.</summary>
internal static class WizerProcess
{
    /// <summary>Its full path.</summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("WIZER") is { Length: > 0 } program
        ? Path.GetFullPath(program)
        : Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "wizer.exe" : "wizer");

    /// <summary>Runs it to its end.</summary>
    /// <param name="arguments">As the process gets them.</param>
    /// <param name="directory">Its working directory.</param>
    /// <param name="input">What it finds on stdin.</param>
    /// <param name="environment">Added to the environment.</param>
    public static WizerResult Run(
        IEnumerable<string> arguments, string directory, byte[]? input = null, params (string Name, string Value)[] environment)
    {
        using Process process = Start(arguments, directory, environment);
        var output = new MemoryStream();
        Task reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.BaseStream.Write(input ?? []);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading its input.
        }

        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill();
            throw new TimeoutException($"wizer {string.Join(' ', arguments)}");
        }

        reading.Wait();
        return new WizerResult(process.ExitCode, output.ToArray(), errors.Result);
    }

    /// <summary>Starts it with all three streams redirected.</summary>
    public static Process Start(IEnumerable<string> arguments, string directory, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Program)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}

/// <summary>How a run ended.</summary>
internal sealed record WizerResult(int ExitCode, byte[] Output, string Errors)
{
    /// <summary>Fails unless the run succeeded without a word.</summary>
    public WizerResult Succeeded()
    {
        Xunit.Assert.Equal("", Errors);
        Xunit.Assert.Equal(0, ExitCode);
        return this;
    }

    /// <summary>Fails unless the run failed with these words on stderr and nothing on stdout.</summary>
    public WizerResult Failed(string errors, int exitCode = 1)
    {
        Xunit.Assert.Equal(errors.ReplaceLineEndings("\n"), Errors);
        Xunit.Assert.Equal(exitCode, ExitCode);
        Xunit.Assert.Empty(Output);
        return this;
    }
}
