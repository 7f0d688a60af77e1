using System.Text;
using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.Pipeline;
using Wizer.Text;

namespace Wizer.Fuzz;

/// <summary>
/// What is done with an input, whatever it holds. A target returns when all that must be true is true, throws an exception that says bad
/// input where that is what it was given, and throws anything else when there is a fault.
/// </summary>
public static class Targets
{
    // More would be time spent on copying zeros.
    private const ulong MaxPageCount = 16;

    /// <summary>The names, and what each stands for.</summary>
    public static IReadOnlyDictionary<string, Action<byte[]>> All { get; } = new Dictionary<string, Action<byte[]>>
    {
        ["binary"] = Binary,
        ["text"] = Text,
        ["rewriter"] = Rewriter,
        ["component"] = Binary,
        ["component-text"] = Text,
    };

    /// <summary>Runs a target, and takes what says bad input for an answer.</summary>
    public static void Check(Action<byte[]> target, byte[] input)
    {
        try
        {
            target(input);
        }
        catch (Exception answer) when (answer is WasmException or WatException or WizerException)
        {
        }
    }

    /// <summary>Whether the inputs that a target begins with are components.</summary>
    public static bool BeginsWithComponents(string target) => target.StartsWith("component", StringComparison.Ordinal);

    /// <summary>Whether a target takes text.</summary>
    public static bool TakesText(string target) => target.EndsWith("text", StringComparison.Ordinal);

    /// <summary>Reads and validates a module or component; one that is valid is the same again after it was printed and encoded.</summary>
    private static void Binary(byte[] input)
    {
        string printed = Print(input);
        string again = MustBe("readable", "what was printed", () => Print(WatParser.ToBinary(Encoding.UTF8.GetBytes(printed), "printed.wat")));
        if (printed != again)
        {
            throw new FaultException($"printing is not stable:\n{printed}\n---\n{again}");
        }
    }

    /// <summary>Encodes a text; what comes of it can be read, and when it is valid, printed and encoded again.</summary>
    private static void Text(byte[] input)
    {
        byte[] encoded = WatParser.ToBinary(input, "input.wat");
        MustBe("readable", "the encoded text", object () => ModuleReader.IsComponent(encoded)
            ? ComponentReader.Parse(encoded)
            : ModuleReader.Parse(encoded));
        Binary(encoded);
    }

    private static string Print(byte[] input)
    {
        if (ModuleReader.IsComponent(input))
        {
            ComponentInfo component = ComponentReader.Parse(input);
            ComponentValidator.Validate(component);
            return WatPrinter.Print(component);
        }

        ModuleInfo module = ModuleReader.Parse(input);
        ModuleValidator.Validate(module);
        return WatPrinter.Print(module);
    }

    /// <summary>Instruments a module and puts a made-up state into it: both are valid.</summary>
    private static void Rewriter(byte[] input)
    {
        ModuleInfo module = ModuleReader.Parse(input);
        ModuleValidator.Validate(module);
        if (InitFunc(module) is not { } initFunc || module.Memories.Any(static memory => memory.Type.Limits.Minimum > MaxPageCount))
        {
            return;
        }

        foreach (ModuleLayout layout in (ModuleLayout[])[ModuleLayout.Compact, ModuleLayout.Compatible])
        {
            foreach (bool keep in (bool[])[false, true])
            {
                Rewrite(input, new WizerOptions { InitFunc = initFunc, Layout = layout, KeepInitFunc = keep, ClearStack = keep });
            }
        }
    }

    private static void Rewrite(byte[] input, WizerOptions options)
    {
        var wizer = new PreInitializer(options);
        using var instrumented = new PooledBuffer();
        ModuleContext context = wizer.Instrument(input, new BufferWriterSink(instrumented));
        MustBeValid("the instrumented module", instrumented.ToArray());
        using var output = new PooledBuffer();
        wizer.Snapshot(context, new MadeUpState(context.Module), new BufferWriterSink(output));
        MustBeValid("the snapshot", output.ToArray());
    }

    private static void MustBeValid(string what, byte[] bytes) => MustBe("valid", what, () =>
    {
        ModuleInfo module = ModuleReader.Parse(bytes);
        ModuleValidator.Validate(module);
        return module;
    });

    private static T MustBe<T>(string quality, string what, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception answer) when (answer is WasmException or WatException)
        {
            throw new FaultException($"{what} is not {quality}: {answer.Message}", answer);
        }
    }

    private static string? InitFunc(ModuleInfo module)
    {
        foreach (ExportInfo export in module.Exports)
        {
            if (export.Kind == ExternKind.Func && module.FuncTypeOf(export.Index) is { ParameterSlotCount: 0, ResultSlotCount: 0 })
            {
                return module.NameAt(export.Name);
            }
        }

        return null;
    }
}
