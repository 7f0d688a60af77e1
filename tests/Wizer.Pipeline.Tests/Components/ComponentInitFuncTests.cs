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
    [InlineData("get", "the component's `get` function export does not have type `[] -> []`", "its type is `func() -> u32`; only a function that takes and returns nothing is called by its name alone")]
    [InlineData("plain.get", "the component's `plain.get` function export does not have type `[] -> []`", "its type is `func() -> u32`; only a function that takes and returns nothing is called by its name alone")]
    public void BadName_IsRefused(string name, string message, string? hint)
    {
        WizerException error = ComponentRound.Refuse(Fields, name);
        Assert.Equal((WizerError.InitFuncUnusable, message, hint), (error.Error, error.Message, error.Hint));
    }

    [Fact]
    public void NoFunctions_AreSaidToBeNone() => Assert.Equal(
        "the component exports no function that takes and returns nothing", ComponentRound.Refuse("(core module)").Hint);
}
