using System.Globalization;
using Wizer.Binary;

namespace Wizer.Cli;

/// <summary>
/// One of two modules, with the words for what is in it. It is well formed, but may be invalid: indices may lead nowhere.
/// </summary>
internal sealed class ComparedModule
{
    private readonly NameSection _names;
    private readonly Dictionary<uint, string> _segmentNames = [];
    private string?[]? _exportedFuncs;

    public ComparedModule(ModuleInfo module)
    {
        Info = module;
        Summary = new ModuleSummary(module);
        Symbols = new SymbolMap(Summary);
        _names = NameSection.Read(module);
        ReadSegmentNames();
    }

    public ModuleInfo Info { get; }

    public ModuleSummary Summary { get; }

    public SymbolMap Symbols { get; }

    /// <summary>What a function is called: in the name section, by its import, or by an export. Null when it has no name.</summary>
    public string? FindFunc(int index)
    {
        if (_names.FindFunc((uint)index) is { } name)
        {
            return name;
        }

        if (_exportedFuncs is null)
        {
            ReadFuncNames();
        }

        return _exportedFuncs![index];
    }

    /// <summary>What the name section calls a function, or null.</summary>
    public string? FindWrittenName(int index) => _names.FindFunc((uint)index);

    /// <summary>The words for a function.</summary>
    public string FuncName(uint index) =>
        index < (uint)Info.FuncTypeIndices.Length && FindFunc((int)index) is { } name
            ? QuotedText.Of(name)
            : string.Create(CultureInfo.InvariantCulture, $"func {index}");

    /// <summary>The words for a data segment: its index, and its name if it has one.</summary>
    public string SegmentName(int index) =>
        string.Create(CultureInfo.InvariantCulture, $"segment {index}")
            + (_segmentNames.TryGetValue((uint)index, out string? name) ? " " + QuotedText.Of(name) : "");

    /// <summary>A constant expression in the words of the text format.</summary>
    public string ConstText(ByteRange expression) => InstructionText.OfExpression(this, expression);

    private void ReadFuncNames()
    {
        _exportedFuncs = new string?[Info.FuncTypeIndices.Length];
        foreach (ExportInfo export in Info.Exports)
        {
            if (export.Kind == ExternKind.Func && export.Index < (uint)_exportedFuncs.Length)
            {
                _exportedFuncs[export.Index] ??= Info.NameAt(export.Name);
            }
        }

        foreach (ImportInfo import in Info.Imports)
        {
            if (import.Kind == ExternKind.Func)
            {
                _exportedFuncs[import.Index] = $"{Info.NameAt(import.Module)}.{Info.NameAt(import.Name)}";
            }
        }
    }

    // Extended name section: data segments. Whatever is wrong with it, the names before are good.
    private void ReadSegmentNames()
    {
        const byte DataSubsection = 9;
        foreach (NameSubsection subsection in _names.Subsections)
        {
            if (subsection.Id != DataSubsection)
            {
                continue;
            }

            try
            {
                var reader = new WasmReader(subsection.Contents.Of(Info.Bytes.Span), subsection.Contents.Offset);
                for (int count = reader.ReadCount(); count > 0; count--)
                {
                    uint index = reader.ReadU32();
                    _segmentNames[index] = Info.NameAt(reader.ReadName());
                }
            }
            catch (WasmFormatException)
            {
                return;
            }
        }
    }
}
