using System.Buffers;
using System.Globalization;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>The main job: from the files named on the command line to the pipeline and back.</summary>
internal sealed class Job
{
    private readonly Arguments _arguments;
    private readonly Timeline _timeline;
    private readonly Outcome _outcome = new();
    private IMemoryOwner<byte>? _input;
    private Interruption? _interruption;
    private ProgressLine? _progress;

    private Job(Arguments arguments, Timeline timeline)
    {
        _arguments = arguments;
        _timeline = timeline;
    }

    /// <summary>Runs it to its end, report and all.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(Arguments arguments, Timeline timeline)
    {
        if (arguments.Verbose || arguments.Report is not null)
        {
            timeline.IncludeProcessStart();
        }

        return new Job(arguments, timeline).Run();
    }

    private int Run()
    {
        // Settled before the guest runs: it cannot redirect the report afterwards, and a path that leads nowhere ends the run early.
        using OutputFile? report = ReportFile();
        try
        {
            _progress = ProgressLine.Watch(_timeline);
            try
            {
                _outcome.ExitCode = Initialize(report);
            }
            finally
            {
                _progress?.Dispose();
            }

            if (_outcome.Run is { } run && Warnings.Format(run) is { Length: > 0 } warnings)
            {
                StandardStreams.WriteError(warnings);
            }

            WriteReport(report);
            return _outcome.ExitCode;
        }
        catch (Exception error) when (_outcome.ExitCode == Command.Succeeded && _outcome.Run is null)
        {
            _outcome.Error = error;
            _outcome.ExitCode = Command.Failed;
            TryWriteReport(report);
            throw;
        }
        finally
        {
            if (_arguments.Verbose)
            {
                _timeline.End();
                StandardStreams.WriteError(Summary.Format(_timeline, _outcome.Run));
            }

            _interruption?.Dispose();
            _input?.Dispose();
        }
    }

    private OutputFile? ReportFile() =>
        _arguments.Report is { } path ? OutputFile.At(path == Arguments.StandardOutput ? null : path) : null;

    private int Initialize(OutputFile? report)
    {
        _timeline.Begin("read");
        if (_arguments.Input is null)
        {
            // Whoever types has the terminal.
            _progress?.StepAside();
        }

        _input = InputFile.Read(_arguments.Input);
        _outcome.Input = _input.Memory;
        using OutputFile output = OutputFile.At(_arguments.Output);
        InitEnvironment environment = CreateEnvironment();
        ReadOnlyMemory<byte> module = ParseText();
        var initializer = new PreInitializer(CreateOptions());
        _interruption = new Interruption(output, report, _progress);
        try
        {
            IModuleSink sink = report is null ? output : new HashingSink(output, _outcome, _timeline);
            _outcome.Run = initializer.Run(module, sink, environment, _interruption.Token);
        }
        catch (Exception error) when (_interruption.ExitCode != 0 && error is not CommandException)
        {
            // However the guest took it, the signal is why the run ended.
            return _interruption.ExitCode;
        }
        finally
        {
            _interruption.HasStopped();
        }

        return Command.Succeeded;
    }

    private void WriteReport(OutputFile? report)
    {
        if (report is null)
        {
            return;
        }

        try
        {
            report.Write(ReportWriter.Format(_arguments, _timeline, _outcome));
        }
        catch (CommandException error)
        {
            throw new CommandException("failed to write the report", error);
        }
    }

    // Of two errors, the first one counts.
    private void TryWriteReport(OutputFile? report)
    {
        try
        {
            WriteReport(report);
        }
        catch (CommandException)
        {
            StandardStreams.WriteError("warning: the report could not be written\n");
        }
    }

    private WizerOptions CreateOptions()
    {
        Arguments arguments = _arguments;
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
            Layout = arguments.Layout,
            Features = WasmFeatures.All & ~disabled,
            DetailedReport = arguments.Report is not null,
            Progress = _timeline,
        };
    }

    private InitEnvironment CreateEnvironment() => new()
    {
        Preloads = ReadPreloads(_arguments.Preloads),
        Wasi = CreateWasi(),
        Limits = Limits(_arguments),
        Timeout = _arguments.Timeout,
        Deterministic = Deterministic(_arguments),
    };

    private static DeterministicOptions? Deterministic(Arguments arguments) => arguments.Deterministic
        ? new DeterministicOptions { RandomSeed = arguments.RandomSeed, UnixSeconds = SourceDateEpoch() }
        : null;

    // The convention of reproducible-builds.org; what is set and makes no sense is a mistake of whoever set it.
    private static ulong SourceDateEpoch()
    {
        const string Name = "SOURCE_DATE_EPOCH";
        string? value = Environment.GetEnvironmentVariable(Name);
        if (string.IsNullOrEmpty(value))
        {
            return 0;
        }

        return ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seconds)
            && seconds <= DeterministicOptions.MaxUnixSeconds
                ? seconds
                : throw new CommandException($"{Name} is `{value}`, which is no time in seconds since 1970");
    }

    private static EngineOptions Limits(Arguments arguments)
    {
        EngineOptions defaults = EngineOptions.Default;
        return new EngineOptions
        {
            MaxMemoryByteLength = arguments.MaxMemory ?? defaults.MaxMemoryByteLength,
            MaxTableElementCount = arguments.MaxTableElements ?? defaults.MaxTableElementCount,
            StackByteLength = arguments.StackSize ?? defaults.StackByteLength,
            IsRelaxedSimdDeterministic = arguments.RelaxedSimdDeterministic,
        };
    }

    private WasiOptions? CreateWasi()
    {
        Arguments arguments = _arguments;
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
            BeforeStandardStreamUse = _progress is null ? null : _progress.StepAside,
        };
    }

    private static WasiPreopen Preopen(string hostPath, string guestPath)
    {
        try
        {
            return FileKinds.Of(hostPath) switch
            {
                FileKind.Directory => new WasiPreopen(hostPath, guestPath),
                FileKind.Absent => throw new DirectoryNotFoundException(),
                _ => throw FileError.NotADirectory(),
            };
        }
        catch (Exception error) when (FileError.Is(error))
        {
            throw CommandException.File("failed to open directory", error, hostPath);
        }
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

    private ReadOnlyMemory<byte> ParseText()
    {
        ReadOnlyMemory<byte> input = _input!.Memory;
        try
        {
            if (ModuleText.IsText(input.Span))
            {
                _timeline.Begin("parse text");
            }

            return ModuleText.ToBinary(input, _arguments.Input ?? InputFile.StandardInputName);
        }
        catch (CommandException error)
        {
            throw new CommandException("failed to parse Wasm", error);
        }
    }
}
