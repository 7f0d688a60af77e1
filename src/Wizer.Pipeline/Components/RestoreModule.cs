using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.Engine;
using Wizer.Engine.Components;

namespace Wizer.Pipeline;

/// <summary>
/// A core module that is appended to a component, and instantiated once all others are: it imports their tables and reference globals and
/// sets them to what they held, by active element segments and a start function. It calls nothing of theirs; handles of resources are made
/// by what canonical definitions make.
/// </summary>
/// <param name="context">The component.</param>
/// <param name="instances">All core instances.</param>
/// <param name="functions">Finds functions.</param>
/// <param name="exports">What the module of each core instance exports.</param>
/// <param name="state">The instance of a component to whose component the module is appended.</param>
internal sealed unsafe class RestoreModule(
    ComponentContext context, Instance[] instances, SharedFunctions functions, AddedExports[] exports, int state) : IDisposable
{
    /// <summary>What it is called in its <c>name</c> section.</summary>
    internal const string Name = "wizer-restore";

    // What canonical definitions make is no instance's: one is put together for them.
    private const string CanonicalInstance = "canon";
    private const byte CoreInstanceSort = 0x12;

    private readonly RestoreTypes _types = new();
    private readonly PooledBuffer _imports = new();
    private readonly PooledBuffer _segments = new();
    private readonly PooledBuffer _code = new();
    private readonly Dictionary<ulong, uint> _funcs = [];
    private readonly SortedSet<int> _importedInstances = [];
    private readonly List<CanonicalFunction> _canonical = [];

    // Those that segments name, and those that code does, which have to be named outside of it.
    private readonly HashSet<uint> _mentioned = [];
    private readonly SortedSet<uint> _named = [];
    private uint _importCount;
    private uint _funcCount;
    private uint _tableCount;
    private uint _globalCount;
    private uint _segmentCount;

    /// <summary>The instance of a component to whose component the module is appended.</summary>
    internal int State => state;

    /// <summary>Sets elements of a table to what they are.</summary>
    /// <param name="owner">The core instance that defines the table.</param>
    /// <param name="table">The index of the table.</param>
    /// <param name="indices">Which elements, in order.</param>
    internal void SetElements(int owner, uint table, IReadOnlyList<ulong> indices)
    {
        Instance instance = instances[owner];
        TableType type = instance.Module.Tables[table].Type;
        ValType element = _types.Map(instance, type.Element);
        WasmWriter imports = BeginImport(owner, ExternKind.Table, table);
        imports.WriteTableType(new TableType(
            element, type.Limits with { Minimum = instance.Data->Tables[table]->Length, Maximum = null }));
        var runs = new ElementRangeWriter(this, instance.Data->Tables[table]->Elements, element, _tableCount++, type.Limits.Is64);
        _segmentCount += runs.Write(indices, new WasmWriter(_segments));
    }

    /// <summary>Sets a global to what it was.</summary>
    /// <param name="owner">The core instance that defines it.</param>
    /// <param name="global">The index of the global.</param>
    /// <param name="value">What the engine has there.</param>
    internal void SetGlobal(int owner, uint global, ulong value)
    {
        Instance instance = instances[owner];
        GlobalType type = instance.Module.Globals[global].Type;
        ValType mapped = _types.Map(instance, type.Value);
        BeginImport(owner, ExternKind.Global, global).WriteGlobalType(type with { Value = mapped });

        // A function is imported before what refers to it is written.
        uint? func = IsFunc(value, mapped) ? FuncOf(value) : null;
        if (func is { } index)
        {
            _named.Add(index);
        }

        var code = new WasmWriter(_code);
        WriteValue(value, mapped, func, code);
        code.WriteOpcode(Opcode.GlobalSet);
        code.WriteU32(_globalCount++);
    }

    /// <summary>The index that the module has for a function, which it imports.</summary>
    internal uint FuncOf(ulong handle)
    {
        if (_funcs.TryGetValue(handle, out uint index))
        {
            return index;
        }

        index = _funcCount++;
        _funcs.Add(handle, index);
        if (!functions.TryFind(handle, out int owner, out uint funcIndex))
        {
            throw new InvalidOperationException("a function that nobody in the component has is not written");
        }

        Instance instance = instances[owner];
        uint type = _types.IndexOf(instance, instance.Module.FuncTypeIndices[funcIndex]);
        BeginImport(owner, ExternKind.Func, funcIndex).WriteU32(type);
        return index;
    }

    /// <summary>Makes handles of resources, with the indices that they have.</summary>
    /// <param name="handles">All handles of the component instance.</param>
    /// <param name="typeOf">The index of a resource type in its component; null for handles that cannot be made.</param>
    internal void SetHandles(HandleTable handles, Func<HandleEntry, uint?> typeOf)
    {
        uint newType = _types.AddSimple(new FuncType([ValType.I32], [ValType.I32]));
        uint dropType = _types.AddSimple(new FuncType([ValType.I32], []));
        uint? filler = null;
        var made = new Dictionary<uint, uint>();
        var gone = new List<uint>();
        var code = new WasmWriter(_code);
        for (int i = 1; i < handles.All.Count; i++)
        {
            uint func;
            HandleEntry? handle = handles.All[i];
            if (handle is not null && typeOf(handle) is { } type)
            {
                if (!made.TryGetValue(type, out func))
                {
                    func = ImportFunc(new CanonicalFunction(CanonKind.ResourceNew, type), newType);
                    made.Add(type, func);
                }
            }
            else
            {
                // A resource of a type that nobody else knows has its place until all others are there.
                func = filler ??= ImportFunc(new CanonicalFunction(CanonKind.ResourceNew, null), newType);
                if (handle is not null)
                {
                    gone.Add((uint)i);
                }

                handle = null;
            }

            WriteNew(func, (handle as ResourceHandle)?.Representation ?? 0, i, code);
        }

        if (filler is null)
        {
            return;
        }

        // Those that are free are used again in the order that they would have been.
        gone.AddRange(handles.Free.Select(static index => (uint)index));
        uint drop = ImportFunc(new CanonicalFunction(CanonKind.ResourceDrop, null), dropType);
        foreach (uint index in gone)
        {
            code.WriteOpcode(Opcode.I32Const);
            code.WriteS32((int)index);
            code.WriteOpcode(Opcode.Call);
            code.WriteU32(drop);
        }
    }

    /// <summary>Writes the module, and what its instance needs, as sections behind those of the component.</summary>
    /// <param name="plan">The new component.</param>
    /// <param name="stage">Where in it everything is that the module refers to.</param>
    /// <returns>The bytes of the module.</returns>
    /// <exception cref="WizerException">Something is not there.</exception>
    internal long AppendTo(ComponentPlan plan, ComponentStage stage)
    {
        uint nextFunc = plan.CountOf(Sort.CoreFunc);
        uint fillerType = plan.CountOf(Sort.Type);
        if (_canonical.Exists(static function => function.ResourceType is null))
        {
            // A resource type with representations of 32 bits and no destructor.
            plan.Append(ComponentSectionId.Type, new byte[] { 1, 0x3f, 0x7f, 0 });
        }

        if (_canonical.Count != 0)
        {
            plan.Append(ComponentSectionId.Canon, Write(writer =>
            {
                writer.WriteU32((uint)_canonical.Count);
                foreach (CanonicalFunction function in _canonical)
                {
                    writer.WriteByte((byte)function.Kind);
                    writer.WriteU32(function.ResourceType is { } type ? stage.ResourceTypeOf(state, type) : fillerType);
                }
            }));
        }

        byte[] module = WriteModule();
        uint moduleIndex = plan.CountOf(Sort.CoreModule);
        plan.Append(ComponentSectionId.CoreModule, module);
        plan.Append(ComponentSectionId.CoreInstance, Write(writer => WriteInstances(plan, stage, moduleIndex, nextFunc, writer)));
        return module.Length;
    }

    /// <summary>Notes that a segment names a function.</summary>
    internal void Mention(uint func) => _mentioned.Add(func);

    /// <summary>Whether a reference is a function's.</summary>
    internal static bool IsFunc(ulong value, ValType type) => value != 0 && type.HeapType != HeapType.Any && !IsData(type.HeapType);

    /// <summary>Writes the instruction that makes a reference.</summary>
    internal static void WriteValue(ulong value, ValType type, uint? func, WasmWriter writer)
    {
        if (value == 0)
        {
            writer.WriteOpcode(Opcode.RefNull);
            writer.WriteHeapType(type.HeapType);
        }
        else if (func is { } index)
        {
            writer.WriteOpcode(Opcode.RefFunc);
            writer.WriteU32(index);
        }
        else
        {
            // The bits above are zero: the sign is the highest of 31.
            writer.WriteOpcode(Opcode.I32Const);
            writer.WriteS32((int)(uint)value >> 1);
            writer.WriteOpcode(Opcode.RefI31);
            if (type.HeapType == HeapType.Extern)
            {
                writer.WriteOpcode(Opcode.ExternConvertAny);
            }
        }
    }

    private byte[] WriteModule() => Write(WriteModule);

    private void WriteModule(WasmWriter writer)
    {
        bool hasCode = _code.Length != 0;
        uint startType = hasCode ? _types.AddSimple(new FuncType([], [])) : 0;
        writer.WritePreamble();
        _types.Write(writer);
        WriteCounted(SectionId.Import, _importCount, _imports.WrittenSpan, writer);
        if (hasCode)
        {
            int functionSection = writer.BeginSection(SectionId.Function);
            writer.WriteU32(1);
            writer.WriteU32(startType);
            writer.EndSized(functionSection);
            int start = writer.BeginSection(SectionId.Start);
            writer.WriteU32(_funcCount);
            writer.EndSized(start);
        }

        WriteElements(writer);
        if (hasCode)
        {
            int codeSection = writer.BeginSection(SectionId.Code);
            writer.WriteU32(1);
            int body = writer.BeginSized();
            writer.WriteU32(0);
            writer.WriteBytes(_code.WrittenSpan);
            writer.WriteOpcode(Opcode.End);
            writer.EndSized(body);
            writer.EndSized(codeSection);
        }

        int names = writer.BeginCustomSection("name"u8);
        writer.WriteByte(0);
        int name = writer.BeginSized();
        writer.WriteName(Name);
        writer.EndSized(name);
        writer.EndSized(names);
    }

    // That of the module comes behind one of what canonical definitions make, if there is need for it.
    private void WriteInstances(ComponentPlan plan, ComponentStage stage, uint moduleIndex, uint nextFunc, WasmWriter writer)
    {
        writer.WriteU32(_canonical.Count == 0 ? 1u : 2);
        if (_canonical.Count != 0)
        {
            writer.WriteByte(0x01);
            writer.WriteU32((uint)_canonical.Count);
            for (int i = 0; i < _canonical.Count; i++)
            {
                writer.WriteName(AccessorModule.NameOf((uint)i));
                writer.WriteByte((byte)ExternKind.Func);
                writer.WriteU32(nextFunc++);
            }
        }

        writer.WriteByte(0x00);
        writer.WriteU32(moduleIndex);
        writer.WriteU32((uint)(_importedInstances.Count + (_canonical.Count == 0 ? 0 : 1)));
        foreach (int instance in _importedInstances)
        {
            WriteArgument(NameOf(instance), stage.CoreInstanceIndexOf(instance), writer);
        }

        if (_canonical.Count != 0)
        {
            WriteArgument(CanonicalInstance, plan.CountOf(Sort.CoreInstance), writer);
        }
    }

    public void Dispose()
    {
        _types.Dispose();
        _imports.Dispose();
        _segments.Dispose();
        _code.Dispose();
    }

    private static byte[] Write(Action<WasmWriter> write)
    {
        using var buffer = new PooledBuffer();
        write(new WasmWriter(buffer));
        return buffer.ToArray();
    }

    // Some other index would be another handle to whoever has kept it.
    private static void WriteNew(uint func, uint representation, int expected, WasmWriter code)
    {
        const byte EmptyBlock = 0x40;
        code.WriteOpcode(Opcode.I32Const);
        code.WriteS32((int)representation);
        code.WriteOpcode(Opcode.Call);
        code.WriteU32(func);
        code.WriteOpcode(Opcode.I32Const);
        code.WriteS32(expected);
        code.WriteOpcode(Opcode.I32Ne);
        code.WriteOpcode(Opcode.If);
        code.WriteByte(EmptyBlock);
        code.WriteOpcode(Opcode.Unreachable);
        code.WriteOpcode(Opcode.End);
    }

    private static bool IsData(HeapType type) =>
        type == HeapType.Extern || type == HeapType.NoExtern || type == HeapType.Eq || type == HeapType.I31 || type == HeapType.Struct
        || type == HeapType.Array || type == HeapType.None || type == HeapType.Exn || type == HeapType.NoExn;

    private static void WriteArgument(string name, uint instance, WasmWriter writer)
    {
        writer.WriteName(name);
        writer.WriteByte(CoreInstanceSort);
        writer.WriteU32(instance);
    }

    private static void WriteCounted(SectionId id, uint count, ReadOnlySpan<byte> items, WasmWriter writer)
    {
        int section = writer.BeginSection(id);
        writer.WriteU32(count);
        writer.WriteBytes(items);
        writer.EndSized(section);
    }

    private void WriteElements(WasmWriter writer)
    {
        _named.ExceptWith(_mentioned);
        uint count = _segmentCount + (_named.Count == 0 ? 0u : 1);
        if (count == 0)
        {
            return;
        }

        int section = writer.BeginSection(SectionId.Element);
        writer.WriteU32(count);
        writer.WriteBytes(_segments.WrittenSpan);
        if (_named.Count != 0)
        {
            writer.WriteByte((byte)ElementForm.DeclarativeFuncs);
            writer.WriteByte(ElementForms.FuncKind);
            writer.WriteU32((uint)_named.Count);
            foreach (uint func in _named)
            {
                writer.WriteU32(func);
            }
        }

        writer.EndSized(section);
    }

    // What a core instance is imported as: its index among those of its component, in the one that was initialized.
    private string NameOf(int instance) =>
        AccessorModule.NameOf(context.Compiled.CoreInstanceIndexOf(instance));

    private WasmWriter BeginImport(int owner, ExternKind kind, uint index)
    {
        _importedInstances.Add(owner);
        return BeginImport(NameOf(owner), exports[owner].NameOf(kind, index), kind);
    }

    private uint ImportFunc(CanonicalFunction function, uint type)
    {
        BeginImport(CanonicalInstance, AccessorModule.NameOf((uint)_canonical.Count), ExternKind.Func).WriteU32(type);
        _canonical.Add(function);
        return _funcCount++;
    }

    private WasmWriter BeginImport(string instance, string name, ExternKind kind)
    {
        var writer = new WasmWriter(_imports);
        _importCount++;
        writer.WriteName(instance);
        writer.WriteName(name);
        writer.WriteByte((byte)kind);
        return writer;
    }

    /// <summary>A canonical definition that is appended.</summary>
    /// <param name="Kind">What it makes.</param>
    /// <param name="ResourceType">The index of its resource type; null for the type that is appended.</param>
    private readonly record struct CanonicalFunction(CanonKind Kind, uint? ResourceType);
}
