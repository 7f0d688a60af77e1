using System.Globalization;
using Wizer.Binary;
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
        var samples = new StackSample[tree.SampleCount];
        for (int i = 0; i < samples.Length; i++)
        {
            TimeSpan time = TimeSpan.FromTicks((long)Math.Round(tree.TimeOf(i) / NanosecondsPerTick));
            samples[i] = new StackSample(names.PathOf(tree.NodeOf(i)), time);
        }

        return new StackSamples { Functions = names.Functions, Samples = samples };
    }

    /// <summary>Finds the names of the functions in a tree.</summary>
    internal StackNames NameStacks(StackTree tree)
    {
        var names = new List<string>();
        var known = new Dictionary<nint, int>();
        var numbers = new int[tree.NodeCount];
        for (int i = 0; i < numbers.Length; i++)
        {
            nint func = tree.FuncOf(i);
            if (!known.TryGetValue(func, out numbers[i]))
            {
                numbers[i] = names.Count;
                known.Add(func, numbers[i]);
                names.Add(NameOf((FuncData*)func));
            }
        }

        return new StackNames(tree, names, numbers);
    }

    private string NameOf(FuncData* func)
    {
        if (func->IsHost != 0)
        {
            return FindImport(func) is { } import ? $"{import} (host)" : "(host)";
        }

        Instance instance = InstanceOf(func->Instance);
        var index = (uint)func->FuncIndex;

        // What begins otherwise is no mangled name, though it may be a mangled type: `a` would be `signed char`.
        string name = instance.Names.FindFunc(index) is { } symbol
            ? symbol.StartsWith('_') ? Demangler.Demangle(symbol) : symbol
            : FindExport(instance.Module, index) ?? string.Create(CultureInfo.InvariantCulture, $"wasm function {index}");
        return HasManyInstances && instance.Names.Module is { } module ? $"{module}!{name}" : name;
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
