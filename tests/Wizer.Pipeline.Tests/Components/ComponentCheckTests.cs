using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>What cannot be pre-initialized, and the words for it.</summary>
public sealed class ComponentCheckTests
{
    private const string Simple = """
        (core module $m (func (export "init")))
        (core instance $i (instantiate $m))
        (func $init (export "init") (canon lift (core func $i "init")))
        """;

    [Theory]
    [InlineData("(import \"m\" (core module))", "wizer does not currently support module imports")]
    [InlineData("(import \"m\" (component))", "wizer does not currently support component imports")]
    [InlineData("(import \"i\" (instance (export \"m\" (core module))))", "wizer does not currently support module imports")]
    [InlineData("(core module $x) (export \"m\" (core module $x))", "wizer does not currently support module exports")]
    [InlineData("(export \"m\" (core module $m))", "wizer does not currently support module exports")]
    [InlineData("(component $x) (export \"c\" (component $x))", "wizer does not currently support component exports")]
    [InlineData("(component $x) (component $y (import \"c\" (component)))", null)]
    [InlineData("(core instance (instantiate $m))", null)]
    [InlineData(
        "(component $n (core module $x) (core instance (instantiate $x))) (instance (instantiate $n)) (instance (instantiate $n))", null)]
    [InlineData(
        """
        (component $far
          (type $t (record (field "a" u8)))
          (component $c (alias outer $far $t (type $u)) (core module $x) (core instance (instantiate $x)))
          (export "c" (component $c)))
        (instance $f (instantiate $far))
        (alias export $f "c" (component $c))
        (instance (instantiate $c)) (instance (instantiate $c))
        """,
        "a component is instantiated several times, far from where it is defined, and refers to definitions around it")]
    [InlineData("(start $init)", "wizer does not currently support component start functions")]
    [InlineData(
        "(component $n (import \"f\" (func $f)) (start $f)) (instance (instantiate $n (with \"f\" (func $init))))",
        "wizer does not currently support component start functions")]
    [InlineData(
        "(core module $r (func (export \"__wizer_x\"))) (core instance (instantiate $r))",
        "input Wasm module already exports entities named with the `__wizer_*` prefix")]
    [InlineData("(core module $unused (func (export \"__wizer_x\")))", null)]
    public void Construct_IsRefusedInTheOriginalsWords(string fields, string? message)
    {
        if (message is null)
        {
            ComponentRound.Initialize(Simple + fields).Dispose();
            return;
        }

        WizerException error = ComponentRound.Refuse(Simple + fields);
        Assert.Equal((WizerError.UnsupportedModule, message), (error.Error, error.Message));
    }

    [Fact]
    public void InvalidComponent_IsRefused()
    {
        WizerException error = ComponentRound.Refuse(Simple + "(core module (func (result i32)))");
        Assert.Equal((WizerError.InvalidModule, "wasm validation failed"), (error.Error, error.Message));
        Assert.IsType<WasmValidationException>(error.InnerException);
        byte[] cut = Modules.Compile($"(component {Simple})")[..20];
        error = Assert.Throws<WizerException>(() => new PreInitializer().Run(cut));
        Assert.Equal(WizerError.InvalidModule, error.Error);
    }

    [Fact]
    public void DisabledFeature_IsRefusedAsInModules()
    {
        WizerException error = ComponentRound.Refuse(
            Simple + "(core module (func (drop (v128.const i64x2 0 0))))",
            options: new WizerOptions { Features = WasmFeatures.All & ~WasmFeatures.Simd });
        Assert.Equal((WizerError.FeatureDisabled, "failed to compile the Wasm module"), (error.Error, error.Message));
    }

    [Fact]
    public void Options_ThatMeanNothing_AreRefusedByName()
    {
        Check("components do not support renaming functions", new InitEnvironment(), new WizerOptions { FuncRenames = [new FuncRename("a", "b")] });
        Check("--preload cannot be used with components", new InitEnvironment { Preloads = [new PreloadModule("a", new byte[1])] });
        Check("--stub cannot be used with components", new InitEnvironment { Stubs = [new ImportStub("a", StubKind.Trap)] });
        Check("--profile-use cannot be used with components", new InitEnvironment { Profile = new byte[1] });
        Check("--profile-write or --profile-embed cannot be used with components", new InitEnvironment { RecordsProfile = true });
        Check("--layout compatible cannot be used with components", new InitEnvironment(), new WizerOptions { Layout = ModuleLayout.Compatible });
        Check(
            "a component imports no core functions: define its imports with `DefineComponentImports`",
            new InitEnvironment { DefineImports = (_, _) => { } });

        static void Check(string message, InitEnvironment environment, WizerOptions? options = null) =>
            Assert.Equal(message, ComponentRound.Refuse(Simple, environment: environment, options: options).Message);
    }

    [Fact]
    public void BuiltinsOfTasks_AreAClearError_WhenTheyAreCalled()
    {
        WizerException error = ComponentRound.Refuse("""
            (type $s (stream u8))
            (core func $new (canon stream.new $s))
            (core module $m (import "a" "new" (func $new (result i64))) (func (export "init") (drop (call $new))))
            (core instance $i (instantiate $m (with "a" (instance (export "new" (func $new))))))
            (func (export "init") (canon lift (core func $i "init")))
            """);
        Assert.Equal("the initialization function trapped", error.Message);
        Assert.Contains("the built-in `stream.new` is not supported yet", error.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnInitializationThatWaits_SaysThatNothingComes()
    {
        WizerException error = ComponentRound.Refuse("""
            (core func $new (canon waitable-set.new))
            (core module $m
              (import "a" "new" (func $new (result i32)))
              (func (export "init") (result i32) (i32.or (i32.const 2) (i32.shl (call $new) (i32.const 4))))
              (func (export "cb") (param i32 i32 i32) (result i32) unreachable))
            (core instance $i (instantiate $m (with "a" (instance (export "new" (func $new))))))
            (func (export "init") async (canon lift (core func $i "init") async (callback (core func $i "cb"))))
            """);
        Assert.Equal("the initialization function trapped", error.Message);
        Assert.Contains("the task waits for an event", error.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trap_IsTheComponents()
    {
        WizerException error = ComponentRound.Refuse("""
            (core module $m (func (export "init") unreachable))
            (core instance $i (instantiate $m))
            (func (export "init") (canon lift (core func $i "init")))
            """);
        Assert.Equal((WizerError.InitializationFailed, "the initialization function trapped"), (error.Error, error.Message));
        error = ComponentRound.Refuse(Simple + "(core module $t (func $f unreachable) (start $f)) (core instance (instantiate $t))");
        Assert.Equal(WizerError.InstantiationFailed, error.Error);
    }
}
