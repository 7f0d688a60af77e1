using System.Globalization;
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
    private const string GlobalSet = "unsupported mutable global containing a reference type";

    private readonly ModuleContext _context;
    private readonly ModuleInfo _module;
    private readonly Instance _instance;
    private readonly InitialValues _initial;

    // The objects met so far, and those of them whose contents have not been compared yet.
    private readonly HashSet<ulong> _met = [];
    private readonly Queue<(InitialValue Expected, Place Place)> _unseen = new();

    // Functions that are imported under several names: which of them is meant, nobody can tell.
    private readonly HashSet<ulong> _ambiguous = [];

    private ReferenceCheck(ModuleContext context, Instance instance)
    {
        _context = context;
        _module = context.Module;
        _instance = instance;
        _initial = new InitialValues(instance);
    }

    /// <summary>Compares, where the module has the means to change any of it.</summary>
    /// <exception cref="WizerException">Something is different.</exception>
    internal static void Check(ModuleContext context, Instance instance)
    {
        if (context.MayChangeReferences)
        {
            new ReferenceCheck(context, instance).Check();
        }
    }

    private void Check()
    {
        FindAmbiguousImports();

        // Expressions name only globals before them, so globals come first; and everything that can hold an object is looked at,
        // or one object in the place of another might go unnoticed.
        CheckGlobals();
        for (int i = 0; i < _module.Tables.Length; i++)
        {
            if (_context.MayChangeTables || CanHoldObjects(_module.Tables[i].Type.Element))
            {
                CheckTable((uint)i);
            }
        }

        CheckPassiveSegments();
        while (_unseen.TryDequeue(out (InitialValue Expected, Place Place) next))
        {
            CheckContents(next.Expected, next.Place);
        }
    }

    private void FindAmbiguousImports()
    {
        var first = new Dictionary<ulong, ImportInfo>();
        ReadOnlySpan<byte> bytes = _module.Bytes.Span;
        foreach (ImportInfo import in _module.Imports)
        {
            if (import.Kind == ExternKind.Func)
            {
                ulong handle = (ulong)_instance.Data->Funcs[import.Index];
                if (!first.TryAdd(handle, import)
                    && !(first[handle].Module.Of(bytes).SequenceEqual(import.Module.Of(bytes))
                        && first[handle].Name.Of(bytes).SequenceEqual(import.Name.Of(bytes))))
                {
                    _ambiguous.Add(handle);
                }
            }
        }
    }

    private void CheckGlobals()
    {
        for (uint i = 0; i < _module.Globals.Length; i++)
        {
            if (_module.Globals[i].Type.Value.IsRef)
            {
                ulong value = _instance.Data->Globals[i][0];
                InitialValue expected = _initial.OfGlobal(i);
                if (!TryMatch(expected, value, out bool isNew))
                {
                    Fail(Place.Global(i), value, []);
                }

                if (isNew)
                {
                    _unseen.Enqueue((expected, Place.Global(i)));
                }
            }
        }
    }

    private void CheckTable(uint index)
    {
        TableInfo info = _module.Tables[index];
        TableData* table = _instance.Data->Tables[index];
        ulong length = info.Type.Limits.Minimum;
        if (table->Length != length)
        {
            Throw.TableGrown(Instructions([Opcode.TableGrow]), index, length, table->Length, FirstUse([Opcode.TableGrow]));
        }

        // What later segments wrote over counts no more, so the last one comes first.
        ulong[]? written = null;
        for (int i = _module.ElementSegments.Length - 1; i >= 0; i--)
        {
            ElementSegmentInfo segment = _module.ElementSegments[i];
            if (segment.Mode == SegmentMode.Active && segment.TableIndex == index)
            {
                written ??= new ulong[(length + 63) / 64];
                CheckWritten(index, segment, written);
            }
        }

        // A table for the host's objects may have millions of elements, all of them null.
        InitialValue rest = info.Init.Length == 0 ? InitialValue.Zero : _initial.Evaluate(info.Init);
        ulong start = written is null && rest == InitialValue.Zero ? NullCountOf(table) : 0;
        for (ulong i = start; i < length; i++)
        {
            if (written is null || (written[i >> 6] & (1UL << (int)(i & 63))) == 0)
            {
                CheckElement(index, i, rest);
            }
        }
    }

    // How many elements are null before the first that is not, as far as a span reaches.
    private static ulong NullCountOf(TableData* table)
    {
        var elements = new ReadOnlySpan<ulong>(table->Elements, (int)Math.Min(table->Length, int.MaxValue));
        int first = elements.IndexOfAnyExcept(0UL);
        return (ulong)(first < 0 ? elements.Length : first);
    }

    private void CheckWritten(uint tableIndex, in ElementSegmentInfo segment, ulong[] written)
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
                CheckElement(tableIndex, at, expected);
            }
        }
    }

    private InitialValue ReadItem(in ElementSegmentInfo segment, ref WasmReader reader) => segment.HasExpressions
        ? _initial.Evaluate(ref reader)
        : InitialValue.OfBits((ulong)_instance.Data->Funcs[reader.ReadU32()]);

    private void CheckElement(uint tableIndex, ulong index, InitialValue expected)
    {
        ulong value = _instance.Data->Tables[tableIndex]->Elements[index];
        if (!TryMatch(expected, value, out bool isNew))
        {
            Fail(Place.Table(tableIndex, index), value, StateInstructions.OfTables);
        }

        if (isNew)
        {
            _unseen.Enqueue((expected, Place.Table(tableIndex, index)));
        }
    }

    private void CheckPassiveSegments()
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
                InitialValue expected = ReadItem(segment, ref reader);
                if (!TryMatch(expected, data->Elements[item], out bool isNew))
                {
                    FailObject(Place.Segment((uint)i, item), data->Elements[item]);
                }

                if (isNew)
                {
                    _unseen.Enqueue((expected, Place.Segment((uint)i, item)));
                }
            }
        }
    }

    private void CheckContents(InitialValue expected, Place place)
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
            if (!storage.IsRef)
            {
                if (!HoldsNumber(at, field.SizeLog2, item))
                {
                    FailObject(place.Item(isArray, i), 0);
                }
            }
            else if (!TryMatch(item, *(ulong*)at, out bool isNew))
            {
                FailObject(place.Item(isArray, i), *(ulong*)at);
            }
            else if (isNew)
            {
                _unseen.Enqueue((item, place.Item(isArray, i)));
            }
        }
    }

    private static bool HoldsNumber(byte* at, uint sizeLog2, InitialValue expected) => sizeLog2 switch
    {
        0 => *at == (byte)expected.Low,
        1 => *(ushort*)at == (ushort)expected.Low,
        2 => *(uint*)at == (uint)expected.Low,
        3 => *(ulong*)at == expected.Low,
        _ => ((ulong*)at)[0] == expected.Low && ((ulong*)at)[1] == expected.High,
    };

    /// <summary>Whether a reference is the expected one.</summary>
    /// <param name="expected">The latter.</param>
    /// <param name="value">The former.</param>
    /// <param name="isNew">Whether it is an object that is met for the first time: its contents count, too.</param>
    private bool TryMatch(InitialValue expected, ulong value, out bool isNew)
    {
        isNew = false;
        if (!expected.IsObject)
        {
            return value == expected.Low && (value == 0 || !_ambiguous.Contains(value));
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
        isNew = true;
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

    // Either the object is another one than before, or something has changed it.
    private void FailObject(Place place, ulong value)
    {
        Opcode[] opcodes = StateInstructions.OfObjects;
        if (!StateInstructions.AreUsed(opcodes, _context.Validation))
        {
            Place root = place.Root;
            if (root.Kind != Place.GlobalKind)
            {
                opcodes = StateInstructions.OfTables;
            }
            else if (_module.Globals[root.Index].Type.IsMutable)
            {
                opcodes = [];
            }
        }

        Fail(place, value, opcodes);
    }

    private string Instructions(Opcode[] opcodes) => "unsupported " + StateInstructions.Describe(opcodes, _context.Validation);

    private string? FirstUse(Opcode[] opcodes) => ModuleHint.OfFirstUse(_module, opcodes, _context.Validation);

    /// <param name="place">Where the reference is.</param>
    /// <param name="value">What it is now.</param>
    /// <param name="opcodes">What may have changed it; none for an assignment to a global.</param>
    private void Fail(Place place, ulong value, Opcode[] opcodes)
    {
        string what = opcodes.Length == 0 ? GlobalSet : Instructions(opcodes);
        if (_ambiguous.Contains(value))
        {
            Throw.ImportAmbiguous(what, place.ToString(), FirstUse(opcodes));
        }

        Throw.ReferenceChanged(what, place.ToString(), FirstUse(opcodes));
    }

    /// <summary>Where a reference is, from the outside in.</summary>
    private sealed record Place(Place? Outer, string Kind, ulong Index)
    {
        internal const string GlobalKind = "global";

        internal Place Root => Outer is null ? this : Outer.Root;

        internal static Place Global(uint index) => new(null, GlobalKind, index);

        internal static Place Table(uint table, ulong element) => new(new Place(null, "table", table), "element", element);

        internal static Place Segment(uint segment, uint item) => new(new Place(null, "element segment", segment), "item", item);

        internal Place Item(bool isArray, uint index) => new(this, isArray ? "element" : "field", index);

        public override string ToString()
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"{Kind} {Index}");
            return Outer is null ? text : $"{Outer}, {text}";
        }
    }
}
