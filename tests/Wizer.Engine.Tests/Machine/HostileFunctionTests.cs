using System.Text;
using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Tests.Interpreting;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>Valid functions that would have the compiler take time or memory out of proportion to their size: it leaves them alone.</summary>
public sealed class HostileFunctionTests
{
    [Fact]
    public void NestsOfLoopsThatOnlyGoBack_TakeNoRoundForEach()
    {
        const int Depth = 20_000;
        var wat = new StringBuilder("(module (func (export \"f\") (param i32) (result i32) (local i32)\n");
        for (int i = 0; i < Depth; i++)
        {
            wat.Append("block loop local.get 0 br_if 1 ");
        }

        wat.Insert(wat.Length, "br 0 end end\n", Depth);
        Assert.False(Compiles(wat.Append("local.get 1 drop local.get 0))").ToString(), expected: 1, 1));
    }

    [Fact]
    public void ManyLocalsThatLiveThroughManyBlocks_TakeNoMemoryForEachPair()
    {
        const int Locals = 3_900;
        const int Blocks = 30_000;
        var wat = new StringBuilder("(module (func (export \"f\") (param i32) (result i32) ");
        wat.Append("(local ").Insert(wat.Length, "i32 ", Locals).Append(")\n");
        for (int i = 0; i < Blocks; i++)
        {
            wat.Append("block local.get 0 br_if 0 end\n");
        }

        for (int i = 1; i <= Locals; i++)
        {
            wat.Append("local.get ").Append(i).Append(" drop\n");
        }

        Assert.False(Compiles(wat.Append("local.get 0))").ToString(), expected: 7, 7));
    }

    [Fact]
    public void TableOfManyLabelsIntoManyLocals_LooksNotAtEachForEach()
    {
        const int Locals = 3_900;
        var wat = new StringBuilder("(module (func (export \"f\") (param i32) (result i32) ");
        wat.Append("(local ").Insert(wat.Length, "i32 ", Locals).Append(")\n");
        wat.Append("block block local.get 0 br_table").Insert(wat.Length, " 0 1", 50_000).Append(" end end\n");
        for (int i = 1; i <= Locals; i++)
        {
            wat.Append("local.get ").Append(i).Append(" drop\n");
        }

        Assert.False(Compiles(wat.Append("local.get 0))").ToString(), expected: 7, 7));
    }

    [Fact]
    public void DeepStack_IsNotLookedThroughByEachAssignment()
    {
        string wat = $"""
            (module (func (export "f") (param i32) (result i32)
              {string.Concat(Enumerable.Repeat("local.get 0 ", 60_000))}
              {string.Concat(Enumerable.Repeat("(local.set 0 (i32.add (local.get 0) (i32.const 1)))\n", 60_000))}
              local.get 0
              return))
            """;
        Assert.False(Compiles(wat, expected: 60_005, 5));
    }

    [Fact]
    public void BranchesThatCarryManyValues_FillNoMemory()
    {
        string results = string.Concat(Enumerable.Repeat("i32 ", 400));
        string wat = $"""
            (module
              (func $values (result {results}) unreachable)
              (func (export "f") (param i32) (result i32)
                (if (local.get 0) (then (return (local.get 0))))
                (block $out (result {results})
                  i32.const 0
                  call $values
                  {string.Concat(Enumerable.Repeat("local.get 0 br_if $out ", 4_000))}
                  unreachable)
                unreachable))
            """;
        Assert.False(Compiles(wat, expected: 3, 3));
    }

    // Each case of a table moves what its label expects.
    [Fact]
    public void TableOfManyLabelsThatTakeValues_HasRoomForEachMove()
    {
        const int Values = 300;
        const int Labels = 40;
        string results = string.Concat(Enumerable.Repeat("i64 ", Values));
        var wat = new StringBuilder($"(module (type $r (func (result {results}))) (func $drop (param {results}) (result i64) local.get 7)\n");
        wat.Append("(func (export \"f\") (param i32 i64) (result i64)\n").Insert(wat.Length, "i64.const 5 block (type $r) ", Labels);
        wat.Append("i64.const 1 ").Insert(wat.Length, "local.get 1 ", Values - 1).Append("i64.const 9 local.get 0 br_table");
        for (int i = 0; i < Labels; i++)
        {
            wat.Append(' ').Append(i);
        }

        wat.Append('\n').Insert(wat.Length, "end call $drop br 0 ", Labels);
        ulong[] result = MachineGuest.Call(wat.Append("))").ToString().Replace("end call $drop br 0", "end call $drop return", StringComparison.Ordinal), 3, 77);
        Assert.Equal([77UL], result);
    }

    [Fact]
    public void ManyLabelsAndNests_BecomeMachineCode()
    {
        const int Labels = 10_000;
        var wat = new StringBuilder("(module (func (export \"f\") (param i32) (result i32)\n");
        wat.Insert(wat.Length, "block (result i32) ", Labels).Append("i32.const 7 i32.const 42 local.get 0 br_table");
        for (int i = 0; i < Labels; i++)
        {
            wat.Append(' ').Append(i);
        }

        wat.Insert(wat.Length, " end", Labels);
        Assert.True(Compiles(wat.Append("))").ToString(), expected: 42, Labels - 1));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(3_998, true)]
    [InlineData(4_001, false)]
    public void Locals_AreCompiledUpToTheirLimit(int count, bool isCompiled)
    {
        var wat = new StringBuilder("(module (func (export \"f\") (param i32) (result i32) (local ");
        wat.Insert(wat.Length, "i32 ", count).Append(")\n");
        for (int i = 1; i <= count; i++)
        {
            wat.Append($"(local.set {i} (i32.add (local.get {i - 1}) (i32.const 1)))\n");
        }

        wat.Append($"(local.get {count})))");
        Assert.Equal(isCompiled, Compiles(wat.ToString(), expected: (ulong)count + 5, 5));
    }

    [Fact]
    public void BacktraceOfALargeFunction_CompilesItOnce()
    {
        string wat = $"""
            (module (func $f (export "f") (param i32) (result i32)
              (if (i32.eqz (local.get 0)) (then unreachable))
              (drop (call $f (i32.sub (local.get 0) (i32.const 1))))
              {string.Concat(Enumerable.Repeat("(if (local.get 0) (then (drop (i32.load (local.get 0)))))\n", 20_000))}
              (i32.const 1))
              (memory 1))
            """;
        using var guest = new LoopGuest(EngineForm.Machine, wat);
        var trap = Assert.Throws<WasmTrapException>(() => guest.Call("f", 900));
        Assert.Equal(901, trap.Backtrace.Count);
        Assert.Single(trap.Backtrace.Skip(1).Select(frame => frame.CodeOffset).Distinct());
        Assert.NotEqual(trap.Backtrace[0].CodeOffset, trap.Backtrace[1].CodeOffset);
        Assert.Equal(MachineCode.IsSupported ? 1 : 0, guest.Store.Machine?.OffsetCompilationCount ?? 0);
    }

    // What is caught needs no backtrace.
    [Fact]
    public void CaughtExceptions_CompileNothingAgain()
    {
        using var guest = new LoopGuest(EngineForm.Machine, """
            (module
              (tag $t)
              (func $throw (throw $t))
              (func $between (call $throw))
              (func (export "f") (param i32) (result i32)
                (loop $l
                  (block $caught (try_table (catch $t $caught) (call $between)))
                  (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
                (local.get 0)))
            """);
        Assert.Equal([0UL], guest.Call("f", 100));
        Assert.Equal(0, guest.Store.Machine?.OffsetCompilationCount ?? 0);
    }

    // Two in the same place of the interpreter's code, too.
    [Theory]
    [InlineData(EngineForm.Machine)]
    [InlineData(EngineForm.MachineReplaced)]
    public void ManyLoops_AreFoundWithoutLookingAtAll(EngineForm form)
    {
        string loops = string.Concat(Enumerable.Repeat("loop loop local.get 1 br_if 0 end end ", 50_000));
        string wat = $"""
            (module (func (export "f") (param i32 i32) (result i32) (local i32)
              {loops}
              (loop $l
                (local.set 2 (i32.add (local.get 2) (i32.const 3)))
                (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
              (local.get 2)))
            """;
        using var guest = new LoopGuest(form, wat);
        Assert.Equal([3_000UL], guest.Call("f", 1_000, 0));
        Assert.True(MachineGuest.HasMachineCode(guest.Instance, "f") || !MachineCode.IsSupported);
    }

    [Fact]
    public void LoopsAboveADeepStack_RememberNotAllOfIt()
    {
        const int Constants = 30_000;
        string wat = $"""
            (module (func (export "f") (param i32) (result i32)
              {string.Concat(Enumerable.Repeat("i32.const 1 ", Constants))}
              {string.Concat(Enumerable.Repeat("loop end ", 50_000))}
              (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
              {string.Concat(Enumerable.Repeat("i32.add ", Constants - 1))}))
            """;
        using var guest = new LoopGuest(EngineForm.MachineReplaced, wat);
        Assert.Equal([(ulong)Constants], guest.Call("f", 1_000));
        Assert.False(MachineGuest.HasMachineCode(guest.Instance, "f"));
    }

    private static bool Compiles(string wat, ulong expected, params ulong[] arguments)
    {
        using var guest = new LoopGuest(EngineForm.Machine, wat);
        Assert.Equal([expected], guest.Call("f", arguments));
        return MachineGuest.HasMachineCode(guest.Instance, "f") || !MachineCode.IsSupported;
    }
}
