using System.Diagnostics;
using Xunit;

namespace Wizer.Pipeline.Tests;

public class OutputCheckTests
{
    [Fact]
    public void Check_ShowsTheModule_WhenItIsInvalid()
    {
        byte[] invalid = Modules.Compile("(module (func (result i32)))");
        var slices = new ModuleSlices();
        slices.Add(invalid.AsMemory(0, 10));
        slices.Add(invalid.AsMemory(10));
        UnreachableException error = Assert.Throws<UnreachableException>(() => new OutputCheck(Modules.Print).Check(slices));
        Assert.StartsWith("the module that Wizer wrote is invalid: type mismatch", error.Message);
        Assert.Contains("(module", error.Message);
    }

    [Fact]
    public void Check_AcceptsAValidModule()
    {
        var slices = new ModuleSlices();
        slices.Add(Modules.Compile("(module (func (result i32) (i32.const 1)))"));
        new OutputCheck().Check(slices);
    }

    [Fact]
    public void DebugBuilds_CheckEveryOutput()
    {
#if DEBUG
        Assert.NotNull(new PreInitializer().OutputCheck);
#else
        Assert.Null(new PreInitializer().OutputCheck);
#endif
    }
}
