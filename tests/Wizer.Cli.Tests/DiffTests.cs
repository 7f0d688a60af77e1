using System.Globalization;
using System.Text;
using System.Text.Json;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary><c>wizer diff</c>: what is different in two modules or components, in words and as JSON.</summary>
public sealed class DiffTests : TestDirectory
{
    private const string First =
        """
        (module $m
          (type $t (func (param i32) (result i32)))
          (type $old (func (param f32)))
          (import "env" "log" (func $log (param i32)))
          (import "env" "gone" (func $gone))
          (memory (export "memory") 1)
          (table $table 8 funcref)
          (global $counter (export "counter") (mut i32) (i32.const 5))
          (global (export "buffer") i32 (i32.const 64))
          (global $base i32 (i32.const 4096))
          (func $same (export "same") (param i32) (result i32) (call $helper (local.get 0)))
          (func $removed (param f32))
          (func $helper (param i32) (result i32) (call $log (local.get 0)) (i32.add (local.get 0) (i32.const 1)))
          (func $changed (result i64) (i64.const 1))
          (func $init (export "wizer-initialize") (i32.store (i32.const 100) (i32.const 1)))
          (elem (table $table) (i32.const 0) func $same $helper $removed)
          (data $text (i32.const 64) "abcdefgh")
          (data $far (i32.const 4096) "far")
          (data "passive")
          (@custom "producers" "x")
          (@custom "old" "12345"))
        """;

    private const string Second =
        """
        (module $m
          (type $t (func (param i32) (result i32)))
          (import "env" "log" (func $log (param i32)))
          (import "env" "come" (global i64))
          (memory (export "memory") 2 4)
          (table $table 8 funcref)
          (global $counter (export "counter") (mut i32) (i32.const 6))
          (global (export "buffer") i32 (i32.const 64))
          (global $base i32 (i32.const 4096))
          (func $added (export "added") (param i32))
          (func $helper (param i32) (result i32) (call $log (local.get 0)) (i32.add (local.get 0) (i32.const 2)))
          (func $same (export "same") (param i32) (result i32) (call $helper (local.get 0)))
          (func $changed (result f64) (f64.const 1))
          (start $init)
          (func $init (i32.store (i32.const 100) (i32.const 1)))
          (elem (table $table) (i32.const 0) func $same $added $helper)
          (data $text (i32.const 64) "abcdeFgh")
          (data (i32.const 100) "\01\00\00\00\02")
          (data $far (i32.const 4096) "far")
          (data "PASSIVE")
          (@custom "producers" "x")
          (@custom "new" "12345"))
        """;

    [Fact]
    public void Diff_OfEqualFiles_SaysNothing()
    {
        WizerResult result = Run("diff in.wat in.wat").Succeeded();
        Assert.Empty(result.Output);
        JsonElement json = Json("in.wat in.wat", exitCode: 0);
        Assert.True(json.GetProperty("areEqual").GetBoolean());
        Assert.Equal(0, json.GetProperty("differences").GetArrayLength());
    }

    [Fact]
    public void Diff_SaysEverything()
    {
        Write(First, Second);
        Snapshot.Verify(Text("a.wat b.wat"));
    }

    [Fact]
    public void Json_SaysEverything()
    {
        Write(First, Second);
        Snapshot.Verify(Encoding.UTF8.GetString(Run("diff --json a.wat b.wat").Output), extension: "json");
    }

    [Fact]
    public void Diff_OfARun_ShowsWhatTheInitializationDid()
    {
        Run("in.wat -o out.wasm").Succeeded();
        JsonElement differences = Assert.Single(Json("in.wat out.wasm").GetProperty("differences").EnumerateArray());
        JsonElement memory = Assert.Single(differences.GetProperty("memories").EnumerateArray());
        Assert.Equal(1, memory.GetProperty("differentByteLength").GetInt32());
        JsonElement range = Assert.Single(memory.GetProperty("ranges").EnumerateArray());
        Assert.Equal(7, range.GetProperty("address").GetInt32());
        Assert.Equal("00", range.GetProperty("before").GetString());
        Assert.Equal("2a", range.GetProperty("after").GetString());
        Assert.Equal("segment 0", range.GetProperty("ownerAfter").GetString());
        Assert.Equal(["sections", "exports", "segments"], Kinds(differences));
    }

    [Fact]
    public void Memory_IsCompared_HoweverItIsCut()
    {
        Write(
            """(module (memory 1) (data (i32.const 8) "aaaabbbb"))""",
            """(module (memory 1) (data (i32.const 6) "\00\00xxaa") (data (i32.const 12) "bbbb\00") (data (i32.const 8) "aa"))""");
        JsonElement differences = Assert.Single(Json("a.wat b.wat").GetProperty("differences").EnumerateArray());
        Assert.Equal(0, differences.GetProperty("memories").GetArrayLength());
        Assert.Equal(["sections", "segments"], Kinds(differences));
    }

    [Fact]
    public void Segments_ThatDependOnAnImport_AreComparedFromThere()
    {
        const string Head = """(module (import "env" "base" (global $base i32)) (memory 1) (table 9 funcref) (func $f)""";
        Write(
            Head + """(data (global.get $base) "abc") (elem (global.get $base) func $f))""",
            Head + """(data (global.get $base) "abd") (elem (global.get $base) func $f $f))""");
        string text = Text("a.wat b.wat");
        Assert.Contains("Memory 0 from (global.get 0) on: 1 byte in 1 range\n    0x2, 1 byte  (segment 0)\n", text, StringComparison.Ordinal);
        Assert.Contains("table 0 [1] from (global.get 0) on: as it begins -> \"f\"\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Functions_AreTheSame_WhereverTheyAre()
    {
        Write(
            """
            (module (func $a (result i32) (i32.const 1)) (func $b (call $c (call $a))) (func $c (param i32) (ref.func $a) drop)
              (elem declare func $a))
            """,
            """
            (module (type (func (param i64))) (func $new (param i64)) (func $a (result i32) (i32.const 1)) (func $b (call $c (call $a)))
              (func $c (param i32) (ref.func $a) drop) (elem declare func $a))
            """);
        JsonElement functions = Group(Assert.Single(Json("a.wat b.wat").GetProperty("differences").EnumerateArray()), "functions");
        JsonElement item = Assert.Single(functions.GetProperty("items").EnumerateArray());
        Assert.Equal("\"new\"", item.GetProperty("item").GetString());
        Assert.Equal(JsonValueKind.Null, item.GetProperty("before").ValueKind);
    }

    [Fact]
    public void Functions_WithoutNames_AreTheSame_WhenTheirBodiesAre()
    {
        Write(
            "(module (func (result i32) (i32.const 1)) (func (result i32) (i32.const 2)) (func (result i32) (i32.const 3)))",
            """
            (module (func (result i32) (i32.const 1)) (func (result i32) (i32.const 7)) (func (result i32) (i32.const 9))
              (func (result i32) (i32.const 3)))
            """);
        JsonElement[] items = [.. Group(
            Assert.Single(Json("a.wat b.wat").GetProperty("differences").EnumerateArray()), "functions").GetProperty("items").EnumerateArray()];
        Assert.Equal(
            ["func 1 (0x1 bytes into it, i32.const 2 -> i32.const 7)", "func 2"], items.Select(item => item.GetProperty("item").GetString()));
    }

    [Fact]
    public void Functions_AreTheSame_WhateverExportsCallThem()
    {
        Write(
            """(module (func (export "wizer.resume") (drop (i32.const 1))) (func (export "other")))""",
            """(module (func (export "_start") (drop (i32.const 1))) (func (export "other")))""");
        Assert.Equal(["sections", "exports"], Kinds(Assert.Single(Json("a.wat b.wat").GetProperty("differences").EnumerateArray())));
    }

    [Fact]
    public void Calls_OfOtherFunctions_AreDifferent_ThoughTheBytesAreEqual()
    {
        Write(
            "(module (func $a) (func $b) (func $c (call $a)))",
            "(module (func $b) (func $a) (func $c (call 0)))");
        Assert.Contains("\"c\" (0x1 bytes into it, call \"a\" -> call \"b\"): 4 bytes -> 4 bytes\n", Text("a.wat b.wat"), StringComparison.Ordinal);
    }

    [Fact]
    public void ManyDifferences_AreCounted_AndTheFirstShown()
    {
        Write("(module (memory 2))", Many());
        string text = Text("a.wat b.wat");
        Assert.Contains("Memory 0: 1,000 bytes in 1,000 ranges\n", text, StringComparison.Ordinal);
        Assert.Contains("    ... and 980 more (--all shows them)\n", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 1, 10_000);
        string all = Text("--all a.wat b.wat");
        Assert.DoesNotContain("--all", all, StringComparison.Ordinal);
        Assert.Equal(1000, all.Split("      + ").Length - 1);
    }

    [Fact]
    public void LongRanges_ShowTheirFirstBytes()
    {
        Write("(module (memory 2))", $"""(module (memory 2) (data (i32.const 0) "{new string('x', 100)}"))""");
        Assert.Contains(string.Concat(Enumerable.Repeat(" 78", 32)) + " ...\n", Text("a.wat b.wat"), StringComparison.Ordinal);
        Assert.Contains("+ 78 78 78 78\n", Text("--all a.wat b.wat"), StringComparison.Ordinal);
    }

    [Fact]
    public void TheSameInOtherBytes_IsDifferent()
    {
        File.WriteAllBytes(In("a.wasm"), [0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0, 5, 3, 1, 0, 1]);
        File.WriteAllBytes(In("b.wasm"), [0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0, 5, 0x83, 0, 1, 0, 1]);
        string text = Text("a.wasm b.wasm");
        Assert.Contains("memory: 5 bytes -> 6 bytes\n", text, StringComparison.Ordinal);
        File.WriteAllText(In("e.wat"), "(module)");
        Assert.Equal(1, Run("diff a.wasm e.wat").ExitCode);
    }

    [Fact]
    public void Names_CannotForgeLines()
    {
        Write("(module)", """(module (func (export "a\0a+++ b\1b[31m")))""");
        Assert.Contains(@"  + ""a\u{a}+++ b\u{1b}[31m"": func 0, [] -> []" + "\n", Text("a.wat b.wat"), StringComparison.Ordinal);
    }

    [Fact]
    public void Components_AreComparedByTheirParts()
    {
        Write(
            """
            (component
              (core module $m (memory 1) (func (export "f") (i32.store (i32.const 8) (i32.const 1))))
              (component (core module (memory 1) (data (i32.const 0) "one")))
              (core instance $i (instantiate $m))
              (func (export "f") (canon lift (core func $i "f"))))
            """,
            """
            (component
              (core module $m (memory 1) (func (export "f") (i32.store (i32.const 8) (i32.const 2))))
              (component (core module (memory 1) (data (i32.const 0) "two")))
              (core instance $i (instantiate $m))
              (func (export "g") (canon lift (core func $i "f"))))
            """);
        Snapshot.Verify(Text("a.wat b.wat"));
        Assert.Contains("file: a component -> a module\n", Text("a.wat in.wat"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("diff none.wasm in.wat", "Error: failed to open input file\n")]
    [InlineData("diff in.wat bad.wasm", "Error: failed to parse Wasm\n")]
    [InlineData("diff - -", "Error: stdin holds one module")]
    [InlineData("diff in.wat", "error: the following required arguments were not provided:\n  <AFTER>\n\nUsage: wizer diff [OPTIONS] <BEFORE> <AFTER>\n")]
    [InlineData("diff", "error: the following required arguments were not provided:\n  <BEFORE> <AFTER>\n")]
    [InlineData("diff in.wat in.wat in.wat", "error: unexpected argument 'in.wat' found\n")]
    public void Errors_ExitWith2(string command, string message)
    {
        File.WriteAllText(In("bad.wasm"), "nothing of the kind");
        WizerResult result = Run(command);
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith(message, result.Errors, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void Diff_ReadsOneOfThemFromStdin()
    {
        byte[] module = Expected();
        Assert.Contains("--- <stdin>: ", Encoding.UTF8.GetString(Run("diff - in.wat", module).Output), StringComparison.Ordinal);
        Assert.Contains("+++ <stdin>: ", Encoding.UTF8.GetString(Run("diff in.wat -", module).Output), StringComparison.Ordinal);
    }

    /// <summary>Segments at random, overlapping ones too, against memories that are filled byte by byte.</summary>
    [Fact]
    public void Memories_AreWhatTheirSegmentsMakeOfThem()
    {
        var random = new Random(7);
        for (int round = 0; round < 30; round++)
        {
            (string first, byte[] before) = RandomMemory(random);
            (string second, byte[] after) = RandomMemory(random);
            using InspectedModule left = Read("a.wat", first);
            using InspectedModule right = Read("b.wat", second);
            var image = MemoryImage.ReadAll(new ComparedModule(left.Module!));
            var other = MemoryImage.ReadAll(new ComparedModule(right.Module!));
            RangeCollector ranges = MemoryComparison.Compare(image.Values.First(), other.Values.First(), int.MaxValue);
            var covered = new bool[before.Length];
            foreach (DifferentRange range in ranges.Ranges)
            {
                Array.Fill(covered, true, (int)range.Address, (int)range.ByteLength);
                Assert.Equal(Hex(before, range), HexText.Plain(image.Values.First(), range.Address, (int)range.ByteLength));
                Assert.Equal(Hex(after, range), HexText.Plain(other.Values.First(), range.Address, (int)range.ByteLength));
            }

            Assert.Equal((ulong)before.Zip(after).Count(pair => pair.First != pair.Second), ranges.DifferentCount);
            Assert.All(Enumerable.Range(0, before.Length), at => Assert.True(covered[at] || before[at] == after[at]));
        }
    }

    private static string Hex(byte[] bytes, DifferentRange range) =>
        Convert.ToHexStringLower(bytes.AsSpan((int)range.Address, (int)range.ByteLength));

    private static (string Module, byte[] Bytes) RandomMemory(Random random)
    {
        var bytes = new byte[512];
        var text = new StringBuilder("(module (memory 1)");
        for (int count = random.Next(1, 12); count > 0; count--)
        {
            int length = random.Next(0, 60);
            int address = random.Next(0, bytes.Length - length);
            text.Append(CultureInfo.InvariantCulture, $" (data (i32.const {address}) \"");
            for (int i = 0; i < length; i++)
            {
                bytes[address + i] = (byte)random.Next(0, 3);
                text.Append(CultureInfo.InvariantCulture, $"\\{bytes[address + i]:x2}");
            }

            text.Append("\")");
        }

        return (text.Append(')').ToString(), bytes);
    }

    private InspectedModule Read(string name, string text)
    {
        File.WriteAllText(In(name), text);
        return InspectedModule.Read(In(name));
    }

    private static string Many()
    {
        var text = new StringBuilder("(module (memory 2)");
        for (int i = 0; i < 1000; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $" (data (i32.const {i * 100}) \"x\")");
        }

        return text.Append(')').ToString();
    }

    private void Write(string first, string second)
    {
        File.WriteAllText(In("a.wat"), first);
        File.WriteAllText(In("b.wat"), second);
    }

    private string Text(string operands)
    {
        WizerResult result = Run("diff " + operands);
        Assert.Equal("", result.Errors);
        Assert.Equal(1, result.ExitCode);
        return Encoding.UTF8.GetString(result.Output);
    }

    private JsonElement Json(string operands, int exitCode = 1)
    {
        WizerResult result = Run("diff --json " + operands);
        Assert.Equal("", result.Errors);
        Assert.Equal(exitCode, result.ExitCode);
        return JsonDocument.Parse(result.Output).RootElement;
    }

    private static IEnumerable<string?> Kinds(JsonElement differences) =>
        differences.GetProperty("groups").EnumerateArray().Select(group => group.GetProperty("kind").GetString());

    private static JsonElement Group(JsonElement differences, string kind) =>
        differences.GetProperty("groups").EnumerateArray().Single(group => group.GetProperty("kind").GetString() == kind);
}
