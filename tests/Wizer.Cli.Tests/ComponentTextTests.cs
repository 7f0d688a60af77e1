using System.Text;
using Wizer.Text;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>Components in the text format, given to the command and printed by it.</summary>
public sealed class ComponentTextTests : TestDirectory
{
    private const string Component = """(component $c (core module $m (func (export "f"))) (core instance (instantiate $m)) (type (list u8)))""";

    [Fact]
    public void Print_GivesATextOfTheSameComponent_FromBothFormats()
    {
        byte[] component = WatParser.ToBinary(Encoding.UTF8.GetBytes(Component), "c.wat");
        File.WriteAllBytes(In("c.wasm"), component);
        File.WriteAllText(In("c.wat"), Component);
        byte[] printed = Run("print c.wasm").Succeeded().Output;
        Assert.StartsWith("(component $c\n  (core module $m (;0;)\n    (type (;0;) (func))\n", Encoding.UTF8.GetString(printed), StringComparison.Ordinal);
        Assert.Equal(component, WatParser.ToBinary(printed, "printed.wat"));
        Assert.Equal(printed, Run("print c.wat").Succeeded().Output);
        Assert.Equal(printed, Run("print -", Encoding.UTF8.GetBytes(Component)).Succeeded().Output);
    }

    [Fact]
    public void MalformedComponents_AreNotPrinted()
    {
        File.WriteAllBytes(In("bad.wasm"), [.. "\0asm\x0d\0\x01\0"u8, 99, 0]);
        File.WriteAllText(In("bad.wat"), "(component\n  (type (lost u8)))");
        Run("print bad.wasm -o out.wat").Failed("Error: failed to parse Wasm\n\nCaused by:\n    malformed section id (at offset 0x8)\n");
        Assert.StartsWith(
            "Error: failed to parse Wasm\n\nCaused by:\n    bad.wat:2:10: unknown operator lost\n", Run("print bad.wat -o out.wat").Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(In("out.wat")));
    }

    [Fact]
    public void Initialization_TakesComponentsAsText()
    {
        File.WriteAllText(In("c.wat"), Component);
        WizerResult result = Run("c.wat -o out.wasm");
        Assert.StartsWith("Error: No exported func named `wizer-initialize` in component.\n", result.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(In("out.wasm")));
    }
}
