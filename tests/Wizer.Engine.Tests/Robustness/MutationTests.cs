using Wizer.Binary;
using Wizer.Engine.Tests.Runtime;
using Xunit;

namespace Wizer.Engine.Tests.Robustness;

/// <summary>
/// Damaged modules are rejected, trap, are interrupted or just run; nothing else happens, and least of all does the process
/// end. Seeded, so that a failure can be repeated.
/// </summary>
public sealed class MutationTests
{
    private const int MutantCount = 500;

    // Enough of everything that reaches through pointers: locals, memories, tables, globals, calls of all kinds, segments.
    private const string Wat = """
        (module
          (type $binary (func (param i32 i32) (result i32)))
          (type $many (func (param i64 f64) (result f64 i64 i32)))
          (import "h" "f" (func $h (param i32) (result i32)))
          (memory $m 1 4) (memory $n 1)
          (table $t 8 funcref) (table $u 2 externref)
          (global $g (mut i32) (i32.const 3)) (global $v (mut i64) (i64.const 5)) (global $r (mut funcref) (ref.null func))
          (elem (table $t) (i32.const 1) func $add $sub $loop) (elem $passive func $add $swap)
          (data (memory $m) (i32.const 16) "0123456789") (data $spare "spare bytes")
          (func $add (export "add") (type $binary) (i32.add (local.get 0) (local.get 1)))
          (func $sub (export "sub") (type $binary) (i32.sub (local.get 0) (call $h (local.get 1))))
          (func $swap (export "swap") (type $many) (local.get 1) (local.get 0) (i32.const 1))
          (func $loop (export "loop") (type $binary) (local i32 i64 f32)
            (block $out (loop $again
              (br_if $out (i32.ge_u (local.get 2) (local.get 0)))
              (local.set 2 (i32.add (local.get 2) (i32.const 1)))
              (i32.store8 offset=3 (local.get 2) (local.get 1))
              (local.set 3 (i64.add (local.get 3) (i64.load32_s $n (local.get 2))))
              (br $again)))
            (select (local.get 2) (i32.wrap_i64 (local.get 3)) (local.get 1)))
          (func (export "calls") (param i32 i32) (result i32)
            (call_indirect $t (type $binary) (local.get 0) (local.get 1) (i32.const 1))
            (drop (call $swap (i64.const 7) (f64.const 1.5))) (drop) (drop)
            (if (result i32) (local.get 0) (then (return_call $add (local.get 0) (local.get 1)))
              (else (return_call_indirect $t (type $binary) (local.get 1) (local.get 0) (i32.const 2))))
            (drop))
          (func (export "bulk") (param i32 i32)
            (memory.fill $m (local.get 0) (local.get 1) (i32.const 9))
            (memory.copy $m $n (local.get 1) (local.get 0) (i32.const 30))
            (memory.init $m $spare (local.get 0) (i32.const 2) (i32.const 4)) (data.drop $spare)
            (table.init $t $passive (i32.const 0) (i32.const 0) (i32.const 2)) (elem.drop $passive)
            (table.copy $t $t (i32.const 4) (i32.const 0) (i32.const 3))
            (table.fill $u (i32.const 0) (ref.null extern) (i32.const 2))
            (drop (table.grow $t (ref.func $add) (local.get 0))) (drop (memory.grow $m (local.get 1)))
            (table.set $t (i32.const 0) (ref.func $sub)) (global.set $r (table.get $t (local.get 0))))
          (func (export "switch") (param i32) (result i64)
            (block $a (block $b (block $c (br_table $a $b $c (local.get 0))) (return (i64.const 1))) (global.set $g (i32.const 4)))
            (global.set $v (i64.mul (global.get $v) (i64.const 3))) (global.get $v))
          (func $recurse (export "recurse") (param i32) (result i32)
            (i32.add (call $h (local.get 0)) (call $recurse (i32.popcnt (local.get 0))))))
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void DamagedModules_DoNoDamage(int seed)
    {
        byte[] original = Guest.Module(Wat).Bytes.ToArray();
        var random = new Random(seed);
        int ran = 0;
        for (int i = 0; i < MutantCount; i++)
        {
            byte[] mutant = (byte[])original.Clone();
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                int at = random.Next(8, mutant.Length);
                mutant[at] = random.Next(3) switch
                {
                    0 => (byte)random.Next(256),
                    1 => (byte)(mutant[at] ^ (1 << random.Next(8))),
                    _ => mutant[random.Next(8, mutant.Length)],
                };
            }

            ran += Run(mutant, random, (EngineForm)(i % 4));
        }

        Assert.True(ran > 50, $"only {ran} calls returned: the mutants are too damaged to test anything");
    }

    private static int Run(byte[] mutant, Random random, EngineForm form)
    {
        int ran = 0;
        using var store = new Store(new EngineOptions
        {
            MaxMemoryByteLength = 1 << 24,
            MaxTableElementCount = 100_000,
            UsePlainLoop = form == EngineForm.Plain,
            Tier = form is EngineForm.Compiled or EngineForm.Machine ? TierMode.CompileEverything : TierMode.Default,
            TierThreshold = form is EngineForm.Replaced or EngineForm.MachineReplaced ? 0 : 100,
            UsesMachineCode = form is EngineForm.Machine or EngineForm.MachineReplaced,
        });
        Linker linker = new Linker { UnknownFunctionsTrap = true }
            .DefineFunction("h", "f", new FuncType([ValType.I32], [ValType.I32]), static (_, _) => { });
        try
        {
            ModuleInfo module = ModuleReader.Parse(mutant);
            ModuleValidator.Validate(module);
            using var limit = new Timer(_ => store.Interrupt(), null, 50, Timeout.Infinite);
            Instance instance = linker.Instantiate(store, module);
            foreach (ExportInfo export in module.Exports)
            {
                if (export.Kind == ExternKind.Func)
                {
                    ran += Call(instance.FunctionAt(export.Index), random);
                }
            }
        }
        catch (Exception e) when (e is WasmException or WasmTrapException or WasmLinkException or OperationCanceledException)
        {
            // Each of them is a good answer.
        }

        return ran;
    }

    private static int Call(Function function, Random random)
    {
        var arguments = new ulong[function.Type.ParameterSlotCount];
        int slot = 0;
        foreach (ValType parameter in function.Type.Parameters)
        {
            if (parameter.IsRef && !parameter.IsNullable)
            {
                return 0;
            }

            // References have no values that could be made up.
            arguments[slot] = parameter.IsRef ? 0 : (uint)random.Next(-2, 70_000);
            slot += parameter.SlotCount;
        }

        try
        {
            function.Invoke(arguments);
            return 1;
        }
        catch (Exception e) when (e is WasmTrapException or WasmLimitException or UnsupportedModuleException)
        {
            return 0;
        }
    }
}
