using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Tables of functions and dropped segments that another engine shows: the bytes are those of our own run.</summary>
public class ForeignReferenceTests
{
    private const string Fields = """
        (type $v (func)) (import "e" "host" (func $host (type $v))) (func $a (type $v)) (func $b (type $v))
        (elem $e func $a $b) (elem declare func $host $a $b) (data $d "abc") (memory 1)
        """;

    [Theory]
    [InlineData("(table 4 funcref) (elem (i32.const 1) $a)", "(nop)")]
    [InlineData("(table 4 funcref) (elem (i32.const 1) $a)", "(table.set (i32.const 3) (ref.func $host)) (table.set (i32.const 1) (ref.null func))")]
    [InlineData("(table 4 9 funcref)", "(drop (table.grow (ref.func $b) (i32.const 2)))")]
    [InlineData("(table 4 funcref) (table $t i64 2 (ref null $v))", "(table.set $t (i64.const 1) (ref.func $a))")]
    [InlineData("(table 4 funcref)", "(table.init 0 $e (i32.const 2) (i32.const 0) (i32.const 2)) (elem.drop $e)")]
    [InlineData("(table 4 funcref)", "(memory.init $d (i32.const 9) (i32.const 0) (i32.const 3)) (data.drop $d)")]
    [InlineData("(table 2 (ref $v) (ref.func $a))", "(table.set (i32.const 1) (ref.func $b))")]
    public void TablesAndSegments_AreTakenFromAnotherEngine(string tables, string instructions)
    {
        byte[] module = Modules.Compile(SnapshotRound.Module(Fields + tables, instructions));
        var wizer = new PreInitializer();
        var instrumented = new System.Buffers.ArrayBufferWriter<byte>();
        ModuleContext context = wizer.InstrumentWithTables(module, new BufferWriterSink(instrumented));
        using var state = new Shown(instrumented.WrittenMemory, module);
        byte[] expected = wizer.Run(module);
        Assert.Equal(expected, wizer.Snapshot(context, state));
        Assert.Equal(expected, wizer.SnapshotAsync(context, state));
    }

    [Theory]
    [InlineData("(table 1 funcref)", "(struct.set $s 0 (struct.new $s (i32.const 0)) (i32.const 1))", "unsupported `struct.set` instruction")]
    [InlineData("(table 1 externref)", "(table.set (i32.const 0) (ref.null extern))", "unsupported `table.set` instruction")]
    [InlineData("(table 1 anyref)", "(elem.drop $e)", "unsupported `elem.drop` instruction")]
    [InlineData("(global (mut funcref) (ref.null func))", "(nop)", "unsupported mutable global containing a reference type")]
    public void WhatNobodyCanShow_IsRejectedAsBefore(string fields, string instructions, string message)
    {
        byte[] module = Modules.Compile(SnapshotRound.Module(Fields + "(type $s (struct (field (mut i32))))" + fields, instructions));
        Assert.Equal(message, Assert.Throws<WizerException>(() => new PreInitializer().InstrumentWithTables(
            module, new BufferWriterSink(new System.Buffers.ArrayBufferWriter<byte>()))).Message);
    }

    [Theory]
    [InlineData(0UL, null, "`__wizer_table_0` has 0 elements, which its type does not allow")]
    [InlineData(4UL, null, "`__wizer_table_0` has 4 elements, which its type does not allow")]
    [InlineData(2UL, null, "element 0 of `__wizer_table_0` is no (ref 0)")]
    [InlineData(2UL, 99U, "element 0 of `__wizer_table_0` is no (ref 0)")]
    [InlineData(2UL, 3U, "element 0 of `__wizer_table_0` is no (ref 0)")]
    public void StateThatDoesNotFit_IsAnError(ulong length, uint? func, string message)
    {
        byte[] module = Modules.Compile(SnapshotRound.Module(
            Fields + "(table 2 3 (ref $v) (ref.func $a)) (func $other (param i32))", "(table.set (i32.const 1) (ref.func $b))"));
        var wizer = new PreInitializer();
        var instrumented = new System.Buffers.ArrayBufferWriter<byte>();
        ModuleContext context = wizer.InstrumentWithTables(module, new BufferWriterSink(instrumented));
        using var state = new Shown(instrumented.WrittenMemory, module) { Length = length, Func = func };
        WizerException error = Assert.Throws<WizerException>(() => wizer.Snapshot(context, state));
        Assert.Equal((WizerError.StateMismatch, message), (error.Error, error.Message));
    }

    [Fact]
    public void StateThatShowsNoTables_IsAnError()
    {
        byte[] module = Modules.Compile(SnapshotRound.Module("", "(nop)"));
        var wizer = new PreInitializer();
        ModuleContext context = wizer.InstrumentWithTables(
            module, new BufferWriterSink(new System.Buffers.ArrayBufferWriter<byte>()));
        WizerException error = Assert.Throws<WizerException>(() => wizer.Snapshot(context, new FakeState()));
        Assert.Equal(
            (WizerError.StateMismatch, "the module was instrumented to show tables, and its state does not show any"),
            (error.Error, error.Message));
    }

    // Finds everything by the names of exports, as somebody in JavaScript would, but for what no export tells.
    private sealed class Shown : IInstanceState, IAsyncInstanceState, IReferenceState, IDisposable
    {
        private readonly Store _store = new();
        private readonly Instance _instance;
        private readonly FakeState _state = new();
        private readonly Dictionary<ulong, uint> _funcs = [];

        public Shown(ReadOnlyMemory<byte> instrumented, byte[] module)
        {
            ModuleInfo info = ModuleReader.Parse(instrumented);
            _instance = new Linker { UnknownFunctionsTrap = true }.Instantiate(_store, info);
            _instance.Invoke("wizer-initialize");
            if (_instance.FindMemory("__wizer_memory_0") is { } memory && memory.TryGetSpan(0, 65536, out Span<byte> bytes))
            {
                _state.Memories["__wizer_memory_0"] = bytes.ToArray();
            }

            for (uint i = 0; i < ModuleReader.Parse(module).FuncTypeIndices.Length; i++)
            {
                _funcs.Add(_instance.FindFunction($"__wizer_func_{i}")!.Handle, i);
            }
        }

        public ulong? Length { get; init; }

        public uint? Func { get; init; }

        public GlobalValue ReadGlobal(string exportName, ValType type) => _state.ReadGlobal(exportName, type);

        public void ReadMemory<TState>(string exportName, TState state, MemoryReader<TState> reader) =>
            _state.ReadMemory(exportName, state, reader);

        public ValueTask<GlobalValue> ReadGlobalAsync(string exportName, ValType type, CancellationToken cancellationToken) =>
            _state.ReadGlobalAsync(exportName, type, cancellationToken);

        public ValueTask ReadMemoryAsync<TState>(
            string exportName, TState state, MemoryReader<TState> reader, CancellationToken cancellationToken) =>
            _state.ReadMemoryAsync(exportName, state, reader, cancellationToken);

        public ulong GetTableLength(string exportName) => Length ?? _instance.FindTable(exportName)!.Length;

        public uint? GetFuncIndex(string exportName, ulong element)
        {
            if (Length is not null)
            {
                return Func;
            }

            ulong handle = _instance.FindTable(exportName)![element];
            return handle == 0 ? null : _funcs[handle];
        }

        public unsafe bool IsDataSegmentDropped(int index) => _instance.Data->DataSegments[index].ByteLength == 0;

        public unsafe bool IsElementSegmentDropped(int index) => _instance.Data->ElementSegments[index].Length == 0;

        public void Dispose() => _store.Dispose();
    }
}
