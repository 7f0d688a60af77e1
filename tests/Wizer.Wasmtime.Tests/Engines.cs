using System.Buffers;
using Wizer.Pipeline;
using Wizer.Pipeline.Tests;
using Store = Wasmtime.Store;

namespace Wizer.Wasmtime.Tests;

/// <summary>The three ways to initialize a module.</summary>
internal static class Engines
{
    /// <summary>What runs of all tests share, as those of a program would.</summary>
    public static WasmtimeRunner Runner { get; } = new();

    public static byte[] Run(this IInitEngine engine, PreInitializer wizer, byte[] module, InitEnvironment? environment = null) =>
        engine.Run(wizer, module, environment, out _);

    public static byte[] Run(
        this IInitEngine engine, PreInitializer wizer, byte[] module, InitEnvironment? environment, out RunReport report)
    {
        var output = new ArrayBufferWriter<byte>();
        report = engine.Run(wizer, module, new BufferWriterSink(output), environment);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>By hand, as somebody does who has Wasmtime in use already: a module that imports nothing that it calls.</summary>
    public static byte[] RunByHand(PreInitializer wizer, byte[] module)
    {
        byte[] instrumented = wizer.Instrument(module, out ModuleContext context);
        using var config = new WasmtimeConfig();
        config.WithReferenceTypes(true).WithFunctionReferences(true).WithGc(true).WithExceptions(true).WithTailCalls(true)
            .WithMultiMemory(true).WithMemory64(true).WithSIMD(true).WithRelaxedSIMD(true, true).WithWideArithmetic(true)
            .WithWasmThreads(true).WithCraneliftNaNCanonicalization(true).WithMaximumStackSize(1 << 20);
        using var engine = new WasmtimeEngine(config);
        using WasmtimeModule compiled = WasmtimeModule.FromBytes(engine, "guest", instrumented);
        using var store = new Store(engine);
        using var linker = new global::Wasmtime.Linker(engine);
        linker.DefineUnknownImportsAsTraps(compiled);
        WasmtimeInstance instance = linker.Instantiate(store, compiled);
        instance.GetAction("_initialize")?.Invoke();
        if (wizer.Options.InitFunc != "_initialize")
        {
            instance.GetAction(wizer.Options.InitFunc)!();
        }

        return wizer.Snapshot(context, new WasmtimeInstanceState(instance));
    }
}
