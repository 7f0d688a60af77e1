using System.Diagnostics;
using System.Text;
using Wizer.Binary;
using Wizer.Engine.Tests.Interpreting;
using Xunit;

namespace Wizer.Engine.Tests.Robustness;

/// <summary>
/// Valid functions whose translation would take time or memory out of proportion to their size. Each would
/// take a minute or gigabytes, did the translator not care.
/// </summary>
public sealed class HugeFunctionTests
{
    // For what takes one second on a busy machine, and took more than a minute.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    public static TheoryData<EngineForm> Loops => LoopGuest.Loops;

    // Two bytes of a body, a few thousand units of code: the values move on the way to each label.
    [Theory]
    [MemberData(nameof(Loops))]
    public void BranchesThatCarryAThousandValues_AreRefusedBeforeTheyFillTheMemory(EngineForm form)
    {
        const int Branches = 50_000;
        string results = string.Concat(Enumerable.Repeat("i32 ", 1000));
        string wat = $"""
            (module
              (func $values (result {results}) unreachable)
              (func (export "f") (param i32)
                (block $out (result {results})
                  i32.const 0
                  call $values
                  {string.Concat(Enumerable.Repeat("local.get 0 br_if $out ", Branches))}
                  unreachable)
                unreachable))
            """;
        using var guest = new LoopGuest(form, wat);
        var refused = Assert.Throws<UnsupportedModuleException>(() => guest.Call("f", 0));
        Assert.StartsWith("a function's branches carry too many values to be translated", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void TableOfManyLabelsThatTakeValues_IsTranslatedInProportion(EngineForm form)
    {
        const int Labels = 300_000;
        var wat = new StringBuilder("(module (func (export \"f\") (param i32) (result i32)\n");
        for (int i = 0; i < Labels; i++)
        {
            wat.Append("block (result i32) ");
        }

        wat.Append("i32.const 7 i32.const 42 local.get 0 br_table");
        for (int i = 0; i < Labels; i++)
        {
            wat.Append(' ').Append(i);
        }

        for (int i = 0; i < Labels; i++)
        {
            wat.Append(" end");
        }

        wat.Append("))");
        using var guest = new LoopGuest(form, wat.ToString());
        long start = Stopwatch.GetTimestamp();
        Assert.Equal(42UL, guest.Call("f", Labels - 1)[0]);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, s_patience);
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void ValueOfALocalBelowManyOthers_IsNotLookedForByEverySet(EngineForm form)
    {
        string wat = $"""
            (module (func (export "f") (param i32 i32) (result i32)
              local.get 0
              {string.Concat(Enumerable.Repeat("i32.const 1 ", 60_000))}
              {string.Concat(Enumerable.Repeat("i32.const 5 local.set 1\n", 600_000))}
              local.get 1
              return))
            """;
        using var guest = new LoopGuest(form, wat);
        long start = Stopwatch.GetTimestamp();
        Assert.Equal(5UL, guest.Call("f", 1, 2)[0]);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, s_patience);
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public void BacktraceOfALargeFunction_TranslatesItOnce(EngineForm form)
    {
        string wat = $"""
            (module (func $f (export "f") (param i32)
              (if (i32.eqz (local.get 0)) (then unreachable))
              (call $f (i32.sub (local.get 0) (i32.const 1)))
              {string.Concat(Enumerable.Repeat("(if (local.get 0) (then (drop (i32.load (local.get 0)))))\n", 200_000))})
              (memory 1))
            """;
        using var guest = new LoopGuest(form, wat);
        long start = Stopwatch.GetTimestamp();
        var trap = Assert.Throws<WasmTrapException>(() => guest.Call("f", 900));
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, s_patience);
        Assert.Equal(901, trap.Backtrace.Count);
        Assert.Single(trap.Backtrace.Skip(1).Select(frame => frame.CodeOffset).Distinct());
        Assert.NotEqual(trap.Backtrace[0].CodeOffset, trap.Backtrace[1].CodeOffset);
    }
}
