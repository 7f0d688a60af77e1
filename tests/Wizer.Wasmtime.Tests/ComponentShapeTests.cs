using System.Buffers;
using Wizer.Binary.Components;
using Wizer.Engine;
using Wizer.Engine.Components;
using Wizer.Pipeline;
using Wizer.TestSupport;
using Xunit;
using WasmtimeComponent = Wasmtime.Components.Component;
using WasmtimeComponentInstance = Wasmtime.Components.ComponentInstance;
using WasmtimeComponentLinker = Wasmtime.Components.ComponentLinker;
using WasmtimeStore = Wasmtime.Store;

namespace Wizer.Wasmtime.Tests;

/// <summary>Every shape of component that tools produce, pre-initialized here and run by Wasmtime.</summary>
public sealed class ComponentShapeTests
{
    public static TheoryData<string> Names => [.. ComponentShapes.All.Select(static shape => shape.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void PreInitialized_AnswersInWasmtimeAsHere(string name)
    {
        ComponentShape shape = ComponentShapes.All.Single(shape => shape.Name == name);
        var output = new ArrayBufferWriter<byte>();
        new PreInitializer(new WizerOptions { InitFunc = shape.Init }).Run(Wat.Compile(shape.Text), new BufferWriterSink(output));
        Assert.Equal(RunHere(output.WrittenMemory, shape), RunInWasmtime(output.WrittenSpan, shape));
    }

    private static ulong[] RunHere(ReadOnlyMemory<byte> bytes, ComponentShape shape)
    {
        using var store = new Store();
        ComponentInfo component = ComponentReader.Parse(bytes);
        ComponentInstance instance = new ComponentLinker().Instantiate(
            store, CompiledComponent.Compile(component, ComponentValidator.Validate(component)));
        return [.. shape.Calls.Select(call => (ulong)instance.Invoke(call)!.Value.AsInt64)];
    }

    private static ulong[] RunInWasmtime(ReadOnlySpan<byte> bytes, ComponentShape shape)
    {
        using var engine = new WasmtimeEngine(new WasmtimeConfig().WithComponentModel(true)
            .WithFunctionReferences(true).WithGc(true).WithTailCalls(true).WithExceptions(true));
        using WasmtimeComponent component = WasmtimeComponent.FromBytes(engine, bytes);
        using var linker = new WasmtimeComponentLinker(engine);
        using var store = new WasmtimeStore(engine);
        WasmtimeComponentInstance instance = linker.Instantiate(store, component);
        return [.. shape.Calls.Select(call => (ulong)ComponentValues.FromWasmtime(instance.GetFunction(call)!.Call([])!).AsInt64)];
    }
}
