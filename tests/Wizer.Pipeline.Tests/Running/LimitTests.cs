using System.Diagnostics;
using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>What a module may not take: time, memory, table elements, stack. Each limit has an error of its own.</summary>
public class LimitTests
{
    private const string Endless = "(loop $forever (br $forever))";

    // Far more than anything here takes on a busy machine, far less than what is not stopped.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("(func (export \"wizer-initialize\") (loop $forever (br $forever)))")]
    [InlineData("(func $s (loop $forever (br $forever))) (start $s) (func (export \"wizer-initialize\"))")]
    [InlineData("(func (export \"_initialize\") (loop $forever (br $forever))) (func (export \"wizer-initialize\"))")]
    [InlineData("(func $f (export \"wizer-initialize\") (return_call $f))")]
    [InlineData("""
        (memory 16384)
        (func (export "wizer-initialize") (loop $forever
          (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x40000000)) (br $forever)))
        """)]
    [InlineData("""
        (memory 16384)
        (func (export "wizer-initialize") (loop $forever
          (memory.copy (i32.const 1) (i32.const 0) (i32.const 0x3fffffff)) (br $forever)))
        """)]
    [InlineData("""
        (type $bytes (array (mut i8)))
        (func (export "wizer-initialize") (loop $forever
          (drop (array.new $bytes (i32.const 1) (i32.const 0x10000000))) (br $forever)))
        """)]
    public void Timeout_StopsWhateverRuns(string fields)
    {
        // Memory enough that it is not the first limit to be met.
        WizerException error = Fails($"(module {fields})", new InitEnvironment
        {
            Timeout = TimeSpan.FromMilliseconds(250),
            Limits = new EngineOptions { MaxMemoryByteLength = 1UL << 46 },
        });
        Assert.Equal(WizerError.TimedOut, error.Error);
        Assert.Equal("the initialization did not finish within 0.25 seconds", error.Message);
    }

    [Fact]
    public void Timeout_StopsAPreload()
    {
        WizerException error = Fails("(module (func (export \"wizer-initialize\")))", new InitEnvironment
        {
            Timeout = TimeSpan.FromMilliseconds(100),
            Preloads = [new PreloadModule("p", Modules.Compile($"(module (func $s {Endless}) (start $s))"))],
        });
        Assert.Equal(WizerError.TimedOut, error.Error);
    }

    [Theory]
    [InlineData("(table.fill $t (i32.const 0) (ref.func $run) (i32.const 9000000))")]
    [InlineData("(table.copy $t $t (i32.const 1) (i32.const 0) (i32.const 8999999))")]
    [InlineData("(array.copy $a $a (local.get $x) (i32.const 1) (local.get $x) (i32.const 0) (i32.const 0xfffffff))")]
    [InlineData("(array.fill $a (local.get $x) (i32.const 0) (i32.const 1) (i32.const 0x10000000))")]
    public void Timeout_StopsBulkOperationsOfAPreload(string operation)
    {
        // What the module itself may not do, since a snapshot would not hold it.
        WizerException error = Fails("(module (import \"p\" \"run\" (func $f)) (func (export \"wizer-initialize\") (call $f)))", new InitEnvironment
        {
            Timeout = TimeSpan.FromMilliseconds(200),
            Preloads =
            [
                new PreloadModule("p", Modules.Compile($"""
                    (module (type $a (array (mut i8))) (table $t 9000000 funcref)
                      (func $run (export "run") (local $x (ref $a))
                        (local.set $x (array.new_default $a (i32.const 0x10000000)))
                        (loop $forever {operation} (br $forever))))
                    """)),
            ],
        });
        Assert.Equal(WizerError.TimedOut, error.Error);
    }

    [Fact]
    public void Timeout_StopsAHostFunctionThatListens()
    {
        WizerException error = Fails(
            """(module (import "h" "wait" (func $wait)) (func (export "wizer-initialize") (call $wait)))""",
            new InitEnvironment
            {
                Timeout = TimeSpan.FromMilliseconds(100),
                DefineImports = static (_, linker) => linker.DefineFunction(
                    "h", "wait", new FuncType([], []), static (caller, _) => caller.Interrupt.WaitHandle.WaitOne(s_patience)),
            });
        Assert.Equal(WizerError.TimedOut, error.Error);
    }

    [Fact]
    public void Timeout_StopsASleepingPoll()
    {
        // poll_oneoff on a monotonic clock, an hour from now.
        WizerException error = Fails(
            """
            (module
              (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "wizer-initialize")
                (i32.store (i32.const 16) (i32.const 1))
                (i64.store (i32.const 24) (i64.const 3600000000000))
                (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))
            """,
            new InitEnvironment { Timeout = TimeSpan.FromMilliseconds(100), Wasi = new WasiOptions { InheritStdio = false } });
        Assert.Equal(WizerError.TimedOut, error.Error);
    }

    [Fact]
    public void Timeout_IsMetBeforeAnythingRuns_WhenThereIsNoTime()
    {
        byte[] module = Modules.Compile($"(module (func (export \"wizer-initialize\") {Endless}))");
        var error = Assert.Throws<WizerException>(
            () => new PreInitializer().Run(module, new InitEnvironment { Timeout = TimeSpan.Zero }));
        Assert.Equal("the initialization did not finish within 0 seconds", error.Message);
    }

    [Fact]
    public void Timeout_DoesNotMatter_WhenThereIsTimeEnough()
    {
        byte[] module = Modules.Compile("(module (func (export \"wizer-initialize\")))");
        byte[] expected = new PreInitializer().Run(module);
        Assert.Equal(expected, new PreInitializer().Run(module, new InitEnvironment { Timeout = s_patience }));
        Assert.Equal(expected, new PreInitializer().Run(module, new InitEnvironment { Timeout = TimeSpan.MaxValue }));
    }

    [Fact]
    public void Timeout_CannotBeNegative()
    {
        WizerException error = Fails(
            "(module (func (export \"wizer-initialize\")))", new InitEnvironment { Timeout = TimeSpan.FromTicks(-1) });
        Assert.Equal(WizerError.BadOption, error.Error);
    }

    [Fact]
    public void Timeout_IsOneSecond_InTheSingular()
    {
        WizerException error = Fails(
            $"(module (func (export \"wizer-initialize\") {Endless}))", new InitEnvironment { Timeout = TimeSpan.FromSeconds(1) });
        Assert.Equal("the initialization did not finish within 1 second", error.Message);
    }

    [Fact]
    public void Cancellation_WinsOverWhatTheGuestMadeOfIt()
    {
        using var cancellation = new CancellationTokenSource();
        byte[] module = Modules.Compile(
            """(module (import "h" "cancel" (func $cancel)) (func (export "wizer-initialize") (call $cancel) unreachable))""");
        var environment = new InitEnvironment
        {
            DefineImports = (_, linker) => linker.DefineFunction("h", "cancel", new FuncType([], []), (_, _) => cancellation.Cancel()),
        };
        var canceled = Assert.ThrowsAny<OperationCanceledException>(
            () => new PreInitializer().Run(module, new NullSink(), environment, cancellation.Token));
        Assert.Equal(cancellation.Token, canceled.CancellationToken);
    }

    [Theory]
    [InlineData("(memory 17)", "memory minimum size of 17 pages exceeds the memory limit: 1114112 bytes, when 1048576 of 1048576 are left")]
    [InlineData("(memory 65536)", "memory minimum size of 65536 pages exceeds the memory limit: 4294967296 bytes, when 1048576 of 1048576 are left")]
    [InlineData(
        "(memory i64 0x1000000000000)",
        "memory minimum size of 281474976710656 pages exceeds the memory limit: 18446744073709551615 bytes, when 1048576 of 1048576 are left")]
    [InlineData("(memory 10) (memory 7)", "memory minimum size of 7 pages exceeds the memory limit: 458752 bytes, when 393216 of 1048576 are left")]
    public void Memory_ThatStartsBeyondTheLimit_IsAnError(string memories, string message)
    {
        WizerException error = Fails(
            $"(module {memories} (func (export \"wizer-initialize\")))", Limited(new EngineOptions { MaxMemoryByteLength = 1 << 20 }));
        Assert.Equal(WizerError.MemoryLimitExceeded, error.Error);
        Assert.Equal(message, error.Message);
        Assert.Equal(EngineLimit.MemoryByteLength, Assert.IsType<WasmLimitException>(error.InnerException).Limit);
    }

    [Fact]
    public void Memory_OfAPreload_CountsToo()
    {
        var environment = Limited(new EngineOptions { MaxMemoryByteLength = 1 << 20 }) with
        {
            Preloads = [new PreloadModule("p", Modules.Compile("(module (memory 10))")), new PreloadModule("q", Modules.Compile("(module (memory 7))"))],
        };
        WizerException error = Fails("(module (func (export \"wizer-initialize\")))", environment);
        Assert.Equal(WizerError.MemoryLimitExceeded, error.Error);
        Assert.Equal("failed to instantiate preload module", error.Message);
    }

    [Theory]
    [InlineData("i32", "(memory 1)")]
    [InlineData("i64", "(memory i64 1)")]
    [InlineData("i32", "(memory 1) (memory 3)")]
    public void MemoryGrow_BeyondTheLimit_FailsAndIsReported_AndTheRunGoesOn(string address, string memories)
    {
        // What it grew to is what a global says afterwards: 16 pages together, and -1 for the one more.
        byte[] module = Modules.Compile($"""
            (module {memories} (global $last (mut {address}) ({address}.const 0))
              (func (export "wizer-initialize")
                (loop $grow
                  (global.set $last (memory.grow ({address}.const 1)))
                  (br_if $grow ({address}.ne (global.get $last) ({address}.const -1))))))
            """);
        RunReport report = new PreInitializer().Run(
            module, new NullSink(), Limited(new EngineOptions { MaxMemoryByteLength = 1 << 20 }));
        Assert.Equal(1, report.RefusedMemoryGrowths);
        Assert.Equal(0, report.RefusedTableGrowths);
    }

    [Fact]
    public void MemoryGrow_BeyondTheTypesMaximum_IsNotTheLimitsDoing()
    {
        byte[] module = Modules.Compile(
            "(module (memory 1 2) (func (export \"wizer-initialize\") (drop (memory.grow (i32.const 2)))))");
        Assert.Equal(0, new PreInitializer().Run(module, new NullSink()).RefusedMemoryGrowths);
    }

    [Theory]
    [InlineData("array.new_default $a (i32.const 100000)")]
    [InlineData("array.new $a (i64.const 1) (i32.const 100000)")]
    [InlineData("array.new_default $a (i32.const -1)")]
    public void Objects_BeyondTheLimit_Trap(string allocation)
    {
        WizerException error = Fails(
            $"(module (type $a (array i64)) (memory 8) (func (export \"wizer-initialize\") (loop $l (drop ({allocation})) (br $l))))",
            Limited(new EngineOptions { MaxMemoryByteLength = 1 << 20 }));
        AssertAllocationTrap(error);
    }

    [Fact]
    public void Objects_OfConstantExpressions_CountToo()
    {
        WizerException error = Fails(
            """
            (module (type $a (array i64))
              (global (ref $a) (array.new_default $a (i32.const 50000)))
              (global (ref $a) (array.new_default $a (i32.const 50000)))
              (global (ref $a) (array.new_default $a (i32.const 50000)))
              (func (export "wizer-initialize")))
            """,
            Limited(new EngineOptions { MaxMemoryByteLength = 1 << 20 }));
        Assert.Equal(WizerError.MemoryLimitExceeded, error.Error);
        Assert.Equal(EngineLimit.MemoryByteLength, Assert.IsType<WasmLimitException>(error.InnerException!.InnerException).Limit);
    }

    [Fact]
    public void Exceptions_ThatAreKept_CountToo()
    {
        WizerException error = Fails(
            """
            (module (tag $t (param i64 i64 i64 i64)) (memory 8) (global $kept (mut i32) (i32.const 0))
              (func (export "wizer-initialize")
                (loop $forever
                  (drop (block $caught (result exnref)
                    (try_table (catch_all_ref $caught)
                      (throw $t (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)))
                    unreachable))
                  (br $forever))))
            """,
            Limited(new EngineOptions { MaxMemoryByteLength = 1 << 20 }));
        AssertAllocationTrap(error);
    }

    [Fact]
    public void Objects_TakeWhatMemoriesLeave_AndTheOtherWayRound()
    {
        byte[] module = Modules.Compile("""
            (module (type $a (array i8)) (memory 8) (global (mut i32) (i32.const 0))
              (func (export "wizer-initialize")
                (drop (array.new_default $a (i32.const 400000)))
                (global.set 0 (memory.grow (i32.const 2)))
                (if (i32.ne (global.get 0) (i32.const -1)) (then unreachable))
                (global.set 0 (memory.grow (i32.const 1)))
                (if (i32.ne (global.get 0) (i32.const 8)) (then unreachable))))
            """);
        RunReport report = new PreInitializer().Run(
            module, new NullSink(), Limited(new EngineOptions { MaxMemoryByteLength = 1 << 20 }));
        Assert.Equal(1, report.RefusedMemoryGrowths);
    }

    [Theory]
    [InlineData("(table 11 funcref)", "table minimum size of 11 elements exceeds the table limit: 10 of 10 are left")]
    [InlineData("(table 6 funcref) (table 5 funcref)", "table minimum size of 5 elements exceeds the table limit: 4 of 10 are left")]
    [InlineData("(table 4294967295 funcref)", "table minimum size of 4294967295 elements exceeds the table limit: 10 of 10 are left")]
    [InlineData("(table i64 0xffffffffffffffff funcref)", "table minimum size of 18446744073709551615 elements exceeds the table limit: 10 of 10 are left")]
    public void Table_ThatStartsBeyondTheLimit_IsAnError(string tables, string message)
    {
        WizerException error = Fails(
            $"(module {tables} (func (export \"wizer-initialize\")))", Limited(new EngineOptions { MaxTableElementCount = 10 }));
        Assert.Equal(WizerError.TableLimitExceeded, error.Error);
        Assert.Equal(message, error.Message);
        Assert.Equal(EngineLimit.TableElementCount, Assert.IsType<WasmLimitException>(error.InnerException).Limit);
    }

    [Fact]
    public void TableGrow_BeyondTheLimit_FailsAndIsReported()
    {
        // What the module imports from may grow its own tables as it likes.
        var environment = Limited(new EngineOptions { MaxTableElementCount = 10 }) with
        {
            Preloads =
            [
                new PreloadModule("p", Modules.Compile("""
                    (module (table $t 1 funcref)
                      (func (export "grow") (result i32) (table.grow $t (ref.null func) (i32.const 10))))
                    """)),
            ],
        };
        byte[] module = Modules.Compile("""
            (module (import "p" "grow" (func $grow (result i32)))
              (func (export "wizer-initialize") (if (i32.ne (call $grow) (i32.const -1)) (then unreachable))))
            """);
        Assert.Equal(1, new PreInitializer().Run(module, new NullSink(), environment).RefusedTableGrowths);
    }

    [Theory]
    [InlineData(1 << 16)]
    [InlineData(1 << 23)]
    public void Recursion_BeyondTheStack_TrapsWithTheOfficialText(int stackByteLength)
    {
        WizerException error = Fails(
            "(module (func $f (export \"wizer-initialize\") (call $f)))",
            Limited(new EngineOptions { StackByteLength = (ulong)stackByteLength }));
        Assert.Equal(WizerError.StackLimitExceeded, error.Error);
        Assert.Equal("the `wizer-initialize` function trapped", error.Message);
        var trap = Assert.IsType<WasmTrapException>(error.InnerException);
        Assert.Equal("call stack exhausted", trap.Message);
        var limit = Assert.IsType<WasmLimitException>(trap.InnerException);
        Assert.Equal(EngineLimit.StackByteLength, limit.Limit);
        Assert.Equal($"the stack limit is {stackByteLength} bytes", limit.Message);
    }

    [Theory]
    [InlineData(60_000, 100, true)]
    [InlineData(1_000, 100, false)]
    public void Recursion_GoesAsDeepAsTheStackAllows(int stackByteLength, int depth, bool succeeds)
    {
        byte[] module = Modules.Compile($"""
            (module
              (func $f (param i32) (if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1))))))
              (func (export "wizer-initialize") (call $f (i32.const {depth}))))
            """);
        Exception? error = Record.Exception(
            () => new PreInitializer().Run(module, Limited(new EngineOptions { StackByteLength = (ulong)stackByteLength })));
        Assert.Equal(succeeds, error is null);
    }

    [Fact]
    public void RecursionThroughTheHost_IsNotTheStackLimitsDoing_ButEndsTheSame()
    {
        var environment = new InitEnvironment
        {
            Limits = new EngineOptions { StackByteLength = 1UL << 32 },
            DefineImports = static (_, linker) => linker.DefineFunction(
                "h", "again", new FuncType([], []), static (caller, _) => caller.Instance!.Invoke("wizer-initialize")),
        };
        WizerException error = Fails(
            """(module (import "h" "again" (func $again)) (func (export "wizer-initialize") (call $again)))""", environment);
        Assert.Equal("call stack exhausted", error.InnerException!.Message);
    }

    [Fact]
    public void ManyMemories_EachWithTheWholeAddressSpaceToGrowInto_TakeNone()
    {
        string memories = string.Concat(Enumerable.Repeat("(memory 0 65536)", 100));
        long before = Environment.WorkingSet;
        new PreInitializer().Run(Modules.Compile($"(module {memories} (func (export \"wizer-initialize\")))"));
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 200L << 20);
    }

    [Fact]
    public void DefaultLimits_AreFourGibibytesTogether()
    {
        WizerException error = Fails("(module (memory 32768) (memory 32769) (func (export \"wizer-initialize\")))", InitEnvironment.Empty);
        Assert.Equal(WizerError.MemoryLimitExceeded, error.Error);
        new PreInitializer().Run(Modules.Compile("(module (memory 32768) (memory 32768) (func (export \"wizer-initialize\")))"));
    }

    private static void AssertAllocationTrap(WizerException error)
    {
        Assert.Equal(WizerError.MemoryLimitExceeded, error.Error);
        Assert.Equal("the `wizer-initialize` function trapped", error.Message);
        var trap = Assert.IsType<WasmTrapException>(error.InnerException);
        Assert.Equal(TrapKind.AllocationTooLarge, trap.Kind);
        Assert.Equal(
            "the memory limit is 1048576 bytes, for memories, objects and exceptions together",
            Assert.IsType<WasmLimitException>(trap.InnerException).Message);
    }

    private static InitEnvironment Limited(EngineOptions limits) => new() { Limits = limits };

    // However it ends, it ends, and in the same way however the code runs: a limit that is not kept would let some of these run forever.
    private static WizerException Fails(string wat, InitEnvironment environment)
    {
        byte[] module = Modules.Compile(wat);
        WizerException? first = null;
        foreach (TierMode tier in Enum.GetValues<TierMode>())
        {
            long start = Stopwatch.GetTimestamp();
            using var patience = new CancellationTokenSource(s_patience);
            InitEnvironment onTier = environment with { Limits = environment.Limits with { Tier = tier } };
            var error = Assert.Throws<WizerException>(() => new PreInitializer().Run(module, new NullSink(), onTier, patience.Token));
            Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, s_patience);
            first ??= error;
            Assert.Equal((first.Error, first.Message), (error.Error, error.Message));
            Assert.Equal(first.InnerException?.Message, error.InnerException?.Message);
        }

        return first!;
    }

    private sealed class NullSink : IModuleSink
    {
        public void Write(ModuleSlices module)
        {
        }
    }
}
