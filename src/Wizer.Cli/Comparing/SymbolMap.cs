using System.Globalization;
using Wizer.Binary;

namespace Wizer.Cli;

/// <summary>
/// The addresses that a module has names for: exported globals that cannot be set, as linkers make them of symbols
/// (<c>__data_end</c>, <c>__heap_base</c>, variables).
/// </summary>
internal sealed class SymbolMap
{
    private readonly List<(ulong Address, string Name)> _symbols = [];

    public SymbolMap(ModuleSummary summary)
    {
        ModuleInfo module = summary.Module;
        foreach (ExportInfo export in module.Exports)
        {
            if (export.Kind == ExternKind.Global && export.Index < (uint)module.Globals.Length
                && module.Globals[export.Index] is { Type.IsMutable: false, Init.Length: > 0 } global
                && summary.ConstantOf(global.Init) is { } address)
            {
                _symbols.Add((address, module.NameAt(export.Name)));
            }
        }

        _symbols.Sort();
    }

    /// <summary>The symbol at or before an address, with the distance from it; null when there is none.</summary>
    public string? Find(ulong address)
    {
        string? found = null;
        ulong distance = 0;
        foreach ((ulong Address, string Name) symbol in _symbols)
        {
            if (symbol.Address > address)
            {
                break;
            }

            found = symbol.Name;
            distance = address - symbol.Address;
        }

        return found is null ? null
            : distance == 0 ? QuotedText.Of(found)
            : string.Create(CultureInfo.InvariantCulture, $"{QuotedText.Of(found)} + 0x{distance:x}");
    }
}
