using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Engine.Tests.Code;

/// <summary>What helpers are told is as long as they read, and takes and leaves what the instruction does.</summary>
public sealed unsafe class HelperOperationTests
{
    [Theory]
    [InlineData("(drop (f32.ceil (f32.const 1)))", Opcode.F32Ceil, "Rare 1 -> 1 F32")]
    [InlineData("(drop (i32.load 1 (i64.const 1)))", Opcode.I32Load, "Rare 1 -> 1 I32")]
    [InlineData("(drop (memory.grow 1 (i64.const 1)))", Opcode.MemoryGrow, "Rare 1 -> 1 I64")]
    [InlineData("(memory.fill (i32.const 1) (i32.const 1) (i32.const 1))", Opcode.MemoryFill, "Rare 3 -> 0")]
    [InlineData("(drop (table.get 0 (i32.const 1)))", Opcode.TableGet, "Rare 1 -> 1 I64")]
    [InlineData("(drop (struct.new $s (i32.const 1) (i32.const 2) (v128.const i64x2 1 2)))", Opcode.StructNew, "Rare 3 top -> 1 I64")]
    [InlineData("(drop (struct.get $s 2 (ref.null $s)))", Opcode.StructGet, "Rare 1 -> 1 V128")]
    [InlineData("(v128.store8_lane 0 (i32.const 1) (v128.const i64x2 1 2))", Opcode.V128Store8Lane, "VectorMemory 2 -> 0")]
    [InlineData("(drop (i8x16.extract_lane_s 3 (v128.const i64x2 1 2)))", Opcode.I8x16ExtractLaneS, "VectorLane 1 -> 1 I32")]
    [InlineData("(drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (v128.const i64x2 1 2) (v128.const i64x2 1 2)))",
        Opcode.I8x16Shuffle, "Shuffle 2 -> 1 V128")]
    [InlineData("(drop (i16x8.add (v128.const i64x2 1 2) (v128.const i64x2 1 2)))", Opcode.I16x8Add, "Vector 2 -> 1 V128")]
    [InlineData("(drop (i16x8.bitmask (v128.const i64x2 1 2)))", Opcode.I16x8Bitmask, "Vector 1 -> 1 I32")]
    [InlineData("(drop (drop (i64.mul_wide_s (i64.const 1) (i64.const 2))))", Opcode.I64MulWideS, "Wide 2 -> 2 I64")]
    [InlineData("(drop (i32.atomic.rmw.cmpxchg (i32.const 1) (i32.const 1) (i32.const 1)))", Opcode.I32AtomicRmwCmpxchg, "Rare 3 -> 1 I32")]
    public void AnOperation_TakesAndLeavesWhatTheInstructionDoes(string body, Opcode opcode, string expected)
    {
        ModuleInfo module = ModuleReader.Parse(Wat.Compile($"""
            (module
              (type $s (struct (field i32) (field i32) (field v128)))
              (memory 1) (memory i64 1) (table 1 funcref)
              (func (export "f") {body}))
            """));
        using var store = new Store();
        Instance instance = new Linker().Instantiate(store, module);
        FuncData* func = instance.FindFunction("f")!.Data;
        ByteRange range = module.BodyOf((uint)func->FuncIndex);
        var reader = new WasmReader(range.Of(module.Bytes.Span), range.Offset);
        reader.ReadCount();
        while (true)
        {
            InstructionReader.Read(ref reader, out Instruction instruction);
            if (instruction.Opcode == opcode)
            {
                Assert.True(HelperOperation.TryFind(
                    Calls.HostOf(store.Context), func->Instance, module, ref instruction, out HelperOperation operation));
                Check(operation, expected);
                return;
            }
        }
    }

    private static void Check(HelperOperation operation, string expected)
    {
        string results = operation.ResultCount == 0 ? "0" : $"{operation.ResultCount} {operation.ResultType}";
        Assert.Equal(expected, $"{operation.Operation} {operation.OperandCount}{(operation.TakesTop ? " top" : "")} -> {results}");

        Span<ushort> units = stackalloc ushort[1 + HelperOperation.MaxUnits];
        units[0] = (ushort)operation.Operation;
        Assert.Equal(OpTable.LengthOf(units), 1 + operation.Encode(units[1..], 7, [1, 2, 3]));
        if (operation.BeginsWithResult)
        {
            Assert.Equal(7, units[1]);
        }
    }
}
