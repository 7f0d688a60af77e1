using System.Reflection;
using Wizer.Pipeline;

namespace Wizer.Wasmtime;

/// <summary>Wasmtime's engines: one for each way to compile that runs have asked for.</summary>
internal sealed class EngineSet : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<EngineSettings, WasmtimeEngine> _engines = [];
    private bool _isDisposed;

    /// <summary>Which Wasmtime this is.</summary>
    internal static string Version { get; } =
        typeof(WasmtimeEngine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? typeof(WasmtimeEngine).Assembly.GetName().Version!.ToString();

    internal bool IsDisposed
    {
        get
        {
            lock (_gate)
            {
                return _isDisposed;
            }
        }
    }

    /// <summary>The engine for a run.</summary>
    internal WasmtimeEngine Get(EngineSettings settings)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_engines.TryGetValue(settings, out WasmtimeEngine? engine))
            {
                engine = Create(settings);
                _engines.Add(settings, engine);
            }

            return engine;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            foreach (WasmtimeEngine engine in _engines.Values)
            {
                engine.Dispose();
            }

            _engines.Clear();
        }
    }

    // Every proposal is on, whatever the options say: the module has been validated against those before Wasmtime sees it. Some depend
    // on others, and Wasmtime ends the process when one is on without the other; with all of them on, that cannot be.
    private static WasmtimeEngine Create(EngineSettings settings)
    {
        try
        {
            return CreateNow(settings);
        }
        catch (Exception error) when (IsMissingLibrary(error))
        {
            throw new WizerException(
                WizerError.EnvironmentUnusable, $"Wasmtime has no library that works here ({PrivateFiles.Platform})", error);
        }
    }

    /// <summary>Whether an error says that there is no Wasmtime for this platform, or another one than the package brings.</summary>
    internal static bool IsMissingLibrary(Exception error) =>
        error is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException
        || (error is TypeInitializationException && error.InnerException is { } cause && IsMissingLibrary(cause));

    private static WasmtimeEngine CreateNow(EngineSettings settings)
    {
        using WasmtimeConfig config = new WasmtimeConfig()
            .WithReferenceTypes(true)
            .WithFunctionReferences(true)
            .WithGc(true)
            .WithExceptions(true)
            .WithTailCalls(true)
            .WithSIMD(true)
            .WithRelaxedSIMD(true, settings.IsRelaxedSimdDeterministic)
            .WithBulkMemory(true)
            .WithMultiValue(true)
            .WithMultiMemory(true)
            .WithMemory64(true)
            .WithWideArithmetic(true)
            .WithWasmThreads(true)
            .WithBranchHinting(true)
            .WithComponentModel(true)
            .WithCraneliftNaNCanonicalization(settings.CanonicalizesNaNs)
            .WithEpochInterruption(true)

            // Which pages of a memory were written is asked of the system, and those of a file that is mapped do not count.
            .WithMemoryInitCopyOnWrite(false);
        ConfigSwitches.EnableCustomPageSizes(config);
        ConfigSwitches.EnableCompactImports(config);
        ConfigSwitches.SetStack(config, settings.StackByteLength);
        return new WasmtimeEngine(config);
    }
}
