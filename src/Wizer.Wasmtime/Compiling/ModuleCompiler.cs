using System.Runtime.ExceptionServices;
using System.Text;
using Wizer.Engine.Platform;
using Wizer.Pipeline;

namespace Wizer.Wasmtime;

/// <summary>Makes code of modules and components, or finds it where it was put the last time.</summary>
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
    internal WasmtimeModule Compile(ReadOnlyMemory<byte> module) => Compile(
        module,
        "module",
        () => WasmtimeModule.FromBytes(engine, Name, module.Span),
        code => WasmtimeModule.Deserialize(engine, Name, code),
        static compiled => compiled.Serialize());

    /// <summary>Compiles a component that is valid.</summary>
    /// <exception cref="WizerException">Wasmtime cannot compile it.</exception>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    internal WasmtimeComponent CompileComponent(ReadOnlyMemory<byte> component) => Compile(
        component,
        "component",
        () => WasmtimeComponent.FromBytes(engine, component.Span),
        code => WasmtimeComponent.Deserialize(engine, code),
        static compiled => compiled.Serialize());

    private T Compile<T>(ReadOnlyMemory<byte> input, string what, Func<T> compile, Func<byte[], T> deserialize, Func<T, byte[]> serialize)
        where T : IDisposable
    {
        if (_cache is null)
        {
            return CompileNow(what, compile);
        }

        string key = KeyOf(input.Span);
        if (_cache.TryRead(key) is { } code)
        {
            try
            {
                return deserialize(code);
            }
            catch (WasmtimeException)
            {
                // Of another kind of processor, say. What is compiled now replaces it.
            }
        }

        T compiled = CompileNow(what, compile);
        _cache.Write(key, serialize(compiled));
        return compiled;
    }

    /// <summary>What says in the cache which module or component this is, for which Wasmtime.</summary>
    internal string KeyOf(ReadOnlySpan<byte> module)
    {
        using var hash = new ContentHash(module.Length);
        hash.Append(Encoding.UTF8.GetBytes($"{EngineSet.Version}\n{PrivateFiles.Platform}\n{settings.CodeText}\n"));
        hash.Append(module);
        return Convert.ToHexStringLower(hash.Finish());
    }

    // Nothing stops Wasmtime once it compiles. Whoever is interrupted leaves it to itself, on its own thread.
    private T CompileNow<T>(string what, Func<T> compile)
        where T : IDisposable
    {
        Task<T> compilation = Task.Factory.StartNew(
            compile, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
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
                    $"the engine `wasmtime` cannot compile the {what}",
                    new WizerException(WizerError.UnsupportedModule, ErrorText.LastCause(cause.Message)));
            }

            ExceptionDispatchInfo.Throw(error.InnerException!);
            throw;
        }
    }
}
