using Wizer.Binary;

namespace Wizer.Engine.Runtime;

/// <summary>Functions that a module imports and nobody provides, each name once.</summary>
internal sealed class MissingFunctions
{
    private readonly List<string> _names = [];
    private string _firstModule = "";
    private string _firstName = "";

    /// <summary>Checks that all functions that a module imports are there, and names those that are not.</summary>
    /// <param name="module">The module.</param>
    /// <param name="isKnown">Whether somebody provides a function, or stands in for it: by the names of its module and its own.</param>
    /// <exception cref="WasmLinkException">Some are not.</exception>
    internal static void DemandNone(ModuleInfo module, Func<string, string, bool> isKnown)
    {
        var missing = new MissingFunctions();
        foreach (ImportInfo import in module.Imports)
        {
            string moduleName = module.NameAt(import.Module);
            string name = module.NameAt(import.Name);
            if (import.Kind == ExternKind.Func && !isKnown(moduleName, name))
            {
                missing.Add(moduleName, name);
            }
        }

        missing.ThrowIfAny();
    }

    private void Add(string module, string name)
    {
        string text = $"`{module}::{name}`";
        if (_names.Contains(text))
        {
            return;
        }

        if (_names.Count == 0)
        {
            (_firstModule, _firstName) = (module, name);
        }

        _names.Add(text);
    }

    private void ThrowIfAny()
    {
        if (_names.Count == 1)
        {
            throw WasmLinkException.UnknownImport(_firstModule, _firstName);
        }

        if (_names.Count > 1)
        {
            throw WasmLinkException.UnknownImports(_firstModule, _names);
        }
    }
}
