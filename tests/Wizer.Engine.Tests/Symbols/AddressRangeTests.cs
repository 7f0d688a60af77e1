using Wizer.Engine.Symbols;
using Xunit;

namespace Wizer.Engine.Tests.Symbols;

/// <summary>Lists of ranges, in the form of either generation.</summary>
public sealed class AddressRangeTests
{
    private const ulong Mask = 0xffff_ffff;

    [Fact]
    public void Pairs_CountFromTheUnit_OrFromTheBaseAmongThem()
    {
        var dwarf = new DwarfBuilder(4);
        Pairs(dwarf, (0x10, 0x18), (Mask, 0x100), (0x10, 0x18), (0x20, 0x20), (Mask, 0), (0x40, 0x48), (0, 0), (0x60, 0x68));
        Check(dwarf, DwarfForm.SecOffset, 0, lowPc: 0x1000, [0x1010, 0x110, 0x40], [0x10, 0x120, 0x140, 0x60, 0x1060]);
    }

    [Fact]
    public void Pairs_OfCodeThatWasLinkedAway_AreNone()
    {
        var dwarf = new DwarfBuilder(4);
        Pairs(dwarf, (Mask - 1, Mask - 1), (Mask, Mask), (0x10, 0x18), (Mask, Mask - 1), (0x20, 0x28), (Mask, 0), (0x30, 0x38), (0, 0));
        Check(dwarf, DwarfForm.SecOffset, 0, lowPc: 0, [0x30], [0x0f, 0x10, 0x1e, 0x20]);
    }

    [Fact]
    public void Pairs_WithoutAnEnd_EndWithTheSection()
    {
        var dwarf = new DwarfBuilder(4);
        Pairs(dwarf, (0x10, 0x18), (0x20, 0x28));
        Check(dwarf, DwarfForm.SecOffset, 0, lowPc: 0, [0x10, 0x20], [0x18]);
    }

    [Fact]
    public void Entries_OfAllKinds()
    {
        var dwarf = new DwarfBuilder();
        dwarf.Addresses.Number(0x200, 4).Number(0x208, 4).Number(0x300, 4);
        dwarf.Ranges.Bytes(4).Uleb(0x10).Uleb(0x18);
        dwarf.Ranges.Bytes(1).Uleb(2).Bytes(4).Uleb(0).Uleb(8);
        dwarf.Ranges.Bytes(2).Uleb(0).Uleb(1);
        dwarf.Ranges.Bytes(3).Uleb(1).Uleb(8);
        dwarf.Ranges.Bytes(5).Number(0x400, 4).Bytes(4).Uleb(0).Uleb(8);
        dwarf.Ranges.Bytes(6).Number(0x500, 4).Number(0x508, 4);
        dwarf.Ranges.Bytes(7).Number(0x600, 4).Uleb(8);
        dwarf.Ranges.Bytes(0, 7).Number(0x700, 4).Uleb(8);
        ulong[] known = [0x1010, 0x200, 0x208, 0x300, 0x400, 0x500, 0x600];
        Check(dwarf, DwarfForm.SecOffset, 0, lowPc: 0x1000, known, [0x10, 0x210, 0x308, 0x700]);
    }

    [Fact]
    public void Entries_OfCodeThatWasLinkedAway_AreNone()
    {
        var dwarf = new DwarfBuilder();
        dwarf.Ranges.Bytes(5).Number(Mask, 4).Bytes(4).Uleb(0x11).Uleb(0x19);
        dwarf.Ranges.Bytes(5).Number(Mask - 1, 4).Bytes(4).Uleb(0x11).Uleb(0x19);
        dwarf.Ranges.Bytes(7).Number(Mask, 4).Uleb(8).Bytes(6).Number(Mask, 4).Number(Mask, 4);
        dwarf.Ranges.Bytes(7).Number(0x30, 4).Uleb(8).Bytes(0);
        Check(dwarf, DwarfForm.SecOffset, 0, lowPc: 0, [0x30], [0x10, 0x0f, 0x17]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lists_CanHaveAnIndex(bool is64Bit)
    {
        var dwarf = new DwarfBuilder(5, is64Bit);
        int header = dwarf.Ranges.Number(0, 12).Length;
        ulong table = is64Bit ? 16UL : 8UL;
        dwarf.Ranges.Offset(0xbad).Offset(table).Bytes(4).Uleb(0x10).Uleb(0x18).Bytes(0);
        Check(dwarf, DwarfForm.Rnglistx, 1, lowPc: 0, [0x10], [0x18], (DwarfAttribute.RnglistsBase, DwarfForm.SecOffset, (ulong)header));
    }

    [Fact]
    public void EntriesOfUnknownKinds_EndTheList()
    {
        var dwarf = new DwarfBuilder();
        dwarf.Ranges.Bytes(7).Number(0x10, 4).Uleb(8).Bytes(8).Bytes(7).Number(0x20, 4).Uleb(8);
        DebugInfoTests.Unit(dwarf);
        dwarf.Leaf(DwarfProgram.Subprogram, DebugInfoTests.Named("f"), (DwarfAttribute.Ranges, DwarfForm.SecOffset, 0UL));
        dwarf.End();
        dwarf.EndUnit();
        Assert.Equal("f ?::", dwarf.Find(0x10));
        Assert.Equal("", dwarf.Find(0x20));
    }

    // A function with a list of ranges, in a unit with the same list.
    private static void Check(
        DwarfBuilder dwarf,
        DwarfForm form,
        ulong list,
        ulong lowPc,
        ulong[] known,
        ulong[] unknown,
        params (DwarfAttribute, DwarfForm, object)[] attributes)
    {
        dwarf.Begin(
            DwarfProgram.CompileUnit,
            [(DwarfAttribute.LowPc, DwarfForm.Addr, lowPc), (DwarfAttribute.Ranges, form, list), .. attributes]);
        dwarf.Leaf(DwarfProgram.Subprogram, DebugInfoTests.Named("f"), (DwarfAttribute.Ranges, form, list));
        dwarf.End();
        dwarf.EndUnit();
        Assert.All(known, address => Assert.Equal("f ?::", dwarf.Find(address)));
        Assert.All(unknown, address => Assert.Equal("", dwarf.Find(address)));
    }

    private static void Pairs(DwarfBuilder dwarf, params (ulong Begin, ulong End)[] pairs)
    {
        foreach ((ulong begin, ulong end) in pairs)
        {
            dwarf.Ranges.Number(begin, 4).Number(end, 4);
        }
    }
}
