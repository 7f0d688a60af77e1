using System.Globalization;
using System.Text;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Layout;

namespace Wizer.TestSupport;

/// <summary>
/// All state of an instance as text, but for what is in memories: globals, tables, segments, and the objects and exceptions that can be
/// reached from there, in the order in which they are met. Two instances have the same text if and only if nothing that code can do
/// tells their states apart, up to the identity of functions and exceptions.
/// </summary>
public sealed unsafe class StateDump
{
    private readonly StringBuilder _text = new();
    private readonly Instance _instance;
    private readonly ModuleInfo _input;
    private readonly Dictionary<ulong, string> _funcs = [];
    private readonly Dictionary<uint, int> _types = [];
    private readonly Dictionary<ulong, int> _objects = [];
    private readonly Queue<(ulong Handle, bool IsException)> _unseen = new();

    private StateDump(Instance instance, ModuleInfo input)
    {
        _instance = instance;
        _input = input;
        for (int i = 0; i < input.FuncTypeIndices.Length; i++)
        {
            _funcs.TryAdd((ulong)instance.Data->Funcs[i], $"func {i}");
        }

        for (int i = 0; i < input.Types.Length; i++)
        {
            _types.TryAdd(instance.TypeIds[i], i);
        }
    }

    /// <summary>Describes the state.</summary>
    /// <param name="instance">An instance of a module, or of one that starts with a state of it.</param>
    /// <param name="input">The module: what another one has beyond it does not count.</param>
    /// <param name="named">What its code names; null to find out.</param>
    public static string Of(Instance instance, ModuleInfo input, ValidationResult? named = null)
    {
        ArgumentNullException.ThrowIfNull(instance);
        ArgumentNullException.ThrowIfNull(input);
        var dump = new StateDump(instance, input);
        dump.AddRoots(named ?? ModuleValidator.Validate(input));
        while (dump._unseen.TryDequeue(out (ulong Handle, bool IsException) next))
        {
            if (next.IsException)
            {
                dump.AddException((ExceptionData*)next.Handle);
            }
            else
            {
                dump.AddObject((GcObject*)next.Handle);
            }
        }

        return dump._text.ToString();
    }

    private void AddRoots(ValidationResult validation)
    {
        for (int i = 0; i < _input.Globals.Length; i++)
        {
            ulong* cell = _instance.Data->Globals[i];
            ValType type = _input.Globals[i].Type.Value;
            Line($"global {i}: {(type.IsRef ? Reference(cell[0], Canonical(type)) : Number((byte*)cell, type))}");
        }

        for (int i = 0; i < _input.Tables.Length; i++)
        {
            TableData* table = _instance.Data->Tables[i];
            Line($"table {i}: {table->Length}");
            for (ulong element = 0; element < table->Length; element++)
            {
                if (table->Elements[element] != 0)
                {
                    Line($"  {element}: {Reference(table->Elements[element], Canonical(_input.Tables[i].Type.Element))}");
                }
            }
        }

        // What no instruction names need not be there.
        for (int i = 0; i < validation.NamedElementCount; i++)
        {
            ElementSegmentData segment = _instance.Data->ElementSegments[i];
            Line($"elem {i}: {segment.Length}");
            for (ulong item = 0; item < segment.Length; item++)
            {
                Line($"  {item}: {Reference(segment.Elements[item], Canonical(_input.ElementSegments[i].Type))}");
            }
        }

        for (int i = 0; i < validation.NamedDataCount; i++)
        {
            Line($"data {i}: {_instance.Data->DataSegments[i].ByteLength}");
        }

        for (int i = 0; i < _input.Memories.Length; i++)
        {
            MemoryData* memory = _instance.Data->Memories[i];
            ReadOnlySpan<byte> bytes = new(memory->Base, checked((int)memory->ByteLength));
            Line($"memory {i}: {memory->ByteLength} {Convert.ToHexString(Wizer.Engine.Platform.ContentHash.Of(bytes))}");
        }
    }

    private void AddObject(GcObject* header)
    {
        CompositeType type = _instance.Store.Types.CompositeOf(header->TypeId);
        GcLayout* layout = _instance.Store.Heap.LayoutOf(header->TypeId);
        string name = _types.TryGetValue(header->TypeId, out int index) ? $"type {index}" : $"foreign type {header->TypeId}";
        Line($"object {_objects[(ulong)header]}: {name}{(layout->IsArray != 0 ? $" [{header->Length}]" : "")}");
        int count = layout->IsArray != 0 ? (int)header->Length : layout->FieldCount;
        for (int i = 0; i < count; i++)
        {
            GcField field = layout->Fields[layout->IsArray != 0 ? 0 : i];
            ValType storage = type is ArrayType array ? array.Element.Storage : ((StructType)type).Fields[i].Storage;
            byte* at = (byte*)header + field.Offset + (layout->IsArray != 0 ? (ulong)i << (int)field.SizeLog2 : 0);
            Line($"  {(storage.IsRef ? Reference(*(ulong*)at, storage) : Number(at, storage))}");
        }
    }

    private void AddException(ExceptionData* exception)
    {
        int tag = 0;
        while (tag < _input.Tags.Length && _instance.Data->Tags[tag] != exception->Tag)
        {
            tag++;
        }

        Line($"exception {_objects[(ulong)exception]}: tag {tag}");
        ulong* slot = ExceptionData.ValuesOf(exception);
        foreach (ValType parameter in _instance.Store.Types.FuncTypeOf(exception->Tag->TypeId).Parameters)
        {
            Line($"  {(parameter.IsRef ? Reference(*slot, parameter) : Number((byte*)slot, parameter))}");
            slot += parameter.SlotCount;
        }
    }

    private string Reference(ulong handle, ValType type)
    {
        if (handle == 0)
        {
            return "null";
        }

        HeapType heap = type.HeapType;
        bool isFunc = heap.IsConcrete ? _instance.Store.Types.CompositeOf(heap.TypeIndex) is FuncType : heap == HeapType.Func || heap == HeapType.NoFunc;
        if (isFunc)
        {
            return _funcs.GetValueOrDefault(handle, "foreign func");
        }

        bool isException = heap == HeapType.Exn || heap == HeapType.NoExn;
        if (!isException && ReferenceHandle.IsI31(handle))
        {
            return $"i31 {(int)(uint)handle >> 1}";
        }

        if (!isException && !ReferenceHandle.IsObject(handle))
        {
            return $"host {ReferenceHandle.HostNumber(handle)}";
        }

        if (!_objects.TryGetValue(handle, out int number))
        {
            number = _objects.Count;
            _objects.Add(handle, number);
            _unseen.Enqueue((handle, isException));
        }

        return $"{(isException ? "exception" : "object")} {number}";
    }

    private ValType Canonical(ValType type) => TypeRegistry.Canonical(type, _instance.TypeIds);

    private static string Number(byte* at, ValType type) => type.Code switch
    {
        ValTypeCode.I8 => $"{*at:x2}",
        ValTypeCode.I16 => $"{*(ushort*)at:x4}",
        ValTypeCode.I32 or ValTypeCode.F32 => $"{*(uint*)at:x8}",
        ValTypeCode.V128 => $"{((ulong*)at)[0]:x16} {((ulong*)at)[1]:x16}",
        _ => $"{*(ulong*)at:x16}",
    };

    private void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
