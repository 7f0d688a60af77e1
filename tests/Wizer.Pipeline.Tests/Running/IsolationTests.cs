using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Native;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Nothing is left behind and nothing is shared. Not parallel with other tests: it counts for the whole process.</summary>
[Collection(nameof(IsolationTests))]
public class IsolationTests
{
    private static readonly byte[] s_module = Modules.Compile("""
        (module (memory 2) (memory 1 3) (global $g (mut i64) (i64.const 0)) (table 3 funcref)
          (data (i32.const 10) "some bytes")
          (func (export "wizer-initialize") (local $i i32)
            (loop $next
              (i32.store8 (i32.mul (local.get $i) (i32.const 7)) (local.get $i))
              (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 500))))
            (global.set $g (i64.const 77))))
        """);

    [Fact]
    public void TenThousandRuns_LeakNothing()
    {
        byte[] expected = new PreInitializer().Run(s_module);
        byte[] trapping = Modules.Compile("(module (memory 1) (func (export \"wizer-initialize\") unreachable))");
        Counts before = Counts.Now;
        for (int i = 0; i < 10_000; i++)
        {
            // Every way through: the embedded run, one that fails, and the foreign path.
            switch (i % 10)
            {
                case 0:
                    Assert.Throws<WizerException>(() => new PreInitializer().Run(trapping));
                    break;
                case 1:
                    var wizer = new PreInitializer();
                    byte[] instrumented = wizer.Instrument(s_module, out ModuleContext context);
                    wizer.Snapshot(context, ForeignRuntime.Initialize(instrumented, "wizer-initialize"));
                    break;
                default:
                    Assert.Equal(expected, new PreInitializer().Run(s_module));
                    break;
            }
        }

        Assert.Equal(before, Counts.Now);
    }

    [Fact]
    public void TenThousandRunsOfComponents_LeakNothing()
    {
        byte[] good = Modules.Compile("""
            (component
              (component $nested
                (core module $m (memory 1) (data (i32.const 10) "some bytes") (table 2 funcref)
                  (func $f (export "init") (i32.store (i32.const 500) (i32.const 7)) (table.set (i32.const 0) (ref.func $f)))
                  (elem declare func $f))
                (core instance $i (instantiate $m))
                (func (export "init") (canon lift (core func $i "init"))))
              (instance $n (instantiate $nested))
              (export "init" (func $n "init")))
            """);
        byte[] trapping = Modules.Compile("""
            (component (core module $m (memory 1) (func (export "init") unreachable)) (core instance $i (instantiate $m))
              (func (export "init") (canon lift (core func $i "init"))))
            """);
        byte[] refused = Modules.Compile("""
            (component
              (core module $a (table (export "t") 1 anyref) (memory 1) (func (export "init")))
              (core module $b (type $o (struct)) (import "a" "t" (table 1 anyref))
                (func $f (table.set (i32.const 0) (struct.new $o))) (start $f))
              (core instance $ia (instantiate $a)) (core instance (instantiate $b (with "a" (instance $ia))))
              (func (export "init") (canon lift (core func $ia "init"))))
            """);
        byte[] restored = Modules.Compile("""
            (component
              (core module $a (table (export "t") 1 funcref) (memory 1) (func (export "init")))
              (core module $b (import "a" "t" (table 1 funcref)) (func $f (table.set (i32.const 0) (ref.func $f))) (start $f)
                (elem declare func $f))
              (core instance $ia (instantiate $a)) (core instance (instantiate $b (with "a" (instance $ia))))
              (func (export "init") (canon lift (core func $ia "init"))))
            """);
        var wizer = new PreInitializer(new WizerOptions { InitFunc = "init" });
        byte[] expected = wizer.Run(good);
        byte[] expectedRestored = wizer.Run(restored);
        Counts before = Counts.Now;
        for (int i = 0; i < 10_000; i++)
        {
            switch (i % 10)
            {
                case 2:
                    Assert.Equal(expectedRestored, wizer.Run(restored));
                    break;
                case 0:
                    Assert.Equal(WizerError.InitializationFailed, Assert.Throws<WizerException>(() => wizer.Run(trapping)).Error);
                    break;
                case 1:
                    Assert.Equal(WizerError.UnsupportedModule, Assert.Throws<WizerException>(() => wizer.Run(refused)).Error);
                    break;
                default:
                    Assert.Equal(expected, wizer.Run(good));
                    break;
            }
        }

        Assert.Equal(before, Counts.Now);
    }

    [Fact]
    public void AThousandRunsOfAPreparedModule_LeaveNothing()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory.In("file"), "what is in the file");
        Application[] applications = [.. Application.All.Where(application => !application.Script.EndsWith('L'))];
        var before = Counts.Now;
        using (PreparedModule prepared = new PreInitializer().Prepare(Application.Module))
        {
            Counts first = default;
            int mappings = 0;
            WeakReference? world = null;
            for (int i = 0; i < 1_000; i++)
            {
                world = Run(prepared, applications[i % applications.Length], directory.Path);
                if (i == 2 * applications.Length)
                {
                    // By now everything has been translated, and code is all that a run may add.
                    first = Counts.Now;
                    mappings = CountMappings();
                }
            }

            Assert.Equal(first.Buffers, Counts.Now.Buffers);
            Assert.Equal(first.Reservations, Counts.Now.Reservations);
            Assert.InRange(Counts.Now.Blocks, first.Blocks, first.Blocks + 20);
            Assert.InRange(CountMappings(), 0, mappings + 50);

            // Nor does the store hold on to the host.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            Assert.False(world!.IsAlive);
        }

        Assert.Equal(before, Counts.Now);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference Run(PreparedModule prepared, Application application, string directory)
    {
        InitEnvironment world = application.CreateEnvironment(directory);
        try
        {
            prepared.Run(new NullSink(), world);
        }
        catch (WizerException)
        {
            // Most of them end that way.
        }

        return new WeakReference(world.Wasi!.Stdin);
    }

    private static int CountMappings() => OperatingSystem.IsLinux() ? File.ReadLines("/proc/self/maps").Count() : 0;

    [Fact]
    public void ConcurrentRuns_ShareNothing()
    {
        byte[] expected = new PreInitializer().Run(s_module);
        var wizer = new PreInitializer();
        var context = wizer.Instrument(s_module, new NullSink());
        Parallel.For(0, 200, i =>
        {
            Assert.Equal(expected, wizer.Run(s_module));
            if (i % 10 == 0)
            {
                byte[] instrumented = wizer.Instrument(s_module, out _);
                Assert.Equal(expected, wizer.Snapshot(context, ForeignRuntime.Initialize(instrumented, "wizer-initialize")));
            }
        });
    }

    private readonly record struct Counts(int Buffers, int Reservations, int Blocks)
    {
        public static Counts Now => new(PooledBuffer.LiveCount, AddressSpace.Outstanding, NativeBlock.Outstanding);
    }

    private sealed class NullSink : IModuleSink
    {
        public void Write(ModuleSlices module)
        {
        }
    }
}

/// <summary>Keeps the counting tests away from all others.</summary>
[CollectionDefinition(nameof(IsolationTests), DisableParallelization = true)]
public class IsolationTestsCollection;
