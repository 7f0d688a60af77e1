using FsCheck;
using FsCheck.Fluent;
using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>
/// Random initializations that work on tables, references and segments: whatever is done to the new module then does the same to the old
/// one after its initialization.
/// </summary>
public class ReferencePropertyTests
{
    private const int StepCount = 6;

    private const string Fields = """
        (memory 1) (table $t 6 9 funcref) (table $u 4 6 anyref (ref.i31 (i32.const 7)))
        (global $g (mut funcref) (ref.func $f0)) (global $h (mut anyref) (ref.i31 (i32.const 1)))
        (elem (table $t) (i32.const 1) func $f0 $f1) (elem (table $t) (i32.const 2) func $f2)
        (elem $e0 func $f0 $f1 $f2) (elem $e1 funcref (ref.func $f2) (ref.null func))
        (elem $e2 anyref (item (ref.i31 (i32.const 3))) (item (ref.null any))) (elem $e3 declare func $f3)
        (data $d0 "abcdef") (data $d1 (i32.const 40) "xyz") (data $d2 "uvw")
        (type $id (func (result i32)))
        (func $f0 (type $id) (i32.const 0)) (func $f1 (type $id) (i32.const 1))
        (func $f2 (type $id) (i32.const 2)) (func $f3 (type $id) (i32.const 3))
        (func $number (param anyref) (result i32)
          (if (result i32) (ref.is_null (local.get 0)) (then (i32.const -1)) (else (i31.get_s (ref.cast i31ref (local.get 0))))))
        (func (export "t.size") (result i32) (table.size $t))
        (func (export "u.size") (result i32) (table.size $u))
        (func (export "t") (param i32) (result i32)
          (if (result i32) (ref.is_null (table.get $t (local.get 0)))
            (then (i32.const -1)) (else (call_indirect $t (type $id) (local.get 0)))))
        (func (export "u") (param i32) (result i32) (call $number (table.get $u (local.get 0))))
        (func (export "g") (result i32)
          (if (result i32) (ref.is_null (global.get $g))
            (then (i32.const -1)) (else (call_ref $id (ref.cast (ref $id) (global.get $g))))))
        (func (export "h") (result i32) (call $number (global.get $h)))
        """;

    [Fact]
    public void NewModule_GoesOnWhereTheRunEnded()
    {
        int changed = 0;
        int unchanged = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            byte[] module = Modules.Compile(Generate(new System.Random(seed)));
            using var store = new Store();
            Instance instance = new Linker().Instantiate(store, ModuleReader.Parse(module));
            string before = References(instance);
            bool traps = Call(instance, "wizer-initialize") is not "";
            byte[] output;
            try
            {
                output = new PreInitializer().Run(module);
            }
            catch (WizerException error) when (error.Error == WizerError.InitializationFailed)
            {
                Assert.True(traps);
                return;
            }

            Assert.False(traps);
            _ = before == References(instance) ? unchanged++ : changed++;
            ModuleInfo info = ModuleReader.Parse(output);
            ModuleValidator.Validate(info);
            using var other = new Store();
            Instance next = new Linker().Instantiate(other, info);
            for (int step = 0; step < StepCount; step++)
            {
                Assert.Equal(References(instance), References(next));
                Assert.Equal(Memory(instance), Memory(next));
                Assert.Equal(Call(instance, $"step.{step}"), Call(next, $"step.{step}"));
            }

            Assert.Equal(References(instance), References(next));
        }));
        Assert.InRange(changed, 20, 200);
        Assert.InRange(unchanged, 20, 200);
    }

    private static string Generate(System.Random random)
    {
        IEnumerable<string> steps = Enumerable.Range(0, StepCount)
            .Select(step => $"(func (export \"step.{step}\") {Instruction(random)})");
        bool isCareful = random.Next(3) != 0;
        IEnumerable<string> init = Enumerable.Range(0, random.Next(5)).Select(_ => !isCareful ? Instruction(random) : random.Next(4) switch
        {
            0 => $"(if (i32.const 0) (then {Instruction(random)}))",
            1 => Drop(random),
            2 => $"(table.set $t (i32.const 2) {Func(random)}) (table.set $t (i32.const 2) (ref.func $f2))",
            _ => Init(random),
        });
        return $"(module {Fields} {string.Join(' ', steps)} (func (export \"wizer-initialize\") {string.Join(' ', init)}))";
    }

    private static string Instruction(System.Random random) => random.Next(12) switch
    {
        0 => $"(table.set $t {Const(random, 6)} {Func(random)})",
        1 => $"(table.set $u {Const(random, 4)} {Any(random)})",
        2 => $"(table.fill $t {Const(random, 5)} {Func(random)} {Const(random, 3)})",
        3 => $"(table.copy $t $t {Const(random, 4)} {Const(random, 4)} {Const(random, 3)})",
        4 => $"(table.init $t $e{random.Next(2)} {Const(random, 4)} {Const(random, 2)} {Const(random, 3)})",
        5 => $"(table.init $u $e2 {Const(random, 4)} {Const(random, 2)} {Const(random, 2)})",
        6 => $"(drop (table.grow $t {Func(random)} {Const(random, 3)}))",
        7 => $"(global.set $g {Func(random)})",
        8 => $"(global.set $h {Any(random)})",
        9 => $"(table.copy $u $u {Const(random, 3)} {Const(random, 3)} {Const(random, 2)})",
        10 => Drop(random),
        _ => Init(random),
    };

    private static string Drop(System.Random random) =>
        random.Next(2) == 0 ? $"(data.drop $d{random.Next(3)})" : $"(elem.drop $e{random.Next(4)})";

    private static string Init(System.Random random) =>
        $"(memory.init $d{random.Next(3)} {Const(random, 60)} {Const(random, 2)} {Const(random, 3)})";

    private static string Func(System.Random random) => random.Next(5) is var which and < 4 ? $"(ref.func $f{which})" : "(ref.null func)";

    private static string Any(System.Random random) => random.Next(3) == 0 ? "(ref.null any)" : $"(ref.i31 (i32.const {random.Next(9)}))";

    private static string Const(System.Random random, int end) => $"(i32.const {random.Next(end)})";

    private static string References(Instance instance)
    {
        var values = new List<ulong> { instance.Invoke("g")[0], instance.Invoke("h")[0] };
        foreach (string table in new[] { "t", "u" })
        {
            uint size = (uint)instance.Invoke(table + ".size")[0];
            values.Add(size);
            for (uint i = 0; i < size; i++)
            {
                values.Add(instance.Invoke(table, i)[0]);
            }
        }

        return string.Join(' ', values.Select(value => (int)value));
    }

    private static byte[] Memory(Instance instance)
    {
        Assert.True(instance.MemoryAt(0).TryGetSpan(0, 128, out Span<byte> bytes));
        return bytes.ToArray();
    }

    private static string Call(Instance instance, string function)
    {
        try
        {
            instance.Invoke(function);
            return "";
        }
        catch (WasmTrapException trap)
        {
            return trap.Message;
        }
    }
}
