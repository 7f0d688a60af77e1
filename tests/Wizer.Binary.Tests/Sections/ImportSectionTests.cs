using Xunit;

namespace Wizer.Binary.Tests.Sections;

/// <summary>The groups of the compact import section proposal. Offsets in errors count from the module's first byte.</summary>
public sealed class ImportSectionTests
{
    // Function types [] -> [] and [i32] -> []: the import section begins at 0x10.
    private const string Start = "00 61 73 6d 01 00 00 00 01 08 02 60 00 00 60 01 7f 00 ";

    private const string SharedModule = Start + "02 12 01"
        + " 01 61 00 7f 03"           // module "a", an empty name, the marker; three items:
        + " 01 62 00 01"              // "b" (func (type 1))
        + " 00 03 7e 01"              // "" (global (mut i64))
        + " 01 63 00 00";             // "c" (func (type 0))

    private const string SharedType = Start + "02 0d 01"
        + " 01 61 00 7e 00 01 03"     // module "a", an empty name, the marker, (func (type 1)); three items:
        + " 01 62 00 01 63";          // "b", "", "c"

    [Fact]
    public void SharedModule_IsOneImportPerItem()
    {
        ModuleInfo module = Parse(SharedModule);
        Assert.Equal(
            ["a.b Func 0 at 0x1a", "a. Global 0 at 0x1e", "a.c Func 1 at 0x22"],
            module.Imports.Select(import => Describe(module, import)));
        Assert.Equal([1u, 0u], module.FuncTypeIndices);
        Assert.Equal(new GlobalType(ValType.I64, IsMutable: true), Assert.Single(module.Globals).Type);
        Assert.Equal((2, 1), (module.ImportedFuncCount, module.ImportedGlobalCount));
        ImportGroupInfo group = Assert.Single(module.ImportGroups);
        Assert.Equal((0, 3, false, 0x15, 0), (group.FirstImport, group.Count, group.SharesType, group.Offset, group.Type.Length));
        ModuleValidator.Validate(module);
    }

    [Fact]
    public void SharedType_IsOneImportPerName()
    {
        ModuleInfo module = Parse(SharedType);
        Assert.Equal(
            ["a.b Func 0 at 0x1c", "a. Func 1 at 0x1e", "a.c Func 2 at 0x1f"],
            module.Imports.Select(import => Describe(module, import)));
        Assert.Equal([1u, 1u, 1u], module.FuncTypeIndices);
        ImportGroupInfo group = Assert.Single(module.ImportGroups);
        Assert.Equal((0, 3, true, new ByteRange(0x19, 2)), (group.FirstImport, group.Count, group.SharesType, group.Type));
        ModuleValidator.Validate(module);
    }

    [Fact]
    public void SharedTypes_AreOfEveryKind()
    {
        ModuleInfo module = Parse(Start + "02 2d 05"
            + " 01 61 00 7e 01 70 00 03 02 01 62 01 63"      // (table 3 funcref)
            + " 01 61 00 7e 02 01 01 02 01 01 62"            // (memory 1 2)
            + " 01 61 00 7e 03 7f 00 00"                     // (global i32), of none
            + " 00 00 00 01"                                 // "" "" (func (type 1)): no group
            + " 00 00 7e 04 00 01 01 00");                   // the module "": (tag (type 1))
        Assert.Equal(
            ["a.b Table 0", "a.c Table 1", "a.b Memory 0", ". Func 0", ". Tag 0"],
            module.Imports.Select(import => Describe(module, import).Split(" at ")[0]));
        Assert.Equal([0, 2, 3, 4], module.ImportGroups.Select(group => group.FirstImport));
        Assert.Equal([2, 1, 0, 1], module.ImportGroups.Select(group => group.Count));
        Assert.Equal(3ul, module.Tables[1].Type.Limits.Minimum);
        Assert.Empty(module.Globals);
        ModuleValidator.Validate(module);
    }

    [Fact]
    public void EmptyName_MayBeWrittenInSeveralBytes()
    {
        ModuleInfo module = Parse(Start + "02 0d 01 01 61 80 80 80 00 7f 01 01 62 00 00");
        Assert.Equal("a.b Func 0 at 0x1d", Describe(module, Assert.Single(module.Imports)));
    }

    public static TheoryData<string, string> Malformed => new()
    {
        { Start + "02 0b 01 01 61 01 62 7f 01 01 63 00 00", "malformed import kind (at offset 0x19)" },   // behind a name that is not empty
        { Start + "02 0a 01 01 61 01 62 7e 00 00 01 63", "malformed import kind (at offset 0x19)" },
        { Start + "02 0c 01 01 61 00 ff 80 00 01 01 63 00 00", "malformed import kind (at offset 0x18)" },// no LEB128
        { Start + "02 07 01 01 61 00 7d 01 00", "malformed import kind (at offset 0x18)" },
        { Start + "02 09 01 01 61 00 7f 01 00 7f 00", "malformed import kind (at offset 0x1b)" },         // a group within a group
        { Start + "02 07 01 01 61 00 7e 7f 00", "malformed import kind (at offset 0x19)" },
        { Start + "02 08 01 01 61 00 7e 05 00 00", "malformed import kind (at offset 0x19)" },
        { Start + "02 0b 01 01 61 00 7e 00 00 01 02 ff fe", "malformed UTF-8 encoding (at offset 0x1d)" },
        { Start + "02 09 01 01 61 00 7f 01 01 62 00 00", "section size mismatch (at offset 0x1e)" },      // one byte too few
        { Start + "02 0b 01 01 61 00 7f ff ff ff ff 0f 00", "length out of bounds (at offset 0x19)" },
        { Start + "02 0d 01 01 61 00 7e 00 00 ff ff ff ff 0f 00", "length out of bounds (at offset 0x1b)" },
        { Start + "02 0b 01 01 61 00 7f ff ff ff ff 1f 00", "integer too large (at offset 0x1d)" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Malformed_SaysWhatAndWhere(string hex, string expected) =>
        Assert.Equal(expected, Assert.Throws<WasmFormatException>(() => Parse(hex)).Message);

    [Theory]
    [InlineData(SharedModule)]
    [InlineData(SharedType)]
    public void Truncation_IsAnErrorAtEveryByte(string hex)
    {
        byte[] whole = Bytes(hex);
        for (int length = whole.Length - 1; length > 0x12; length--)
        {
            WasmFormatException e = Assert.Throws<WasmFormatException>(() => ModuleReader.Parse(whole.AsMemory(0, length)));
            Assert.InRange(e.Offset, 0x12, length);

            if (length > 0x14)
            {
                // The same when the section says that it is no longer.
                byte[] shorter = whole[..length];
                shorter[0x13] = (byte)(length - 0x14);
                e = Assert.Throws<WasmFormatException>(() => ModuleReader.Parse(shorter));
                Assert.InRange(e.Offset, 0x14, length);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TooManyImports_AreRefused_AcrossGroups(bool sharesType)
    {
        // Two groups of 600,000 imports, their names empty.
        byte[] head = sharesType ? [0, 0, 0x7e, 0, 0] : [0, 0, 0x7f];
        byte[] group = [.. head, .. ModuleBytes.Leb(600_000), .. new byte[600_000 * (sharesType ? 1 : 3)]];
        byte[] contents = [2, .. group, .. group];
        byte[] module = [.. Bytes(Start), 2, .. ModuleBytes.Leb(contents.Length), .. contents];
        WasmFormatException e = Assert.Throws<WasmFormatException>(() => ModuleReader.Parse(module));
        Assert.Equal("too many imports: 1200000, at most 1000000 are supported", e.Reason);
    }

    [Fact]
    public void SingleImports_CountBehindGroups()
    {
        byte[] contents = [2, 0, 0, 0x7e, 0, 0, .. ModuleBytes.Leb(1_000_000), .. new byte[1_000_000], 0, 0, 0, 0];
        byte[] module = [.. Bytes(Start), 2, .. ModuleBytes.Leb(contents.Length), .. contents];
        WasmFormatException e = Assert.Throws<WasmFormatException>(() => ModuleReader.Parse(module));
        Assert.Equal("too many imports: 1000001, at most 1000000 are supported", e.Reason);

        contents[0] = 1;
        module = [.. Bytes(Start), 2, .. ModuleBytes.Leb(contents.Length - 4), .. contents[..^4]];
        Assert.Equal(1_000_000, ModuleReader.Parse(module).Imports.Length);
    }

    [Fact]
    public void HostileCounts_ReserveNothing()
    {
        // As many items as bytes are left, so the count is possible; but the first of them is not.
        byte[] contents = [1, 0, 0, 0x7f, .. ModuleBytes.Leb(1_000_000), 0xff, 0xff, 0xff, 0xff, 0x0f, .. new byte[1_000_000]];
        byte[] module = [.. Bytes(Start), 2, .. ModuleBytes.Leb(contents.Length), .. contents];
        long before = GC.GetAllocatedBytesForCurrentThread();
        WasmFormatException e = Assert.Throws<WasmFormatException>(() => ModuleReader.Parse(module));
        Assert.Equal("length out of bounds", e.Reason);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void WhatIsWrongWithAType_IsReportedAtTheImport()
    {
        WasmValidationException e = Assert.Throws<WasmValidationException>(
            () => ModuleValidator.Validate(Parse(Start + "02 0e 01 01 61 00 7f 02 01 62 00 00 01 63 00 02")));
        Assert.StartsWith("unknown type", e.Reason, StringComparison.Ordinal);
        Assert.Equal(0x1e, e.Offset);

        e = Assert.Throws<WasmValidationException>(() => ModuleValidator.Validate(Parse(Start + "02 0b 01 01 61 00 7e 00 02 02 01 62 00")));
        Assert.StartsWith("unknown type", e.Reason, StringComparison.Ordinal);
        Assert.Equal(0x1c, e.Offset);

        // A group of none imports nothing of any type.
        ModuleValidator.Validate(Parse(Start + "02 08 01 01 61 00 7e 00 02 00"));
    }

    private static string Describe(ModuleInfo module, ImportInfo import) =>
        $"{module.NameAt(import.Module)}.{module.NameAt(import.Name)} {import.Kind} {import.Index} at 0x{import.Offset:x}";

    private static ModuleInfo Parse(string hex) => ModuleReader.Parse(Bytes(hex));

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
