using System.Buffers;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>The main job: from the files named on the command line to the pipeline and back.</summary>
internal static class Job
{
    public static int Run(Arguments arguments)
    {
        using IMemoryOwner<byte> input = InputFile.Read(arguments.Input);
        using OutputFile output = OutputFile.At(arguments.Output);
        var environment = new InitEnvironment
        {
            Preloads = ReadPreloads(arguments.Preloads),
            Wasi = Wasi(arguments),
            Limits = arguments.RelaxedSimdDeterministic
                ? EngineOptions.Default
                : new EngineOptions { IsRelaxedSimdDeterministic = false },
        };
        ReadOnlyMemory<byte> module = ParseText(input.Memory, arguments.Input);
        var initializer = new PreInitializer(Options(arguments));
        using var interruption = new Interruption(output);
        try
        {
            initializer.Run(module, output, environment, interruption.Token);
        }
        catch (Exception error) when (interruption.ExitCode != 0 && error is not CommandException)
        {
            // However the guest took it, the signal is why the run ended.
            return interruption.ExitCode;
        }

        return 0;
    }

    private static WizerOptions Options(Arguments arguments)
    {
        if (!arguments.Simd && arguments.RelaxedSimd)
        {
            throw new CommandException("cannot disable the simd proposal but enable the relaxed simd proposal");
        }

        WasmFeatures disabled = (arguments.MultiMemory ? 0 : WasmFeatures.MultiMemory)
            | (arguments.MultiValue ? 0 : WasmFeatures.MultiValue)
            | (arguments.BulkMemory ? 0 : WasmFeatures.BulkMemory)
            | (arguments.Simd ? 0 : WasmFeatures.Simd)
            | (arguments.RelaxedSimd ? 0 : WasmFeatures.RelaxedSimd)
            | (arguments.ReferenceTypes ? 0 : WasmFeatures.ReferenceTypes);
        return new WizerOptions
        {
            InitFunc = arguments.InitFunc,
            FuncRenames = arguments.Renames,
            KeepInitFunc = arguments.KeepInitFunc,
            Features = WasmFeatures.All & ~disabled,
        };
    }

    private static WasiOptions? Wasi(Arguments arguments)
    {
        if (!arguments.AllowWasi)
        {
            return null;
        }

        var preopens = new List<WasiPreopen>();
        foreach (string directory in arguments.Dirs)
        {
            preopens.Add(Preopen(directory, directory));
        }

        foreach (string mapping in arguments.MapDirs)
        {
            // Without the colons, the directory has the same name on both sides.
            int colons = mapping.IndexOf("::", StringComparison.Ordinal);
            preopens.Add(colons < 0 ? Preopen(mapping, mapping) : Preopen(mapping[(colons + 2)..], mapping[..colons]));
        }

        return new WasiOptions
        {
            InheritStdio = arguments.InheritStdio,
            Environment = arguments.InheritEnv ? WasiVariable.FromHost() : [],
            IsEnvironmentInherited = arguments.InheritEnv,
            Preopens = preopens,
        };
    }

    private static WasiPreopen Preopen(string hostPath, string guestPath)
    {
        Exception? error = FileKinds.Of(hostPath) switch
        {
            FileKind.Directory => null,
            FileKind.Absent => new DirectoryNotFoundException(),
            _ => FileError.NotADirectory(),
        };
        return error is null
            ? new WasiPreopen(hostPath, guestPath)
            : throw CommandException.File("failed to open directory", error, hostPath);
    }

    private static List<PreloadModule> ReadPreloads(List<string> preloads)
    {
        var modules = new List<PreloadModule>();
        foreach (string preload in preloads)
        {
            int equals = preload.IndexOf('=');
            if (equals < 0)
            {
                throw new CommandException($"Bad preload option: {preload} (must be of form `name=file`)");
            }

            string path = preload[(equals + 1)..];
            modules.Add(new PreloadModule(preload[..equals], ReadPreload(path)));
        }

        return modules;
    }

    private static ReadOnlyMemory<byte> ReadPreload(string path)
    {
        const string Failed = "failed to parse preload module";
        try
        {
            // Good until the process ends: the engine reads the module as long as its instance lives.
            return ModuleText.ToBinary(InputFile.ReadFile(path, $"failed to read from `{path}`").Memory, path);
        }
        catch (CommandException error)
        {
            throw new CommandException(Failed, error);
        }
    }

    private static ReadOnlyMemory<byte> ParseText(ReadOnlyMemory<byte> input, string? path)
    {
        try
        {
            return ModuleText.ToBinary(input, path ?? InputFile.StandardInputName);
        }
        catch (CommandException error)
        {
            throw new CommandException("failed to parse Wasm", error);
        }
    }
}
