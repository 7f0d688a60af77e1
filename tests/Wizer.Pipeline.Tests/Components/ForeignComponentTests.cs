using System.Buffers;
using System.Text;
using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.Engine;
using Wizer.Engine.Components;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Pipeline.Tests.Components;

/// <summary>Components that run elsewhere: instrumented, initialized in any runtime, and written from what that shows.</summary>
public sealed class ForeignComponentTests
{
    // Two modules with state of every kind, one of which has the memory of the other.
    private const string Counter = """
        (component
          (core module $Unused (global (mut i32) (i32.const 1)) (memory 1))
          (core module $A
            (memory (export "mem") 1)
            (global $fixed i32 (i32.const 5))
            (global $g (mut i32) (i32.const 1))
            (global $h (mut i64) (i64.const 2))
            (func (export "init")
              (global.set $g (i32.add (global.get $g) (i32.const 10)))
              (global.set $h (i64.const -3))
              (i32.store (i32.const 1024) (i32.const 0x04030201))
              (drop (memory.grow (i32.const 1)))
              (i32.store8 (i32.const 100000) (i32.const 200)))
            (func (export "get") (result i32)
              (i32.add (i32.add (global.get $g) (i32.wrap_i64 (global.get $h)))
                (i32.add (i32.load8_u (i32.const 1025)) (i32.load8_u (i32.const 100000))))))
          (core module $B
            (import "a" "mem" (memory 1))
            (global (export "x") (mut f32) (f32.const 1.5))
            (global $y (mut f64) (f64.const 2.5))
            (func (export "init") (global.set $y (f64.add (global.get $y) (f64.const 1))))
            (func (export "get") (result f64) (global.get $y)))
          (core instance $a (instantiate $A))
          (core instance $b (instantiate $B (with "a" (instance $a))))
          (func (export "init") (canon lift (core func $a "init")))
          (func (export "init-b") (canon lift (core func $b "init")))
          (func (export "get") (result s32) (canon lift (core func $a "get")))
          (func (export "get-b") (result f64) (canon lift (core func $b "get"))))
        """;

    private static PreInitializer Wizer { get; } = new(new WizerOptions { InitFunc = "init" });

    [Theory]
    [InlineData(MemoryAccess.List, "func() -> list<u8>")]
    [InlineData(MemoryAccess.String, "func() -> string")]
    public void InstrumentedComponent_HasAFunctionForEachPartOfItsState(MemoryAccess access, string memory)
    {
        (_, byte[] bytes) = Instrument(Counter, access);

        ComponentItem[] exports = ComponentValidator.Validate(ComponentReader.Parse(bytes)).DescribeExports();

        ComponentItem instance = exports[^1];
        Assert.Equal("wasmtime:wizer/access", instance.Name);
        Assert.Equal(
            ["global0: func() -> s32", "global1: func() -> s64", $"memory2: {memory}", "global3: func() -> f32", "global4: func() -> f64"],
            instance.Items.Select(item => $"{item.Name}: {item.Type}"));
        Assert.Equal(["init", "init-b", "get", "get-b"], exports[..^1].Select(item => item.Name));
    }

    [Theory]
    [InlineData(MemoryAccess.List)]
    [InlineData(MemoryAccess.String)]
    public void Snapshot_StartsWhereTheInstanceEnded(MemoryAccess access)
    {
        (InstrumentedComponent component, byte[] bytes) = Instrument(Counter, access);
        using var guest = new Guest(bytes);
        guest.Instance.Invoke("init");
        guest.Instance.Invoke("init-b");
        byte[] output = Snapshot(component, guest);

        using var result = new Guest(output);
        Assert.Equal(ComponentValue.Of(210), result.Instance.Invoke("get"));
        Assert.Equal(ComponentValue.Of(3.5), result.Instance.Invoke("get-b"));
        Assert.Equal(["init-b", "get", "get-b"], result.Instance.Exports.Names);
    }

    // Among them start functions, segments of a module that has the memory of another, and a table that nobody changes.
    [Theory]
    [InlineData(Counter)]
    [InlineData("""
        (component
          (core module $A
            (memory (export "mem") 1) (data (i32.const 8) "a") (table 2 funcref) (elem (i32.const 0) $f)
            (global $g (mut i32) (i32.const 1)) (func $f (global.set $g (i32.add (global.get $g) (i32.const 5)))) (start $f)
            (func (export "init") (i32.store8 (i32.const 9) (i32.const 3))))
          (core module $B
            (import "a" "mem" (memory 1)) (data (i32.const 16) "b")
            (func $s (i32.store8 (i32.const 17) (i32.const 4))) (start $s)
            (func (export "_initialize") (i32.store8 (i32.const 18) (i32.const 5))))
          (core instance $a (instantiate $A))
          (core instance $b (instantiate $B (with "a" (instance $a))))
          (func (export "x") (canon lift (core func $b "_initialize")))
          (func (export "init") (canon lift (core func $a "init")))
          (func (export "y") (canon lift (core func $a "init"))))
        """)]
    public void Snapshot_HasTheBytesOfARunOnTheEmbeddedEngine(string text)
    {
        (InstrumentedComponent component, byte[] bytes) = Instrument(text, MemoryAccess.List);
        using var guest = new Guest(bytes);
        guest.Instance.Invoke("init");

        Assert.Equal(Wizer.Run(Wat.Compile(text)), Snapshot(component, guest));
    }

    [Fact]
    public void Component_IsInstrumentedOnce_ForManySnapshots()
    {
        (InstrumentedComponent component, byte[] bytes) = Instrument(Counter, MemoryAccess.List);
        byte[] Once(int calls)
        {
            using var guest = new Guest(bytes);
            for (int i = 0; i < calls; i++)
            {
                guest.Instance.Invoke("init");
            }

            return Snapshot(component, guest);
        }

        byte[] first = Once(1);
        using var second = new Guest(Once(2));

        Assert.Equal(ComponentValue.Of(220), second.Instance.Invoke("get"));
        Assert.Equal(first, Once(1));
    }

    [Fact]
    public async Task AsynchronousRuntime_GivesTheSameBytes()
    {
        (InstrumentedComponent component, byte[] bytes) = Instrument(Counter, MemoryAccess.List);
        using var guest = new Guest(bytes);
        guest.Instance.Invoke("init");
        byte[] expected = Snapshot(component, guest);
        using var other = new Guest(bytes);
        other.Instance.Invoke("init");
        var output = new ArrayBufferWriter<byte>();

        await Wizer.SnapshotComponentAsync(component, other, new BufferWriterSink(output));

        Assert.Equal(expected, output.WrittenSpan.ToArray());
    }

    [Fact]
    public void Memory_WithPagesOfAByte_IsShownWhole()
    {
        const string Text = """
            (component
              (core module $M
                (memory (export "mem") 5 (pagesize 1))
                (func (export "init") (i32.store8 (i32.const 4) (i32.const 7)))
                (func (export "get") (result i32) (i32.add (memory.size) (i32.load8_u (i32.const 4)))))
              (core instance $m (instantiate $M))
              (func (export "init") (canon lift (core func $m "init")))
              (func (export "get") (result s32) (canon lift (core func $m "get"))))
            """;
        (InstrumentedComponent component, byte[] bytes) = Instrument(Text, MemoryAccess.List);
        using var guest = new Guest(bytes);
        guest.Instance.Invoke("init");

        using var result = new Guest(Snapshot(component, guest));

        Assert.Equal(ComponentValue.Of(12), result.Instance.Invoke("get"));
    }

    [Fact]
    public void Component_WithoutState_HasAnEmptyInstance()
    {
        (InstrumentedComponent component, byte[] bytes) = Instrument("(component)", MemoryAccess.List);
        using var guest = new Guest(bytes);

        Assert.Empty(guest.Instance.Exports.FindInstance(InstrumentedComponent.AccessInstance)!.Names);
        Assert.Equal(Wat.Compile("(component)"), Snapshot(component, guest));
    }

    // Where the original fails or produces what is invalid.
    [Theory]
    [InlineData("(core module $M (memory 1)) (core instance (instantiate $M))")]
    [InlineData("(core module $T (tag (export \"t\"))) (core instance $t (instantiate $T)) "
        + "(core module $M (import \"t\" \"t\" (tag)) (global (mut i32) (i32.const 1))) "
        + "(core instance (instantiate $M (with \"t\" (instance $t))))")]
    [InlineData("(core module $M (memory 1) (memory 2)) (core instance (instantiate $M))")]
    public void Module_OfAnyForm_IsInstrumented(string fields)
    {
        (InstrumentedComponent component, byte[] bytes) = Instrument($"(component {fields})", MemoryAccess.List);
        using var guest = new Guest(bytes);

        using var result = new Guest(Snapshot(component, guest));

        Assert.Empty(result.Instance.Exports.Names);
    }

    [Theory]
    [InlineData("(component $C (core module))", "nested components with modules not currently supported")]
    [InlineData("(core module $M) (core instance (instantiate $M)) (core instance (instantiate $M))",
        "modules may be instantiated at most once")]
    [InlineData("(import \"m\" (core module))", "wizer does not currently support module imports")]
    [InlineData("(import \"c\" (component))", "wizer does not currently support component imports")]
    [InlineData("(core module $M) (export \"m\" (core module $M))", "wizer does not currently support module exports")]
    [InlineData("(component $C) (export \"c\" (component $C))", "wizer does not currently support component exports")]
    [InlineData(
        "(component $C (component $D) (export \"d\" (component $D))) (instance $c (instantiate $C)) (alias export $c \"d\" (component))",
        "wizer does not currently support component exports")]
    [InlineData("(core module $M) (component $C (alias outer 1 $M (core module)))", "wizer does not currently support module aliases")]
    [InlineData("(component $D) (component $C (alias outer 1 $D (component)))", "wizer does not currently support component aliases")]
    [InlineData("(core module $M (global (mut v128) (v128.const i64x2 0 0))) (core instance (instantiate $M))",
        "component wizening does not support v128 globals")]
    [InlineData("(core module $M (memory i64 1)) (core instance (instantiate $M))",
        "component wizening does not support 64-bit memories")]
    [InlineData("(core module $M (memory 1 1 shared)) (core instance (instantiate $M))",
        "component wizening does not support shared memories")]
    [InlineData("(core module $M (memory 4096)) (core instance (instantiate $M))",
        "memory 0 has at least 268435456 bytes, more than the 268435455 of a list or string of the component model; "
        + "the embedded engine has no such limit")]
    [InlineData("(core module (global (mut funcref) (ref.null func)))", "unsupported mutable global containing a reference type")]
    [InlineData("(core module (table 1 funcref) (func (table.set (i32.const 0) (ref.null func))))", "unsupported `table.set` instruction")]
    [InlineData("(core module (func (export \"__wizer_x\")))",
        "input Wasm module already exports entities named with the `__wizer_*` prefix")]
    [InlineData("(core module (import \"__wizer_x\" \"f\" (func)))",
        "input Wasm module already imports entities named with the `__wizer_*` prefix")]
    [InlineData("(core func (canon resource.drop 0))", "wasm validation failed")]
    public void Component_IsRejected_InTheOriginalsWords(string fields, string message)
    {
        WizerException error = Assert.Throws<WizerException>(() => Instrument($"(component {fields})", MemoryAccess.List));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Memory_BelowTheLimitOfLists_IsAccepted() =>
        Instrument("(component (core module $M (memory 4095)) (core instance (instantiate $M)))", MemoryAccess.List);

    [Fact]
    public void Module_IsNoComponent()
    {
        WizerException error = Assert.Throws<WizerException>(() => Instrument("(module)", MemoryAccess.List));

        Assert.Equal("expected a component, found a core module", error.Message);
    }

    [Fact]
    public void Renames_AreRejectedBySnapshots()
    {
        (InstrumentedComponent component, byte[] bytes) = Instrument(Counter, MemoryAccess.List);
        using var guest = new Guest(bytes);
        var renaming = new PreInitializer(new WizerOptions { FuncRenames = [new FuncRename("a", "b")] });

        WizerException error = Assert.Throws<WizerException>(
            () => renaming.SnapshotComponent(component, guest, new BufferWriterSink(new ArrayBufferWriter<byte>())));

        Assert.Equal("components do not support renaming functions", error.Message);
    }

    [Fact]
    public void InitFunc_StaysWhenItIsToBeKept()
    {
        (InstrumentedComponent component, byte[] bytes) = Instrument(Counter, MemoryAccess.List);
        using var guest = new Guest(bytes);
        guest.Instance.Invoke("init");
        var keeping = new PreInitializer(new WizerOptions { InitFunc = "init", KeepInitFunc = true });
        var output = new ArrayBufferWriter<byte>();

        keeping.SnapshotComponent(component, guest, new BufferWriterSink(output));

        using var result = new Guest(output.WrittenSpan.ToArray());
        Assert.Equal(["init", "init-b", "get", "get-b"], result.Instance.Exports.Names);
    }

    [Fact]
    public void Snapshot_TellsSizesOfTheWholeComponent()
    {
        (InstrumentedComponent component, byte[] bytes) = Instrument(Counter, MemoryAccess.List);
        using var guest = new Guest(bytes);
        guest.Instance.Invoke("init");
        var output = new ArrayBufferWriter<byte>();

        SnapshotReport report = Wizer.SnapshotComponent(component, guest, new BufferWriterSink(output));

        Assert.Equal(output.WrittenCount, report.OutputByteLength);
        Assert.Equal(Wat.Compile(Counter).Length, report.InputByteLength);
        Assert.Equal((2, 4), (report.SegmentCount, report.GlobalCount));
    }

    private static (InstrumentedComponent Component, byte[] Bytes) Instrument(string text, MemoryAccess access)
    {
        var output = new ArrayBufferWriter<byte>();
        InstrumentedComponent component = Wizer.InstrumentComponent(Wat.Compile(text), new BufferWriterSink(output), access);
        return (component, output.WrittenSpan.ToArray());
    }

    private static byte[] Snapshot(InstrumentedComponent component, IComponentInstanceState state)
    {
        var output = new ArrayBufferWriter<byte>();
        Wizer.SnapshotComponent(component, state, new BufferWriterSink(output));
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Our own engine as if it were another's.</summary>
    private sealed class Guest : IComponentInstanceState, IAsyncComponentInstanceState, IDisposable
    {
        private readonly Store _store = new();

        internal Guest(byte[] bytes)
        {
            ComponentInfo component = ComponentReader.Parse(bytes);
            Instance = new ComponentLinker().Instantiate(
                _store, CompiledComponent.Compile(component, ComponentValidator.Validate(component)));
        }

        internal ComponentInstance Instance { get; }

        public GlobalValue ReadGlobal(string functionName, ValType type)
        {
            ComponentValue value = Call(functionName);
            return value.Kind switch
            {
                ComponentValueKind.S32 => GlobalValue.I32((int)value.AsInt64),
                ComponentValueKind.S64 => GlobalValue.I64(value.AsInt64),
                ComponentValueKind.F32 => GlobalValue.F32(value.AsSingle),
                _ => GlobalValue.F64(value.AsDouble),
            };
        }

        public ReadOnlyMemory<byte> ReadMemory(string functionName)
        {
            ComponentValue value = Call(functionName);
            return value.Kind == ComponentValueKind.String
                ? Encoding.Latin1.GetBytes(value.AsString)
                : value.Items.Select(item => (byte)item.AsUInt64).ToArray();
        }

        public ValueTask<GlobalValue> ReadGlobalAsync(string functionName, ValType type, CancellationToken cancellationToken) =>
            new(ReadGlobal(functionName, type));

        public ValueTask<ReadOnlyMemory<byte>> ReadMemoryAsync(string functionName, CancellationToken cancellationToken) =>
            new(ReadMemory(functionName));

        public void Dispose() => _store.Dispose();

        private ComponentValue Call(string functionName) =>
            Instance.Exports.FindInstance(InstrumentedComponent.AccessInstance)!.FindFunction(functionName)!.Invoke()!.Value;
    }
}
