using Wizer.Engine;
using Wizer.Pipeline;
using Wizer.Pipeline.Tests;
using Xunit;

namespace Wizer.Wasmtime.Tests;

/// <summary>Guests end when they are told to, and get no more than they may have.</summary>
public class LimitTests
{
    private static readonly byte[] s_endless = Modules.Compile(
        "(module (func (export \"wizer-initialize\") (loop $forever (br $forever))))");

    private static readonly byte[] s_sleeping = Modules.Compile("""
        (module
          (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "wizer-initialize")
            (i64.store (i32.const 24) (i64.const 0x7fff_ffff_ffff_ffff))
            (drop (call $poll (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 200)))))
        """);

    [Fact]
    public void EndlessGuest_IsStoppedWhenItsTimeIsOver()
    {
        var environment = new InitEnvironment { Timeout = TimeSpan.FromMilliseconds(100) };
        WizerException error = Assert.Throws<WizerException>(() => Engines.Runner.Run(new PreInitializer(), s_endless, environment));
        Assert.Equal((WizerError.TimedOut, "the initialization did not finish within 0.1 seconds"), (error.Error, error.Message));
    }

    [Fact]
    public void SleepingGuest_IsStoppedWhenItsTimeIsOver()
    {
        var environment = new InitEnvironment { Timeout = TimeSpan.FromMilliseconds(100), Wasi = new WasiOptions() };
        WizerException error = Assert.Throws<WizerException>(() => Engines.Runner.Run(new PreInitializer(), s_sleeping, environment));
        Assert.Equal(WizerError.TimedOut, error.Error);
    }

    // They share an engine, and so the number that tells them to look.
    [Fact]
    public void CancelledRun_LeavesOthersAlone()
    {
        byte[] busy = Modules.Compile("""
            (module (global $g (mut i32) (i32.const 0))
              (func (export "wizer-initialize") (local i64)
                (loop $more
                  (local.set 0 (i64.add (local.get 0) (i64.const 1)))
                  (br_if $more (i64.lt_u (local.get 0) (i64.const 2_000_000_000))))
                (global.set $g (i32.const 1))))
            """);
        using var source = new CancellationTokenSource();
        Task<byte[]> other = Task.Run(() => Engines.Runner.Run(new PreInitializer(), busy));
        Task cancelled = Task.Run(() => Engines.Runner.Run(
            new PreInitializer(), s_endless, new BufferWriterSink(new System.Buffers.ArrayBufferWriter<byte>()), null, source.Token));
        source.CancelAfter(50);
        Assert.ThrowsAny<OperationCanceledException>(() => cancelled.GetAwaiter().GetResult());
        Assert.NotEmpty(other.GetAwaiter().GetResult());
    }

    [Fact]
    public void CancelledBefore_NothingRuns() => Assert.ThrowsAny<OperationCanceledException>(() => Engines.Runner.Run(
        new PreInitializer(), s_endless, new BufferWriterSink(new System.Buffers.ArrayBufferWriter<byte>()), null, new CancellationToken(true)));

    [Fact]
    public void Memory_GrowsToItsLimitOnly()
    {
        byte[] module = Modules.Compile("""
            (module (memory 1) (global $a (mut i32) (i32.const 0)) (global $b (mut i32) (i32.const 0)) (table $t 1 funcref)
              (func (export "wizer-initialize")
                (global.set $a (memory.grow (i32.const 16)))
                (global.set $b (memory.grow (i32.const 15)))))
            """);
        var environment = new InitEnvironment { Limits = new EngineOptions { MaxMemoryByteLength = 1 << 20 } };
        var wizer = new PreInitializer();
        Assert.Equal(EmbeddedEngine.Instance.Run(wizer, module, environment), Engines.Runner.Run(wizer, module, environment));
    }

    // The embedded engine would have refused the growth. Wasmtime's limit is that of each memory, so that this is found afterwards.
    [Fact]
    public void MemoriesTogether_AreNotBeyondTheLimit()
    {
        byte[] module = Modules.Compile("""
            (module (memory 1) (memory $b 1)
              (func (export "wizer-initialize") (drop (memory.grow (i32.const 8))) (drop (memory.grow $b (i32.const 8)))))
            """);
        var environment = new InitEnvironment { Limits = new EngineOptions { MaxMemoryByteLength = 1 << 20 } };
        WizerException error = Assert.Throws<WizerException>(() => Engines.Runner.Run(new PreInitializer(), module, environment));
        Assert.Equal(WizerError.MemoryLimitExceeded, error.Error);
        Assert.Equal("the memories have grown to 1179648 bytes together", error.Message);
    }

    [Fact]
    public void Phases_AreReported()
    {
        var phases = new List<RunPhase>();
        var wizer = new PreInitializer(new WizerOptions { Progress = new Progress(phases) });
        Engines.Runner.Run(wizer, Modules.Compile("(module (func (export \"wizer-initialize\")))"), null, out RunReport report);
        Assert.Equal(
            [RunPhase.Validation, RunPhase.Instantiation, RunPhase.Initialization, RunPhase.Snapshot, RunPhase.Rewrite, RunPhase.Write],
            phases);
        Assert.NotEqual(TimeSpan.Zero, report.InstantiationTime);
    }

    private sealed class Progress(List<RunPhase> phases) : IProgress<RunPhase>
    {
        public void Report(RunPhase value) => phases.Add(value);
    }
}
