using Wizer.TestSupport;
using Wizer.TestSupport.Scripts;
using Wizer.Text;

namespace Wizer.Binary.Tests.Hostile;

/// <summary>Modules to do harm to: a few of our own that cover all sections, and those of the official scripts where they are.</summary>
internal static class Corpus
{
    /// <summary>A module with something in every section and most kinds of instructions.</summary>
    internal static byte[] Everything { get; } = Wat.Compile(
        """
        (module $everything
          (type $f (func (param i32 i64) (result f64)))
          (rec (type $s (sub (struct (field (mut i32)) (field (ref null $a))))) (type $a (array (mut i8))))
          (import "env" "f" (func $imported (type $f)))
          (import "env" "g" (global $imported-global i32))
          (import "env" (item "h" (func (type $f))) (item "i" (table 1 funcref)))
          (import "env" (item "j") (item "k") (global f64))
          (func $main (export "main") (param i32 i32) (result i32) (local i64 i64 f32)
            (local.set 2 (i64.const -123456789012))
            (block $out
              (loop $again
                (br_if $out (i32.ge_s (local.get 0) (local.get 1)))
                (i32.store offset=300 (i32.mul (local.get 0) (i32.const 4)) (call $sum (local.get 0) (local.get 1)))
                (local.set 0 (i32.add (local.get 0) (i32.const 1)))
                (br $again)))
            (if (result i32) (i32.load (i32.const 300))
              (then (global.get $counter))
              (else (i32.trunc_sat_f64_s (call $imported (i32.const 1) (local.get 2)))))
            (global.set $counter)
            (memory.fill (i32.const 0) (i32.const 1) (i32.const 2))
            (drop (i8x16.add (v128.const i32x4 1 2 3 4) (v128.load (i32.const 0))))
            (block (block (block (br_table 0 1 2 1 (local.get 1)))))
            (call_indirect (param i32 i32) (result i32) (i32.const 1) (i32.const 2) (i32.const 0)))
          (func $sum (param i32 i32) (result i32) (select (i32.sub (local.get 0) (local.get 1)) (i32.const 9) (i32.const 1)))
          (func $gc (param (ref $s)) (result i32)
            (struct.set $s 0 (local.get 0) (i32.const 5))
            (block $null (result (ref null $a))
              (array.len (br_on_null $null (ref.null $a) (struct.get $s 1 (local.get 0)))) (return))
            (ref.is_null))
          (func $throws (param i32)
            (block $caught (result i32)
              (try_table (catch $tag $caught) (throw $tag (local.get 0)))
              (i32.const 0))
            (drop))
          (table 3 10 funcref)
          (memory (export "memory") 1 2)
          (tag $tag (param i32))
          (global $counter (mut i32) (i32.add (global.get $imported-global) (i32.const 7)))
          (global (ref $f) (ref.func $imported))
          (start $nothing)
          (func $nothing)
          (elem (i32.const 0) func $sum $main)
          (elem funcref (ref.func $gc) (ref.null func))
          (data (i32.const 8) "some bytes")
          (data "passive"))
        """,
        names: true);

    /// <summary>All modules, those that are rejected included.</summary>
    internal static IEnumerable<byte[]> All()
    {
        yield return Everything;
        foreach (string name in SpecTestSuite.Scripts)
        {
            foreach (ScriptCommand command in Script.Load(name).Commands)
            {
                ScriptModule? module = command switch
                {
                    ModuleCommand definition => definition.Module,
                    AssertModuleFailsCommand assertion => assertion.Module,
                    _ => null,
                };
                if (module is not null && TryEncode(module, out byte[] bytes))
                {
                    yield return bytes;
                }
            }
        }
    }

    private static bool TryEncode(ScriptModule module, out byte[] bytes)
    {
        try
        {
            bytes = module.Encode();
            return true;
        }
        catch (WatException)
        {
            bytes = [];
            return false;
        }
    }
}
