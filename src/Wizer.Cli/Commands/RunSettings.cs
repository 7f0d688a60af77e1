using System.Buffers;
using System.Globalization;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>What the command line means to the pipeline.</summary>
internal static class RunSettings
{
    /// <summary>What stands for stdin in the place of a module to preload.</summary>
    public const string StandardInput = "-";

    /// <summary>How the module is to be pre-initialized.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="progress">Told of each phase.</param>
    /// <param name="isDetailed">Whether somebody may want a report of it later.</param>
    /// <exception cref="CommandException">Two options contradict one another.</exception>
    public static WizerOptions Options(Arguments arguments, IProgress<RunPhase> progress, bool isDetailed = false)
    {
        if (!arguments.Simd && arguments.RelaxedSimd)
        {
            throw new CommandException(
                DiagnosticCode.ConflictingOptions, "cannot disable the simd proposal but enable the relaxed simd proposal");
        }

        WasmFeatures disabled = (arguments.MultiMemory ? 0 : WasmFeatures.MultiMemory)
            | (arguments.MultiValue ? 0 : WasmFeatures.MultiValue)
            | (arguments.BulkMemory ? 0 : WasmFeatures.BulkMemory)
            | (arguments.Simd ? 0 : WasmFeatures.Simd)
            | (arguments.RelaxedSimd ? 0 : WasmFeatures.RelaxedSimd)
            | (arguments.ReferenceTypes ? 0 : WasmFeatures.ReferenceTypes)
            | (arguments.CompactImports ? 0 : WasmFeatures.CompactImports)
            | arguments.DisabledFeatures;
        return new WizerOptions
        {
            InitFunc = arguments.InitFunc,
            FuncRenames = arguments.Renames,
            KeepInitFunc = arguments.KeepInitFunc,
            Layout = arguments.Layout,
            MaxSegmentCount = arguments.MaxSegments is { } most
                ? (int)Math.Min(most, int.MaxValue)
                : WizerOptions.Default.MaxSegmentCount,
            ClearStack = arguments.ClearStack,
            ImportedMemories = arguments.ImportedMemories,
            ImportedTables = arguments.ImportedTables,
            ImportedGlobals = arguments.ImportedGlobals,
            DefinedGlobals = arguments.DefinedGlobals,
            Features = WasmFeatures.All & ~disabled,
            DetailedReport = isDetailed || arguments.Report is not null,
            Progress = progress,
        };
    }

    /// <summary>What the module is to find around it.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="world">What becomes of the guest's standard streams.</param>
    /// <param name="owned">Gets what the environment is made of, to be disposed once nobody uses it.</param>
    /// <exception cref="CommandException">A directory or a module to preload cannot be used, or the environment makes no sense.</exception>
    public static InitEnvironment Environment(Arguments arguments, GuestStreams world, List<IDisposable> owned) => new()
    {
        Preloads = ReadPreloads(arguments, owned),
        Wasi = Wasi(arguments, world),
        Stubs = arguments.Stubs,
        UnknownImports = arguments.UnknownImports,
        AllowExitZero = arguments.AllowExitZero,
        AllowInitError = arguments.AllowInitError,
        FailsOnLostHandles = arguments.FailsOnLostHandles,
        ResetsWasi = arguments.ResetWasi,
        Limits = Limits(arguments),
        Timeout = arguments.Timeout,
        Profile = ReadProfile(arguments, owned),
        RecordsProfile = arguments.ProfileWrite is not null || arguments.ProfileEmbed is not null,
        Deterministic = Deterministic(arguments),
        RecordsInputs = arguments.Depfile is not null || arguments.Report is not null,
    };

    // An empty file is no profile, and not the absence of one.
    private static ReadOnlyMemory<byte> ReadProfile(Arguments arguments, List<IDisposable> owned)
    {
        if (arguments.ProfileUse is not { } path)
        {
            return default;
        }

        MemoryManager<byte> file = InputFile.ReadFile(arguments.Place(path), $"failed to read the profile `{path}`");
        owned.Add(file);
        ReadOnlyMemory<byte> profile = file.Memory;
        return profile.IsEmpty ? new byte[1] : profile;
    }

    private static DeterministicOptions? Deterministic(Arguments arguments) => arguments.Deterministic
        ? new DeterministicOptions { RandomSeed = arguments.RandomSeed, UnixSeconds = SourceDateEpoch() }
        : null;

    // The convention of reproducible-builds.org; what is set and makes no sense is a mistake of whoever set it.
    private static ulong SourceDateEpoch()
    {
        const string Name = "SOURCE_DATE_EPOCH";
        string? value = HostVariables.Get(Name);
        if (string.IsNullOrEmpty(value))
        {
            return 0;
        }

        return ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seconds)
            && seconds <= DeterministicOptions.MaxUnixSeconds
                ? seconds
                : throw new CommandException(DiagnosticCode.BadVariable, $"{Name} is `{value}`, which is no time in seconds since 1970");
    }

    private static EngineOptions Limits(Arguments arguments)
    {
        EngineOptions defaults = EngineOptions.Default;
        return new EngineOptions
        {
            MaxMemoryByteLength = arguments.MaxMemory ?? defaults.MaxMemoryByteLength,
            MaxTableElementCount = arguments.MaxTableElements ?? defaults.MaxTableElementCount,
            StackByteLength = arguments.StackSize ?? defaults.StackByteLength,
            CanonicalizeNaNs = arguments.CanonicalizeNaNs,
            IsRelaxedSimdDeterministic = arguments.RelaxedSimdDeterministic,
            SampleInterval = arguments.Sample is null ? null : TimeSpan.FromMilliseconds(1),
            RecordsWriters = arguments.Attribute is not null,
            ReadsDebugInfo = HostVariables.Get(ErrorPrinter.BacktraceDetails) == "1",
        };
    }

    private static WasiOptions? Wasi(Arguments arguments, GuestStreams world)
    {
        if (!arguments.AllowWasi)
        {
            return null;
        }

        var preopens = new List<WasiPreopen>();
        foreach (string directory in arguments.Dirs)
        {
            preopens.Add(Preopen(arguments.Place(directory), directory));
        }

        foreach (string mapping in arguments.MapDirs)
        {
            // Without the colons, the directory has the same name on both sides.
            int colons = mapping.IndexOf("::", StringComparison.Ordinal);
            preopens.Add(colons < 0
                ? Preopen(arguments.Place(mapping), mapping)
                : Preopen(arguments.Place(mapping[(colons + 2)..]), mapping[..colons]));
        }

        return new WasiOptions
        {
            InheritStdio = arguments.InheritStdio && world.IsInherited,
            Stdin = arguments.InheritStdio ? world.Input : null,
            Stdout = arguments.InheritStdio ? world.Output : null,
            Stderr = arguments.InheritStdio ? world.Errors : null,
            Arguments = arguments.Args,
            Environment = Variables(arguments),
            IsEnvironmentInherited = arguments.InheritEnv,
            Preopens = preopens,
            BeforeStandardStreamUse = world.BeforeUse,
        };
    }

    // Those that are named win over inherited ones, and the last of one name over those before it.
    private static IReadOnlyList<WasiVariable> Variables(Arguments arguments)
    {
        IReadOnlyList<WasiVariable> inherited = arguments.InheritEnv ? WasiVariable.FromHost() : [];
        if (arguments.Envs.Count == 0)
        {
            return inherited;
        }

        var variables = new List<WasiVariable>(inherited);
        foreach (string text in arguments.Envs)
        {
            int equals = text.IndexOf('=');
            string name = equals < 0 ? text : text[..equals];
            string? value = equals < 0 ? HostVariables.Get(name) : text[(equals + 1)..];
            variables.RemoveAll(variable => variable.Name == name);
            if (value is not null)
            {
                variables.Add(new WasiVariable(name, value));
            }
        }

        return variables;
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
            throw CommandException.File(DiagnosticCode.DirectoryUnusable, "failed to open directory", error, hostPath);
        }
    }

    private static List<PreloadModule> ReadPreloads(Arguments arguments, List<IDisposable> owned)
    {
        var modules = new List<PreloadModule>();
        bool isInputRead = arguments.Input is null;
        foreach (string preload in arguments.Preloads)
        {
            int equals = preload.IndexOf('=');
            if (equals < 0)
            {
                throw new CommandException(
                    DiagnosticCode.InvalidValue, $"Bad preload option: {preload} (must be of form `name=file`)");
            }

            string path = preload[(equals + 1)..];
            if (path == StandardInput && isInputRead)
            {
                throw new CommandException(DiagnosticCode.ConflictingOptions, "stdin holds one module, and it has been read");
            }

            isInputRead |= path == StandardInput;
            modules.Add(new PreloadModule(preload[..equals], ReadPreload(path, arguments, owned)));
        }

        return modules;
    }

    private static ReadOnlyMemory<byte> ReadPreload(string path, Arguments arguments, List<IDisposable> owned)
    {
        const string Failed = "failed to parse preload module";
        try
        {
            // Good as long as the engine reads the module, which is as long as its instance lives.
            MemoryManager<byte> file = path == StandardInput
                ? InputFile.Read(null)
                : InputFile.ReadFile(arguments.Place(path), $"failed to read from `{path}`");
            owned.Add(file);
            return ModuleText.ToBinary(file.Memory, path == StandardInput ? InputFile.StandardInputName : path);
        }
        catch (CommandException error)
        {
            bool isText = error.Code == DiagnosticCode.MalformedText;
            throw new CommandException(isText ? DiagnosticCode.PreloadInvalid : DiagnosticCode.PreloadUnreadable, Failed, error);
        }
    }
}
