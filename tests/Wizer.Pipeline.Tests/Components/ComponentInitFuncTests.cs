using Wizer.Engine.Components;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>Which function initializes a component.</summary>
public sealed class ComponentInitFuncTests
{
    private const string Fields = """
        (core module $m (global $g (mut i32) (i32.const 0))
          (func (export "one") (global.set $g (i32.const 1)))
          (func (export "two") (global.set $g (i32.const 2)))
          (func (export "get") (result i32) (global.get $g)))
        (core instance $i (instantiate $m))
        (func $one (canon lift (core func $i "one")))
        (func $two (canon lift (core func $i "two")))
        (func $get (result u32) (canon lift (core func $i "get")))
        (instance $a (export "setup" (func $one)) (export "both" (func $one)) (export "get" (func $get)))
        (instance $b (export "both" (func $two)) (export "start" (func $two)))
        (export "get" (func $get))
        (export "prepare" (func $one))
        (export "plain" (instance $a))
        (export "local:local/init@0.1.0" (instance $b))
        """;

    [Theory]
    [InlineData("prepare", 1u)]
    [InlineData("setup", 1u)]
    [InlineData("start", 2u)]
    [InlineData("plain.both", 1u)]
    [InlineData("plain.setup", 1u)]
    [InlineData("local:local/init.both@0.1.0", 2u)]
    public void Name_IsThatOfAnExport_OrOfAFunctionInAnExportedInstance(string name, uint expected)
    {
        using ComponentRound round = ComponentRound.Initialize(Fields, name);
        Assert.Equal(expected, round.InvokeU32("get"));
        Assert.Equal(name != "prepare", round.Instance.Exports.FindFunction("prepare") is not null);
        Assert.NotNull(round.Instance.Exports.FindInstance("plain")!.FindFunction("setup"));
    }

    [Theory]
    [InlineData("preparee", "No exported func named `preparee` in component.", "it exports `prepare`, `plain.setup`, `plain.both`, `local:local/init.both@0.1.0` and 1 more; pass one of them, for example -f prepare")]
    [InlineData("local:local/init.both", "No exported func named `local:local/init.both` in component.", "it exports `local:local/init.both@0.1.0`, `prepare`, `plain.setup`, `plain.both` and 1 more; pass one of them, for example -f local:local/init.both@0.1.0")]
    [InlineData("both", "Multiple instances contained funcs named `both`, retry with a more specific name: plain.both, local:local/init.both@0.1.0", null)]
    [InlineData("plain", "the component's `plain` export is not a function", "it exports `plain.both`, `prepare`, `plain.setup`, `local:local/init.both@0.1.0` and 1 more; pass one of them, for example -f plain.both")]
    [InlineData("get", "the component's `get` function export does not have type `[] -> []`", "its type is `func() -> u32`; call it with its arguments: -f 'get(...)'")]
    [InlineData("plain.get", "the component's `plain.get` function export does not have type `[] -> []`", "its type is `func() -> u32`; call it with its arguments: -f 'plain.get(...)'")]
    public void BadName_IsRefused(string name, string message, string? hint)
    {
        WizerException error = ComponentRound.Refuse(Fields, name);
        Assert.Equal((WizerError.InitFuncUnusable, message, hint), (error.Error, error.Message, error.Hint));
    }

    // Strings and variants go in and out, from one initialization to the next, as in the original's test.
    private const string Interface = """
        (core module $m
          (memory (export "memory") 1) (global $heap (mut i32) (i32.const 1024)) (global $length (mut i32) (i32.const 0))
          (global $number (mut i32) (i32.const 0))
          (func (export "realloc") (param i32 i32 i32 i32) (result i32)
            (global.get $heap) (global.set $heap (i32.add (global.get $heap) (local.get 3))))
          (func (export "add-string") (param i32 i32) (result i32)
            (memory.copy (i32.add (i32.const 4096) (global.get $length)) (local.get 0) (local.get 1))
            (global.set $length (i32.add (global.get $length) (local.get 1)))
            (global.get $length))
          (func (export "add-int") (param i32) (result i32)
            (global.set $number (i32.add (global.get $number) (local.get 0)))
            (i32.store8 (i32.const 100) (i32.gt_s (global.get $number) (i32.const 100)))
            (i32.store (i32.const 104) (global.get $number))
            (i32.const 100))
          (func (export "text") (result i32)
            (i32.store (i32.const 200) (i32.const 4096)) (i32.store (i32.const 204) (global.get $length)) (i32.const 200)))
        (core instance $i (instantiate $m))
        (alias core export $i "memory" (core memory $memory))
        (alias core export $i "realloc" (core func $realloc))
        (func $add-string (param "s" string) (result u32)
          (canon lift (core func $i "add-string") (memory $memory) (realloc $realloc)))
        (func $add-int (param "n" s32) (result (result s32 (error s32)))
          (canon lift (core func $i "add-int") (memory $memory)))
        (func $text (result string) (canon lift (core func $i "text") (memory $memory)))
        (instance $e (export "add-string" (func $add-string)) (export "add-int" (func $add-int)))
        (export "local:local/init@0.1.0" (instance $e))
        (export "add" (func $add-int))
        (export "text" (func $text))
        """;

    [Fact]
    public void Calls_HaveArgumentsAndResults_OneAfterTheOther()
    {
        using ComponentRound first = ComponentRound.Initialize(Interface, "local:local/init.add-string@0.1.0(\"hi\\u{21}\")");
        using ComponentRound second = ComponentRound.Initialize(first.Bytes, new WizerOptions { InitFunc = "add-string(\" you\")" });
        using ComponentRound third = ComponentRound.Initialize(second.Bytes, new WizerOptions { InitFunc = "add(90)" });
        Assert.Equal(ComponentValue.Of(3u), first.Report!.Component!.Result);
        Assert.Equal(ComponentValue.Of(7u), second.Report!.Component!.Result);
        Assert.Equal("ok(90)", third.Report!.Component!.Result.ToString());
        Assert.Equal(ComponentValue.Of("hi! you"), third.Invoke("text"));
        Assert.Equal(first.Instance.Exports.Names, third.Instance.Exports.Names);
    }

    [Fact]
    public void ErrorThatIsReturned_FailsTheRun_UnlessItIsAllowed()
    {
        WizerException error = ComponentRound.Refuse(Interface, "add(101)");
        Assert.Equal(
            (WizerError.InitializationFailed, "the initialization function returned an error: err(101)"), (error.Error, error.Message));
        using ComponentRound round = ComponentRound.Initialize(
            Interface, "add(101)", environment: new InitEnvironment { AllowInitError = true });
        Assert.Equal(ComponentValue.Error(ComponentValue.Of(101)), round.Report!.Component!.Result);
    }

    [Theory]
    [InlineData("add(x)")]
    [InlineData("add()")]
    [InlineData("add(1, 2)")]
    [InlineData("add(4294967296)")]
    public void CallThatDoesNotFit_IsRefusedWithTheFunctionsType(string call)
    {
        WizerException error = ComponentRound.Refuse(Interface, call);
        Assert.Equal(
            (WizerError.InitFuncUnusable, "the call of the initialization function is malformed"), (error.Error, error.Message));
        Assert.Contains("`add` is func(n: s32) -> result<s32, s32>", error.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoFunctions_AreSaidToBeNone() => Assert.Equal(
        "the component exports no function that takes and returns nothing", ComponentRound.Refuse("(core module)").Hint);
}
