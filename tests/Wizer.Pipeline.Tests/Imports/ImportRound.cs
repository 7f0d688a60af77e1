using Wizer.Binary;
using Wizer.Engine;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>
/// Initializes a module that imports state, and compares an instance of what comes out with one of the input that was given the same and
/// initialized.
/// </summary>
internal static class ImportRound
{
    private const string Init = "wizer-initialize";

    /// <summary>Does that.</summary>
    /// <returns>The initialized module, which is valid.</returns>
    public static byte[] Check(string wat, WizerOptions options)
    {
        byte[] module = Modules.Compile(wat);
        ModuleInfo input = ModuleReader.Parse(module);
        byte[] output = new PreInitializer(options).Run(module);
        ModuleInfo info = ModuleReader.Parse(output);
        ModuleValidator.Validate(info);
        string expected = Dump(input, input, options, Init);
        Assert.Equal(expected, Dump(info, input, options));
        Assert.Equal(Bodies(input), Bodies(info)[..input.Bodies.Length]);

        // What is still imported is imported again.
        byte[] again = new PreInitializer(options with { InitFunc = "again", DefinedGlobals = [] }).Run(output);
        Assert.Equal(expected, Dump(ModuleReader.Parse(again), input, options));
        return output;
    }

    /// <summary>What an instance is given for what it imports: new state, with the values that are defined.</summary>
    public static Linker Link(Store store, ModuleInfo module, WizerOptions options)
    {
        var linker = new Linker { UnknownFunctionsTrap = true };
        new FreshImports(store, module).DefineIn(linker);
        foreach (ImportInfo import in module.Imports)
        {
            string name = $"{module.NameAt(import.Module)}.{module.NameAt(import.Name)}";
            if (options.DefinedGlobals.FirstOrDefault(definition => definition.Import == name) is { } definition)
            {
                GlobalType type = module.Globals[import.Index].Type;
                Assert.True(ConstantValue.TryParse(type.Value, definition.Value, out ConstantValue value));
                linker.Define(
                    module.NameAt(import.Module), module.NameAt(import.Name), new Global(store, type, value.Low, value.High));
            }
        }

        return linker;
    }

    private static string Dump(ModuleInfo module, ModuleInfo input, WizerOptions options, params string[] calls)
    {
        using var store = new Store();
        Instance instance = Link(store, module, options).Instantiate(store, module);
        foreach (string call in calls)
        {
            instance.Invoke(call);
        }

        return StateDump.Of(instance, input);
    }

    private static string[] Bodies(ModuleInfo module) =>
        [.. module.Bodies.Select(body => Convert.ToHexString(body.Of(module.Bytes.Span)))];
}
