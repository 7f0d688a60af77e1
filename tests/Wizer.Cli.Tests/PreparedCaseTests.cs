using System.Buffers;
using System.Text.RegularExpressions;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Pipeline;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>
/// The cases of the command once more, as the library's user would run them: by themselves, and several times on a prepared module. All
/// say and write the same.
/// </summary>
public sealed class PreparedCaseTests
{
    private static readonly string s_directory = TestFiles.InProject("cases");

    public static TheoryData<string> Cases => CaseTests.Cases();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_IsTheSameOnAPreparedModule(string name)
    {
        foreach (string line in File.ReadLines(Path.Combine(s_directory, name + ".wat")))
        {
            const string Mark = ";; $ wizer";
            if (!line.StartsWith(Mark, StringComparison.Ordinal))
            {
                break;
            }

            Compare(line[Mark.Length..]);
        }
    }

    private static void Compare(string command)
    {
        WizerOptions options;
        Func<InitEnvironment> createEnvironment;
        ReadOnlyMemory<byte> module;
        try
        {
            Arguments arguments = ArgumentParser.Parse([.. ShellWords.Split(command).Select(Absolute)]);
            if (arguments.Input is not { } input || !input.EndsWith(".wat", StringComparison.Ordinal))
            {
                return;
            }

            options = RunSettings.Options(arguments, new Progress<RunPhase>());
            createEnvironment = () => CreateEnvironment(arguments);
            createEnvironment();
            module = ModuleText.ToBinary(File.ReadAllBytes(Path.Combine(s_directory, input)), input);
        }
        catch (Exception error) when (error is UsageException or CommandException)
        {
            // The command's own.
            return;
        }

        if (ModuleReader.IsComponent(module.Span))
        {
            // Those are not prepared.
            return;
        }

        var wizer = new PreInitializer(options);
        string expected = Describe(sink => wizer.Run(module, sink, createEnvironment()));
        PreparedModule? prepared = null;
        for (int i = 0; i < 3; i++)
        {
            string found = Describe(sink => (prepared ??= wizer.Prepare(module)).Run(sink, createEnvironment()));
            Assert.Equal(expected, found);
        }

        prepared?.Dispose();
    }

    // The directory is called as the end of a case is.
    private static string Absolute(string word) => Regex.Replace(word, @"(?<![\w-])dirs\b", Path.Combine(s_directory, "dirs"))
        .Replace("=preload-", "=" + Path.Combine(s_directory, "preload-"), StringComparison.Ordinal);

    // What two runs of the same command may see differently is fixed.
    private static InitEnvironment CreateEnvironment(Arguments arguments)
    {
        InitEnvironment environment = RunSettings.Environment(arguments, new GuestStreams(), []);
        return environment with
        {
            Wasi = environment.Wasi is null ? null : environment.Wasi with
            {
                InheritStdio = false,
                Stdin = new MemoryStream("what stdin says\n"u8.ToArray()),
            },
            Deterministic = environment.Deterministic ?? new DeterministicOptions(),
        };
    }

    private static string Describe(Func<IModuleSink, RunReport> run)
    {
        var output = new ArrayBufferWriter<byte>();
        try
        {
            run(new BufferWriterSink(output));
            return Convert.ToHexString(output.WrittenSpan);
        }
        catch (WizerException error)
        {
            var trap = error.InnerException as WasmTrapException;
            return $"{error.Error} {error.Message} {error.Hint} {error.InnerException?.Message} {trap?.DisplayFault} {trap?.DisplayBacktrace}";
        }
    }
}
