using System.Text;
using Wizer.Binary;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Where sections end up, and that those without state stay byte for byte; on modules that no WAT can spell.</summary>
public class SectionLayoutTests
{
    private static readonly WizerOptions s_options = WizerOptions.Default with { Layout = ModuleLayout.Compatible };

    [Theory]
    [InlineData("Type Function Export Code", "Type Function Export Code Data")]
    [InlineData("Type Function Export Code name", "Type Function Export Code Data name")]
    [InlineData("Type Function Export Code name producers", "Type Function Export Code Data name producers")]
    [InlineData("Type Function Export Code producers name target", "Type Function Export Code producers Data name target")]
    [InlineData("Type Function Export Code name a name", "Type Function Export Code Data name a name")]
    [InlineData("name Type Function Export Code", "name Type Function Export Code Data")]
    [InlineData("Type name Function Export Code b", "Type name Function Export Code b Data")]
    [InlineData("Type Function Export name Code c name", "Type Function Export name Code c Data name")]
    [InlineData("a Type b Function c Memory d Export e Code f Data g name h", "a Type b Function c Memory d Export e Code f Data g name h")]
    [InlineData("Type Function Memory Export Code name Data", "Type Function Memory Export Code name Data")]
    [InlineData("Type Function Memory Export DataCount Code Data", "Type Function Memory Export DataCount Code Data")]
    [InlineData("Type Function Memory Export Start Code", "Type Function Memory Export Code Data")]
    public void Rewrite_PutsTheDataSectionWhereItBelongs(string input, string output)
    {
        var wizer = new PreInitializer(s_options);
        byte[] module = Build(input);
        Assert.Equal(input, Modules.Outline(module));
        wizer.Instrument(module, out ModuleContext context);
        byte[] rewritten = wizer.Snapshot(context, State());
        Assert.Equal(output, Modules.Outline(rewritten));
        AssertCustomSectionsAreKept(module, rewritten);
        Assert.Equal(Modules.Section(module, SectionId.Code), Modules.Section(rewritten, SectionId.Code));
    }

    [Theory]
    [InlineData("Type Function Memory Global Export Code name", "Type Function Memory Global Export Code name")]
    [InlineData("Type Function Memory Global Code name", "Type Function Memory Global Export Code name")]
    [InlineData("Type Function a Memory b Global c Start d Code", "Type Function a Memory b Global c Export Start d Code")]
    [InlineData("Type a Memory b", "Type a Memory b Export")]
    [InlineData("Memory Data", "Memory Export Data")]
    [InlineData("", "Export")]
    public void Instrument_PutsTheExportSectionWhereItBelongs(string input, string output)
    {
        byte[] module = Build(input);
        byte[] instrumented = new PreInitializer(s_options).Instrument(module, out _);
        Assert.Equal(output, Modules.Outline(instrumented));
        AssertCustomSectionsAreKept(module, instrumented);
    }

    [Fact]
    public void Instrument_ExportsMemoriesAndMutableGlobals_BehindWhatWasThere()
    {
        byte[] module = Modules.Compile("""
            (module (global (mut i32) (i32.const 0)) (global $fixed (export "fixed") i64 (i64.const 1)) (global (mut f64) (f64.const 0))
              (memory (export "memory") 1) (memory 2)
              (func (export "wizer-initialize")))
            """);
        byte[] instrumented = new PreInitializer(s_options).Instrument(module, out _);
        ModuleInfo info = ModuleReader.Parse(instrumented);
        Assert.Equal(
            [
                "fixed Global 1", "memory Memory 0", "wizer-initialize Func 0",
                "__wizer_global_0 Global 0", "__wizer_global_2 Global 2", "__wizer_memory_0 Memory 0", "__wizer_memory_1 Memory 1",
            ],
            info.Exports.Select(export => $"{info.NameAt(export.Name)} {export.Kind} {export.Index}"));
    }

    [Fact]
    public void Rewrite_ShortensSizesButKeepsContents_WhenIntegersAreLongerThanNeeded()
    {
        byte[] padded = Build("Type Function Memory Export Code name", sizeLength: 5);
        byte[] plain = Build("Type Function Memory Export Code name");
        Assert.True(padded.Length > plain.Length);
        Assert.Equal(Rewrite(plain), Rewrite(padded));
    }

    [Fact]
    public void Rewrite_KeepsImmutableGlobalsByteForByte()
    {
        // i32.const 1 in two bytes, and a mutable one beside it whose value is written anew.
        byte[] module = Build("Type Function Global Export Code", globals: [2, 0x7f, 0, 0x41, 0x81, 0x00, 0x0b, 0x7f, 1, 0x41, 0x80, 0x00, 0x0b]);
        var wizer = new PreInitializer(s_options);
        wizer.Instrument(module, out ModuleContext context);
        FakeState state = State();
        state.Globals["__wizer_global_1"] = GlobalValue.I32(-2);
        byte[] rewritten = wizer.Snapshot(context, state);
        Assert.Equal([2, 0x7f, 0, 0x41, 0x81, 0x00, 0x0b, 0x7f, 1, 0x41, 0x7e, 0x0b], Modules.Section(rewritten, SectionId.Global));
    }

    [Fact]
    public void Rewrite_WritesEveryTypeOfGlobal()
    {
        byte[] module = Build("Type Function Global Export Code", globals:
        [
            5,
            0x7f, 1, 0x41, 0, 0x0b,
            0x7e, 1, 0x42, 0, 0x0b,
            0x7d, 1, 0x43, 0, 0, 0, 0, 0x0b,
            0x7c, 1, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x0b,
            0x7b, 1, 0xfd, 0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0b,
        ]);
        var wizer = new PreInitializer(s_options);
        wizer.Instrument(module, out ModuleContext context);
        FakeState state = State();
        state.Globals["__wizer_global_0"] = GlobalValue.I32(64);
        state.Globals["__wizer_global_1"] = GlobalValue.I64(long.MinValue);
        state.Globals["__wizer_global_2"] = GlobalValue.FromBits(ValType.F32, 0x7fa0_0001);
        state.Globals["__wizer_global_3"] = GlobalValue.F64(-0.0);
        state.Globals["__wizer_global_4"] = GlobalValue.V128(0x0706050403020100, 0x0f0e0d0c0b0a0908);
        Assert.Equal(
            [
                5,
                0x7f, 1, 0x41, 0xc0, 0x00, 0x0b,
                0x7e, 1, 0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f, 0x0b,
                0x7d, 1, 0x43, 0x01, 0x00, 0xa0, 0x7f, 0x0b,
                0x7c, 1, 0x44, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x0b,
                0x7b, 1, 0xfd, 0x0c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x0b,
            ],
            Modules.Section(wizer.Snapshot(context, state), SectionId.Global));
    }

    [Fact]
    public void Rewrite_NeverCopiesALargeSection()
    {
        byte[] module = Build("Type Function Memory Export Code a", customLength: 100_000);
        var wizer = new PreInitializer(s_options);
        wizer.Instrument(module, out ModuleContext context);
        var sink = new SliceSink();
        wizer.Snapshot(context, State(), sink);
        Assert.Contains(sink.Slices, slice => slice.Length > 100_000 && slice.Overlaps(module));
    }

    private static byte[] Rewrite(byte[] module)
    {
        var wizer = new PreInitializer(s_options);
        wizer.Instrument(module, out ModuleContext context);
        return wizer.Snapshot(context, State());
    }

    private static FakeState State() => new()
    {
        Memories = { ["__wizer_memory_0"] = new byte[65536] },
        Globals = { ["__wizer_global_0"] = GlobalValue.I32(0) },
    };

    private static void AssertCustomSectionsAreKept(byte[] before, byte[] after) =>
        Assert.Equal(CustomSections(before), CustomSections(after));

    private static string[] CustomSections(byte[] module) =>
    [
        .. ModuleReader.Parse(module).Sections
            .Where(section => section.Id == SectionId.Custom)
            .Select(section => Convert.ToHexString(section.Contents.Of(module.AsSpan()))),
    ];

    /// <summary>A module of the named sections, one tiny item in each; every unknown name is a custom section's.</summary>
    private static byte[] Build(string sections, byte[]? globals = null, int sizeLength = 1, int customLength = 3)
    {
        using var buffer = new PooledBuffer();
        var writer = new WasmWriter(buffer);
        writer.WritePreamble();
        int number = 0;
        foreach (string name in sections.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            byte[] contents = name switch
            {
                "Type" => [1, 0x60, 0, 0],
                "Function" => [1, 0],
                "Memory" => [1, 0, 1],
                "Global" => globals ?? [1, 0x7f, 1, 0x41, 0, 0x0b],
                "Export" => [1, 1, (byte)'f', 0, 0],
                "Start" => [0],
                "DataCount" => [1],
                "Code" => [1, 2, 0, 0x0b],
                "Data" => [1, 0, 0x41, 0, 0x0b, 1, 0xaa],
                _ => [(byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. Enumerable.Repeat((byte)number, name == "name" ? 0 : customLength)],
            };
            writer.WriteByte(Enum.TryParse(name, out SectionId id) ? (byte)id : (byte)0);
            WriteSize(writer, contents.Length, sizeLength);
            writer.WriteBytes(contents);
            number++;
        }

        return buffer.ToArray();
    }

    private static void WriteSize(WasmWriter writer, int size, int length)
    {
        if (length == 1)
        {
            writer.WriteU32((uint)size);
            return;
        }

        for (int i = 0; i < length; i++)
        {
            writer.WriteByte((byte)((size & 0x7f) | (i < length - 1 ? 0x80 : 0)));
            size >>= 7;
        }
    }

    private sealed class SliceSink : IModuleSink
    {
        public ReadOnlyMemory<byte>[] Slices { get; private set; } = [];

        public void Write(ModuleSlices module) => Slices = [.. module];
    }
}

file static class SliceExtensions
{
    public static bool Overlaps(this ReadOnlyMemory<byte> slice, byte[] array) => slice.Span.Overlaps(array);
}
