using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Layout;
using Wizer.Engine.Runtime;

namespace Wizer.Pipeline;

/// <summary>
/// Compares what a run has left in tables, reference globals, passive element segments and objects with what instantiation put
/// there, which is what an instance of the new module starts with. They are the same when functions, numbers and nulls are equal,
/// and when each object that instantiation made has exactly one in its place, of the same type and with the same contents: which
/// address that has is nothing that a guest can see.
/// </summary>
internal sealed unsafe class ReferenceCheck
{
    private readonly ModuleContext _context;
    private readonly ModuleInfo _module;
    private readonly Instance _instance;
    private readonly InitialValues _initial;

    // The objects met so far, and those of them whose contents have not been compared yet.
    private readonly HashSet<ulong> _met = [];
    private readonly Queue<InitialValue> _unseen = new();

    private readonly FuncIndices _funcs;

    private ReferenceCheck(ModuleContext context, Instance instance, FuncIndices funcs)
    {
        _context = context;
        _module = context.Module;
        _instance = instance;
        _funcs = funcs;
        _initial = new InitialValues(instance);
    }

    /// <summary>Whether everything is as instantiation makes it.</summary>
    internal static bool IsUnchanged(ModuleContext context, Instance instance, FuncIndices funcs) =>
        new ReferenceCheck(context, instance, funcs).IsUnchanged();

    private bool IsUnchanged()
    {
        // Expressions name only globals before them, so globals come first; and everything that can hold an object is looked at,
        // or one object in the place of another might go unnoticed.
        if (!HasInitialGlobals())
        {
            return false;
        }

        for (int i = 0; i < _module.Tables.Length; i++)
        {
            bool mayBeChanged = _context.MayChangeTables || CanHoldObjects(_module.Tables[i].Type.Element);
            if (mayBeChanged && !IsInitialTable((uint)i))
            {
                return false;
            }
        }

        if (!HasInitialPassiveSegments())
        {
            return false;
        }

        while (_unseen.TryDequeue(out InitialValue? next))
        {
            if (!HoldsInitialContents(next))
            {
                return false;
            }
        }

        return true;
    }

    private bool HasInitialGlobals()
    {
        for (uint i = 0; i < _module.Globals.Length; i++)
        {
            if (_module.Globals[i].Type.Value.IsRef && !IsInitial(_initial.OfGlobal(i), _instance.Data->Globals[i][0]))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsInitialTable(uint index)
    {
        TableInfo info = _module.Tables[index];
        TableData* table = _instance.Data->Tables[index];
        ulong length = info.Type.Limits.Minimum;
        if (table->Length != length)
        {
            return false;
        }

        // What later segments wrote over counts no more, so the last one comes first.
        ulong[]? written = null;
        for (int i = _module.ElementSegments.Length - 1; i >= 0; i--)
        {
            ElementSegmentInfo segment = _module.ElementSegments[i];
            if (segment.Mode == SegmentMode.Active && segment.TableIndex == index)
            {
                written ??= new ulong[(length + 63) / 64];
                if (!HoldsInitialItems(table, segment, written))
                {
                    return false;
                }
            }
        }

        // A table for the host's objects may have millions of elements, all of them null.
        InitialValue rest = info.Init.Length == 0 ? InitialValue.Zero : _initial.Evaluate(info.Init);
        ulong start = written is null && rest == InitialValue.Zero ? NullCountOf(table) : 0;
        for (ulong i = start; i < length; i++)
        {
            bool isWritten = written is not null && (written[i >> 6] & (1UL << (int)(i & 63))) != 0;
            if (!isWritten && !IsInitial(rest, table->Elements[i]))
            {
                return false;
            }
        }

        return true;
    }

    // How many elements are null before the first that is not, as far as a span reaches.
    private static ulong NullCountOf(TableData* table)
    {
        var elements = new ReadOnlySpan<ulong>(table->Elements, (int)Math.Min(table->Length, int.MaxValue));
        int first = elements.IndexOfAnyExcept(0UL);
        return (ulong)(first < 0 ? elements.Length : first);
    }

    private bool HoldsInitialItems(TableData* table, in ElementSegmentInfo segment, ulong[] written)
    {
        ConstExpression.Evaluate(_instance, segment.OffsetExpr, out ulong at, out _);
        var reader = new WasmReader(segment.Items.Of(_module.Bytes.Span), segment.Items.Offset);
        for (int i = 0; i < segment.Count; i++, at++)
        {
            InitialValue expected = ReadItem(segment, ref reader);
            ulong bit = 1UL << (int)(at & 63);
            if ((written[at >> 6] & bit) == 0)
            {
                written[at >> 6] |= bit;
                if (!IsInitial(expected, table->Elements[at]))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private InitialValue ReadItem(in ElementSegmentInfo segment, ref WasmReader reader) => segment.HasExpressions
        ? _initial.Evaluate(ref reader)
        : InitialValue.OfBits((ulong)_instance.Data->Funcs[reader.ReadU32()]);

    private bool HasInitialPassiveSegments()
    {
        for (int i = 0; i < _module.ElementSegments.Length; i++)
        {
            // What holds no objects holds what it held, as long as it is there at all.
            ElementSegmentInfo segment = _module.ElementSegments[i];
            ElementSegmentData* data = &_instance.Data->ElementSegments[i];
            if (segment.Mode != SegmentMode.Passive || data->Length == 0 || !CanHoldObjects(segment.Type))
            {
                continue;
            }

            var reader = new WasmReader(segment.Items.Of(_module.Bytes.Span), segment.Items.Offset);
            for (uint item = 0; item < segment.Count; item++)
            {
                if (!IsInitial(ReadItem(segment, ref reader), data->Elements[item]))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool HoldsInitialContents(InitialValue expected)
    {
        CompositeType type = _module.Types[expected.TypeIndex].Composite;
        GcLayout* layout = LayoutOf(expected);
        var content = (byte*)expected.Handle;
        for (uint i = 0; i < expected.Length; i++)
        {
            bool isArray = layout->IsArray != 0;
            GcField field = layout->Fields[isArray ? 0 : i];
            ValType storage = isArray ? ((ArrayType)type).Element.Storage : ((StructType)type).Fields[(int)i].Storage;
            byte* at = content + field.Offset + (isArray ? (ulong)i << (int)field.SizeLog2 : 0);
            InitialValue item = expected.ItemAt(i);
            if (storage.IsRef ? !IsInitial(item, *(ulong*)at) : !HoldsNumber(at, field.SizeLog2, item))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HoldsNumber(byte* at, uint sizeLog2, InitialValue expected) => sizeLog2 switch
    {
        0 => *at == (byte)expected.Low,
        1 => *(ushort*)at == (ushort)expected.Low,
        2 => *(uint*)at == (uint)expected.Low,
        3 => *(ulong*)at == expected.Low,
        _ => ((ulong*)at)[0] == expected.Low && ((ulong*)at)[1] == expected.High,
    };

    // Whether a reference is the expected one. If it is to an object that is met for the first time, its contents count, too.
    private bool IsInitial(InitialValue expected, ulong value)
    {
        if (!expected.IsObject)
        {
            return value == expected.Low && (value == 0 || !_funcs.IsAmbiguous(value));
        }

        if (expected.Handle != 0)
        {
            return value == expected.Handle;
        }

        if (value == 0 || !ReferenceHandle.IsObject(value) || _met.Contains(value))
        {
            return false;
        }

        GcLayout* layout = LayoutOf(expected);
        var header = (GcObject*)value;
        if (header->TypeId != layout->TypeId || (layout->IsArray != 0 && header->Length != expected.Length))
        {
            return false;
        }

        _met.Add(value);
        expected.Handle = value;
        _unseen.Enqueue(expected);
        return true;
    }

    private GcLayout* LayoutOf(InitialValue value) => _instance.Store.Heap.LayoutOf(_instance.Data->TypeIds[value.TypeIndex]);

    private bool CanHoldObjects(ValType type)
    {
        HeapType heap = type.HeapType;
        return heap.IsConcrete
            ? _module.Types[heap.TypeIndex].Composite is not FuncType
            : heap != HeapType.Func && heap != HeapType.NoFunc && heap != HeapType.Exn && heap != HeapType.NoExn;
    }
}
