using System.Text;
using System.Text.Json;
using Wizer.Text;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary><c>wizer inspect</c> and <c>wizer print</c>: files in both formats, stdin, and what is wrong with them.</summary>
public sealed class InspectTests : TestDirectory
{
    private const string Everything =
        """
        (module
          (type (func (param i32 i64) (result f32)))
          (import "env" "log \"it\"\u{1b}" (func (type 0)))
          (import "env" "memory" (memory i64 2 5))
          (import "env" "tag" (tag (param i32)))
          (memory 1)
          (table (export "table") 3 10 funcref)
          (global (export "counter") (mut i32) (i32.const 0))
          (global $base i32 (i32.const 64))
          (export "memory" (memory 1))
          (func (export "wizer-initialize"))
          (data (memory 1) (i32.const 16) "sixteen")
          (data (memory 1) (global.get $base) "base")
          (data (memory 0) (i64.const 0x123456789) "far")
          (data "passive")
          (@custom "producers" "x"))
        """;

    // A core module and an instance of it, an imported function, and exports: a record, the function, and an instance with it.
    private static readonly byte[] s_component =
    [
        0, (byte)'a', (byte)'s', (byte)'m', 13, 0, 1, 0,
        1, 8, 0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0,
        2, 4, 1, 0, 0, 0,
        7, 13, 2, 0x72, 1, 1, (byte)'a', 0x79, 0x40, 1, 1, (byte)'p', 0x73, 0, 0x79,
        10, 6, 1, 0, 1, (byte)'f', 1, 1,
        4, 8, 0, (byte)'a', (byte)'s', (byte)'m', 13, 0, 1, 0,
        11, 13, 2, 0, 1, (byte)'r', 3, 0, 0, 0, 1, (byte)'g', 1, 0, 0,
        5, 8, 1, 1, 1, 0, 1, (byte)'g', 1, 0,
        11, 7, 1, 0, 1, (byte)'i', 5, 0, 0,
    ];

    public InspectTests() => File.WriteAllText(In("all.wat"), Everything);

    [Fact]
    public void Inspect_ShowsEveryPart() => Assert.Equal(
        """
        all.wat: 230 bytes

        Sections
                offset          bytes      items
                   0x8             16          3  type
                  0x18             45          3  import
                  0x45              4          1  function
                  0x49              7          1  table
                  0x50              5          1  memory
                  0x55             14          2  global
                  0x63             49          4  export
                  0x94              6          1  code
                  0x9a             47          4  data
                  0xc9             16             custom "name"
                  0xd9             13             custom "producers"

        Imports: 3
            func        0  "env" "log \"it\"\u{1b}": [i32 i64] -> [f32]
            memory      0  "env" "memory": 2..5 pages, 64-bit
            tag         0  "env" "tag": [i32] -> []

        Exports: 4
            table       0  "table": 3..10 funcref
            global      0  "counter": mut i32
            memory      1  "memory": 1.. pages
            func        1  "wizer-initialize": [] -> []

        Memories: 2
                 0  2..5 pages, 64-bit, imported; 3 bytes in 1 segment
                 1  1.. pages; 11 bytes in 2 segments

        Tables: 1
                 0  3..10 funcref

        Element segments: 0

        Data segments: 4
                 0  memory 1 at 0x10, 7 bytes
                 1  memory 1 at an address computed at instantiation, 4 bytes
                 2  memory 0 at 0x123456789, 3 bytes
                 3  passive, 7 bytes

        """.ReplaceLineEndings("\n"),
        Encoding.UTF8.GetString(Run("inspect all.wat").Succeeded().Output));

    [Fact]
    public void Inspect_SpeaksJson()
    {
        JsonElement root = JsonDocument.Parse(Run("inspect --json all.wat").Succeeded().Output).RootElement;
        Assert.Equal(1, root.GetProperty("schemaVersion").GetInt32());
        Assert.Equal("all.wat", root.GetProperty("path").GetString());
        Assert.Equal("producers", root.GetProperty("sections")[10].GetProperty("name").GetString());
        Assert.Equal(3, root.GetProperty("sections")[0].GetProperty("itemCount").GetInt32());
        Assert.Equal("log \"it\"\u001b", root.GetProperty("imports")[0].GetProperty("name").GetString());
        Assert.Equal("mut i32", root.GetProperty("exports")[1].GetProperty("type").GetString());
        Assert.True(root.GetProperty("memories")[0].GetProperty("isImported").GetBoolean());
        Assert.Equal(5, root.GetProperty("memories")[0].GetProperty("maximumPages").GetInt32());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("memories")[1].GetProperty("maximumPages").ValueKind);
        JsonElement segments = root.GetProperty("segments");
        Assert.Equal(16, segments[0].GetProperty("address").GetInt32());
        Assert.Equal(JsonValueKind.Null, segments[1].GetProperty("address").ValueKind);
        Assert.Equal(0x123456789, segments[2].GetProperty("address").GetInt64());
        Assert.Equal("passive", segments[3].GetProperty("mode").GetString());
        Assert.Equal(JsonValueKind.Null, segments[3].GetProperty("memory").ValueKind);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("startFunction").ValueKind);
    }

    [Fact]
    public void Inspect_ShowsTablesAndTheirSegments()
    {
        File.WriteAllText(In("tables.wat"), """
            (module (import "m" "t" (table 2 externref)) (import "m" "g" (global $g i32)) (table i64 3000 5000 (ref null func)) (func $f)
              (elem (table 1) (i64.const 1234) func $f $f) (elem (table 1) (offset (i64.const 7)) funcref (ref.func $f))
              (elem externref (ref.null extern)) (elem declare func $f) (elem (table 0) (offset (global.get $g)) externref))
            """);
        string text = Encoding.UTF8.GetString(Run("inspect tables.wat").Succeeded().Output);
        Assert.Contains(
            """
            Tables: 2
                     0  2.. externref, imported
                     1  3000..5000 funcref, 64-bit

            Element segments: 5
                     0  table 1 at 1,234, 2 of (ref func)
                     1  table 1 at 7, 1 of funcref
                     2  passive, 1 of externref
                     3  declarative, 1 of (ref func)
                     4  table 0 at an offset computed at instantiation, 0 of externref

            """.ReplaceLineEndings("\n"),
            text,
            StringComparison.Ordinal);
        JsonElement root = JsonDocument.Parse(Run("inspect --json tables.wat").Succeeded().Output).RootElement;
        Assert.Equal(
            """[{"index":0,"isImported":true,"elementType":"externref","minimum":2,"maximum":null,"is64":false},{"index":1,"isImported":false,"elementType":"funcref","minimum":3000,"maximum":5000,"is64":true}]""",
            Compact(root.GetProperty("tables")));
        Assert.Equal("""{"mode":"active","table":1,"offset":1234,"elementType":"(ref func)","count":2}""", Compact(root.GetProperty("elementSegments")[0]));
        Assert.Equal("""{"mode":"passive","table":null,"offset":null,"elementType":"externref","count":1}""", Compact(root.GetProperty("elementSegments")[2]));
        Assert.Equal("""{"mode":"active","table":0,"offset":null,"elementType":"externref","count":0}""", Compact(root.GetProperty("elementSegments")[4]));

        static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
    }

    [Theory]
    [InlineData("inspect", "<stdin>")]
    [InlineData("inspect -", "<stdin>")]
    public void Inspect_ReadsStdin(string command, string name) => Assert.StartsWith(
        name + ": ", Encoding.UTF8.GetString(Run(command, Encoding.UTF8.GetBytes(Module)).Succeeded().Output), StringComparison.Ordinal);

    [Fact]
    public void Inspect_LooksAtInvalidModulesToo()
    {
        byte[] invalid = WatParser.ToBinary("(module (func (export \"f\")) (export \"g\" (func 9)))"u8.ToArray(), "x");
        File.WriteAllBytes(In("invalid.wasm"), invalid);
        Assert.Contains("\"g\": ?", Encoding.UTF8.GetString(Run("inspect invalid.wasm").Succeeded().Output), StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_ShowsAComponent_AsATree()
    {
        File.WriteAllBytes(In("c.wasm"), s_component);
        Assert.Equal(
            """
            c.wasm: 91 bytes, a component

            Definitions
                core module 0: 8 bytes
                core instance 0: of core module 0
                component 0: 8 bytes
                instance 0: of what is there
                instance 1: export "i" of 0

            Imports: 1
                "f": func(p: string) -> u32

            Exports: 3
                type "r": record { a: u32 }
                "g": func(p: string) -> u32
                "i": interface
                    "g": func(p: string) -> u32

            """.ReplaceLineEndings("\n"),
            Encoding.UTF8.GetString(Run("inspect c.wasm").Succeeded().Output));
    }

    [Fact]
    public void Inspect_SpeaksJson_OfComponents()
    {
        File.WriteAllBytes(In("c.wasm"), s_component);
        JsonElement root = JsonDocument.Parse(Run("inspect --json c.wasm").Succeeded().Output).RootElement;
        Assert.Equal(91, root.GetProperty("byteLength").GetInt32());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("error").ValueKind);
        JsonElement definitions = root.GetProperty("definitions");
        Assert.Equal("core module", definitions[0].GetProperty("kind").GetString());
        Assert.Equal(8, definitions[0].GetProperty("byteLength").GetInt32());
        Assert.Equal(0, definitions[1].GetProperty("of").GetInt32());
        Assert.Equal(0, definitions[2].GetProperty("definitions").GetArrayLength());
        Assert.Equal("i", definitions[4].GetProperty("name").GetString());
        Assert.Equal("func", root.GetProperty("imports")[0].GetProperty("kind").GetString());
        Assert.Equal("func(p: string) -> u32", root.GetProperty("exports")[2].GetProperty("exports")[0].GetProperty("type").GetString());
    }

    [Fact]
    public void Inspect_LooksAtInvalidComponentsToo()
    {
        // A core instance of a module that is not there.
        File.WriteAllBytes(In("c.wasm"), [0, (byte)'a', (byte)'s', (byte)'m', 13, 0, 1, 0, 2, 4, 1, 0, 0, 0]);
        string text = Encoding.UTF8.GetString(Run("inspect c.wasm").Succeeded().Output);
        Assert.Contains("core instance 0: of core module 0\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\nInvalid: unknown module 0: module index out of bounds (at offset 0xb)\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("print")]
    public void Errors_AreThoseOfTheMainCommand(string command)
    {
        File.WriteAllBytes(In("bad.wasm"), "\0asm\u0001\0\0\0\u0063"u8.ToArray());
        File.WriteAllText(In("bad.wat"), "(module (fun))");
        Run($"{command} bad.wasm").Failed("Error: failed to parse Wasm\n\nCaused by:\n    malformed section id (at offset 0x8)\n");
        Run($"{command} none.wasm").Failed(
            "Error: failed to open input file\n\nCaused by:\n    No such file or directory (os error 2): `none.wasm`\n");
        Assert.StartsWith("Error: failed to parse Wasm\n\nCaused by:\n    bad.wat:1:10", Run($"{command} bad.wat").Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Print_GivesATextOfTheSameModule()
    {
        byte[] module = WatParser.ToBinary(Encoding.UTF8.GetBytes(Everything), "all.wat");
        byte[] text = Run("print all.wat").Succeeded().Output;
        Assert.Equal(module, WatParser.ToBinary(text, "printed"));
        Assert.Equal(text, Run("print", module).Succeeded().Output);
        Assert.Equal(text, Run("print -", module).Succeeded().Output);
    }

    [Fact]
    public void Print_WritesAFile()
    {
        Assert.Empty(Run("print all.wat -o all2.wat").Succeeded().Output);
        Assert.Equal(Run("print all.wat").Succeeded().Output, File.ReadAllBytes(In("all2.wat")));
        Assert.Equal(["all.wat", "all2.wat", "in.wat", "trap.wat"], Names());
    }

    [Fact]
    public void Print_ToAFullDevice_IsAnError()
    {
        (int exitCode, string errors) = RunInShell("print in.wat > /dev/full");
        Assert.Equal("Error: failed to write to output\n\nCaused by:\n    No space left on device (os error 28)\n", errors);
        Assert.Equal(1, exitCode);
    }

    [Theory]
    [InlineData("print")]
    [InlineData("inspect")]
    public void AReaderThatHasSeenEnough_IsNoError(string command)
    {
        // More than a pipe holds.
        File.WriteAllText(In("long.wat"), $"(module {string.Concat(Enumerable.Repeat("(func (param i32)) (data \"x\")", 20_000))})");
        (int _, string errors) = RunInShell($"{command} long.wat | head -n 1 >/dev/null");
        Assert.Equal("", errors);
    }

    [Fact]
    public void AFileNamedLikeASubcommand_IsReachedByAPath()
    {
        File.Copy(In("in.wat"), In("inspect"));
        byte[] expected = Expected();
        Assert.Equal(expected, Run("./inspect").Succeeded().Output);
        Assert.Equal(expected, Run("-- inspect").Succeeded().Output);
    }
}
