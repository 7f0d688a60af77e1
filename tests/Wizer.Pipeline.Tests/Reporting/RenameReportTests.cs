using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Which renames a report lists: those under whose new name nothing is exported.</summary>
public sealed class RenameReportTests
{
    private static readonly byte[] s_module = Modules.Compile(
        """
        (module
          (memory (export "memory") 1)
          (func (export "wizer.initialize"))
          (func (export "_initialize"))
          (func (export "_start"))
          (func (export "wizer.resume")))
        """);

    [Theory]
    [InlineData("wizer.resum", "wizer.resume")]
    [InlineData("wizer.Resume", "wizer.resume")]
    [InlineData("wizer_resume", "wizer.resume")]
    [InlineData("memor", "memory")]
    [InlineData("start", null)] // similar to what it replaces
    [InlineData("main", null)]
    [InlineData("", null)]
    [InlineData("wizer.initializ", null)] // what is most similar is not exported any more
    public void Find_ProposesASimilarExport(string source, string? closest) =>
        Assert.Equal([new UnmatchedRename(new FuncRename("_start", source)) { Closest = closest }], Find("wizer.initialize", false, source));

    [Theory]
    [InlineData("wizer.resume", false)]
    [InlineData("memory", false)]
    [InlineData("_start", false)]
    [InlineData("wizer.initialize", true)]
    public void Find_LeavesOutWhatWasRenamed(string source, bool keepInitFunc) =>
        Assert.Empty(Find("wizer.initialize", keepInitFunc, source));

    [Theory]
    [InlineData("wizer.initialize", false)]
    [InlineData("_initialize", false)]
    [InlineData("_initialize", true)]
    public void Find_SaysWhichSourcesAreNotExportedAnyMore(string source, bool keepInitFunc) => Assert.Equal(
        [new UnmatchedRename(new FuncRename("_start", source)) { IsSourceDropped = true }], Find("wizer.initialize", keepInitFunc, source));

    [Fact]
    public void Find_KeepsTheOrderOfTheOptions()
    {
        var options = new WizerOptions
        {
            InitFunc = "wizer.initialize",
            FuncRenames = [new("b", "nothing"), new("c", "memory"), new("a", "nobody")],
        };
        Assert.Equal(["b", "a"], Find(options).Select(unmatched => unmatched.Rename.Destination));
    }

    private static IReadOnlyList<UnmatchedRename> Find(string initFunc, bool keepInitFunc, string source) => Find(
        new WizerOptions { InitFunc = initFunc, KeepInitFunc = keepInitFunc, FuncRenames = [new FuncRename("_start", source)] });

    private static IReadOnlyList<UnmatchedRename> Find(WizerOptions options)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        return new PreInitializer(options).Run(s_module, output).Snapshot.UnmatchedRenames;
    }
}
