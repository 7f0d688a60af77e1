using Wizer.Binary;
using Wizer.Engine;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>
/// Modules with the types of the GC proposal. The original's engine cannot run them, so there are no bytes of it to compare with.
/// </summary>
public class GcTests
{
    private static readonly WizerOptions s_options = WizerOptions.Default with { Layout = ModuleLayout.Compatible };

    /// <summary>
    /// Recursive and derived types, typed tables, immutable references and constant expressions that make objects, all of which
    /// stay; the initialization makes objects too, and leaves in memory and globals what it computed from them.
    /// </summary>
    private const string Text = """
        (module
          (rec
            (type $shape (sub (struct (field $next (ref null $shape)) (field $name (ref $bytes)))))
            (type $bytes (array i8)))
          (type $square (sub final $shape (struct (field (ref null $shape)) (field (ref $bytes)) (field $side i32))))
          (type $area (func (param (ref $shape)) (result i32)))
          (memory (export "memory") 1)
          (global $name (ref $bytes) (array.new_fixed $bytes 3 (i32.const 97) (i32.const 98) (i32.const 99)))
          (global $first (ref $square) (struct.new $square (ref.null $shape) (global.get $name) (i32.const 3)))
          (global $small i31ref (ref.i31 (i32.const -5)))
          (global $total (mut i32) (i32.const 0))
          (table $shapes 1 4 (ref $shape)
            (struct.new $square (ref.null $shape) (array.new $bytes (i32.const 98) (i32.const 2)) (i32.const 3)))
          (table $any 2 anyref)
          (elem $e (table $any) (i32.const 1) anyref (item (ref.i31 (i32.const 7))))
          (elem $passive (ref null $shape) (item (struct.new $square (global.get $first) (global.get $name) (i32.const 11))))
          (data $d "xyz")
          (func $area (type $area)
            (block $other (result (ref $shape))
              (local.get 0)
              (br_on_cast_fail $other (ref $shape) (ref $square))
              (struct.get $square $side)
              (return))
            (drop)
            (i32.const 1))
          (func (export "wizer-initialize") (local $list (ref null $shape)) (local $i i32) (local $name (ref null $bytes))
            (local.set $list (table.get $shapes (i32.const 0)))
            (local.set $name (array.new_data $bytes $d (i32.const 0) (i32.const 3)))
            (loop $l
              (local.set $list (struct.new $square (local.get $list) (ref.as_non_null (local.get $name)) (local.get $i)))
              (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10))))
            (local.set $list (struct.new $shape (local.get $list) (global.get $name)))
            (block $end
              (loop $l
                (global.set $total (i32.add (global.get $total)
                  (call $area (ref.as_non_null (local.get $list)))))
                (i32.store8 (global.get $total)
                  (array.get_u $bytes (struct.get $shape $name (local.get $list)) (i32.const 1)))
                (br_on_null $end (local.tee $list (struct.get $shape $next (local.get $list))))
                (br $l)))
            (i32.store (i32.const 1000) (i31.get_s (global.get $small))))
          (func (export "run") (result i32 i32 i32 i32 i32)
            (global.get $total)
            (i32.load8_u (i32.const 49))
            (i32.load (i32.const 1000))
            (i31.get_u (ref.cast (ref i31) (table.get $any (i32.const 1))))
            (struct.get $square $side (global.get $first))))
        """;

    [Fact]
    public void Run_GivesTheModuleThatIsApproved()
    {
        byte[] module = Modules.Compile(Text);
        byte[] output = new PreInitializer(s_options).Run(module);
        Snapshot.Verify(Modules.Print(output));
        foreach (SectionId id in new[] { SectionId.Type, SectionId.Table, SectionId.Element, SectionId.Code })
        {
            Assert.Equal(Modules.Section(module, id), Modules.Section(output, id));
        }
    }

    [Fact]
    public void RewrittenModule_BehavesLikeTheInitializedOne()
    {
        byte[] module = Modules.Compile(Text);
        ulong[] expected = CallRun(module, isInitialized: false);
        Assert.Equal([49, 'b', 0xffff_fffb, 7, 3], expected);
        Assert.Equal(expected, CallRun(new PreInitializer(s_options).Run(module), isInitialized: true));
    }

    [Fact]
    public void ForeignRuntime_GivesTheSameBytesAsTheEmbeddedOne()
    {
        byte[] module = Modules.Compile(Text);
        var wizer = new PreInitializer(s_options);
        byte[] instrumented = wizer.Instrument(module, out ModuleContext context);
        FakeState state = ForeignRuntime.Initialize(instrumented, WizerOptions.Default.InitFunc);
        Assert.Equal(wizer.Run(module), wizer.Snapshot(context, state));
    }

    private static ulong[] CallRun(byte[] module, bool isInitialized)
    {
        using var store = new Store();
        Instance instance = new Linker().Instantiate(store, ModuleReader.Parse(module));
        if (!isInitialized)
        {
            instance.Invoke("wizer-initialize");
        }

        return instance.Invoke("run");
    }
}
