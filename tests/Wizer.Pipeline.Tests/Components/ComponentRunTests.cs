using System.Text;
using Wizer.Binary.Components;
using Wizer.Engine;
using Wizer.Engine.Components;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Components that start where their initialization ended.</summary>
public sealed class ComponentRunTests
{
    [Theory]
    [InlineData("i32", "s32", "(i32.const 7)")]
    [InlineData("i64", "s64", "(i64.const -7)")]
    [InlineData("f32", "f32", "(f32.const 7.5)")]
    [InlineData("f64", "f64", "(f64.const -7.25)")]
    public void Global_StartsWithTheValueItHad(string coreType, string type, string value)
    {
        string fields = $"""
            (core module $m
              (global $g (mut {coreType}) ({coreType}.const 0))
              (func (export "set") (global.set $g {value}))
              (func (export "get") (result {coreType}) (global.get $g)))
            (core instance $i (instantiate $m))
            (func (export "init") (canon lift (core func $i "set")))
            (func (export "get") (result {type}) (canon lift (core func $i "get")))
            """;
        using ComponentRound round = ComponentRound.Initialize(fields);
        string expected = value.Split(' ')[1].TrimEnd(')');
        Assert.Equal(expected, round.Invoke("get")!.Value.ToString());
        Assert.Equal(["get"], round.Instance.Exports.Names);
    }

    [Fact]
    public void GlobalOfVectors_StartsWithTheValueItHad()
    {
        using ComponentRound round = ComponentRound.Initialize("""
            (core module $m
              (global $g (mut v128) (v128.const i64x2 0 0))
              (func (export "set") (global.set $g (v128.const i64x2 3 4)))
              (func (export "get") (result i64) (i64x2.extract_lane 1 (global.get $g))))
            (core instance $i (instantiate $m))
            (func (export "init") (canon lift (core func $i "set")))
            (func (export "get") (result u64) (canon lift (core func $i "get")))
            """);
        Assert.Equal(ComponentValue.Of(4UL), round.Invoke("get"));
    }

    [Theory]
    [InlineData("(memory $x 1 1)", "i32")]
    [InlineData("(memory $x 1)", "i32")]
    [InlineData("(memory $x i64 1 4)", "i64")]
    [InlineData("(memory $first 1) (memory $x 2 2)", "i32")]
    public void Memory_StartsWithItsContents(string memory, string address)
    {
        // Nothing is exported that is not lifted, and the memory may be at its maximum: nobody has to read it from outside.
        using ComponentRound round = ComponentRound.Initialize($"""
            (core module $m
              {memory}
              (data (memory $x) ({address}.const 8) "old data")
              (func (export "set") (i32.store $x ({address}.const 12) (i32.const 77)))
              (func (export "get") (result i32) (i32.add (i32.load $x ({address}.const 12)) (i32.load8_u $x ({address}.const 8)))))
            (core instance $i (instantiate $m))
            (func (export "init") (canon lift (core func $i "set")))
            (func (export "get") (result u32) (canon lift (core func $i "get")))
            """);
        Assert.Equal(77u + 'o', round.InvokeU32("get"));
        Assert.Equal(1, round.Report!.Snapshot.SegmentCount);
    }

    [Fact]
    public void ModuleWithoutExports_KeepsItsState()
    {
        using ComponentRound round = ComponentRound.Initialize("""
            (core module $a (func (export "f")))
            (core module $quiet (import "a" "f" (func $f)) (memory 1) (global (mut i32) (i32.const 1))
              (func $start (call $f) (i32.store (i32.const 4) (i32.const 5)) (global.set 0 (i32.const 6)))
              (start $start))
            (core instance $ia (instantiate $a))
            (core instance $iq (instantiate $quiet (with "a" (instance $ia))))
            (func (export "init") (canon lift (core func $ia "f")))
            """);
        CoreModuleReport quiet = round.Report!.Component!.Modules[1];
        Assert.Equal((1, 1, 1), (quiet.Index, quiet.Snapshot.SegmentCount, quiet.Snapshot.GlobalCount));
    }

    [Fact]
    public void Modules_ShareMemoriesAndGlobals_ThatAreWrittenWhereTheyAreDefined()
    {
        // The owner's own data, another's data over them, a start function over those, and the initialization function over all.
        using ComponentRound round = ComponentRound.Initialize("""
            (core module $owner
              (memory (export "memory") 1 10)
              (global (export "counter") (mut i32) (i32.const 1))
              (data (i32.const 0) "aaaaaa"))
            (core module $writer
              (import "o" "memory" (memory 1)) (import "o" "counter" (global $c (mut i32)))
              (data (i32.const 1) "bbbbb") (data $passive "ppp") (data (i32.const 100) "gone")
              (global $own (mut i32) (i32.const 3))
              (func $start (i32.store8 (i32.const 2) (i32.const 99)) (drop (memory.grow (i32.const 2)))
                (memory.fill (i32.const 100) (i32.const 0) (i32.const 4)))
              (start $start)
              (func (export "set") (i32.store8 (i32.const 3) (i32.const 100))
                (global.set $c (i32.add (global.get $c) (i32.const 41))) (global.set $own (i32.const 8))
                (i32.store (i32.mul (memory.size) (i32.const 60000)) (i32.const 7)))
              (func (export "later") (result i32) (memory.init $passive (i32.const 4) (i32.const 0) (i32.const 1)) (global.get $own)))
            (core module $reader
              (import "o" "memory" (memory 0)) (import "o" "counter" (global $c (mut i32)))
              (func (export "text") (result i32) (i32.store (i32.const 200) (i32.const 0)) (i32.store (i32.const 204) (i32.const 6))
                (i32.const 200))
              (func (export "state") (result i32)
                (i32.add (i32.load (i32.const 100)) (i32.add (global.get $c) (i32.mul (memory.size) (i32.const 1000)))))
              (func (export "far") (result i32) (i32.load (i32.const 180000))))
            (core instance $o (instantiate $owner))
            (alias core export $o "memory" (core memory $memory))
            (core instance $w (instantiate $writer (with "o" (instance $o))))
            (core instance $r (instantiate $reader (with "o" (instance $o))))
            (func (export "init") (canon lift (core func $w "set")))
            (func (export "later") (result u32) (canon lift (core func $w "later")))
            (func (export "text") (result string) (canon lift (core func $r "text") (memory $memory)))
            (func (export "state") (result u32) (canon lift (core func $r "state")))
            (func (export "far") (result u32) (canon lift (core func $r "far")))
            """);
        Assert.Equal(ComponentValue.Of("abcdbb"), round.Invoke("text"));
        Assert.Equal(3042u, round.InvokeU32("state"));
        Assert.Equal(7u, round.InvokeU32("far"));
        Assert.Equal(8u, round.InvokeU32("later"));
        Assert.Equal(ComponentValue.Of("abcdpb"), round.Invoke("text"));
        Assert.Equal([2, 0, 0], round.Report!.Component!.Modules.Select(module => module.Snapshot.SegmentCount));
    }

    [Fact]
    public void DroppedSegments_StayDropped()
    {
        using ComponentRound round = ComponentRound.Initialize("""
            (core module $m (memory 1) (data $dropped "abc") (data $kept "abc")
              (func (export "init") (data.drop $dropped))
              (func (export "kept") (memory.init $kept (i32.const 0) (i32.const 0) (i32.const 3)))
              (func (export "dropped") (memory.init $dropped (i32.const 0) (i32.const 0) (i32.const 3))))
            (core instance $i (instantiate $m))
            (func (export "init") (canon lift (core func $i "init")))
            (func (export "kept") (canon lift (core func $i "kept")))
            (func (export "dropped") (canon lift (core func $i "dropped")))
            """);
        round.Invoke("kept");
        Assert.Throws<WasmTrapException>(() => round.Invoke("dropped"));
    }

    [Fact]
    public void StartFunctions_HaveRun()
    {
        using ComponentRound round = ComponentRound.Initialize("""
            (core module $m (global $g (mut i32) (i32.const 0))
              (func $start (global.set $g (i32.add (global.get $g) (i32.const 1)))) (start $start)
              (func (export "init"))
              (func (export "get") (result i32) (global.get $g)))
            (core instance $i (instantiate $m))
            (func (export "init") (canon lift (core func $i "init")))
            (func (export "get") (result u32) (canon lift (core func $i "get")))
            """);
        Assert.Equal(1u, round.InvokeU32("get"));
    }

    [Fact]
    public void CoreExports_StayWhateverTheyAreCalled()
    {
        // `_initialize` is run by a start function of another module, as tools wire it; the other is called like the component's own.
        using ComponentRound round = ComponentRound.Initialize("""
            (core module $main (global $g (mut i32) (i32.const 0))
              (func (export "_initialize") (global.set $g (i32.add (global.get $g) (i32.const 1))))
              (func (export "init") (global.set $g (i32.add (global.get $g) (i32.const 10))))
              (func (export "get") (result i32) (global.get $g)))
            (core module $shim (import "main" "_initialize" (func $f)) (start $f))
            (core instance $m (instantiate $main))
            (core instance (instantiate $shim (with "main" (instance $m))))
            (func (export "init") (canon lift (core func $m "init")))
            (func (export "again") (canon lift (core func $m "init")))
            (func (export "get") (result u32) (canon lift (core func $m "get")))
            """);
        Assert.Equal(11u, round.InvokeU32("get"));
        round.Invoke("again");
        Assert.Equal(21u, round.InvokeU32("get"));
    }

    [Fact]
    public void UnusedModules_StayAsTheyAre()
    {
        const string Unused = """(core module $unused (memory 1) (data (i32.const 0) "as it is") (func $f) (start $f))""";
        byte[] before = Modules.Compile($"(component {Unused})");
        ComponentInfo unused = ComponentReader.Parse(before);
        using ComponentRound round = ComponentRound.Initialize(
            Unused + """
            (core module $m (func (export "init")))
            (core instance $i (instantiate $m))
            (func (export "init") (canon lift (core func $i "init")))
            """);
        Assert.True(round.Bytes.AsSpan().IndexOf(unused.Definitions[0].Range.Of(before)) >= 0);
    }

    [Theory]
    [InlineData("(export \"init\" (func $set)) (export \"a\" (func $one)) (export \"b\" (func $two))")]
    [InlineData("(export \"a\" (func $one)) (export \"init\" (func $set)) (export \"b\" (func $two))")]
    [InlineData("(export \"a\" (func $one)) (export \"b\" (func $two)) (export \"init\" (func $set))")]
    [InlineData("(export $x \"init\" (func $set)) (export \"a\" (func $one)) (export \"b\" (func $two)) (export \"c\" (func $x))")]
    [InlineData("(export $x \"a\" (func $one)) (export \"init\" (func $set)) (export \"b\" (func $two)) (export \"c\" (func $x))")]
    [InlineData("(export $x \"init\" (func $set)) (instance $e (export \"f\" (func $x))) (export \"e\" (instance $e)) (export \"a\" (func $one)) (export \"b\" (func $two))")]
    [InlineData("(export \"init\" (func $set)) (export $x \"a\" (func $one)) (export $y \"b\" (func $two)) (instance $e (export \"f\" (func $y))) (export \"e\" (instance $e))")]
    public void ExportOfTheInitFunction_IsRemoved_AndIndicesBehindItFollow(string exports)
    {
        string fields = $"""
            (core module $m (global $g (mut i32) (i32.const 0))
              (func (export "set") (global.set $g (i32.const 100)))
              (func (export "one") (result i32) (i32.add (global.get $g) (i32.const 1)))
              (func (export "two") (result i32) (i32.add (global.get $g) (i32.const 2))))
            (core instance $i (instantiate $m))
            (func $set (canon lift (core func $i "set")))
            (func $one (result u32) (canon lift (core func $i "one")))
            (func $two (result u32) (canon lift (core func $i "two")))
            {exports}
            """;
        using ComponentRound removed = ComponentRound.Initialize(fields);
        using ComponentRound kept = ComponentRound.Initialize(fields, keeps: true);
        Assert.Null(removed.Instance.Exports.FindFunction("init"));
        Assert.NotNull(kept.Instance.Exports.FindFunction("init"));
        Assert.Equal(kept.Instance.Exports.Names.Where(name => name != "init"), removed.Instance.Exports.Names);
        foreach (ComponentRound round in new[] { removed, kept })
        {
            Assert.Equal((101u, 102u), (round.InvokeU32("a"), round.InvokeU32("b")));
        }
    }

    [Fact]
    public void ComponentNames_FollowTheirDefinitions()
    {
        byte[] component = Modules.CompileWithNames("""
            (component
              (core module $m (func (export "set")) (func (export "get") (result i32) (i32.const 1)))
              (core instance $i (instantiate $m))
              (func $set (canon lift (core func $i "set")))
              (export $gone "init" (func $set))
              (func $get (result u32) (canon lift (core func $i "get")))
              (export $shown "get" (func $get)))
            """);
        using ComponentRound round = ComponentRound.Initialize(component, new WizerOptions { InitFunc = "init" });
        string text = Encoding.UTF8.GetString(round.Bytes);
        Assert.DoesNotContain("gone", text, StringComparison.Ordinal);
        Assert.Contains("component-name", text, StringComparison.Ordinal);
        Assert.Contains("(func $get", Wizer.Text.WatPrinter.Print(round.Info), StringComparison.Ordinal);
    }

    [Fact]
    public void NestedComponents_WithoutModules_StayAsTheyAre()
    {
        // As bindings generators wrap exports: types and functions go in, an instance comes out.
        using ComponentRound round = ComponentRound.Initialize("""
            (core module $m (global $g (mut i32) (i32.const 0))
              (func (export "init") (global.set $g (i32.const 5)))
              (func (export "get") (result i32) (global.get $g)))
            (core instance $i (instantiate $m))
            (type $id u32)
            (func $get (result u32) (canon lift (core func $i "get")))
            (component $outer
              (type $u u32)
              (import "id" (type $t (eq $u)))
              (import "get" (func $g (result $t)))
              (component $inner
                (import "get" (func $h (result u32)))
                (export "deep" (func $h)))
              (instance $in (instantiate $inner (with "get" (func $g))))
              (export "api" (instance $in)))
            (instance $o (instantiate $outer (with "id" (type $id)) (with "get" (func $get))))
            (export "o" (instance $o))
            (func (export "init") (canon lift (core func $i "init")))
            """);
        ComponentFunction deep = round.Instance.Exports.FindInstance("o")!.FindInstance("api")!.FindFunction("deep")!;
        Assert.Equal(ComponentValue.Of(5u), deep.Invoke());
    }

    [Fact]
    public void NestedComponents_HaveTheirModulesRewritten()
    {
        using ComponentRound round = ComponentRound.Initialize("""
            (component $nested
              (component $deeper
                (core module $m (global $g (mut i32) (i32.const 0)) (memory 1)
                  (func (export "set") (global.set $g (i32.const 5)) (i32.store (i32.const 70000) (i32.const 1)))
                  (func (export "grow") (drop (memory.grow (i32.const 1))))
                  (func (export "get") (result i32) (i32.add (global.get $g) (i32.load (i32.const 70000)))))
                (core instance $i (instantiate $m))
                (func (export "set") (canon lift (core func $i "set")))
                (func (export "grow") (canon lift (core func $i "grow")))
                (func (export "get") (result u32) (canon lift (core func $i "get"))))
              (instance $d (instantiate $deeper))
              (export "set" (func $d "set")) (export "grow" (func $d "grow")) (export "get" (func $d "get")))
            (component $driver
              (import "set" (func $set)) (import "grow" (func $grow))
              (core func $lowered-set (canon lower (func $set)))
              (core func $lowered-grow (canon lower (func $grow)))
              (core module $main (import "n" "set" (func $set)) (import "n" "grow" (func $grow)) (func (export "init") (call $grow) (call $set)))
              (core instance $i (instantiate $main
                (with "n" (instance (export "set" (func $lowered-set)) (export "grow" (func $lowered-grow))))))
              (func (export "init") (canon lift (core func $i "init"))))
            (instance $n (instantiate $nested))
            (instance $d (instantiate $driver (with "set" (func $n "set")) (with "grow" (func $n "grow"))))
            (export "init" (func $d "init"))
            (export "get" (func $n "get"))
            """);
        Assert.Equal(6u, round.InvokeU32("get"));
    }

    [Fact]
    public void Imports_AreThoseOfTheEnvironment()
    {
        const string Fields = """
            (import "answer" (func $answer (result u32)))
            (core func $lowered (canon lower (func $answer)))
            (core module $m (import "host" "answer" (func $f (result i32))) (global $g (mut i32) (i32.const 0))
              (func (export "init") (global.set $g (call $f)))
              (func (export "get") (result i32) (global.get $g)))
            (core instance $i (instantiate $m (with "host" (instance (export "answer" (func $lowered))))))
            (func (export "init") (canon lift (core func $i "init")))
            (func (export "get") (result u32) (canon lift (core func $i "get")))
            """;
        WizerException error = ComponentRound.Refuse(Fields, environment: new InitEnvironment { UnknownImports = UnknownImports.Fail });
        Assert.Equal(
            (WizerError.InstantiationFailed, "component imports function `answer`, but a matching implementation was not found in the linker"),
            (error.Error, error.Message));
        using ComponentRound round = ComponentRound.Initialize(Fields, environment: new InitEnvironment
        {
            DefineComponentImports = (_, linker) => linker.DefineFunction(null, "answer", (_, _) => ComponentValue.Of(42u)),
        });
        Assert.Equal(42u, round.InvokeU32("get"));
        error = ComponentRound.Refuse(Fields);
        Assert.Equal("the initialization function trapped", error.Message);
    }

    [Fact]
    public void Limits_HoldForComponents()
    {
        const string Fields = """
            (core module $m (memory 1)
              (func $deep (export "deep") (call $deep))
              (func (export "spin") (loop $forever (br $forever)))
              (func (export "grow") (drop (memory.grow (i32.const 100)))))
            (core instance $i (instantiate $m))
            (func (export "deep") (canon lift (core func $i "deep")))
            (func (export "spin") (canon lift (core func $i "spin")))
            (func (export "grow") (canon lift (core func $i "grow")))
            """;
        Assert.Equal(
            WizerError.TimedOut,
            ComponentRound.Refuse(Fields, "spin", new InitEnvironment { Timeout = TimeSpan.FromMilliseconds(100) }).Error);
        Assert.Equal(
            WizerError.StackLimitExceeded,
            ComponentRound.Refuse(Fields, "deep", new InitEnvironment { Limits = new EngineOptions { StackByteLength = 100_000 } }).Error);
        using ComponentRound grown = ComponentRound.Initialize(
            Fields, "grow", environment: new InitEnvironment { Limits = new EngineOptions { MaxMemoryByteLength = 1 << 20 } });
        Assert.Equal(1, grown.Report!.RefusedMemoryGrowths);
        WizerException tooLarge = ComponentRound.Refuse(
            Fields, "grow", new InitEnvironment { Limits = new EngineOptions { MaxMemoryByteLength = 1 << 10 } });
        Assert.Equal(WizerError.MemoryLimitExceeded, tooLarge.Error);
        using var cancelled = new CancellationTokenSource(50);
        Assert.Throws<OperationCanceledException>(() => new PreInitializer(new WizerOptions { InitFunc = "spin" }).Run(
            Modules.Compile($"(component {Fields})"), new System.Buffers.ArrayBufferWriter<byte>(), null, cancelled.Token));
    }

    [Fact]
    public void Deterministic_MakesNaNsCanonical()
    {
        using ComponentRound round = ComponentRound.Initialize(
            """
            (core module $m (global $g (mut f32) (f32.const 0))
              (func (export "init") (global.set $g (f32.mul (f32.const -nan:0x200001) (f32.const 1))))
              (func (export "get") (result i32) (i32.reinterpret_f32 (global.get $g))))
            (core instance $i (instantiate $m))
            (func (export "init") (canon lift (core func $i "init")))
            (func (export "get") (result u32) (canon lift (core func $i "get")))
            """,
            environment: new InitEnvironment { Deterministic = new DeterministicOptions() });
        Assert.Equal(0x7fc00000u, round.InvokeU32("get"));
    }

    [Fact]
    public void Report_HasAPartForEachModule()
    {
        byte[] component = Modules.CompileWithNames("""
            (component
              (core module $unused)
              (core module $first (memory 1) (global (mut i32) (i32.const 0))
                (func (export "init") (i32.store (i32.const 0) (i32.const -1)) (global.set 0 (i32.const 9))))
              (core module $second (import "a" "g" (global i32)) (global (mut i32) (global.get 0)))
              (core module $constant (global (export "g") i32 (i32.const 3)))
              (core instance $c (instantiate $constant))
              (core instance $i (instantiate $first))
              (core instance (instantiate $second (with "a" (instance $c))))
              (func (export "init") (canon lift (core func $i "init"))))
            """);
        using ComponentRound round = ComponentRound.Initialize(
            component, new WizerOptions { InitFunc = "init", DetailedReport = true });
        IReadOnlyList<CoreModuleReport> modules = round.Report!.Component!.Modules;
        Assert.Equal([(3, "constant"), (1, "first"), (2, "second")], modules.Select(module => (module.Index, module.Name!)));
        Assert.Equal(4, modules[1].Snapshot.SegmentByteLength);
        Assert.Equal("i32.const 9", Assert.Single(modules[1].Snapshot.Details!.ChangedGlobals).After.ToString());
        Assert.Empty(modules[2].Snapshot.Details!.ChangedGlobals);
        Assert.Equal((1, 4, 2), (round.Report.Snapshot.SegmentCount, round.Report.Snapshot.SegmentByteLength, round.Report.Snapshot.GlobalCount));
    }

    [Fact]
    public void HandlesThatAreLeft_AreReported()
    {
        using ComponentRound round = ComponentRound.Initialize("""
            (type $r (resource (rep i32)))
            (core func $new (canon resource.new $r))
            (core func $drop (canon resource.drop $r))
            (core module $m (import "r" "new" (func $new (param i32) (result i32))) (import "r" "drop" (func $drop (param i32)))
              (func (export "init") (drop (call $new (i32.const 1))) (drop (call $new (i32.const 2))) (call $drop (call $new (i32.const 3)))))
            (core instance $i (instantiate $m (with "r" (instance (export "new" (func $new)) (export "drop" (func $drop))))))
            (func (export "init") (canon lift (core func $i "init")))
            """);
        Assert.Equal(
            [new HandleReport("own<resource of the component>", 2) { Fate = HandleFate.Restored }], round.Report!.Component!.OpenHandles);
    }

    [Fact]
    public void InputFile_MayBeAComponent()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllBytes(directory.In("in.wasm"), Modules.Compile("""
            (component (core module $m (func (export "init"))) (core instance $i (instantiate $m))
              (func (export "init") (canon lift (core func $i "init"))))
            """));
        var wizer = new PreInitializer(new WizerOptions { InitFunc = "init" });
        RunReport report = wizer.RunFile(directory.In("in.wasm"), directory.In("out.wasm"));
        byte[] output = File.ReadAllBytes(directory.In("out.wasm"));
        Assert.Equal(output.Length, report.Snapshot.OutputByteLength);
        Assert.Empty(ComponentValidator.Validate(ComponentReader.Parse(output)).DescribeExports());
    }
}
