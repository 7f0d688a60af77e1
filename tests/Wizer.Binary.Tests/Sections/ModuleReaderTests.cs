using System.Globalization;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Binary.Tests.Sections;

public sealed class ModuleReaderTests
{
    private const string Preamble = "00 61 73 6d 01 00 00 00 ";

    public static TheoryData<string, string> Malformed => new()
    {
        { "", "unexpected end (at offset 0x0)" },
        { "00 61 73", "unexpected end (at offset 0x3)" },
        { "00 61 73 6e", "magic header not detected (at offset 0x0)" },
        { "00 61 73 6d 01 00", "unexpected end (at offset 0x6)" },
        { "00 61 73 6d 02 00 00 00", "unknown binary version (at offset 0x4)" },
        { Preamble + "0e 00", "malformed section id (at offset 0x8)" },
        { Preamble + "01", "unexpected end (at offset 0x9)" },
        { Preamble + "01 05 00", "length out of bounds (at offset 0x9)" },
        { Preamble + "01 01 00 01 01 00", "unexpected content after last section (at offset 0xb)" },      // twice
        { Preamble + "03 01 00 01 01 00", "unexpected content after last section (at offset 0xb)" },      // out of order
        { Preamble + "01 02 00 00", "section size mismatch (at offset 0xb)" },
        { Preamble + "01 02 01 61", "malformed definition type (at offset 0xb)" },
        { Preamble + "01 04 01 60 01 60", "malformed value type (at offset 0xd)" },
        { Preamble + "02 05 01 00 00 05 00", "malformed import kind (at offset 0xd)" },
        { Preamble + "02 04 01 01 ff 00", "malformed UTF-8 encoding (at offset 0xc)" },
        { Preamble + "04 04 01 7f 00 00", "malformed reference type (at offset 0xb)" },
        { Preamble + "05 03 01 10 00", "malformed limits flags (at offset 0xb)" },
        { Preamble + "06 06 01 7f 02 41 00 0b", "malformed mutability (at offset 0xc)" },
        { Preamble + "06 04 01 7f 00 ff", "illegal opcode ff (at offset 0xd)" },
        { Preamble + "07 04 01 00 05 00", "malformed export kind (at offset 0xc)" },
        { Preamble + "09 02 01 08", "malformed elements segment kind (at offset 0xb)" },
        { Preamble + "0b 02 01 03", "malformed data segment kind (at offset 0xb)" },
        { Preamble + "0d 03 01 01 00", "malformed attribute (at offset 0xb)" },
        { Preamble + "01 04 01 60 00 00 03 02 01 00", "function and code section have inconsistent lengths (at offset 0x12)" },
        { Preamble + "0c 01 01", "data count and data section have inconsistent lengths (at offset 0xb)" },
        { Preamble + "00 01 02", "length out of bounds (at offset 0xa)" },                                // the name of a custom section
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Parse_SaysWhatAndWhere(string hex, string expected)
    {
        WasmFormatException e = Assert.Throws<WasmFormatException>(() => ModuleReader.Parse(Bytes(hex)));
        Assert.Equal(expected, e.Message);
    }

    public static TheoryData<SectionId, int, string> Limits => new()
    {
        { SectionId.Type, 1_000_000, "types" },
        { SectionId.Import, 1_000_000, "imports" },
        { SectionId.Function, 1_000_000, "functions" },
        { SectionId.Table, 100_000, "tables" },
        { SectionId.Memory, 100, "memories" },
        { SectionId.Tag, 1_000_000, "tags" },
        { SectionId.Global, 1_000_000, "globals" },
        { SectionId.Export, 1_000_000, "exports" },
        { SectionId.Element, 100_000, "element segments" },
        { SectionId.Code, 1_000_000, "functions" },
        { SectionId.Data, 100_000, "data segments" },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void Parse_RefusesMoreItemsThanSupported_BeforeReadingThem(SectionId section, int most, string what)
    {
        byte[] count = ModuleBytes.Leb(most + 1);
        byte[] contents = [.. count, .. new byte[most + 1]];
        byte[] module = [.. Bytes(Preamble), (byte)section, .. ModuleBytes.Leb(contents.Length), .. contents];
        WasmFormatException e = Assert.Throws<WasmFormatException>(() => ModuleReader.Parse(module));
        Assert.StartsWith($"too many {what}: {most + 1}, at most {most} are supported", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_RefusesTooManyTypes_AcrossGroups()
    {
        // Two groups of 600,000 empty function types.
        byte[] group = [0x4e, .. ModuleBytes.Leb(600_000), .. Enumerable.Repeat<byte[]>([0x60, 0, 0], 600_000).SelectMany(type => type)];
        byte[] contents = [2, .. group, .. group];
        byte[] module = [.. Bytes(Preamble), 1, .. ModuleBytes.Leb(contents.Length), .. contents];
        WasmFormatException e = Assert.Throws<WasmFormatException>(() => ModuleReader.Parse(module));
        Assert.StartsWith("too many types", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("60 e9 07", "too many parameters: 1001, at most 1000 are supported")]
    [InlineData("60 00 e9 07", "too many results: 1001, at most 1000 are supported")]
    [InlineData("5f 91 4e", "too many fields: 10001, at most 10000 are supported")]
    public void Parse_RefusesTooManyPartsOfAType(string type, string expected)
    {
        byte[] contents = [1, .. Bytes(type), .. new byte[20_000]];
        byte[] module = [.. Bytes(Preamble), 1, .. ModuleBytes.Leb(contents.Length), .. contents];
        WasmFormatException e = Assert.Throws<WasmFormatException>(() => ModuleReader.Parse(module));
        Assert.StartsWith(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_MalformedBody_ComesBeforeWhatIsMalformedBehindIt()
    {
        // A body with an unknown opcode, and then a section with an unknown id.
        byte[] bytes = Bytes(Preamble + "01 04 01 60 00 00 03 02 01 00 0a 06 01 04 00 ff 00 0b 7f 00");
        WasmFormatException e = Assert.Throws<WasmFormatException>(() => ModuleReader.Parse(bytes));
        Assert.Equal("illegal opcode ff (at offset 0x17)", e.Message);
    }

    [Fact]
    public void Parse_FillsEveryIndexSpace_ImportsFirst()
    {
        ModuleInfo module = ModuleReader.Parse(Wat.Compile(
            """
            (module
              (type (func (param i32) (result i64)))
              (import "m" "f" (func (type 0)))
              (import "m" "t" (table 1 2 funcref))
              (import "m" "m" (memory 3))
              (import "m" "g" (global (mut f32)))
              (import "m" "e" (tag))
              (func (type 0) (i64.const 1))
              (table 5 externref)
              (memory i64 7 8)
              (tag (param i32))
              (global i32 (i32.const 9))
              (export "f" (func 1))
              (start 2)
              (func)
              (elem (table 0) (i32.const 0) func 0 1)
              (data (memory 0) (i32.const 0) "abc")
              (data "de"))
            """));

        Assert.Equal(5, module.Imports.Length);
        Assert.Equal(3, module.FuncTypeIndices.Length);
        Assert.Equal(1, module.ImportedFuncCount);
        Assert.Equal(0u, module.FuncTypeIndices[1]);
        Assert.Equal(2, module.Bodies.Length);
        Assert.Equal(ValType.ExternRef, module.Tables[1].Type.Element);
        Assert.Equal(new Limits(7, 8, Is64: true), module.Memories[1].Type.Limits);
        Assert.Equal(new GlobalType(ValType.F32, true), module.Globals[0].Type);
        Assert.Equal(2, module.Tags.Length);
        Assert.Equal(2u, module.StartFunc);
        Assert.Equal("f", module.NameAt(module.Exports[0].Name));
        Assert.Equal(SegmentMode.Active, module.DataSegments[0].Mode);
        Assert.Equal("abc"u8, module.DataSegments[0].Data.Of(module.Bytes.Span));
        Assert.Equal(SegmentMode.Passive, module.DataSegments[1].Mode);
        Assert.Equal(2, module.ElementSegments[0].Count);
        Assert.Equal(0, module.FindExport("f"));
        Assert.Equal(-1, module.FindExport("g"));
        Assert.Equal(module.Bytes.Length, module.Sections[^1].Whole.End);
    }

    [Fact]
    public void Parse_AllocatesForIndexSpacesOnly()
    {
        // Ten times the code must not allocate more: bodies, data and names stay where they are.
        byte[] small = WithBodies(1000, bodyLength: 10);
        byte[] large = WithBodies(1000, bodyLength: 1000);
        long smallBytes = AllocatedBy(small);
        long largeBytes = AllocatedBy(large);
        Assert.InRange(largeBytes - smallBytes, -1024, 1024);
        Assert.InRange(smallBytes, 0, 1000 * 40 + 16 * 1024);
    }

    private static long AllocatedBy(byte[] module)
    {
        ModuleReader.Parse(module);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ModuleReader.Parse(module);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static byte[] WithBodies(int count, int bodyLength)
    {
        var builder = new ModuleBytes();
        int type = builder.FuncType([], []);
        for (int i = 0; i < count; i++)
        {
            byte[] body = new byte[bodyLength];
            Array.Fill(body, (byte)Opcode.Nop);
            builder.Func(type, body);
        }

        return builder.ToArray();
    }

    private static byte[] Bytes(string hex) =>
        hex.Length == 0 ? [] : [.. hex.Trim().Split(' ').Select(b => byte.Parse(b, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
}
