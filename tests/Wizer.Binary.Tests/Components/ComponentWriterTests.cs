using Wizer.Binary.Components;
using Xunit;
using static Wizer.Binary.Tests.Components.ComponentBytes;

namespace Wizer.Binary.Tests.Components;

public sealed class ComponentWriterTests
{
    [Fact]
    public void Write_WithoutChanges_IsTheIdentity()
    {
        Assert.Equal(Everything, Write(ComponentReader.Parse(Everything), _ => { }));
    }

    [Fact]
    public void Write_KeepsIntegersThatAreLongerThanTheyNeedBe()
    {
        byte[] component = Component(Bytes("07 83 80 80 80 00 81 00 73"), Section(0, "01 'x'"));
        Assert.Equal(component, Write(ComponentReader.Parse(component), _ => { }));
    }

    [Fact]
    public void Replace_ChangesAModule_AndTheSizesAroundIt()
    {
        byte[] small = Bytes("00 61 73 6d 01 00 00 00");
        byte[] large = [.. small, .. Section(0, [1, (byte)'x', .. new byte[300]])];
        byte[] Outer(byte[] module) => Component(
            Section(7, "01 73"), Section(4, Component(Section(1, module), Section(7, "01 73"))), Section(1, small));
        ComponentInfo component = ComponentReader.Parse(Outer(small));
        ComponentInfo nested = ((ComponentDefinition)component.Definitions[1]).Component;
        ModuleInfo inner = ((CoreModuleDefinition)nested.Definitions[0]).Module;
        Assert.Equal(Outer(large), Write(component, plan => plan.Nest(nested).Replace(inner, large)));
        Assert.Equal(Outer(large), Write(component, plan => plan.Nest(nested).Replace(inner, large.AsMemory(0, 7), large.AsMemory(7))));
    }

    [Fact]
    public void Remove_MovesEveryIndexBehindTheExport()
    {
        // Functions 0 (an import), 1 and 2 (exports of it); index 2 and then 3 are used wherever a function can be.
        static byte[] Make(string first, string count, string exports, string lowered, string names) => Component(
            Section(7, "01 40 00 01 00"),
            Section(10, "01 00 01 'f' 01 00"),
            Section(11, $"{count} {exports}"),
            Section(8, $"01 01 00 {lowered} 00"),
            Section(5, $"01 01 01 00 01 'g' 01 {lowered}"),
            Section(11, $"01 00 01 'c' 01 {first} 00"),
            Section(0, $"0e 'component-name' {names}"));

        byte[] before = Make(
            "01", "02", "00 01 'a' 01 00 00  00 01 'b' 01 00 00", "02", "01 0b 01 03 00 01 'f' 01 01 'a' 02 01 'b'");
        byte[] after = Make("00", "01", "00 01 'b' 01 00 00", "01", "01 08 01 02 00 01 'f' 01 01 'b'");
        ComponentInfo component = ComponentReader.Parse(before);
        var export = component.Definitions.OfType<ExportDefinition>().First();
        byte[] written = Write(component, plan => plan.Remove(export));
        Assert.Equal(after, written);
        ComponentValidator.Validate(ComponentReader.Parse(written));
    }

    [Fact]
    public void Remove_OfTheOnlyExport_LeavesNoEmptySection()
    {
        byte[] before = Component(Section(7, "01 40 00 01 00"), Section(10, "01 00 01 'f' 01 00"), Section(11, "01 00 01 'a' 01 00 00"));
        byte[] after = Component(Section(7, "01 40 00 01 00"), Section(10, "01 00 01 'f' 01 00"));
        ComponentInfo component = ComponentReader.Parse(before);
        Assert.Equal(after, Write(component, plan => plan.Remove((ExportDefinition)component.Definitions[^1])));
    }

    [Fact]
    public void Remove_LeavesNestedIndexSpacesAlone_ButFollowsOuterAliases()
    {
        // Type 0 is defined, 1 is its export, 2 another type; the nested component has indices of its own and an alias of 2, or of 1.
        static byte[] Make(string exports, string outer, string own) => Component(
            [.. Section(7, "01 73"), .. Bytes(exports), .. Section(7, "01 7f")],
            Section(4, Component(Section(6, $"01 03 02 01 {outer}"), Section(7, $"01 70 00"))),
            Section(7, $"01 70 {own}"));

        ComponentInfo component = ComponentReader.Parse(Make("0b 07 01 00 01 't' 03 00 00", "02", "02"));
        byte[] written = Write(component, plan => plan.Remove(component.Definitions.OfType<ExportDefinition>().Single()));
        Assert.Equal(Make("", "01", "01"), written);
    }

    [Fact]
    public void Remove_KeepsNamesThatItCannotRead()
    {
        byte[] names = Section(0, "0e 'component-name' 01 03 01 01 ff");
        byte[] before = Component(
            Section(7, "01 40 00 01 00"), Section(10, "01 00 01 'f' 01 00"), Section(11, "01 00 01 'a' 01 00 00"), names);
        ComponentInfo component = ComponentReader.Parse(before);
        byte[] written = Write(component, plan => plan.Remove(component.Definitions.OfType<ExportDefinition>().Single()));
        Assert.Equal(names, written[^names.Length..]);
    }

    [Fact]
    public void Remove_EncodesValueTypes_AsTheSignedNumbersTheyAre()
    {
        // Type 65 is the export; 66 takes two bytes as a type of values, and 65 does, too, but as an index only one.
        static byte[] Make(string exports, string list, string own) => Component(
            Section(7, [65, .. Enumerable.Repeat<byte>(0x73, 63), .. Bytes("3f 7f 00"), 0x73]),
            [.. Bytes(exports), .. Section(7, "01 3f 7f 00")],
            Section(7, $"02 70 {list}  69 {own}"));

        ComponentInfo component = ComponentReader.Parse(Make("0b 07 01 00 01 't' 03 40 00", "c1 00", "42"));
        byte[] written = Write(component, plan => plan.Remove(component.Definitions.OfType<ExportDefinition>().Single()));
        Assert.Equal(Make("", "c0 00", "41"), written);
    }

    [Fact]
    public void AddModule_PutsItBeforeTheInstance_AndMovesIndicesBehindIt()
    {
        // Two instances of module 0, of which the second gets one of its own; module 1 becomes 2, in an alias of a nested component, too.
        byte[] first = Bytes("00 61 73 6d 01 00 00 00");
        byte[] copy = [.. first, .. Section(0, "01 'x'")];
        static byte[] Make(byte[] first, byte[] copies, string own, string last) => Component(
            [.. Section(1, first), .. copies, .. Section(2, $"02 00 00 00  00 {own} 00"), .. Section(1, first)],
            Section(2, $"01 00 {last} 00"),
            Section(4, Component(Section(6, $"01 00 11 02 01 {last}"))),
            Section(0, $"0e 'component-name' 01 06 00 11 01 {last} 01 'm'"));

        ComponentInfo component = ComponentReader.Parse(Make(first, [], "00", "01"));
        byte[] written = Write(component, plan => plan.AddModule(2, [copy]));
        Assert.Equal(Make(first, Section(1, copy), "01", "02"), written);
        ComponentValidator.Validate(ComponentReader.Parse(written));
    }

    [Fact]
    public void AddComponent_CountsOuterAliasesFromWhereItStands()
    {
        // Component 0 refers to type 0 around it; component 1 instantiates it twice, by an alias.
        byte[] User(string count) => Component(Section(6, $"01 03 02 {count} 00"));
        byte[] Make(byte[] copies, string own) => Component(
            Section(7, "01 73"),
            Section(4, User("01")),
            Section(4, Component([.. Section(6, "01 04 02 01 00"), .. copies, .. Section(5, $"02 00 00 00  00 {own} 00")])));

        ComponentInfo component = ComponentReader.Parse(Make([], "00"));
        ComponentInfo used = ((ComponentDefinition)component.Definitions[1]).Component;
        ComponentInfo user = ((ComponentDefinition)component.Definitions[2]).Component;
        byte[] written = Write(component, plan => plan.Nest(user).AddComponent(2, used, plan));
        Assert.Equal(Make(Section(4, User("02")), "01"), written);
        ComponentValidator.Validate(ComponentReader.Parse(written));
    }

    private static byte[] Write(ComponentInfo component, Action<ComponentPlan> change)
    {
        var plan = new ComponentPlan(component);
        change(plan);
        return [.. ComponentWriter.Write(plan).SelectMany(piece => piece.ToArray())];
    }
}
