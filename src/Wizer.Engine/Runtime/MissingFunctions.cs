namespace Wizer.Engine.Runtime;

/// <summary>Functions that a module imports and nobody provides, each name once.</summary>
internal sealed class MissingFunctions
{
    private readonly List<string> _names = [];
    private string _firstModule = "";
    private string _firstName = "";

    internal void Add(string module, string name)
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

    /// <exception cref="WasmLinkException">There are some.</exception>
    internal void ThrowIfAny()
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
