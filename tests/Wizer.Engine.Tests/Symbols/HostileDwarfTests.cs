using Wizer.Binary;
using Wizer.Engine.Layout;
using Wizer.Engine.Symbols;
using Xunit;

namespace Wizer.Engine.Tests.Symbols;

/// <summary>Debug information that is broken, or made to be expensive, costs details and nothing else.</summary>
public sealed class HostileDwarfTests
{
    private const int Subprogram = DwarfProgram.Subprogram;

    public static TheoryData<int> Versions => [2, 4, 5];

    [Theory]
    [MemberData(nameof(Versions))]
    public void Truncated(int version)
    {
        Dictionary<string, byte[]> sections = DwarfProgram.Create(version).Sections();
        foreach (string name in sections.Keys)
        {
            byte[] whole = sections[name];
            for (int length = 0; length < whole.Length; length++)
            {
                sections[name] = whole[..length];
                AssertKnown(sections);
            }

            sections[name] = whole;
        }
    }

    // Truncated together, lengths would still be right; here it is the beginning of a section that a length says is whole.
    [Theory]
    [MemberData(nameof(Versions))]
    public void Shifted(int version)
    {
        Dictionary<string, byte[]> sections = DwarfProgram.Create(version).Sections();
        foreach (string name in sections.Keys)
        {
            byte[] whole = sections[name];
            for (int start = 1; start < whole.Length; start++)
            {
                sections[name] = whole[start..];
                FindAll(sections);
            }

            sections[name] = whole;
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Flipped(int version)
    {
        var random = new Random(version);
        Dictionary<string, byte[]> sections = DwarfProgram.Create(version).Sections();
        string[] names = [.. sections.Keys.Where(name => sections[name].Length > 0)];
        for (int i = 0; i < 3000; i++)
        {
            string name = names[random.Next(names.Length)];
            byte[] whole = sections[name];
            byte[] changed = [.. whole];
            for (int changes = random.Next(1, 5); changes > 0; changes--)
            {
                ref byte at = ref changed[random.Next(changed.Length)];
                at = random.Next(4) switch
                {
                    0 => (byte)(at ^ (1 << random.Next(8))),
                    1 => 0xff,
                    2 => 0,
                    _ => (byte)random.Next(256),
                };
            }

            sections[name] = changed;
            FindAll(sections);
            sections[name] = whole;
        }
    }

    [Fact]
    public void ReferencesInACircle()
    {
        var dwarf = new DwarfBuilder();
        DebugInfoTests.Unit(dwarf);
        ulong self = dwarf.Here;
        dwarf.Leaf(Subprogram, [(DwarfAttribute.AbstractOrigin, DwarfForm.Ref4, self), .. DebugInfoTests.Range(0x10, 8)]);
        dwarf.Leaf(Subprogram, [(DwarfAttribute.Specification, DwarfForm.Ref4, 0xffff_ffffUL), .. DebugInfoTests.Range(0x18, 8)]);
        dwarf.Leaf(Subprogram, [(DwarfAttribute.Specification, DwarfForm.RefAddr, 0xffff_ffffUL), .. DebugInfoTests.Range(0x20, 8)]);
        dwarf.Leaf(Subprogram, [(DwarfAttribute.Specification, DwarfForm.Ref4, 1UL), .. DebugInfoTests.Range(0x28, 8)]);
        dwarf.End();
        dwarf.EndUnit();
        Assert.All((ulong[])[0x10, 0x18, 0x20, 0x28], address => Assert.Equal("? ?::", dwarf.Find(address)));
    }

    [Fact]
    public void FunctionsInFunctions_WithoutEnd()
    {
        var dwarf = new DwarfBuilder();
        DebugInfoTests.Unit(dwarf);
        dwarf.Begin(Subprogram, [DebugInfoTests.Named("f"), .. DebugInfoTests.Range(0x10, 8)]);
        for (int i = 0; i < 1000; i++)
        {
            dwarf.Begin(DwarfProgram.Inlined, [DebugInfoTests.Named("g"), .. DebugInfoTests.Range(0x10, 8)]);
        }

        dwarf.EndUnit();
        Assert.Equal(201, dwarf.Find(0x10).Split("; ").Length);
    }

    // An entry of a byte, with a great many attributes that take none.
    [Fact]
    public void AbbreviationsThatExplode()
    {
        var abbreviations = new DwarfWriter();
        abbreviations.Bytes(1, 0x11, 1, 0x11, 0x01, 0x12, 0x0b, 0, 0);
        abbreviations.Bytes(2, 0x2e, 0);
        for (int i = 0; i < 100_000; i++)
        {
            abbreviations.Bytes(0x20, 0x19);
        }

        abbreviations.Bytes(0, 0, 0);
        var entries = new DwarfWriter();
        entries.Number(4, 2).Offset(0).Bytes(4).Bytes(1).Number(0x10, 4).Bytes(8);
        for (int i = 0; i < 100_000; i++)
        {
            entries.Bytes(2);
        }

        AssertExpensive(new() { [".debug_abbrev"] = abbreviations.ToArray(), [".debug_info"] = new DwarfWriter().Unit(entries).ToArray() });
    }

    // Many functions with the same long list.
    [Fact]
    public void ListsThatAreShared()
    {
        var dwarf = new DwarfBuilder(4);
        for (ulong i = 0; i < 20_000; i++)
        {
            dwarf.Ranges.Number(0x100 + i, 4).Number(0x108 + i, 4);
        }

        DebugInfoTests.Unit(dwarf);
        for (int i = 0; i < 20_000; i++)
        {
            dwarf.Leaf(Subprogram, (DwarfAttribute.Ranges, DwarfForm.SecOffset, 0UL));
        }

        dwarf.End();
        dwarf.EndUnit();
        AssertExpensive(dwarf.Sections());
    }

    // Many units with tables that overlap: each reads nearly all of it.
    [Fact]
    public void AbbreviationsThatOverlap()
    {
        var abbreviations = new DwarfWriter();
        for (int i = 0; i < 30_000; i++)
        {
            abbreviations.Bytes(2, 0x2e, 0, 0x20, 0x19, 0, 0);
        }

        abbreviations.Bytes(1, 0x11, 1, 0, 0);
        var info = new DwarfWriter();
        for (ulong i = 0; i < 30_000; i++)
        {
            info.Unit(new DwarfWriter().Number(4, 2).Offset(i * 7).Bytes(4, 1));
        }

        AssertExpensive(new() { [".debug_abbrev"] = abbreviations.ToArray(), [".debug_info"] = info.ToArray() });
    }

    // Units whose abbreviations are missing, each of which has to be given up.
    [Fact]
    public void UnitsThatAreAllBroken()
    {
        var info = new DwarfWriter();
        for (int i = 0; i < 100_000; i++)
        {
            info.Unit(new DwarfWriter().Number(4, 2).Offset(0).Bytes(4, 1));
        }

        AssertExpensive(new() { [".debug_abbrev"] = [0], [".debug_info"] = info.ToArray() });
    }

    // Tables of no bytes with more files than there are.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void CountsThatAreHuge(byte formatCount)
    {
        DwarfWriter tables = new DwarfWriter().Bytes(formatCount);
        for (int i = 0; i < formatCount; i++)
        {
            tables.Bytes(2, 0x19);
        }

        tables.Uleb(ulong.MaxValue).Bytes(0).Uleb(ulong.MaxValue);
        var dwarf = new DwarfBuilder();
        dwarf.Lines.Bytes(new LineProgramBuilder(5) { Tables = tables }.SetAddress(0x10).Row(0, 1, 0, 1).EndSequence(4).ToArray());
        DebugInfoTests.Unit(dwarf, attributes: (DwarfAttribute.StmtList, DwarfForm.SecOffset, 0UL));
        dwarf.EndUnit();
        Assert.Equal("? ?:1:1", dwarf.Find(0x10));
    }

    [Theory]
    [InlineData(0xff)]
    [InlineData(0x80)]
    public void NumbersThatDoNotEnd(byte digit)
    {
        byte[] number = [.. Enumerable.Repeat(digit, 17), 0];
        Assert.Throws<DwarfException>(() => new DwarfCursor(number, 0).ReadUleb());
        Assert.Throws<DwarfException>(() => new DwarfCursor(number, 0).ReadSleb());
    }

    [Theory]
    [InlineData(0UL, "808000")]
    [InlineData(ulong.MaxValue, "ffffffffffffffffff01")]
    [InlineData(1UL, "81808080808080808080808080808000")]
    public void Uleb_IsRead(ulong expected, string bytes) =>
        Assert.Equal(expected, new DwarfCursor(Convert.FromHexString(bytes), 0).ReadUleb());

    [Fact]
    public void Uleb_OfMoreThan64Bits_IsMalformed()
    {
        byte[] bytes = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02];
        Assert.Throws<DwarfException>(() => new DwarfCursor(bytes, 0).ReadUleb());
    }

    [Theory]
    [InlineData(-1L, "7f")]
    [InlineData(-128L, "807f")]
    [InlineData(64L, "c000")]
    [InlineData(long.MinValue, "8080808080808080807f")]
    public void Sleb_IsRead(long expected, string bytes) =>
        Assert.Equal(expected, new DwarfCursor(Convert.FromHexString(bytes), 0).ReadSleb());

    // Names of a hundred thousand bytes, in every frame.
    [Fact]
    public void NamesThatAreLong_AreLeftOut()
    {
        var dwarf = new DwarfBuilder();
        ulong name = dwarf.Text(new string('x', 100_000));
        DebugInfoTests.Unit(dwarf);
        dwarf.Begin(Subprogram, [DebugInfoTests.Named("f"), .. DebugInfoTests.Range(0x10, 8)]);
        dwarf.Begin(DwarfProgram.Inlined, [(DwarfAttribute.Name, DwarfForm.Strp, name), .. DebugInfoTests.Range(0x10, 8)]);
        dwarf.Leaf(DwarfProgram.Inlined, [(DwarfAttribute.Name, DwarfForm.Strp, name), .. DebugInfoTests.Range(0x10, 8)]);
        dwarf.End();
        dwarf.End();
        dwarf.End();
        dwarf.EndUnit();
        Assert.Equal([100_000, 1, 1], dwarf.Find(0x10).Split("; ").Select(symbol => symbol.IndexOf(' ')));
    }

    private static void FindAll(Dictionary<string, byte[]> sections) =>
        Array.ForEach(DwarfProgram.Expected, expected => DwarfBuilder.Find(sections, expected.Address));

    // A part of a section says a part of what is true.
    private static void AssertKnown(Dictionary<string, byte[]> sections)
    {
        foreach ((ulong address, string known) in DwarfProgram.Expected)
        {
            string[] functions = [.. known.Split("; ").Select(symbol => symbol.Split(' ')[0])];
            string[] found = [.. DwarfBuilder.Find(sections, address).Split("; ").Select(symbol => symbol.Split(' ')[0])];
            Assert.All(found, name => Assert.Contains(name, (string[])[.. functions, "?", ""]));
        }
    }

    private static void AssertExpensive(Dictionary<string, byte[]> sections)
    {
        var context = new DwarfContext(ModuleReader.Parse(DwarfBuilder.ModuleWith(sections)));
        var units = new UnitTable(context);
        if (!context.Budget.IsExhausted)
        {
            DwarfUnit unit = Assert.Single(units.At(0x10));
            Assert.Throws<DwarfException>(() => FunctionTable.Find(context, unit, 0x10));
        }

        Assert.True(context.Budget.IsExhausted);
        Assert.Equal("", DwarfBuilder.Find(sections, 0x10));
    }
}
