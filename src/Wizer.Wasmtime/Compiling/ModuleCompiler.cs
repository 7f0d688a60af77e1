using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;
using Wizer.Pipeline;

namespace Wizer.Wasmtime;

/// <summary>Makes code of modules, or finds it where it was put the last time.</summary>
/// <param name="engine">For which engine.</param>
/// <param name="settings">How that compiles.</param>
/// <param name="cacheDirectory">Where code is kept; null for nowhere.</param>
/// <param name="interrupt">Ends the wait for a compilation.</param>
internal sealed class ModuleCompiler(
    WasmtimeEngine engine, EngineSettings settings, string? cacheDirectory, CancellationToken interrupt)
{
    // What is said in backtraces comes from the module's own names.
    private const string Name = "module";

    private readonly CodeCache? _cache = cacheDirectory is null ? null : CodeCache.Open(cacheDirectory);

    /// <summary>Compiles a module that is valid.</summary>
    /// <exception cref="WizerException">Wasmtime cannot compile it.</exception>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    internal WasmtimeModule Compile(ReadOnlyMemory<byte> module)
    {
        if (_cache is null)
        {
            return CompileNow(module);
        }

        string key = KeyOf(module.Span);
        if (_cache.TryRead(key) is { } code)
        {
            try
            {
                return WasmtimeModule.Deserialize(engine, Name, code);
            }
            catch (WasmtimeException)
            {
                // Of another kind of processor, say. What is compiled now replaces it.
            }
        }

        WasmtimeModule compiled = CompileNow(module);
        _cache.Write(key, compiled.Serialize());
        return compiled;
    }

    /// <summary>What says in the cache which module this is, for which Wasmtime.</summary>
    internal string KeyOf(ReadOnlySpan<byte> module)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{EngineSet.Version}\n{PrivateFiles.Platform}\n{settings.CodeText}\n"));
        hash.AppendData(module);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // Nothing stops Wasmtime once it compiles. Whoever is interrupted leaves it to itself, on its own thread.
    private WasmtimeModule CompileNow(ReadOnlyMemory<byte> module)
    {
        Task<WasmtimeModule> compilation = Task.Factory.StartNew(
            () => WasmtimeModule.FromBytes(engine, Name, module.Span),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        try
        {
            compilation.Wait(interrupt);
            return compilation.Result;
        }
        catch (OperationCanceledException)
        {
            compilation.ContinueWith(
                static task =>
                {
                    if (task.IsCompletedSuccessfully)
                    {
                        task.Result.Dispose();
                    }
                    else
                    {
                        _ = task.Exception;
                    }
                },
                TaskScheduler.Default);
            throw;
        }
        catch (AggregateException error)
        {
            if (error.InnerException is WasmtimeException cause)
            {
                throw new WizerException(
                    WizerError.UnsupportedModule,
                    "the engine `wasmtime` cannot compile the module",
                    new WizerException(WizerError.UnsupportedModule, ErrorText.LastCause(cause.Message)));
            }

            ExceptionDispatchInfo.Throw(error.InnerException!);
            throw;
        }
    }
}
