using Wizer.Binary;
using Wizer.Engine.Symbols;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Engine.Tests.Symbols;

/// <summary>Traps of modules with debug information.</summary>
public sealed class TrapSymbolTests
{
    private const string Source = """
        (module $m
          (import "m" "again" (func $again))
          (func $init (export "init") (call $take))
          (func $take unreachable)
          (func $outer (export "outer") (call $again)))
        """;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Frames_HaveSymbols_WhenTheOptionIsSet(bool isSet)
    {
        using var store = new Store(EngineOptions.Default with { ReadsDebugInfo = isSet });
        Instance instance = Instantiate(store, Source, Sections());
        var trap = Assert.Throws<WasmTrapException>(() => instance.Invoke("init"));

        Assert.Equal(["take", "init"], trap.Backtrace.Select(static frame => frame.FuncName));
        Assert.Equal(isSet ? ["TAKE /a.c:1:7", "INIT /a.c:1:3"] : ["", ""], Symbols(trap));
        Assert.Equal(!isSet, trap.HasUnreadDebugInfo);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Frames_HaveNone_WithoutDebugSections(bool isSet)
    {
        using var store = new Store(EngineOptions.Default with { ReadsDebugInfo = isSet });
        Instance instance = Instantiate(store, Source, []);
        var trap = Assert.Throws<WasmTrapException>(() => instance.Invoke("init"));
        Assert.Equal(["", ""], Symbols(trap));
        Assert.False(trap.HasUnreadDebugInfo);
    }

    [Fact]
    public void FramesThroughTheHost_HaveThoseOfTheirModules()
    {
        using var store = new Store(EngineOptions.Default with { ReadsDebugInfo = true });
        Instance instance = Instantiate(store, Source, Sections());
        Instance user = Instantiate(store, Source, [], () => instance.Invoke("init"));
        var trap = Assert.Throws<WasmTrapException>(() => user.Invoke("outer"));
        Assert.Equal(["TAKE /a.c:1:7", "INIT /a.c:1:3", ""], Symbols(trap));
    }

    [Fact]
    public void Frame_OfNobody_HasNoSymbols()
    {
        Assert.Empty(default(WasmFrame).Symbols);
        Assert.Empty(new WasmFrame(1, null, 2).Symbols);
    }

    private static IEnumerable<string> Symbols(WasmTrapException trap) =>
        trap.Backtrace.Select(static frame => DwarfBuilder.Format(frame.Symbols));

    // `init` is two bytes behind the beginning of the contents, and four bytes long; `take` begins after its own length.
    private static Dictionary<string, byte[]> Sections()
    {
        var dwarf = new DwarfBuilder();
        dwarf.Lines.Bytes(new LineProgramBuilder(5).SetAddress(2).Row(0, 1, 0, 3).Row(5, 1, 0, 7).EndSequence(3).ToArray());
        dwarf.Begin(
            DwarfProgram.CompileUnit,
            [
                (DwarfAttribute.StmtList, DwarfForm.SecOffset, 0UL),
                (DwarfAttribute.CompDir, DwarfForm.String, "/"),
                .. DebugInfoTests.Range(2, 8),
            ]);
        dwarf.Leaf(DwarfProgram.Subprogram, [DebugInfoTests.Named("INIT"), .. DebugInfoTests.Range(2, 4)]);
        dwarf.Leaf(DwarfProgram.Subprogram, [DebugInfoTests.Named("TAKE"), .. DebugInfoTests.Range(7, 3)]);
        dwarf.End();
        dwarf.EndUnit();
        return dwarf.Sections();
    }

    private static Instance Instantiate(Store store, string source, Dictionary<string, byte[]> sections, Action? again = null)
    {
        byte[] module = [.. Wat.Compile(source, names: true), .. DwarfBuilder.CustomSections(sections)];
        var linker = new Linker();
        linker.DefineFunction("m", "again", new FuncType([], []), (_, _) => again?.Invoke());
        return linker.Instantiate(store, ModuleReader.Parse(module));
    }
}
