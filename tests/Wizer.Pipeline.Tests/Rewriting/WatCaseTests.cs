using Wizer.Binary;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Every rewriting rule, on the modules of the <c>Cases</c> folder.</summary>
public class WatCaseTests
{
    public static TheoryData<string> Cases => new(WatCase.Names);

    public static TheoryData<string> CopyableCases => new(WatCase.Names.Where(name => WatCase.Load(name).IsCopyable));

    public static TheoryData<string> CasesOfTheOriginal => new(WatCase.Names.Where(name => WatCase.Load(name).Expected is not null));

    [Fact]
    public void Cases_AreFound() => Assert.NotEmpty(WatCase.Names);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_GivesTheModuleThatIsApproved(string name)
    {
        WatCase wat = WatCase.Load(name);
        byte[] output = new PreInitializer(wat.Options).Run(wat.Compile());
        if (wat.IsSmall)
        {
            Snapshot.Verify(Modules.Print(output), name);
        }
    }

    [Theory]
    [MemberData(nameof(CasesOfTheOriginal))]
    public void Run_GivesTheBytesOfTheOriginal(string name)
    {
        WatCase wat = WatCase.Load(name);
        byte[] output = new PreInitializer(wat.Options).Run(wat.Compile());
        Assert.Equal(wat.Expected, wat.Describe(output));
    }

    /// <summary>The bytes of the compact layout, as they were when references became part of snapshots: nothing here has any.</summary>
    [Fact]
    public void CompactLayout_GivesTheBytesThatItAlwaysGave()
    {
        var hashes = new System.Text.StringBuilder();
        foreach (string name in WatCase.Names.Order(StringComparer.Ordinal))
        {
            WatCase wat = WatCase.Load(name);
            byte[] output = new PreInitializer(wat.Options with { Layout = ModuleLayout.Compact }).Run(wat.Compile());
            hashes.Append(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(output))).Append("  ").Append(name).Append('\n');
        }

        Snapshot.Verify(hashes.ToString());
    }

    [Theory]
    [MemberData(nameof(CopyableCases))]
    public void ForeignRuntime_GivesTheSameBytesAsTheEmbeddedOne(string name)
    {
        WatCase wat = WatCase.Load(name);
        byte[] module = wat.Compile();
        byte[] instrumented = new PreInitializer(wat.Options).Instrument(module, out ModuleContext context);
        FakeState state = ForeignRuntime.Initialize(instrumented, wat.Options.InitFunc, pieceLength: 40_001);
        foreach (ModuleLayout layout in Enum.GetValues<ModuleLayout>())
        {
            var wizer = new PreInitializer(wat.Options with { Layout = layout });
            byte[] expected = wizer.Run(module);
            Assert.Equal(expected, wizer.Snapshot(context, state));
            Assert.Equal(expected, wizer.SnapshotAsync(context, state));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void CompactModule_IsNeverLarger(string name)
    {
        WatCase wat = WatCase.Load(name);
        byte[] compatible = new PreInitializer(wat.Options).Run(wat.Compile());
        byte[] compact = new PreInitializer(wat.Options with { Layout = ModuleLayout.Compact }).Run(wat.Compile());
        Assert.InRange(compact.Length, 0, compatible.Length);

        // Beyond the original's limit there may be more.
        int count = ModuleReader.Parse(compatible).DataSegments.Length;
        int maxCount = count < SegmentBudget.MaxCountOfOriginal ? count : SegmentBudget.FreeCountOfCompact;
        Assert.InRange(ModuleReader.Parse(compact).DataSegments.Length, 0, maxCount);
    }
}
