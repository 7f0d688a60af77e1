using System.Buffers;
using Wizer.Binary;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>What functions that have returned left on the stack is not part of the new module, when that is wanted.</summary>
public class DeadStackTests
{
    private const string Named = "(global $__stack_pointer (mut i32) (i32.const 4096))";
    private const string Nameless = "(global (mut i32) (i32.const 4096))";

    // A frame of 32 bytes that is used, as LLVM makes it.
    private const string Frame = """
        (func $frame (local $sp i32)
          (global.set 0 (local.tee $sp (i32.sub (global.get 0) (i32.const 32))))
          (i64.store offset=8 (local.get $sp) (i64.const 0x0102030405060708))
          (global.set 0 (i32.add (local.get $sp) (i32.const 32))))
        """;

    // The same bytes, without a frame.
    private const string NoFrame = "(func $frame (i64.store (i32.const 4072) (i64.const 0x0102030405060708)))";

    private static readonly WizerOptions s_clear = WizerOptions.Default with { ClearStack = true };

    [Theory]
    [InlineData(Named + " (data (i32.const 4096) \"x\")", 0, 4096)]
    [InlineData(Named + " (data (i32.const 9) \"\") (data (i32.const 5000) \"x\") (data \"passive\")", 0, 4096)]
    [InlineData("(global (export \"__stack_pointer\") (mut i32) (i32.const 4096)) (data (i32.const 4096) \"x\")", 0, 4096)]
    [InlineData("(global $__stack_pointer (export \"__stack_pointer\") (mut i32) (i32.const 4096)) (data (i32.const 4096) \"x\")", 0, 4096)]
    [InlineData(Nameless + " (data (i32.const 4096) \"x\")", 0, 4096)]
    [InlineData(Nameless + " (data (i32.const 1024) \"x\") (global (export \"__data_end\") i32 (i32.const 1025))", 1025, 4096)]
    [InlineData(Named + " (global $__data_end i32 (i32.const 2000)) (global $__heap_base i32 (i32.const 4096))", 2000, 4096)]
    [InlineData(Named + " (global $__data_end i32 (i32.const 5000)) (global $__heap_base i32 (i32.const 5008))", 0, 4096)]
    [InlineData(Named + " (global $__data_end i32 (i32.const 4096))", 0, 4096)]
    [InlineData(Named + " (global (export \"__stack_low\") i32 (i32.const 256)) (global (export \"__stack_high\") i32 (i32.const 4096)) (data (i32.const 250) \"123456\")", 256, 4096)]
    public void Stack_IsRecognized_AndCleared(string fields, ulong start, ulong end)
    {
        byte[] module = Module(fields);
        byte[] output = Run(module, s_clear, out StackReport? report);
        Assert.Equal(new StackReport { Start = start, End = end, ClearedByteLength = 8, Problem = null }, report);
        Assert.Equal(0, CountOf(output, 0x0807060504030201));
        AssertSameByForeignRuntimes(module, output);
        Assert.Equal(1, CountOf(Run(module, WizerOptions.Default, out report), 0x0807060504030201));
        Assert.Null(report);
    }

    [Theory]
    [InlineData("(global (mut i64) (i64.const 0)) (data (i32.const 4096) \"x\")", "no global is called `__stack_pointer`")]
    [InlineData("(global i32 (i32.const 4096)) (data (i32.const 4096) \"x\")", "no global is called `__stack_pointer`")]
    [InlineData(Nameless + " (global (export \"__data_end\") i32 (i32.const 8))", "no global is called `__stack_pointer`")]
    [InlineData("(global $__stack_pointer i32 (i32.const 4096))", "`__stack_pointer` is no mutable i32")]
    [InlineData("(global $__stack_pointer (mut i64) (i64.const 4096))", "`__stack_pointer` is no mutable i32")]
    [InlineData("(global (@name \"__stack_pointer\") (mut i32) (i32.const 4096)) (global (@name \"__stack_pointer\") (mut i32) (i32.const 4096))",
        "several globals are called `__stack_pointer`")]
    [InlineData("(global (export \"__stack_pointer\") (mut i32) (i32.const 4096)) (global $__stack_pointer (mut i32) (i32.const 4096))",
        "several globals are called `__stack_pointer`")]
    [InlineData("(global $__stack_pointer (mut i32) (i32.const 0))", "global 0 begins with 0x0, which is no stack's end")]
    [InlineData("(global $__stack_pointer (mut i32) (i32.const 4097))", "global 0 begins with 0x1001, which is no stack's end")]
    [InlineData("(global $__stack_pointer (mut i32) (i32.const 0x40000))", "global 0 begins with 0x40000, which is no stack's end")]
    [InlineData(Named, "where the stack ends is not known")]
    [InlineData(Named + " (data \"passive\")", "where the stack ends is not known")]
    [InlineData(Named + " (data (i32.const 1024) \"x\")", "where the stack ends is not known")]
    [InlineData(Named + " (data (i32.const 5000) \"x\") (data (i32.const 4095) \"x\")", "where the stack ends is not known")]
    [InlineData(Named + " (global $five i32 (i32.const 5000)) (data (global.get $five) \"x\")", "the addresses of data are computed at instantiation")]
    [InlineData(Named + " (global $__data_end i32 (i32.const 2000)) (data (i32.const 1999) \"xy\")", "data lie at 0x7cf, within the stack (0x7d0 to 0x1000)")]
    [InlineData(Named + " (global $__data_end i32 (i32.const 5000)) (data (i32.const 1) \"x\")", "data lie at 0x1, within the stack (0x0 to 0x1000)")]
    [InlineData(Named + " (global $__data_end i32 (i32.const 2000)) (global $__heap_base i32 (i32.const 2048))", "`__heap_base` (0x800) lies below")]
    [InlineData(Named + " (global (export \"__stack_low\") i32 (i32.const 16)) (global (export \"__stack_high\") i32 (i32.const 2048))", "`__stack_low` and `__stack_high` are not where")]
    [InlineData(Named + " (data (i32.const 4096) \"x\") (func (export \"asyncify_start_unwind\"))", "the module suspends calls")]
    public void WhatIsNotRecognized_StaysAsItIs_AndIsReported(string fields, string problem)
    {
        byte[] module = Module(fields, NoFrame);
        byte[] output = Run(module, s_clear, out StackReport? report);
        Assert.StartsWith(problem, report!.Problem, StringComparison.Ordinal);
        Assert.Equal((0ul, 0ul, 0L), (report.Start, report.End, report.ClearedByteLength));
        Assert.Equal(Run(module, WizerOptions.Default, out _), output);
    }

    [Fact]
    public void ModulesWithoutMemory_HaveNoStack()
    {
        Run(Wat.Compile("(func (export \"wizer-initialize\"))"), s_clear, out StackReport? report);
        Assert.Equal("the module has no memory", report!.Problem);
    }

    [Theory]
    [InlineData("i32.const 16", true)]
    [InlineData("i32.const 4080", true)]
    [InlineData("i32.const 8", false)]
    [InlineData("i32.const 0", false)]
    [InlineData("i32.const -16", false)]
    [InlineData("local.get 0", false)]
    public void NamelessPointer_MustBeUsedLikeOne(string size, bool isPointer)
    {
        string frame = $"(func $frame (local i32) global.get 0 {size} i32.sub local.tee 0 drop (i64.store (i32.const 8) (i64.const 1)))";
        Run(Module(Nameless + " (data (i32.const 4096) \"x\")", frame), s_clear, out StackReport? report);
        Assert.Equal(isPointer, report!.Problem is null);
        Assert.Equal(isPointer ? 1 : 0, report.ClearedByteLength);
    }

    [Theory]
    [InlineData(4000, null, 4000ul)]
    [InlineData(4096, null, 4096ul)]
    [InlineData(0, null, 0ul)]
    [InlineData(4097, "the stack pointer (0x1001) has left the stack (0x0 to 0x1000)", 0ul)]
    [InlineData(-1, "the stack pointer (0xffffffff) has left the stack (0x0 to 0x1000)", 0ul)]
    public void LiveFrames_Stay(int pointer, string? problem, ulong end)
    {
        byte[] module = Module(Named + " (data (i32.const 4096) \"x\")", $"""
            (func $frame
              (memory.fill (i32.const 16) (i32.const 0x55) (i32.const 4080))
              (global.set 0 (i32.const {pointer})))
            """);
        byte[] output = Run(module, s_clear, out StackReport? report);
        Assert.Equal((problem, end), (report!.Problem, report.End));
        Assert.Equal(problem is null ? Math.Max((long)end - 16, 0) : 0, report.ClearedByteLength);
        Assert.Equal(4080 - report.ClearedByteLength, Memory(output).AsSpan(0, 4096).Count((byte)0x55));
        AssertSameByForeignRuntimes(module, output);
    }

    [Fact]
    public void StackLowAndHigh_HoldBothEnds()
    {
        // The byte below the stack, the lowest and the highest byte of the dead part, and the byte behind it.
        byte[] module = Module(
            Named + " (global $__data_end i32 (i32.const 2000)) (global $__heap_base i32 (i32.const 4096))",
            """
            (func $frame
              (i32.store8 (i32.const 1999) (i32.const 1)) (i32.store8 (i32.const 2000) (i32.const 2))
              (i32.store8 (i32.const 4095) (i32.const 3)) (i32.store8 (i32.const 4096) (i32.const 4)))
            """);
        byte[] output = Run(module, s_clear, out StackReport? report);
        Assert.Equal(2, report!.ClearedByteLength);
        byte[] memory = Memory(output);
        Assert.Equal([1, 0, 0, 4], new[] { memory[1999], memory[2000], memory[4095], memory[4096] });
        AssertSameByForeignRuntimes(module, output);
    }

    [Theory]
    [InlineData(ModuleLayout.Compact)]
    [InlineData(ModuleLayout.Compatible)]
    public void SegmentsThatReachAcross_HaveZerosThere(ModuleLayout layout)
    {
        // A dead stack of one byte within what takes less as one segment.
        byte[] module = Module(
            Named + " (global $__data_end i32 (i32.const 4095))",
            "(func $frame (memory.fill (i32.const 4000) (i32.const 7) (i32.const 300)))");
        WizerOptions options = s_clear with { Layout = layout };
        byte[] output = Run(module, options, out StackReport? report);
        Assert.Equal(1, report!.ClearedByteLength);
        Assert.Single(ModuleReader.Parse(output).DataSegments);
        Assert.Equal(299, Memory(output).AsSpan(4000, 300).Count((byte)7));
        AssertSameByForeignRuntimes(module, output, options);
    }

    [Fact]
    public void LargeMemories_AreClearedInTheFirstOnly()
    {
        // So large that untouched pages are not looked at; another memory has the same bytes in the same place.
        byte[] module = Module(
            "(memory 64) (global $__stack_pointer (mut i32) (i32.const 0x200000)) (global $__data_end i32 (i32.const 0x1000))",
            """
            (func $frame
              (memory.fill 0 (i32.const 0x1f0000) (i32.const 0x55) (i32.const 0x10010))
              (memory.fill 1 (i32.const 0x1f0000) (i32.const 0x55) (i32.const 0x10000)))
            """,
            pageCount: 64);
        byte[] output = Run(module, s_clear, out StackReport? report);
        Assert.Equal(0x10000, report!.ClearedByteLength);
        Assert.Equal(
            [(0u, 16), (1u, 0x10000)],
            ModuleReader.Parse(output).DataSegments.Select(segment => (segment.MemoryIndex, segment.Data.Length)));
        AssertSameByForeignRuntimes(module, output);
    }

    [Fact]
    public void Memory64_HasAWidePointer()
    {
        byte[] module = Wat.Compile("""
            (module
              (memory i64 1)
              (global $__stack_pointer (mut i64) (i64.const 4096))
              (data (i64.const 4096) "x")
              (func (export "wizer-initialize") (i64.store (i64.const 80) (i64.const -1))))
            """, names: true);
        Run(module, s_clear, out StackReport? report);
        Assert.Equal(new StackReport { Start = 0, End = 4096, ClearedByteLength = 8, Problem = null }, report);
    }

    private static void AssertSameByForeignRuntimes(byte[] module, byte[] expected, WizerOptions? options = null)
    {
        var wizer = new PreInitializer(options ?? s_clear);
        byte[] instrumented = wizer.Instrument(module, out ModuleContext context);
        FakeState state = ForeignRuntime.Initialize(instrumented, WizerOptions.DefaultInitFunc, pieceLength: 40_001);
        Assert.Equal(expected, wizer.Snapshot(context, state));
        Assert.Equal(expected, wizer.SnapshotAsync(context, state));
    }

    private static byte[] Run(byte[] module, WizerOptions options, out StackReport? report)
    {
        var output = new ArrayBufferWriter<byte>();
        report = new PreInitializer(options).Run(module, new BufferWriterSink(output)).Snapshot.Stack;
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Module(string fields, string frame = Frame, int pageCount = 2) => Wat.Compile($"""
        (module
          (memory {pageCount})
          {fields}
          {frame}
          (func (export "wizer-initialize") (call $frame)))
        """, names: true);

    /// <summary>The first 8 KiB of the first memory, as the new module has them.</summary>
    private static byte[] Memory(byte[] module)
    {
        byte[] memory = new byte[8192];
        ModuleInfo info = ModuleReader.Parse(module);
        foreach (DataSegmentInfo segment in info.DataSegments)
        {
            segment.Data.Of(module.AsSpan()).CopyTo(memory.AsSpan((int)LinkerSymbols.TryReadAddress(info, segment.OffsetExpr)!.Value));
        }

        return memory;
    }

    private static int CountOf(byte[] module, ulong bigEndian)
    {
        byte[] bytes = BitConverter.GetBytes(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(bigEndian));
        int count = 0;
        foreach (DataSegmentInfo segment in ModuleReader.Parse(module).DataSegments)
        {
            count += segment.Data.Of(module.AsSpan()).Count(bytes);
        }

        return count;
    }
}
