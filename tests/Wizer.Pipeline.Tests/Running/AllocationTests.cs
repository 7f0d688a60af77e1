using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>What a call of the library costs in garbage once it is warm; nothing else may run meanwhile.</summary>
[Collection(nameof(IsolationTests))]
public class AllocationTests
{
#if DEBUG
    // The output is validated, too.
    private const long MaxByteLength = 48_000;
#else
    private const long MaxByteLength = 32_000;
#endif

    [Fact]
    public void Run_AllocatesLittle_ForASmallModule()
    {
        byte[] module = Modules.Compile("""
            (module
              (memory (export "m") 1)
              (func (export "wizer-initialize") (i32.store8 (i32.const 8) (i32.const 7))))
            """);
        var preInitializer = new PreInitializer();
        var sink = new EmptySink();
        for (int i = 0; i < 20; i++)
        {
            preInitializer.Run(module, sink);
        }

        // The host of the tests has threads of its own, which allocate when they like.
        long least = long.MaxValue;
        for (int i = 0; i < 50; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            preInitializer.Run(module, sink);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.InRange(least, 1, MaxByteLength);
    }

    private sealed class EmptySink : IModuleSink
    {
        public void Write(ModuleSlices module)
        {
        }
    }
}
