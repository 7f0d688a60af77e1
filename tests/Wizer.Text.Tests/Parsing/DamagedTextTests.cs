using System.Text;
using Wizer.Binary;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Text.Tests.Parsing;

/// <summary>Alone in its process while it runs, because it counts the buffers of all threads.</summary>
[CollectionDefinition(nameof(DamagedTextTests), DisableParallelization = true)]
[Collection(nameof(DamagedTextTests))]
public sealed class DamagedTextTests
{
    [Fact]
    public void DamagedTexts_EndInAWatException_AndGiveTheirBuffersBack()
    {
        byte[] source = Encoding.UTF8.GetBytes("""
            (module $m (type $t (func (param i32) (result i32))) (import "a" "b" (func $i (type $t)))
              (table 3 funcref) (elem (i32.const 0) $f $i) (memory (data "x\41\u{42}")) (global $g (mut f64) (f64.const 0x1.8p-3))
              (func $f (export "f") (param $x i32) (result i32) (local i64 f32)
                (block $l (result i32) (br_if $l (local.get $x) (i32.const 1)) (if (then (nop)) (else br 0)))
                loop end (call_indirect (type $t) (i32.const -7)) (i32.store offset=4 align=2 (i32.const 0)))
              (; note ;) (start $s) (func $s (drop (v128.const i32x4 1 2 3 4))) (@a (b)))
            """);
        Wat.Compile(Encoding.UTF8.GetString(source));

        int liveBuffers = PooledBuffer.LiveCount;
        var random = new Random(7);
        for (int i = 0; i < 5_000; i++)
        {
            byte[] damaged = i < source.Length ? source[..i] : [.. source];
            for (int flips = random.Next(3); flips > 0 && damaged.Length != 0; flips--)
            {
                damaged[random.Next(damaged.Length)] = (byte)"(){}\";$0 \\@\x80xib"[random.Next(15)];
            }

            try
            {
                ModuleReader.Parse(WatParser.ToBinary(damaged, "t.wat"));
            }
            catch (WatException)
            {
                // As it should.
            }
            catch (WasmValidationException)
            {
                // An index that no module reaches.
            }
        }

        Assert.Equal(liveBuffers, PooledBuffer.LiveCount);
    }
}
