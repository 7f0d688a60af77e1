using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>What is compiled, and when, does not show in the new module.</summary>
public sealed class TierTests
{
    // A sieve, a hash with rotations, sums of floats, vectors and calls through a table, as compilers for C write them.
    private static readonly byte[] s_module = Modules.Compile("""
        (module
          (memory (export "memory") 8 64)
          (global $sp (mut i32) (i32.const 1024))
          (type $step (func (param i32 i32) (result i32)))
          (table funcref (elem $mix $turn))
          (func $mix (type $step) (i32.mul (i32.xor (local.get 0) (local.get 1)) (i32.const 16777619)))
          (func $turn (type $step) (i32.rotl (i32.add (local.get 0) (local.get 1)) (i32.const 5)))
          (func $sieve (param $n i32) (local $i i32) (local $j i32)
            (local.set $i (i32.const 2))
            (loop $outer
              (if (i32.eqz (i32.load8_u offset=4096 (local.get $i)))
                (then
                  (local.set $j (i32.shl (local.get $i) (i32.const 1)))
                  (block $done
                    (loop $inner
                      (br_if $done (i32.ge_u (local.get $j) (local.get $n)))
                      (i32.store8 offset=4096 (local.get $j) (i32.const 1))
                      (local.set $j (i32.add (local.get $j) (local.get $i)))
                      (br $inner)))))
              (br_if $outer (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n)))))
          (func $hash (param $n i32) (result i32) (local $h i32) (local $i i32)
            (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))
            (local.set $h (i32.const 0x811c9dc5))
            (loop $next
              (local.set $h (call_indirect (type $step)
                (local.get $h) (i32.load8_u offset=4096 (local.get $i)) (i32.and (local.get $i) (i32.const 1))))
              (i32.store (global.get $sp) (local.get $h))
              (if (local.get $h) (then (local.set $h (i32.xor (local.get $h) (i32.load offset=2 align=2 (global.get $sp))))))
              (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
            (global.set $sp (i32.add (global.get $sp) (i32.const 16)))
            (local.get $h))
          (func $sum (param $n i32) (result f64) (local $s f64) (local $i i32) (local $f f32)
            (loop $next
              (local.set $s (f64.add (f64.mul (local.get $s) (f64.const 0.99)) (f64.sqrt (f64.convert_i32_u (local.get $i)))))
              (local.set $f (f32.sub (f32.demote_f64 (local.get $s)) (f32.max (local.get $f) (f32.const 1))))
              (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
            (f64.add (local.get $s) (f64.promote_f32 (local.get $f))))
          (func $vectors (param $n i32) (local $i i32) (local $a v128)
            (loop $next
              (local.set $a (i32x4.add (local.get $a) (i8x16.shuffle 3 2 1 0 19 18 17 16 7 6 5 4 31 30 29 28
                (v128.load offset=4096 (local.get $i)) (i32x4.splat (local.get $i)))))
              (v128.store (i32.const 2048) (local.get $a))
              (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $n)))))
          (func (export "wizer-initialize")
            (call $sieve (i32.const 60000))
            (i32.store (i32.const 8) (call $hash (i32.const 60000)))
            (f64.store (i32.const 16) (call $sum (i32.const 50000)))
            (drop (memory.grow (i32.const 1)))
            (call $vectors (i32.const 60000))
            (i32.store (i32.const 24) (call $hash (i32.const 60000)))))
        """);

    [Fact]
    public void EveryTier_GivesTheSameModule()
    {
        byte[] expected = Run(new EngineOptions { Tier = TierMode.InterpreterOnly });
        foreach (bool usesMachineCode in (bool[])[true, false])
        {
            Assert.Equal(expected, Run(new EngineOptions { Tier = TierMode.CompileEverything, UsesMachineCode = usesMachineCode }));
            Assert.Equal(expected, Run(new EngineOptions { TierThreshold = 0, UsesMachineCode = usesMachineCode }));
            Assert.Equal(
                expected, Run(new EngineOptions { TierThreshold = 1, CompilesInBackground = false, UsesMachineCode = usesMachineCode }));
        }

        // Whenever the other thread is done.
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(expected, Run(new EngineOptions { TierThreshold = 1, UsesMachineCode = false }));
            Assert.Equal(expected, Run(EngineOptions.Default));
        }
    }

    [Theory]
    [InlineData("wizer-initialize")]
    [InlineData("_initialize")]
    public void NothingIsCompiled_OnceTheGuestIsDone(string initFunc)
    {
        byte[] module = Modules.Compile("(module (func (export \"wizer-initialize\")) (func (export \"_initialize\")))");
        using var run = new EmbeddedRun(
            new InitEnvironment { Limits = new EngineOptions { UsesMachineCode = false } }, CancellationToken.None);
        run.Instantiate(InputCheck.Start(module, WizerOptions.Default, seesReferences: true).Join());
        Assert.Equal(Environment.ProcessorCount > 1, run.IsCompiling);
        run.Initialize(initFunc);
        Assert.False(run.IsCompiling);
    }

    private static byte[] Run(EngineOptions limits) =>
        new PreInitializer().Run(s_module, new InitEnvironment { Limits = limits });
}
