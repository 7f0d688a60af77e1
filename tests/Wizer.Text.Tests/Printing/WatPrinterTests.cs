using Wizer.Binary;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Text.Tests.Printing;

public sealed class WatPrinterTests
{
    [Fact]
    public void AModuleWithNames() => Snapshot.Verify(Print("""
        (module $demo
          (type $binary (func (param i32 i32) (result i32)))
          (rec (type $list (sub (struct (field $head i32) (field $tail (mut (ref null $list))))))
               (type $bytes (array (mut i8))))
          (import "env" "log" (func $log (param $message i32)))
          (import "env" "base" (global $base i32))
          (table $table 2 funcref)
          (memory $memory (export "memory") 1 4)
          (memory $other i64 1 (pagesize 1))
          (tag $error (param i32))
          (global $counter (mut i64) (i64.const -1))
          (global $pi f64 (f64.const 3.141592653589793))
          (global $end i32 (i32.add (global.get $base) (i32.const 8)))
          (start $main)
          (elem $init (i32.const 0) $log $add)
          (elem declare funcref (ref.func $main) (ref.null func))
          (func $add (export "add") (type $binary) (param $a i32) (param $b i32) (result i32)
            (i32.add (local.get $a) (local.get $b)))
          (func $main (local $i i32) (local f32 f32) (local $sum i64)
            (block $done
              (loop $again
                (br_if $done (i32.ge_u (local.get $i) (i32.const 10)))
                (if (i32.load8_u $memory offset=16 (local.get $i))
                  (then (call $log (local.get $i)))
                  (else (drop (call_indirect $table (type $binary) (i32.const 1) (i32.const 2) (i32.const 0)))))
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (br $again)))
            (block $caught (result i32)
              (try_table (catch $error $caught) (throw $error (i32.const 1)))
              (i32.const 0))
            (br_table 0 0 0 (i32.const 2)))
          (data $greeting (i32.const 8) "Hello, \"w\u{f6}rld\"\n\00")
          (data (memory $other) (i64.const 0) "\ff"))
        """, names: true));

    [Fact]
    public void AModuleWithoutNames() => Snapshot.Verify(Print("""
        (module
          (import "m" "f" (func (param i32)))
          (memory 1)
          (func (param i32 i64) (result i64) (local i32 i32)
            (block (result i64) (i64.const 1) (br 0 (local.get 1)))
            (f32.const nan:0x200000) drop
            (v128.const f64x2 1 -0) drop
            (i32.store align=1 (i32.const 0) (i32.const 1)))
          (data "passive"))
        """));

    [Fact]
    public void NamesThatAreNoIdentifiers_AreAnnotations()
    {
        // A name of three functions, an empty one, one with spaces, one that is like it, one that could fool a terminal, and one
        // that is what another would have become.
        string[] names = ["twin", "twin", "", "a b", "a;b", "\u202e\x1b", "twin.1", "twin", "λ"];
        byte[] bytes = WithNames(string.Concat(Enumerable.Repeat("(func)", names.Length)), names);
        string text = WatPrinter.Print(ModuleReader.Parse(bytes));
        Assert.Equal(
            [
                "$twin (;0;)", "$twin.1' (@name \"twin\") (;1;)", "(;2;)", "$a_b (@name \"a b\") (;3;)", "$a_b.4 (@name \"a;b\") (;4;)",
                "$__ (@name \"\\u{202e}\\u{1b}\") (;5;)", "$twin.1 (;6;)", "$twin.7 (@name \"twin\") (;7;)", "$_ (@name \"λ\") (;8;)",
            ],
            text.Split('\n').Where(line => line.StartsWith("  (func", StringComparison.Ordinal)).Select(line => line[8..line.IndexOf(" (type", StringComparison.Ordinal)]));
        NameSection again = NameSection.Read(ModuleReader.Parse(Wat.Compile(text, names: true)));
        Assert.Equal(names.Select(name => name.Length == 0 ? null : name), names.Select((_, index) => again.FindFunc((uint)index)));
    }

    [Fact]
    public void NamesThatAreNoIdentifiers_StandEverywhere() => Snapshot.Verify(Print("""
        (module $"m m"
          (type $"t t" (func (param i32) (result i32)))
          (type $s (struct (field $"f f" i32) (field $plain i32)))
          (import "env" "f" (func $"i i" (param $"p p" i32)))
          (import "env" "g" (global $"g g" i32))
          (table $"b b" 1 funcref)
          (memory $"y y" 1)
          (tag $"e e")
          (elem $"l l" (i32.const 0) func $"h h")
          (func $"h h" (type $"t t") (param $"p p" i32) (result i32) (local $"c c" i32) (local i32) (local $d i32)
            (block $"k k" (result i32)
              (loop $"o o" (br_if $"o o" (local.get $"p p")))
              (br $"k k" (call $"h h" (struct.get $s $"f f" (struct.new $s (local.get $"c c") (global.get $"g g")))))))
          (data $"a a" (i32.const 0) "x"))
        """, names: true));

    [Fact]
    public void MalformedBodies_AreShownAsFarAsTheyGo()
    {
        byte[] bytes = Wat.Compile("(func nop nop nop)");
        bytes[^2] = 0xff;
        Assert.Contains("    nop\n    nop\n    ;; illegal opcode ff (at offset 0x19)\n", WatPrinter.Print(ModuleReader.Parse(bytes)), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryInstruction_EncodesToItsOwnBytes()
    {
        int count = 0;
        for (int i = 0; i < OpcodeTable.Size; i++)
        {
            var opcode = (Opcode)i;
            if (!OpcodeTable.IsDefined(opcode) || opcode is Opcode.End or Opcode.Else or Opcode.Catch or Opcode.CatchAll or Opcode.Delegate)
            {
                continue;
            }

            count++;
            byte[] bytes = ModuleWith(opcode);
            string text = WatPrinter.Print(ModuleReader.Parse(bytes));
            Assert.Contains($"    {OpcodeTable.Mnemonic(opcode)}", text, StringComparison.Ordinal);
            byte[] again = Wat.Compile(text);
            Assert.True(bytes.AsSpan().SequenceEqual(again), $"{opcode}\n{text}\n{Convert.ToHexString(bytes)}\n{Convert.ToHexString(again)}");
        }

        Assert.True(count > 560, $"only {count} instructions");
    }

    /// <summary>A module, well-formed but seldom valid, whose only body is this instruction with telling immediates.</summary>
    private static byte[] ModuleWith(Opcode opcode)
    {
        PooledBuffer output = new();
        using (output)
        {
            WasmWriter writer = new(output);
            writer.WriteBytes(Wat.Compile("(type (func))"));
            int section = writer.BeginSection(SectionId.Function);
            writer.WriteBytes([1, 0]);
            writer.EndSized(section);
            ImmediateKind kind = OpcodeTable.Immediates(opcode);
            if (kind is ImmediateKind.Data or ImmediateKind.DataMemory or ImmediateKind.TypeData)
            {
                writer.WriteBytes([(byte)SectionId.DataCount, 1, 0]);
            }

            section = writer.BeginSection(SectionId.Code);
            writer.WriteByte(1);
            int body = writer.BeginSized();
            writer.WriteByte(0);
            writer.WriteOpcode(opcode);
            writer.WriteBytes(Immediates(kind, (byte)OpcodeTable.Width(opcode)));
            if (kind is ImmediateKind.BlockType or ImmediateKind.TryTable)
            {
                writer.WriteOpcode(Opcode.End);
            }

            writer.WriteOpcode(Opcode.End);
            writer.EndSized(body);
            writer.EndSized(section);
            return output.ToArray();
        }
    }

    private static byte[] Immediates(ImmediateKind kind, byte width) => kind switch
    {
        ImmediateKind.None => [],
        ImmediateKind.Fence => [0],
        ImmediateKind.I32 or ImmediateKind.I64 => [0x85, 0x7f],
        ImmediateKind.F32 => [1, 2, 0x83, 0x7f],
        ImmediateKind.F64 => [1, 2, 3, 4, 5, 6, 7, 8],
        ImmediateKind.MemArg => [(byte)(0x40 | (width == 1 ? 1 : 0)), 3, 0x88, 0x01],
        ImmediateKind.MemArgLane => [(byte)(0x40 | (width == 1 ? 1 : 0)), 3, 0x88, 0x01, 5],
        ImmediateKind.BlockType => [0x7e],
        ImmediateKind.BrTable => [2, 0, 1, 2],
        ImmediateKind.SelectTypes => [2, 0x7f, 0x64, 0x70],
        ImmediateKind.HeapType => [0x6e],
        ImmediateKind.TryTable => [0x40, 4, 0, 7, 0, 1, 8, 0, 2, 0, 3, 0],
        ImmediateKind.BrOnCast => [2, 0, 0x6e, 0x00],
        ImmediateKind.CallIndirect => [0, 2],
        ImmediateKind.DataMemory or ImmediateKind.MemoryMemory or ImmediateKind.ElemTable or ImmediateKind.TableTable
            or ImmediateKind.TypeField or ImmediateKind.TypeCount or ImmediateKind.TypeData or ImmediateKind.TypeElem
            or ImmediateKind.TypeType => [4, 5],
        ImmediateKind.V128 or ImmediateKind.Shuffle => [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
        _ => [6],
    };

    private static byte[] WithNames(string fields, string[] funcNames)
    {
        using PooledBuffer output = new();
        WasmWriter writer = new(output);
        writer.WriteBytes(Wat.Compile(fields));
        int section = writer.BeginCustomSection("name"u8);
        writer.WriteByte(1);
        int subsection = writer.BeginSized();
        writer.WriteU32((uint)funcNames.Length);
        for (int i = 0; i < funcNames.Length; i++)
        {
            writer.WriteU32((uint)i);
            writer.WriteName(funcNames[i]);
        }

        writer.EndSized(subsection);
        writer.EndSized(section);
        return output.ToArray();
    }

    private static string Print(string wat, bool names = false)
    {
        byte[] bytes = Wat.Compile(wat, names);
        string text = WatPrinter.Print(ModuleReader.Parse(bytes));
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(Wat.Compile(text, names)));
        return text;
    }
}
