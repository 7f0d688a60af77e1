using System.Text;
using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.TestSupport;
using Wizer.Text;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>Runs the modules in <c>cases/</c>; <c>cases/readme.wat</c> explains how they are written.</summary>
public sealed class CaseTests
{
    private static readonly string s_directory = TestFiles.InProject("cases");

    public static TheoryData<string> Cases()
    {
        var cases = new TheoryData<string>();
        foreach (string file in Directory.GetFiles(s_directory, "*.wat").Order(StringComparer.Ordinal))
        {
            if (File.ReadLines(file).First().StartsWith(";; $ wizer", StringComparison.Ordinal))
            {
                cases.Add(Path.GetFileNameWithoutExtension(file));
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case(string name)
    {
        string file = Path.Combine(s_directory, name + ".wat");
        var report = new StringBuilder();
        foreach (string line in File.ReadLines(file).TakeWhile(line => line.StartsWith(";; $ wizer", StringComparison.Ordinal)))
        {
            Report(line[";; $ wizer".Length..], report);
        }

        Snapshot.Verify(report.ToString(), file: file, method: "run");
    }

    private static void Report(string command, StringBuilder report)
    {
        string output = Path.GetTempFileName();
        try
        {
            File.WriteAllText(output, "");
            bool toFile = command.Contains("{out}", StringComparison.Ordinal);
            WizerResult result = WizerProcess.Run(
                ShellWords.Split(command).Select(word => word.Replace("{out}", output, StringComparison.Ordinal)),
                s_directory,
                "what stdin says\n"u8.ToArray(),
                ("WIZER_TEST", "what the environment says"));
            report.Append("$ wizer").Append(command).Append('\n');
            if (result.ExitCode != 0)
            {
                report.Append("exits with ").Append(result.ExitCode).Append('\n');
            }

            report.Append(result.Errors);
            report.Append(toFile ? Encoding.UTF8.GetString(result.Output) : "");
            byte[] module = toFile ? File.ReadAllBytes(output) : result.Output;
            report.Append(ModuleReader.IsBinary(module) ? Print(module) : Encoding.UTF8.GetString(module)).Append('\n');
        }
        finally
        {
            File.Delete(output);
        }
    }

    private static string Print(byte[] module) => ModuleReader.IsComponent(module)
        ? WatPrinter.Print(ComponentReader.Parse(module))
        : WatPrinter.Print(ModuleReader.Parse(module));
}
