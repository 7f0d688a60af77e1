using System.Buffers;
using Wizer.Binary;
using Wizer.Engine.Layout;
using Wizer.Engine.Native;
using Wizer.Engine.Symbols;

namespace Wizer.Engine;

/// <summary>A module instance; see <see cref="Store.Instantiate"/>. Core 3.0, Execution: Module Instances.</summary>
/// <remarks>
/// What code needs is one native block. Managed objects exist for each memory and table; functions, globals and tags get theirs
/// when someone asks.
/// </remarks>
public sealed unsafe partial class Instance : INativeOwner
{
    private readonly MemoryHandle _pin;
    private readonly LinearMemory[] _memories;
    private readonly Table[] _tables;
    private readonly Global?[] _globals;
    private readonly uint[] _typeIds;
    private InstanceData* _data;
    private bool? _hasDebugSections;

    /// <summary>Where it lives.</summary>
    public Store Store { get; }

    /// <summary>What it is an instance of.</summary>
    public ModuleInfo Module { get; }

    /// <summary>Of the present run: another one's must not tell of this one's end.</summary>
    internal Caller Caller { get; private set; }

    /// <summary>The module's <c>name</c> section, decoded when first asked for.</summary>
    internal NameSection Names => field ??= NameSection.Read(Module);

    /// <summary>The module's debug information, of which nothing is read before someone asks.</summary>
    internal DebugInfo DebugInfo => field ??= new DebugInfo(Module);

    /// <summary>Whether the module has sections of debug information.</summary>
    internal bool HasDebugSections => _hasDebugSections ??= DwarfSections.AreIn(Module);

    internal InstanceData* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(_data == null, this);
            return _data;
        }
    }

    /// <summary>The identity in the store of each of the module's types.</summary>
    internal uint[] TypeIds => _typeIds;

    /// <summary>What is exported under a name, or null.</summary>
    public Extern? FindExport(string name)
    {
        int index = Module.FindExport(name);
        if (index < 0)
        {
            return null;
        }

        ExportInfo export = Module.Exports[index];
        return export.Kind switch
        {
            ExternKind.Func => FunctionAt(export.Index),
            ExternKind.Table => _tables[export.Index],
            ExternKind.Memory => _memories[export.Index],
            ExternKind.Global => GlobalAt(export.Index),
            _ => new Tag(Store, Data->Tags[export.Index]),
        };
    }

    /// <summary>The function exported under a name, or null.</summary>
    public Function? FindFunction(string exportName) => FindExport(exportName) as Function;

    /// <summary>The memory exported under a name, or null.</summary>
    public LinearMemory? FindMemory(string exportName) => FindExport(exportName) as LinearMemory;

    /// <summary>The table exported under a name, or null.</summary>
    public Table? FindTable(string exportName) => FindExport(exportName) as Table;

    /// <summary>The global exported under a name, or null.</summary>
    public Global? FindGlobal(string exportName) => FindExport(exportName) as Global;

    /// <summary>Calls an exported function; see <see cref="Function.Invoke"/>.</summary>
    /// <exception cref="ArgumentException">There is no such function, or the arguments do not fit.</exception>
    public ulong[] Invoke(string exportName, params ReadOnlySpan<ulong> arguments)
    {
        Function function = FindFunction(exportName)
            ?? throw new ArgumentException($"the module exports no function `{exportName}`", nameof(exportName));
        return function.Invoke(arguments);
    }

    /// <summary>Any function of the module, by index.</summary>
    public Function FunctionAt(uint funcIndex)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(funcIndex, (uint)Module.FuncTypeIndices.Length);
        return new Function(Store, Data->Funcs[funcIndex]);
    }

    /// <summary>Any memory of the module, by index, exported or not.</summary>
    public LinearMemory MemoryAt(uint memoryIndex) => _memories[memoryIndex];

    /// <summary>Any table of the module, by index, exported or not.</summary>
    public Table TableAt(uint tableIndex) => _tables[tableIndex];

    /// <summary>Any global of the module, by index, exported or not.</summary>
    public Global GlobalAt(uint globalIndex) =>
        _globals[globalIndex] ??= new Global(Store, Canonical(Module.Globals[globalIndex].Type), Data->Globals[globalIndex]);

    void INativeOwner.Free()
    {
        ElementSegmentData* segments = _data->ElementSegments;
        for (int i = 0; i < Module.ElementSegments.Length; i++)
        {
            NativeBlock.Free(segments[i].Elements);
        }

        NativeBlock.Free(_data);
        _data = null;
        _pin.Dispose();
    }

    private GlobalType Canonical(GlobalType type) => type with { Value = TypeRegistry.Canonical(type.Value, _typeIds) };

    private TableType Canonical(TableType type) => type with { Element = TypeRegistry.Canonical(type.Element, _typeIds) };
}
