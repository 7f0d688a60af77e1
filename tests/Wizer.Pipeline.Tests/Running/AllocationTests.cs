using System.Buffers;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>What a warm call allocates, on all threads. Not parallel with other tests: it counts for the whole process.</summary>
[Collection(nameof(IsolationTests))]
public class AllocationTests
{
    private const int RunCount = 20;

    [Fact]
    public void WarmCall_OfASmallModule_AllocatesAtMost32Kilobytes() => AssertAllocates(
        32 << 10,
        """
        (module (memory 1) (global $g (mut i32) (i32.const 0))
          (func (export "wizer-initialize") (i32.store8 (i32.const 7) (i32.const 42)) (global.set $g (i32.const 1))))
        """,
        InitEnvironment.Empty);

    [Fact]
    public void WarmCall_WithATimeout_AllocatesAtMost32Kilobytes() => AssertAllocates(
        32 << 10,
        "(module (memory 1) (func (export \"wizer-initialize\") (i32.store8 (i32.const 7) (i32.const 42))))",
        new InitEnvironment { Timeout = TimeSpan.FromMinutes(1) });

    [Fact]
    public void WarmCall_OfAModuleWithWasi_AllocatesAtMost32Kilobytes() => AssertAllocates(
        32 << 10,
        """
        (module (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
          (memory (export "memory") 1)
          (func (export "wizer-initialize") (drop (call $yield)) (i32.store8 (i32.const 7) (i32.const 42))))
        """,
        new InitEnvironment { Wasi = new WasiOptions { InheritStdio = false } });

    private static void AssertAllocates(int limit, string wat, InitEnvironment environment)
    {
        byte[] module = Modules.Compile(wat);
        var wizer = new PreInitializer { OutputCheck = null };
        var output = new ArrayBufferWriter<byte>(4096);
        // The least of several rounds: others of the process, such as the runner's own threads, can only add to it.
        long least = long.MaxValue;
        for (int round = 0; round < 10; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < RunCount; i++)
            {
                output.ResetWrittenCount();
                wizer.Run(module, output, environment);
            }

            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / RunCount);
        }

        Assert.InRange(least, 1, limit);
    }
}
