using System.Buffers;
using System.Collections.Concurrent;
using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>
/// One module, run many times: every run says and writes what it would if it were the only one, whatever ran before it or beside it.
/// </summary>
public sealed class PreparedModuleTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public PreparedModuleTests() => File.WriteAllText(_directory.In("file"), "what is in the file");

    public static TheoryData<string> Cases => new(WatCase.Names);

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryCase_GivesTheBytesOfASingleRun(string name)
    {
        WatCase wat = WatCase.Load(name);
        byte[] module = wat.Compile();
        foreach (ModuleLayout layout in Enum.GetValues<ModuleLayout>())
        {
            var wizer = new PreInitializer(wat.Options with { Layout = layout });
            byte[] expected = wizer.Run(module);
            using PreparedModule prepared = wizer.Prepare(module);
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(expected, Run(prepared));
                Assert.Equal(1, prepared.IdleStoreCount);
            }
        }
    }

    [Theory]
    [InlineData(TierMode.Default, true)]
    [InlineData(TierMode.Default, false)]
    [InlineData(TierMode.CompileEverything, true)]
    [InlineData(TierMode.CompileEverything, false)]
    [InlineData(TierMode.InterpreterOnly, true)]
    public void NoApplication_FindsATraceOfAnother(TierMode tier, bool usesMachineCode)
    {
        var wizer = new PreInitializer();
        Application[] all = [.. Application.All];
        string[] expected = [.. all.Select(application => Describe(application, sink => wizer.Run(Application.Module, sink, World(application))))];

        // All that end well and all that do not follow one another.
        using PreparedModule prepared = wizer.Prepare(Application.Module);
        for (int step = 1; step <= 5; step += 2)
        {
            for (int i = 0; i < all.Length; i++)
            {
                int at = i * step % all.Length;
                Assert.Equal(
                    expected[at],
                    Describe(all[at], sink => prepared.Run(sink, World(all[at]) with { Limits = Limits(all[at]) })));
                Assert.Equal(1, prepared.IdleStoreCount);
            }
        }

        EngineOptions Limits(Application application) =>
            World(application).Limits with { Tier = tier, UsesMachineCode = usesMachineCode };
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Applications_MayRunAtTheSameTime(int threadCount)
    {
        var wizer = new PreInitializer();
        Application[] all = [.. Application.All];
        string[] expected = [.. all.Select(application => Describe(application, sink => wizer.Run(Application.Module, sink, World(application))))];
        using PreparedModule prepared = wizer.Prepare(Application.Module);
        prepared.MaxIdleStoreCount = threadCount;
        var work = new ConcurrentQueue<int>(Enumerable.Range(0, 5 * all.Length).Select(i => i % all.Length));
        var wrong = new ConcurrentBag<string>();
        Thread[] threads = [.. Enumerable.Range(0, threadCount).Select(_ => new Thread(() =>
        {
            while (work.TryDequeue(out int at))
            {
                string found = Describe(all[at], sink => prepared.Run(sink, World(all[at])));
                if (found != expected[at])
                {
                    wrong.Add($"expected {expected[at]}, found {found}");
                }
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Assert.Empty(wrong);
        Assert.InRange(prepared.IdleStoreCount, 1, threadCount);
    }

    [Fact]
    public void ACancelledRun_LeavesNoTrace()
    {
        var wizer = new PreInitializer();
        var application = new Application("cwk", 3);
        byte[] expected = wizer.Run(Application.Module, World(application));
        using PreparedModule prepared = wizer.Prepare(Application.Module);
        for (int i = 0; i < 3; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var endless = new Application("cshdL", 8);
            InitEnvironment world = endless.CreateEnvironment(
                _directory.Path, stdin => new CallbackStream(stdin, cancellation.Cancel));
            world = world with { Timeout = null };
            var cancelled = Assert.ThrowsAny<OperationCanceledException>(
                () => prepared.Run(new ArrayBufferWriter<byte>(), world, cancellation.Token));
            Assert.Equal(cancellation.Token, cancelled.CancellationToken);
            Assert.Equal(expected, Run(prepared, World(application)));
            Assert.Equal(1, prepared.IdleStoreCount);
        }
    }

    [Fact]
    public void ACancellationAfterTheRun_IsTooLate()
    {
        using PreparedModule prepared = new PreInitializer().Prepare(Application.Module);
        using var cancellation = new CancellationTokenSource();
        InitEnvironment world = World(new Application("w"));
        prepared.Run(new ArrayBufferWriter<byte>(), world, cancellation.Token);
        InitEnvironment next = new Application("w").CreateEnvironment(
            _directory.Path, stdin => new CallbackStream(stdin, cancellation.Cancel));
        prepared.Run(new ArrayBufferWriter<byte>(), next);
        Assert.True(cancellation.IsCancellationRequested);
    }

    [Fact]
    public void Runs_WithOtherLimits_HaveOtherStores()
    {
        byte[] module = Modules.Compile("""
            (module (memory 1) (func (export "wizer-initialize") (i32.store (i32.const 0) (memory.grow (i32.const 10)))
              (f32.store (i32.const 4) (f32.sqrt (f32.const -1)))))
            """);
        var wizer = new PreInitializer();
        using PreparedModule prepared = wizer.Prepare(module);
        prepared.MaxIdleStoreCount = 3;
        InitEnvironment[] worlds =
        [
            new InitEnvironment(),
            new InitEnvironment { Limits = new EngineOptions { MaxMemoryByteLength = 5 << 16 } },
            new InitEnvironment { Deterministic = new DeterministicOptions() },
        ];
        for (int i = 0; i < 9; i++)
        {
            InitEnvironment world = worlds[i % 3];
            Assert.Equal(wizer.Run(module, world), Run(prepared, world));
            Assert.Equal(Math.Min(i + 1, 3), prepared.IdleStoreCount);
        }

        prepared.MaxIdleStoreCount = 1;
        Assert.Equal(1, prepared.IdleStoreCount);
        Assert.Equal(wizer.Run(module, worlds[0]), Run(prepared, worlds[0]));
        Assert.Equal(1, prepared.IdleStoreCount);
    }

    [Fact]
    public void Preloads_BeginAgain_InStoresOfTheirOwn()
    {
        byte[] preload = Modules.Compile("""
            (module (global $count (mut i32) (i32.const 0))
              (func (export "count") (result i32) (global.set $count (i32.add (global.get $count) (i32.const 1))) (global.get $count)))
            """);
        byte[] module = Counting("lib");
        var wizer = new PreInitializer();
        var environment = new InitEnvironment { Preloads = [new PreloadModule("lib", preload)] };
        using PreparedModule prepared = wizer.Prepare(module);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(wizer.Run(module, environment), Run(prepared, environment));
            Assert.Equal(0, prepared.IdleStoreCount);
        }
    }

    [Fact]
    public void HostFunctions_AreTheRunsOwn()
    {
        byte[] module = Counting("host");
        var wizer = new PreInitializer();
        using PreparedModule prepared = wizer.Prepare(module);
        for (uint i = 0; i < 3; i++)
        {
            byte[] expected = wizer.Run(module, Defining(i));
            Assert.Equal(expected, Run(prepared, Defining(i)));
            Assert.Equal(1, prepared.IdleStoreCount);
        }

        static InitEnvironment Defining(uint value) => new()
        {
            DefineImports = (_, linker) => linker.DefineFunction(
                "host", "count", new FuncType([], [ValType.I32]), (_, slots) => slots[0] = value),
        };
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ObjectsOfTheHost_EndWithTheRun(bool areImported)
    {
        byte[] module = Counting("host");
        var wizer = new PreInitializer();
        using PreparedModule prepared = wizer.Prepare(module);

        // One store is kept, for the others to be taken from.
        Assert.Throws<WizerException>(() => Run(prepared));
        Assert.Equal(1, prepared.IdleStoreCount);
        for (int i = 0; i < 2; i++)
        {
            Function? made = null;
            var environment = new InitEnvironment
            {
                DefineImports = (store, linker) =>
                {
                    made = new Function(store, new FuncType([], [ValType.I32]), static (_, slots) => slots[0] = 4);
                    linker.DefineFunction("host", "count", made.Type, static (_, slots) => slots[0] = 4);
                    if (areImported)
                    {
                        linker.Define("host", "count", made);
                    }
                },
            };
            byte[] expected = wizer.Run(module, environment);
            Assert.Equal(expected, Run(prepared, environment));
            if (areImported)
            {
                Assert.Equal(0, prepared.IdleStoreCount);
                Assert.Throws<ObjectDisposedException>(() => made!.Invoke());
            }
        }
    }

    [Fact]
    public void AFailedInstantiation_IsTheSameEachTime()
    {
        byte[] module = Modules.Compile(
            "(module (memory 1) (data (i32.const 65530) \"too long\") (func (export \"wizer-initialize\")))");
        using PreparedModule prepared = new PreInitializer().Prepare(module);
        for (int i = 0; i < 2; i++)
        {
            WizerException error = Assert.Throws<WizerException>(() => Run(prepared));
            Assert.Equal(WizerError.InstantiationFailed, error.Error);
            Assert.Equal(0, prepared.IdleStoreCount);
        }
    }

    [Fact]
    public void AnOutputThatFails_LeavesNoTrace()
    {
        var application = new Application("cwk", 3);
        byte[] expected = new PreInitializer().Run(Application.Module, World(application));
        using PreparedModule prepared = new PreInitializer().Prepare(Application.Module);
        Assert.Throws<InvalidOperationException>(() => prepared.Run(new FailingSink(), World(new Application("cd"))));
        Assert.Equal(expected, Run(prepared, World(application)));
    }

    [Fact]
    public void Prepare_ReportsWhatRunWould()
    {
        Assert.Equal(WizerError.InvalidModule, Fails("(module (func (result i32)))").Error);
        Assert.Equal(WizerError.InitFuncUnusable, Fails("(module)").Error);
        Assert.Equal(
            Assert.Throws<WizerException>(
                () => new PreInitializer(Duplicates()).Run(Modules.Compile("(module (func (export \"wizer-initialize\")))"))).Message,
            Fails("(module (func (export \"wizer-initialize\")))", Duplicates()).Message);
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => new PreInitializer().Prepare(Application.Module, cancellation.Token));

        static WizerOptions Duplicates() => new() { FuncRenames = [FuncRename.Parse("a=b"), FuncRename.Parse("c=b")] };
        static WizerException Fails(string wat, WizerOptions? options = null) =>
            Assert.Throws<WizerException>(() => new PreInitializer(options).Prepare(Modules.Compile(wat)));
    }

    [Fact]
    public void Files_AndStreams_AreOutputs()
    {
        var application = new Application("cwk", 3);
        byte[] expected = new PreInitializer().Run(Application.Module, World(application));
        string input = _directory.In("input.wasm");
        string output = _directory.In("output.wasm");
        File.WriteAllBytes(input, Application.Module);
        using PreparedModule prepared = new PreInitializer().PrepareFile(input);
        File.Delete(input);
        RunReport report = prepared.RunFile(output, World(application));
        Assert.Equal(expected, File.ReadAllBytes(output));
        Assert.Equal(TimeSpan.Zero, report.ValidationTime);
        Assert.Equal(expected.Length, report.Snapshot.OutputByteLength);

        using var stream = new MemoryStream();
        prepared.Run(stream, World(application));
        Assert.Equal(expected, stream.ToArray());
        Assert.Throws<WizerException>(() => prepared.RunFile(_directory.In("failed.wasm"), World(new Application("T"))));
        Assert.False(File.Exists(_directory.In("failed.wasm")));
        Assert.Equal(
            WizerError.InputUnreadable, Assert.Throws<WizerException>(() => new PreInitializer().PrepareFile(input)).Error);
    }

    [Fact]
    public void ADisposedModule_DoesNotRun()
    {
        PreparedModule prepared = new PreInitializer().Prepare(Application.Module);
        Assert.Throws<ArgumentOutOfRangeException>(() => prepared.MaxIdleStoreCount = -1);

        // One that is under way goes on to its end.
        InitEnvironment world = new Application("w").CreateEnvironment(
            _directory.Path, stdin => new CallbackStream(stdin, prepared.Dispose));
        prepared.Run(new ArrayBufferWriter<byte>(), world);
        Assert.Equal(0, prepared.IdleStoreCount);
        Assert.Throws<ObjectDisposedException>(() => Run(prepared));
        Assert.Throws<ObjectDisposedException>(() => prepared.RunFile(_directory.In("output.wasm")));
        Assert.Throws<ObjectDisposedException>(() => prepared.MaxIdleStoreCount = 4);
        prepared.Dispose();
    }

    private InitEnvironment World(Application application) => application.CreateEnvironment(_directory.Path);

    private static byte[] Run(PreparedModule prepared, InitEnvironment? environment = null)
    {
        var output = new ArrayBufferWriter<byte>();
        prepared.Run(output, environment);
        return output.WrittenSpan.ToArray();
    }

    // All that a run says of itself, and a digest of what it writes.
    private static string Describe(Application application, Func<IModuleSink, RunReport> run)
    {
        var output = new ArrayBufferWriter<byte>();
        try
        {
            RunReport report = run(new BufferWriterSink(output));
            return $"{application}: {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(output.WrittenSpan))}"
                + $" {string.Join(' ', report.ImportCalls.Concat(report.WasiCalls).Select(static c => $"{c.Name}:{c.CallCount}"))}"
                + $" {string.Join(' ', report.OpenDescriptors.Concat(report.KnownDirectories))} {report.EnvironmentVariableCount}"
                + $" {report.RefusedMemoryGrowths} {report.RefusedTableGrowths} {report.Snapshot.SegmentCount}";
        }
        catch (WizerException error)
        {
            Assert.Equal(0, output.WrittenCount);
            var trap = error.InnerException as WasmTrapException;
            return $"{application}: {error.Error} {error.Message} {error.Hint} {trap?.DisplayMessage} {trap?.DisplayFault}"
                + $" {(application.Script.EndsWith('L') ? "" : trap?.DisplayBacktrace)}";
        }
    }

    private static byte[] Counting(string from) => Modules.Compile($"""
        (module (import "{from}" "count" (func $count (result i32))) (global $x (mut i32) (i32.const 0))
          (func (export "wizer-initialize") (global.set $x (i32.add (global.get $x) (call $count)))))
        """);

    private sealed class FailingSink : IModuleSink
    {
        public void Write(ModuleSlices module) => throw new InvalidOperationException();
    }

    /// <summary>Says when the guest reads.</summary>
    private sealed class CallbackStream(Stream inner, Action callback) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = inner.Read(buffer, offset, count);
            callback();
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
