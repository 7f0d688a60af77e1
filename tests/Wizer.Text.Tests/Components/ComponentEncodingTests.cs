using System.Text;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Text.Tests.Components;

/// <summary>Definitions and their bytes. Component Model, Binary Format.</summary>
public sealed class ComponentEncodingTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("(core module)", "01 08 0061736d01000000")]
    [InlineData("(component)", "04 08 0061736d0d000100")]
    [InlineData("(core instance) (core instance (export \"i\" (instance 0)))", "02 09 02 0100 0101 0169 1200")]
    [InlineData("(instance (export \"a:b/c\" (versionsuffix \"1.0\") (instance 0)))", "05 12 01 0101 02 05613a622f63 01 01 03312e30 0500")]
    [InlineData("(core type (func (param i32)))", "03 05 01 60017f00")]
    [InlineData("(core type (sub (func)))", "03 07 01 005000600000")]
    [InlineData("(core type (sub final 0 (func)))", "03 07 01 4f0100600000")]
    [InlineData("(core rec (type $a (struct (field (ref $b)))) (type $b (func)))", "03 0b 01 4e02 5f01640100 600000")]
    [InlineData("(core type (module))", "03 03 01 5000")]
    [InlineData("(core type (module (type (func)) (alias outer 1 0 (type)) (export \"e\" (tag (type 0)))))", "03 12 01 5003 01600000 0210010100 03 0165 040000")]

    // Types.
    [InlineData("(type bool) (type s8) (type error-context)", "07 04 03 7f 7e 64")]
    [InlineData("(type (record (field \"a\" bool) (field \"b\" u8)))", "07 09 01 7202 01617f 01627d")]
    [InlineData("(type (variant (case \"x\" s8) (case \"y\")))", "07 0c 01 7102 0178017e00 01790000")]
    [InlineData("(type (list u16)) (type (list u8 300))", "07 07 02 707b 677dac02")]
    [InlineData("(type (tuple s16 u32)) (type (flags \"a\")) (type (enum \"b\"))", "07 0d 03 6f027c79 6e010161 6d010162")]
    [InlineData("(type (option s32)) (type (map string u32))", "07 06 02 6b7a 637379")]
    [InlineData("(type (result)) (type (result u64)) (type (result (error s64))) (type (result f32 (error f64)))", "07 11 04 6a0000 6a017700 6a000178 6a01760175")]
    [InlineData("(type (own 64)) (type (borrow 64)) (type (list 64))", "07 08 03 6940 6840 70c000")]
    [InlineData("(type (stream u8)) (type (stream)) (type (future string)) (type (future))", "07 0b 04 66017d 6600 650173 6500")]
    [InlineData("(type (func)) (type (func async (param \"p\" bool) (result u32)))", "07 0c 02 40000100 43 01 01707f 0079")]
    [InlineData("(type (resource (rep i32))) (type (resource (rep i64) (dtor 1)))", "07 08 02 3f7f00 3f7e0101")]
    [InlineData("(type (component (type string) (import \"a\" (type (eq 0))) (export \"b\" (type (sub resource)))))", "07 12 01 4103 0173 0300016103 0000 040001620301")]
    [InlineData("(type (instance (core type (func)) (export \"v\" (value string)) (export \"w\" (value (eq 0)))))", "07 15 01 4203 00600000 04000176020173 04000177020000")]

    // Canonical definitions.
    [InlineData("(canon lift (core func 0) string-encoding=utf8 (memory 1) (realloc 2) async (callback 3) (func (type 5)))", "08 0e 01 000000 05 00 0301 0402 06 0703 05")]
    [InlineData("(canon lower (func 0) string-encoding=utf16 string-encoding=latin1+utf16 (post-return 1) (core func))", "08 09 01 010000 03 01 02 0501")]
    [InlineData("(canon lower (func 0) gc (core-type 2) (core func))", "08 08 01 010000 02 09 0802")]
    [InlineData("(canon resource.new 5 (core func)) (canon resource.drop 5 (core func)) (canon resource.rep 5 (core func))", "08 07 03 0205 0305 0405")]
    [InlineData("(canon task.return (core func)) (canon task.return (result u32) (memory 0) (core func)) (canon task.cancel (core func))", "08 0c 03 09010000 0900790103 00 05")]
    [InlineData("(canon context.get i32 0 (core func)) (canon context.set i64 1 (core func))", "08 07 02 0a7f00 0b7e01")]
    [InlineData("(canon subtask.cancel (core func)) (canon subtask.cancel async (core func)) (canon subtask.drop (core func))", "08 06 03 0600 0601 0d")]
    [InlineData("(canon stream.read 3 async (memory 0) (core func)) (canon stream.cancel-write 3 async (core func))", "08 0a 02 0f0302060300 120301")]
    [InlineData("(canon future.new 4 (core func)) (canon future.cancel-read 4 (core func)) (canon future.drop-writable 4 (core func))", "08 08 03 1504 180400 1b04")]
    [InlineData("(canon waitable-set.wait (memory 0) (core func)) (canon waitable-set.poll cancellable (memory 1) (core func))", "08 07 02 200000 210101")]
    [InlineData("(canon thread.new-indirect 0 1 (core func)) (canon thread.yield cancellable (core func))", "08 06 02 270001 0c01")]
    [InlineData("(canon thread.spawn-ref 1 (core func)) (canon thread.spawn-indirect 1 2 (core func)) (canon thread.available-parallelism (core func))", "08 07 03 4001 410102 42")]
    [InlineData("(canon error-context.new (memory 0) (core func)) (canon error-context.drop (core func))", "08 06 02 1c010300 1e")]

    // The rest.
    [InlineData("(value string (binary \"\\01a\")) (value 5 (binary))", "0c 07 02 73020161 0500")]
    [InlineData("(start 1 (value 2) (value 3) (result (value $r)) (result (value)))", "09 05 01 02 02 03 02")]
    [InlineData("(import \"a\" (func (type 0))) (import \"b\" (implements \"c:d/e\") (external-id \"x\") (instance (type 1)))", "0a 16 02 0001610100 02 0162 02 00 05633a642f65 02 0178 0501")]
    [InlineData("(export \"e\" (func 0)) (export \"f\" (core module 1) (core module (type 2)))", "0b 11 02 000165010000 000166001101 01 001102")]
    [InlineData("(type u8) (@custom \"c\" \"ab\" \"c\") (type u8)", "07 02 01 7d 00 05 0163616263 07 02 01 7d")]
    [InlineData("(type u8) (core module) (type u8) (type u8) (alias outer 0 0 (type)) (type u8)", "07 02 01 7d 01 08 0061736d01000000 07 03 02 7d 7d 06 05 01 03020000 07 02 01 7d")]
    public void Definitions_HaveTheirBytes(string definitions, string bytes)
    {
        byte[] component = Wat.Compile($"(component {definitions})");
        Assert.Equal("0061736D0D000100" + bytes.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant(), Convert.ToHexString(component));
    }

    [Fact]
    public void Identifiers_BecomeNames()
    {
        byte[] component = Wat.Compile(
            """
            (component $top
              (core module $m)
              (core instance $i (instantiate $m))
              (type $t (@name "my type") (func))
              (import "f" (func $f (type $t)))
              (export $g "g" (func $f))
              (component $c (type $u u8)))
            """,
            names: true);
        string text = Encoding.Latin1.GetString(component);
        Assert.EndsWith(
            "\u000ecomponent-name\0\u0004\u0003top"
                + "\u0001\u0006\0\u0011\u0001\0\u0001m\u0001\u0006\0\u0012\u0001\0\u0001i"
                + "\u0001\u0008\u0001\u0002\0\u0001f\u0001\u0001g\u0001\u000b\u0003\u0001\0\u0007my type"
                + "\u0001\u0005\u0004\u0001\0\u0001c",
            text,
            StringComparison.Ordinal);
        Assert.Contains("\u000ecomponent-name\0\u0002\u0001c\u0001\u0005\u0003\u0001\0\u0001u", text, StringComparison.Ordinal);
        Assert.DoesNotContain("component-name", Encoding.Latin1.GetString(Wat.Compile("(component $top (type $t u8))")), StringComparison.Ordinal);
    }

    [Fact]
    public void AnnotationsOfAModule_AreItsOwn()
    {
        string text = Encoding.Latin1.GetString(Wat.Compile(
            "(component (core module $m (@name \"other\") (func $f (@name \"g\")) (@custom \"c\" \"x\")))", names: true));
        Assert.Contains("\u0004name\0\u0006\u0005other\u0001\u0004\u0001\0\u0001g\0\u0003\u0001cx", text, StringComparison.Ordinal);
        Assert.EndsWith("component-name\u0001\u0006\0\u0011\u0001\0\u0001m", text, StringComparison.Ordinal);
    }

    [Fact]
    public void StringForms_AreComponents()
    {
        string empty = Convert.ToHexString(Wat.Compile("(component)"));
        Assert.Equal(empty, Convert.ToHexString(Wat.Compile("(component binary \"\\00asm\" \"\\0d\\00\\01\\00\")")));
        Assert.Equal(empty, Convert.ToHexString(Wat.Compile("(component $x quote \"(component)\")")));
        Assert.Equal(
            Convert.ToHexString(Wat.Compile("(component (type u8))")), Convert.ToHexString(Wat.Compile("(component quote \"(type u8)\")")));
    }
}
