using Wizer.Binary;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>What a foreign runtime may get wrong, and what must not matter.</summary>
public class SnapshotTests
{
    private static readonly byte[] s_module = Modules.Compile(
        "(module (memory 1 3) (global (mut i32) (i32.const 0)) (func (export \"wizer-initialize\")))");

    [Fact]
    public void Snapshot_RejectsAValueOfAnotherType()
    {
        FakeState state = State();
        state.Globals["__wizer_global_0"] = GlobalValue.I64(1);
        AssertMismatch(state, "`__wizer_global_0` has type i32, but its value has type i64");
    }

    [Fact]
    public void Snapshot_RejectsHalfAPage()
    {
        FakeState state = State();
        state.Memories["__wizer_memory_0"] = new byte[65536 + 100];
        AssertMismatch(state, "`__wizer_memory_0` has 65636 bytes, which is no whole number of pages");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Snapshot_RejectsAMemoryOfAnImpossibleSize(int pageCount)
    {
        FakeState state = State();
        state.Memories["__wizer_memory_0"] = new byte[65536 * pageCount];
        AssertMismatch(state, $"`__wizer_memory_0` has {pageCount} pages, which its type does not allow");
    }

    [Fact]
    public void Snapshot_RejectsARuntimeThatShowsNothing()
    {
        var wizer = new PreInitializer();
        wizer.Instrument(s_module, out ModuleContext context);
        WizerException error = Assert.Throws<WizerException>(() => wizer.Snapshot(context, new SilentState()));
        Assert.Equal(WizerError.StateMismatch, error.Error);
        Assert.Equal("`__wizer_memory_0` was not shown", error.Message);
    }

    [Fact]
    public void Snapshot_DoesNotDependOnHowAMemoryIsCut()
    {
        byte[] memory = new byte[65536 * 3];
        var random = new Random(9);
        for (int i = 0; i < 300; i++)
        {
            random.NextBytes(memory.AsSpan(random.Next(memory.Length - 300), random.Next(300)));
        }

        FakeState whole = State();
        whole.Memories["__wizer_memory_0"] = memory;
        byte[] expected = Snapshot(whole);
        foreach (int pieceLength in new[] { 7, 1000, 65536, 100_000 })
        {
            var cut = new FakeState { PieceLength = pieceLength, Globals = { ["__wizer_global_0"] = GlobalValue.I32(1) } };
            cut.Memories["__wizer_memory_0"] = memory;
            Assert.Equal(expected, Snapshot(cut));
        }
    }

    [Fact]
    public void Context_ServesManySnapshots()
    {
        var wizer = new PreInitializer();
        wizer.Instrument(s_module, out ModuleContext context);
        byte[] first = wizer.Snapshot(context, State());
        FakeState other = State();
        other.Globals["__wizer_global_0"] = GlobalValue.I32(2);

        Assert.NotEqual(first, wizer.Snapshot(context, other));
        Assert.Equal(first, wizer.Snapshot(context, State()));
        Assert.Equal(first, Snapshot(State()));
    }

    [Fact]
    public async Task SnapshotAsync_StopsWhenItIsCancelled()
    {
        var wizer = new PreInitializer();
        wizer.Instrument(s_module, out ModuleContext context);
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        using var output = new MemoryStream();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await wizer.SnapshotAsync(context, State(), new StreamSink(output), cancellation.Token));
        Assert.Equal(0, output.Length);
    }

    [Fact]
    public void Snapshot_RestoresTheBytes_WhenTheModuleIsInstantiated()
    {
        byte[] memory = new byte[65536 * 2];
        new Random(4).NextBytes(memory.AsSpan(1000, 70_000));
        memory.AsSpan(5000, 3).Clear();
        memory.AsSpan(9000, 600).Clear();
        memory[^1] = 1;
        FakeState state = State();
        state.Memories["__wizer_memory_0"] = memory;

        using var store = new Engine.Store();
        Engine.Instance instance = new Engine.Linker().Instantiate(store, ModuleReader.Parse(Snapshot(state)));
        Assert.True(instance.MemoryAt(0).TryGetSpan(0, memory.Length, out Span<byte> restored));
        Assert.Equal(memory, restored.ToArray());
    }

    private static byte[] Snapshot(FakeState state)
    {
        var wizer = new PreInitializer();
        wizer.Instrument(s_module, out ModuleContext context);
        return wizer.Snapshot(context, state);
    }

    private static void AssertMismatch(FakeState state, string message)
    {
        WizerException error = Assert.Throws<WizerException>(() => Snapshot(state));
        Assert.Equal(WizerError.StateMismatch, error.Error);
        Assert.Equal(message, error.Message);
    }

    private static FakeState State() => new()
    {
        Globals = { ["__wizer_global_0"] = GlobalValue.I32(1) },
        Memories = { ["__wizer_memory_0"] = new byte[65536] },
    };

    private sealed class SilentState : IInstanceState
    {
        public GlobalValue ReadGlobal(string exportName, ValType type) => GlobalValue.I32(0);

        public void ReadMemory<TState>(string exportName, TState state, MemoryReader<TState> reader)
        {
        }
    }
}
