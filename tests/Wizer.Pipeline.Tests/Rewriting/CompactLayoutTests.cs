using Wizer.Binary;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>What the compact layout leaves out: old data segments that no instruction names, and their names.</summary>
public class CompactLayoutTests
{
    private static readonly WizerOptions s_compatible = WizerOptions.Default with { Layout = ModuleLayout.Compatible };

    [Theory]
    [InlineData("", 0)]
    [InlineData("(memory.init $a (i32.const 0) (i32.const 0) (i32.const 0))", 1)]
    [InlineData("(memory.init $b (i32.const 0) (i32.const 0) (i32.const 0))", 2)]
    [InlineData("(drop (array.new_data $bytes $c (i32.const 0) (i32.const 1)))", 3)]
    [InlineData("(return) (memory.init $c (i32.const 0) (i32.const 0) (i32.const 0))", 3)]
    [InlineData("(memory.init $d (i32.const 0) (i32.const 0) (i32.const 0)) (memory.init $a (i32.const 0) (i32.const 0) (i32.const 0))", 4)]
    public void OldSegments_AreDropped_AboveTheHighestThatIsNamed(string instructions, int keptCount)
    {
        byte[] module = Module(instructions);
        ModuleInfo input = ModuleReader.Parse(module);
        byte[] bytes = new PreInitializer().Run(module);
        ModuleInfo output = ModuleReader.Parse(bytes);
        Assert.Equal(keptCount + 2, output.DataSegments.Length);

        // Code that names none needs no count; the original does not drop the section either.
        Assert.Equal(input.DataCount is null ? null : (uint)keptCount + 2, output.DataCount);
        string[] kept = ["", "", "passive", ""];
        for (int i = 0; i < keptCount; i++)
        {
            Assert.Equal(SegmentMode.Passive, output.DataSegments[i].Mode);
            Assert.Equal(kept[i], output.NameAt(output.DataSegments[i].Data));
        }

        Assert.Equal("first", output.NameAt(output.DataSegments[keptCount].Data));
        Assert.Equal("second", output.NameAt(output.DataSegments[keptCount + 1].Data));

        string[] names = ["a", "b", "c", "d"];
        Assert.Equal(names[..keptCount], DataNames(output));
        Assert.Equal(names, DataNames(ModuleReader.Parse(new PreInitializer(s_compatible).Run(module))));
        Assert.Equal(Modules.Section(module, SectionId.Code), Modules.Section(bytes, SectionId.Code));
        Assert.Equal(input.NameSection.Length - NamesLength(input) + NamesLength(output), output.NameSection.Length);
    }

    [Fact]
    public void OldSegments_AreAllThere_WhenTheLayoutIsTheOriginals()
    {
        ModuleInfo output = ModuleReader.Parse(new PreInitializer(s_compatible).Run(Module("")));
        Assert.Equal(4 + 2, output.DataSegments.Length);
    }

    [Fact]
    public void Gaps_AreClosed_WhenTheHeaderOfAnotherSegmentIsLonger()
    {
        // Six bytes of zeros; the header takes six there, and its length one more.
        byte[] module = Modules.Compile("""
            (module (memory 1) (data (i32.const 9000) "a\00\00\00\00\00\00b\00\00\00\00\00\00\00c\00\00\00\00\00\00\00\00d")
              (func (export "wizer-initialize")))
            """);
        Assert.Equal([(9000, 16), (9024, 1)], Segments(new PreInitializer().Run(module)));
        Assert.Equal([(9000, 1), (9007, 1), (9015, 1), (9024, 1)], Segments(new PreInitializer(s_compatible).Run(module)));
    }

    [Theory]
    [InlineData(25_000, 25_000)]
    [InlineData(100_000, 99_998)]
    public void Segments_MayBeAsManyAsEnginesAccept_WhereGapsAreLarge(int rangeCount, int expectedCount)
    {
        // A byte in each 64. Two old segments have to stay.
        byte[] module = Modules.Compile($"""
            (module (memory 100) (data $a "passive") (data $b "passive")
              (func (export "wizer-initialize") (local $at i32)
                (loop $more
                  (i32.store8 (local.get $at) (i32.const 1))
                  (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 64))) (i32.const {rangeCount * 64}))))
                (memory.init $b (i32.const 0) (i32.const 0) (i32.const 0))))
            """);
        byte[] output = new PreInitializer().Run(module);
        Assert.Equal(2 + expectedCount, ModuleReader.Parse(output).DataSegments.Length);
        byte[] compatible = new PreInitializer(s_compatible).Run(module);
        Assert.Equal(2 + 10_000, ModuleReader.Parse(compatible).DataSegments.Length);
        Assert.InRange(output.Length, 0, compatible.Length / 2);
    }

    [Fact]
    public void NameSection_StaysByteForByte_WhenNoSegmentIsDropped()
    {
        // A subsection that names segment 0 with an index of two bytes, and the segment is used.
        byte[] names = [9, 5, 1, 0x80, 0, 1, (byte)'x'];
        (byte[] input, byte[] output) = Rewrite(names, usesSegment: true);
        Assert.Equal(input, output);
    }

    [Theory]
    [InlineData("no data names", "01 04 01 00 01 66", "01 04 01 00 01 66")]
    [InlineData("only data names", "09 04 01 00 01 78", "")]
    [InlineData("between others", "00 02 01 6d 09 04 01 00 01 78 0b 01 00", "00 02 01 6d 0b 01 00")]
    [InlineData("a size longer than needed", "00 82 00 01 6d 09 84 00 01 00 01 78", "00 82 00 01 6d")]
    [InlineData("an empty map", "09 01 00", "")]
    [InlineData("nothing where a map should be", "09 00", "")]
    [InlineData("an entry that is cut off", "09 03 01 00 05 01 04 01 00 01 66", "01 04 01 00 01 66")]
    [InlineData("a malformed subsection before", "01 7f 00 09 04 01 00 01 78", "01 7f 00 09 04 01 00 01 78")]
    [InlineData("a malformed subsection behind", "09 04 01 00 01 78 0b 7f", "0b 7f")]
    [InlineData("a subsection that is cut off", "09 04 01 00", "09 04 01 00")]
    public void NameSection_LosesTheDataNames(string what, string names, string expected)
    {
        Assert.NotEmpty(what);
        (_, byte[] output) = Rewrite(Bytes(names), usesSegment: false);
        Assert.Equal(Bytes(expected), output);
    }

    [Theory]
    [InlineData("in order", "02 00 01 61 01 01 62", "01 00 01 61")]
    [InlineData("with an index longer than needed", "02 80 00 01 61 81 00 01 62", "01 80 00 01 61")]
    [InlineData("out of order", "03 01 01 62 00 01 61 02 01 63", "")]
    [InlineData("the same twice", "02 00 01 61 00 01 62", "01 00 01 61")]
    [InlineData("of no segment", "02 00 01 61 09 01 62", "01 00 01 61")]
    [InlineData("fewer than announced", "05 00 01 61", "01 00 01 61")]
    public void NameSection_KeepsTheNames_OfSegmentsThatStay(string what, string map, string expected)
    {
        // Segment 0 is named by an instruction, segments 1 and 2 are not.
        Assert.NotEmpty(what);
        byte[] input = Bytes(map);
        byte[] output = Bytes(expected);
        byte[] names = [9, (byte)input.Length, .. input, 11, 1, 0];
        byte[] expectedNames = output.Length == 0 ? [11, 1, 0] : [9, (byte)output.Length, .. output, 11, 1, 0];
        byte[] module = [.. ModuleWithThreeSegments(), .. NameSection(names)];
        Assert.Equal(expectedNames, NamesOf(new PreInitializer().Run(module)));
        Assert.Equal(names, NamesOf(new PreInitializer(s_compatible).Run(module)));
    }

    [Fact]
    public void OtherCustomSections_StayAsTheyAre()
    {
        byte[] custom = [0, 11, 4, (byte)'n', (byte)'a', (byte)'m', (byte)'f', 9, 4, 1, 0, 1, (byte)'x'];
        byte[] module = [.. ModuleWithThreeSegments(), .. custom];
        Assert.Equal(custom, new PreInitializer().Run(module)[^custom.Length..]);
    }

    private static byte[] ModuleWithThreeSegments() => Modules.Compile("""
        (module (memory 1) (data "0") (data "1") (data "2")
          (func (export "wizer-initialize") (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0))))
        """);

    private static (byte[] Input, byte[] Output) Rewrite(byte[] names, bool usesSegment)
    {
        string code = usesSegment ? "(memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0))" : "";
        byte[] module = Modules.Compile($"""(module (memory 1) (data "x") (func (export "wizer-initialize") {code}))""");
        return (names, NamesOf(new PreInitializer().Run([.. module, .. NameSection(names)])));
    }

    private static byte[] NameSection(byte[] contents) =>
        [0, (byte)(contents.Length + 5), 4, (byte)'n', (byte)'a', (byte)'m', (byte)'e', .. contents];

    private static byte[] NamesOf(byte[] module) => ModuleReader.Parse(module).NameSection.Of(module).ToArray();

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    // Four old segments, of which the last is never used; two ranges that are not zero in the end.
    private static byte[] Module(string instructions) => Wizer.TestSupport.Wat.Compile($"""
        (module $module
          (type $bytes (array i8))
          (memory $memory 1)
          (data $a (i32.const 100) "first")
          (data $b (i32.const 200) "second")
          (data $c "passive")
          (data $d (i32.const 300) "\00\00\00")
          (func $init (export "wizer-initialize"))
          (func $other {instructions}))
        """, names: true);

    private static (int Address, int ByteLength)[] Segments(byte[] module)
    {
        ModuleInfo info = ModuleReader.Parse(module);
        return [.. info.DataSegments.Where(segment => segment.Mode == SegmentMode.Active).Select(segment =>
        {
            var offset = new WasmReader(segment.OffsetExpr.Of(module.AsSpan()));
            offset.ReadByte();
            return (offset.ReadS32(), segment.Data.Length);
        })];
    }

    private static int NamesLength(ModuleInfo module)
    {
        foreach (NameSubsection subsection in Binary.NameSection.Read(module).Subsections)
        {
            if (subsection.Id == 9)
            {
                return 2 + subsection.Contents.Length;
            }
        }

        return 0;
    }

    private static string[] DataNames(ModuleInfo module)
    {
        foreach (NameSubsection subsection in Binary.NameSection.Read(module).Subsections)
        {
            if (subsection.Id == 9)
            {
                var reader = new WasmReader(subsection.Contents.Of(module.Bytes.Span));
                var names = new string[reader.ReadU32()];
                for (int i = 0; i < names.Length; i++)
                {
                    Assert.Equal((uint)i, reader.ReadU32());
                    ByteRange name = reader.ReadName();
                    names[i] = module.NameAt(new ByteRange(name.Offset + subsection.Contents.Offset, name.Length));
                }

                Assert.True(reader.IsAtEnd);
                return names;
            }
        }

        return [];
    }
}
