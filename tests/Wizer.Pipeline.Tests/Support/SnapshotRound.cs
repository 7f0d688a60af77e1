using Wizer.Binary;
using Wizer.Engine;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>
/// Initializes a module and compares an instance of what comes out with the one that was initialized: at once, after the same
/// initialization once more, and after another that goes on.
/// </summary>
internal static class SnapshotRound
{
    private const string Init = "wizer-initialize";

    /// <summary>Nothing is made in loops.</summary>
    public static LoaderLimits OneByOne { get; } = new(int.MaxValue, int.MaxValue, 0, int.MaxValue);

    /// <summary>Everything is that can be.</summary>
    public static LoaderLimits Loops { get; } = new(1, 1, 1_000, 1);

    /// <summary>The fields of a module with an initialization.</summary>
    /// <param name="fields">All of the module but functions that initialize it.</param>
    /// <param name="instructions">What the initialization does.</param>
    public static string Module(string fields, string instructions) =>
        $"(module {fields} (func (export \"{Init}\") {instructions}) (func (export \"again\")))";

    /// <summary>Does all of that.</summary>
    /// <param name="wat">A module that exports <c>again</c>, which does nothing, and may export <c>more</c>.</param>
    /// <param name="environment">What it may import.</param>
    /// <returns>The initialized module.</returns>
    /// <param name="limits">From where on objects are made in loops.</param>
    public static byte[] Check(string wat, InitEnvironment? environment = null, LoaderLimits? limits = null) =>
        Check(Modules.Compile(wat), environment, limits);

    /// <summary>The same of a module in the binary format.</summary>
    public static byte[] Check(byte[] module, InitEnvironment? environment = null, LoaderLimits? limits = null)
    {
        ModuleInfo input = ModuleReader.Parse(module);
        byte[] output = Initialize(module, Init, environment, limits);
        Assert.Equal(Dump(module, input, environment, Init), Dump(output, input, environment));
        Assert.Equal(Bodies(module), Bodies(output)[..input.Bodies.Length]);

        byte[] again = Initialize(output, "again", environment, limits);
        Assert.Equal(Dump(output, input, environment), Dump(again, input, environment));
        if (input.FindExport("more") >= 0)
        {
            byte[] more = Initialize(output, "more", environment, limits);
            Assert.Equal(Dump(module, input, environment, Init, "more"), Dump(more, input, environment));
        }

        return output;
    }

    private static byte[] Initialize(byte[] module, string function, InitEnvironment? environment, LoaderLimits? limits) =>
        new PreInitializer(new WizerOptions { InitFunc = function, Loader = limits }).Run(module, environment);

    private static string Dump(byte[] module, ModuleInfo input, InitEnvironment? environment, params string[] calls)
    {
        using var store = new Store();
        var linker = new Linker { UnknownFunctionsTrap = true };
        environment?.DefineImports?.Invoke(store, linker);
        Instance instance = linker.Instantiate(store, ModuleReader.Parse(module));
        foreach (string call in calls)
        {
            instance.Invoke(call);
        }

        return StateDump.Of(instance, input);
    }

    private static string[] Bodies(byte[] module) =>
        [.. ModuleReader.Parse(module).Bodies.Select(body => Convert.ToHexString(body.Of(module)))];
}
