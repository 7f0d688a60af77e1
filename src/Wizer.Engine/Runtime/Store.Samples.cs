using System.Globalization;
using Wizer.Binary;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;
using Wizer.Engine.Runtime;
using Wizer.Engine.Symbols;

namespace Wizer.Engine;

// Samples of the stack, for whoever asks for them.
public sealed unsafe partial class Store
{
    private const double NanosecondsPerTick = 100;

    private readonly StackSampler? _sampler;

    /// <summary>
    /// Where guests have spent their time so far; null unless <see cref="EngineOptions.SampleInterval"/> is set. Not while a guest runs.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The store has been disposed.</exception>
    public StackSamples? Samples
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return _sampler is null ? null : NameSamples(_sampler.Tree);
        }
    }

    /// <summary>Who wrote what; null unless <see cref="EngineOptions.RecordsWriters"/> is set.</summary>
    internal WriteLog? Writes { get; }

    private StackSamples NameSamples(StackTree tree)
    {
        StackNames names = NameStacks(tree);
        var samples = new List<StackSample>();
        int[] last = [];
        ulong time = 0;
        for (int i = 0; i < tree.SampleCount; i++)
        {
            // What only differs in where it was is the same.
            int[] path = names.PathOf(tree.NodeOf(i));
            if (!path.AsSpan().SequenceEqual(last))
            {
                AddSample(samples, last, time);
                last = path;
                time = 0;
            }

            time += tree.TimeOf(i);
        }

        AddSample(samples, last, time);
        return new StackSamples { Functions = names.Functions, Samples = samples };
    }

    private static void AddSample(List<StackSample> samples, int[] path, ulong nanoseconds)
    {
        if (path.Length != 0)
        {
            samples.Add(new StackSample(path, TimeSpan.FromTicks((long)Math.Round(nanoseconds / NanosecondsPerTick))));
        }
    }

    /// <summary>Finds the names of the functions in a tree.</summary>
    internal StackNames NameStacks(StackTree tree)
    {
        Dictionary<(nint Func, int Place), InterpreterFrame> frames = FindFrames(tree);
        var names = new List<string>();
        var known = new Dictionary<string, int>();
        var chains = new Dictionary<(nint Func, int Place), int[]>();
        var numbers = new int[tree.NodeCount][];
        for (int i = 0; i < numbers.Length; i++)
        {
            (nint Func, int Place) at = (tree.FuncOf(i), tree.PlaceIn(i));
            if (!chains.TryGetValue(at, out int[]? chain))
            {
                chain = [.. NamesAt((FuncData*)at.Func, frames.GetValueOrDefault(at)).Select(NumberOf)];
                chains.Add(at, chain);
            }

            numbers[i] = chain;
        }

        return new StackNames(tree, names, numbers);

        int NumberOf(string name)
        {
            if (!known.TryGetValue(name, out int number))
            {
                known.Add(name, number = names.Count);
                names.Add(name);
            }

            return number;
        }
    }

    // Where in the module all the places are, function by function: each is translated or compiled once more.
    private Dictionary<(nint Func, int Place), InterpreterFrame> FindFrames(StackTree tree)
    {
        var frames = new Dictionary<(nint Func, int Place), InterpreterFrame>();
        for (int i = 0; i < tree.NodeCount; i++)
        {
            (nint func, int place) = (tree.FuncOf(i), tree.PlaceIn(i));
            if (StackSampler.FrameAt((FuncData*)func, place) is { } frame)
            {
                frames.TryAdd((func, place), frame);
            }
        }

        foreach (IGrouping<nint, InterpreterFrame> ofOne in frames.Values.GroupBy(static frame => (nint)frame.Func))
        {
            Execution.FindOffsets(Context, [.. ofOne]);
        }

        return frames;
    }

    // The function, and before it those that a compiler has put where it was, innermost first.
    private List<string> NamesAt(FuncData* func, InterpreterFrame? frame)
    {
        var names = new List<string>();
        if (frame is not null)
        {
            Instance instance = InstanceOf(func->Instance);
            FrameSymbol[] symbols = instance.DebugInfo.Find(frame.CodeOffset);
            for (int i = 0; i < symbols.Length - 1; i++)
            {
                string name = symbols[i].FuncName is { } symbol ? Demangled(symbol) : "<function>";
                names.Add(Qualified(instance, $"{name} (inlined)"));
            }
        }

        names.Add(NameOf(func));
        return names;
    }

    // What begins otherwise is no mangled name, though it may be a mangled type: `a` would be `signed char`.
    private static string Demangled(string symbol) => symbol.StartsWith('_') ? Demangler.Demangle(symbol) : symbol;

    private string Qualified(Instance instance, string name) =>
        HasManyInstances && instance.Names.Module is { } module ? $"{module}!{name}" : name;

    private string NameOf(FuncData* func)
    {
        if (func->IsHost != 0)
        {
            return FindImport(func) is { } import ? $"{import} (host)" : "(host)";
        }

        Instance instance = InstanceOf(func->Instance);
        var index = (uint)func->FuncIndex;
        string name = instance.Names.FindFunc(index) is { } symbol
            ? Demangled(symbol)
            : FindExport(instance.Module, index) ?? string.Create(CultureInfo.InvariantCulture, $"wasm function {index}");
        return Qualified(instance, name);
    }

    private static string? FindExport(ModuleInfo module, uint funcIndex)
    {
        foreach (ExportInfo export in module.Exports)
        {
            if (export.Kind == ExternKind.Func && export.Index == funcIndex)
            {
                return module.NameAt(export.Name);
            }
        }

        return null;
    }

    // What the first module that imports it calls it.
    private string? FindImport(FuncData* func)
    {
        foreach (Instance instance in _instances)
        {
            foreach (ImportInfo import in instance.Module.Imports)
            {
                if (import.Kind == ExternKind.Func && instance.Data->Funcs[import.Index] == func)
                {
                    return $"{instance.Module.NameAt(import.Module)}.{instance.Module.NameAt(import.Name)}";
                }
            }
        }

        return null;
    }
}
