using Wizer.Binary;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Engine.Tests.Interpreting;

/// <summary>A trap names the instruction that trapped, also when a superinstruction executed it.</summary>
public sealed class TrapPlaceTests
{
    public static TheoryData<EngineForm> Loops => LoopGuest.Loops;

    [Theory]
    [MemberData(nameof(Loops))]
    public void Trap_IsAtTheLoadThatTraps_WhenAnotherLoadGivesItsAddress(EngineForm form)
    {
        // The first load is within the memory and yields an address that is not.
        const string Source = """
            (module (memory 1) (data (i32.const 16) "\ff\ff\ff\7f")
              (func (export "f") (param i32) (result i32) (i32.load (i32.load (local.get 0)))))
            """;
        CheckPlaces(form, Source, Opcode.I32Load, (16, 1), (0x10000, 0));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Trap_IsAtTheStore_WhenItStoresASum(EngineForm form)
    {
        const string Source = """
            (module (memory 1)
              (func (export "f") (param i32) (result i32)
                (i32.store (local.get 0) (i32.add (i32.load (i32.const 4)) (i32.const 1)))
                (i32.load8_u (i32.and (i32.load (i32.const 8)) (i32.const 7)))))
            """;
        CheckPlaces(form, Source, Opcode.I32Store, (0xfffe, 0));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Trap_IsAtTheSecondLoad_OfASequence(EngineForm form)
    {
        const string Source = """
            (module (memory 1)
              (func (export "f") (param i32) (result i32) (local i32)
                (local.set 1 (i32.load (i32.const 0)))
                (local.set 1 (i32.load (local.get 0)))
                (local.set 1 (i32.load (i32.const 0)))
                (local.get 1)))
            """;
        CheckPlaces(form, Source, Opcode.I32Load, (0xfffd, 1));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Trap_IsAtTheLoad_WhenABrTableTakesItsResult(EngineForm form)
    {
        const string Source = """
            (module (memory 1)
              (func (export "f") (param i32) (result i32)
                (block (block (br_table 0 1 (i32.sub (i32.load (local.get 0)) (i32.const 3)))))
                (i32.const 1)))
            """;
        CheckPlaces(form, Source, Opcode.I32Load, (0x10000, 0));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void Backtrace_NamesTheCalls(EngineForm form)
    {
        const string Source = """
            (module
              (func $inner (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
              (func $middle (param i32) (result i32) (i32.add (i32.const 1) (call $inner (i32.and (local.get 0) (i32.const 0)))))
              (func (export "f") (param i32) (result i32) (drop (call $inner (i32.const 1))) (call $middle (local.get 0))))
            """;
        using var guest = new LoopGuest(form, Source);
        WasmTrapException trap = Assert.Throws<WasmTrapException>(() => guest.Call("f", 3));
        Assert.Equal("integer divide by zero", trap.Message);
        ModuleInfo module = guest.Instance.Module;
        Assert.Equal([0u, 1u, 2u], trap.Backtrace.Select(frame => frame.FuncIndex));
        Assert.Equal(
            [Places(module, 0, Opcode.I32DivU)[0], Places(module, 1, Opcode.Call)[0], Places(module, 2, Opcode.Call)[1]],
            trap.Backtrace.Select(frame => frame.CodeOffset));
    }

    private static void CheckPlaces(EngineForm form, string source, Opcode opcode, params (ulong Argument, int Which)[] cases)
    {
        using var guest = new LoopGuest(form, source);
        foreach ((ulong argument, int which) in cases)
        {
            WasmTrapException trap = Assert.Throws<WasmTrapException>(() => guest.Call("f", argument));
            Assert.Equal("out of bounds memory access", trap.Message);
            long place = Assert.Single(trap.Backtrace).CodeOffset;
            Assert.Equal(Places(guest.Instance.Module, 0, opcode)[which], place);
        }
    }

    // Where a function has an instruction, in order.
    private static List<long> Places(ModuleInfo module, uint func, Opcode opcode)
    {
        ByteRange body = module.BodyOf(func);
        var reader = new WasmReader(body.Of(module.Bytes.Span), body.Offset);
        for (int groups = reader.ReadCount(); groups > 0; groups--)
        {
            reader.ReadU32();
            reader.ReadByte();
        }

        List<long> places = [];
        while (!reader.IsAtEnd)
        {
            long at = reader.Offset;
            if (InstructionReader.Skip(ref reader) == opcode)
            {
                places.Add(at);
            }
        }

        return places;
    }
}
