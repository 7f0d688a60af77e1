using System.Buffers;
using Wizer.Binary;
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

/// <summary>Components that are instrumented, run in Wasmtime, and written from what they show.</summary>
public sealed class ComponentStateTests
{
    // Bytes of every value, numbers of every type, and a memory that has grown and belongs to two modules.
    private const string Text = """
        (component
          (core module $A
            (memory (export "mem") 1)
            (global $g (mut i32) (i32.const 1))
            (global (mut i64) (i64.const -7))
            (global (mut f32) (f32.const nan:0x200001))
            (global (mut f64) (f64.const -0))
            (func (export "init") (local $i i32)
              (drop (memory.grow (i32.const 2)))
              (loop $next
                (i32.store8 (i32.add (i32.const 70000) (local.get $i)) (local.get $i))
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (br_if $next (i32.lt_u (local.get $i) (i32.const 256))))
              (global.set $g (memory.size)))
            (func (export "get") (param i32) (result i32) (i32.load8_u (local.get 0)))
            (func (export "size") (result i32) (i32.add (memory.size) (i32.mul (i32.const 100) (global.get $g)))))
          (core module $B
            (import "a" "mem" (memory 1))
            (import "a" "init" (func $init))
            (func (export "init") (call $init) (i32.store (i32.const 16) (i32.const 42))))
          (core instance $a (instantiate $A))
          (core instance $b (instantiate $B (with "a" (instance $a))))
          (func (export "wizer-initialize") (canon lift (core func $b "init")))
          (func (export "get") (param "at" u32) (result u8) (canon lift (core func $a "get")))
          (func (export "size") (result u32) (canon lift (core func $a "size"))))
        """;

    [Fact]
    public void Snapshot_HasTheStateOfTheInstance_HoweverMemoriesAreShown()
    {
        byte[] output = PreInitialize(MemoryAccess.String);

        Assert.Equal(output, PreInitialize(MemoryAccess.List));
        using var store = new Store();
        ComponentInfo component = ComponentReader.Parse(output);
        ComponentInstance instance = new ComponentLinker().Instantiate(
            store, CompiledComponent.Compile(component, ComponentValidator.Validate(component)));
        Assert.Equal(["get", "size"], instance.Exports.Names);
        Assert.Equal(ComponentValue.Of(303u), instance.Invoke("size"));
        Assert.Equal(ComponentValue.Of((byte)42), instance.Invoke("get", ComponentValue.Of(16u)));
        foreach (byte value in new byte[] { 0, 0x7f, 0x80, 0xff })
        {
            Assert.Equal(ComponentValue.Of(value), instance.Invoke("get", ComponentValue.Of(70000u + value)));
        }
    }

    [Fact]
    public void Globals_AreRead()
    {
        Run(Text, MemoryAccess.String, (_, instance) =>
        {
            var state = new WasmtimeComponentState(instance);
            Assert.Equal(GlobalValue.I32(1), state.ReadGlobal("global0", ValType.I32));
            Assert.Equal(GlobalValue.I64(-7), state.ReadGlobal("global1", ValType.I64));

            // A signalling NaN, which Wasmtime's library for .NET makes a quiet one.
            Assert.Equal(GlobalValue.FromBits(ValType.F32, 0x7fe00001), state.ReadGlobal("global2", ValType.F32));
            Assert.Equal(GlobalValue.F64(-0.0), state.ReadGlobal("global3", ValType.F64));
            Assert.Equal(
                "`global9` is no function of `wasmtime:wizer/access`",
                Assert.Throws<WizerException>(() => state.ReadGlobal("global9", ValType.I32)).Message);
            Assert.Equal(
                "`memory4` did not return a number",
                Assert.Throws<WizerException>(() => state.ReadGlobal("memory4", ValType.I32)).Message);
            Assert.Equal(
                "`global0` did not return the bytes of a memory",
                Assert.Throws<WizerException>(() => state.ReadMemory("global0")).Message);
        });
    }

    [Fact]
    public void Memory_AtItsMaximum_IsAnError() =>
        Run("(component (core module $M (memory 1 1)) (core instance (instantiate $M)))", MemoryAccess.String, (_, instance) =>
        {
            WizerException error = Assert.Throws<WizerException>(() => new WasmtimeComponentState(instance).ReadMemory("memory0"));

            Assert.Equal(
                "`memory0` could not be called: Wasmtime shows a memory that can still grow, and is not larger than 128 MiB; "
                + "no engine shows one of more than 268435455 bytes",
                error.Message);
        });

    private static byte[] PreInitialize(MemoryAccess access)
    {
        byte[]? result = null;
        Run(Text, access, (component, instance) =>
        {
            instance.GetFunction("wizer-initialize")!.Call([]);
            var output = new ArrayBufferWriter<byte>();
            new PreInitializer().SnapshotComponent(component, new WasmtimeComponentState(instance), new BufferWriterSink(output));
            result = output.WrittenSpan.ToArray();
        });
        return result!;
    }

    private static void Run(string text, MemoryAccess access, Action<InstrumentedComponent, WasmtimeComponentInstance> run)
    {
        var output = new ArrayBufferWriter<byte>();
        InstrumentedComponent component = new PreInitializer().InstrumentComponent(Wat.Compile(text), new BufferWriterSink(output), access);
        using var engine = new WasmtimeEngine(new WasmtimeConfig().WithComponentModel(true));
        using WasmtimeComponent compiled = WasmtimeComponent.FromBytes(engine, output.WrittenSpan);
        using var linker = new WasmtimeComponentLinker(engine);
        using var store = new WasmtimeStore(engine);
        run(component, linker.Instantiate(store, compiled));
    }
}
