using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Finds the functions that initialize a module.</summary>
internal static class InitFuncCheck
{
    /// <summary>Checks that the initialization function exists, is a function, and has type <c>[] -> []</c>.</summary>
    /// <exception cref="WizerException">It does not.</exception>
    internal static void Check(ModuleInfo module, string name)
    {
        int export = module.FindExport(name);
        if (export < 0)
        {
            Throw.NoInitFunc(name, ModuleHint.OfInitFunc(module, name));
        }

        if (module.Exports[export].Kind != ExternKind.Func)
        {
            Throw.InitFuncIsNotFunc(name, ModuleHint.OfInitFunc(module, name));
        }

        FuncType type = module.FuncTypeOf(module.Exports[export].Index);
        if ((type.ParameterSlotCount | type.ResultSlotCount) != 0)
        {
            Throw.InitFuncHasWrongType(name, ModuleHint.OfInitFunc(module, name));
        }
    }

    /// <summary>Whether a shared library exports the function that applies relocations to its data.</summary>
    internal static bool HasRelocationFunc(ModuleInfo module)
    {
        int export = module.FindExport(SharedLibrary.RelocationFunc);
        return export >= 0 && module.Exports[export].Kind == ExternKind.Func
            && module.FuncTypeOf(module.Exports[export].Index) is { ParameterSlotCount: 0, ResultSlotCount: 0 };
    }

    /// <summary>Whether <c>_initialize</c> is exported as a function and is to run first.</summary>
    /// <exception cref="WizerException">It is, but has parameters or results.</exception>
    internal static bool HasReactorFunc(ModuleInfo module)
    {
        int export = module.FindExport(ModuleContext.ReactorInitUtf8);
        if (export < 0 || module.Exports[export].Kind != ExternKind.Func)
        {
            return false;
        }

        FuncType type = module.FuncTypeOf(module.Exports[export].Index);
        if (type.ParameterSlotCount != 0)
        {
            Throw.ReactorHasWrongType("parameters", type.Parameters.Length);
        }

        if (type.ResultSlotCount != 0)
        {
            Throw.ReactorHasWrongType("results", type.Results.Length);
        }

        return true;
    }
}
