using Wizer.Binary;
using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>Which functions were called from outside of the module that has them.</summary>
internal static class CallReport
{
    /// <summary>The functions that a module imports and called.</summary>
    internal static ImportCalls[] OfImports(Instance instance)
    {
        ModuleInfo info = instance.Module;
        var calls = new List<ImportCalls>();
        var counted = new List<Function>();
        foreach (ImportInfo import in info.Imports)
        {
            if (import.Kind != ExternKind.Func || instance.FunctionAt(import.Index) is not { CallCount: > 0 } function)
            {
                continue;
            }

            // Under one name, a function of the host is a new one for each import, and one of a module is the same for all.
            string module = info.NameAt(import.Module);
            string name = info.NameAt(import.Name);
            int at = calls.FindIndex(c => c.Module == module && c.Name == name);
            if (at < 0)
            {
                calls.Add(new ImportCalls(module, name, function.CallCount));
            }
            else if (!counted.Contains(function))
            {
                calls[at] = calls[at] with { CallCount = calls[at].CallCount + function.CallCount };
            }

            counted.Add(function);
        }

        return calls.ToArray();
    }

    /// <summary>The functions of WASI that were called.</summary>
    internal static ImportCalls[] OfWasi(WasiPreview1? wasi)
    {
        var calls = new List<ImportCalls>();
        foreach (WasiFunction function in wasi?.Functions ?? [])
        {
            if (function.CallCount != 0)
            {
                calls.Add(new ImportCalls(WasiPreview1.ModuleName, function.Name, function.CallCount)
                {
                    NondeterministicCallCount = function.NondeterministicCallCount,
                });
            }
        }

        return calls.ToArray();
    }

    /// <summary>The same for a component; of an interface, without its version.</summary>
    internal static ImportCalls[] OfWasi(WasiPreview2? wasi)
    {
        var calls = new List<ImportCalls>();
        foreach (WasiPreview2Function function in wasi?.Functions ?? [])
        {
            if (function.CallCount != 0)
            {
                calls.Add(new ImportCalls(function.Interface, function.Name, function.CallCount)
                {
                    NondeterministicCallCount = function.NondeterministicCallCount,
                });
            }
        }

        return calls.ToArray();
    }
}
