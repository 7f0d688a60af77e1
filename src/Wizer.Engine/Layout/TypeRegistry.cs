using Wizer.Binary;

namespace Wizer.Engine.Layout;

/// <summary>
/// The types of a store, each known by one number: types of different modules are equal exactly when their numbers are.
/// Core 3.0, Types: Recursive Types, and Validation: Matching.
/// </summary>
/// <remarks>
/// A recursion group is spelled out as integers, with references into itself by position and references to earlier groups by
/// number, and looked up by that spelling. Types kept here refer to each other by number. This runs when every module starts:
/// copies and comparisons of integers are spelled out, because the framework's generic ones are not precompiled for them.
/// </remarks>
internal sealed class TypeRegistry
{
    // Marks, in a spelling, a position within the group. Heap type codes stay far below.
    private const int WithinGroup = 1 << 29;

    private readonly Dictionary<Spelling, Spelling> _groups = [];
    private DefinedType[] _types = new DefinedType[16];
    private int _count;

    /// <summary>How many distinct types there are.</summary>
    internal int Count => _count;

    /// <summary>The function type with a number; it must be one.</summary>
    internal FuncType FuncTypeOf(uint typeId) => (FuncType)_types[typeId].Composite;

    /// <summary>The structure of the type with a number.</summary>
    internal CompositeType CompositeOf(uint typeId) => _types[typeId].Composite;

    /// <summary>Whether the type is the other or declared as its descendant.</summary>
    internal bool IsSubtype(uint sub, uint super)
    {
        if (sub == super)
        {
            return true;
        }

        if (_types[sub].Super < 0)
        {
            return false;
        }

        int[] subs = SupertypesOf(sub);
        int depth = SupertypesOf(super).Length - 1;
        return depth < subs.Length && subs[depth] == (int)super;
    }

    /// <summary>
    /// The type's supertypes, the root first, and at the end the type itself: so that another is one of them exactly when it is at
    /// the place that it has in its own.
    /// </summary>
    internal int[] SupertypesOf(uint typeId)
    {
        DefinedType type = _types[typeId];
        if (type.Supertypes is null)
        {
            int depth = 0;
            for (int id = type.Super; id >= 0; id = _types[id].Super)
            {
                depth++;
            }

            var supertypes = new int[depth + 1];
            for (int id = (int)typeId; id >= 0; id = _types[id].Super)
            {
                supertypes[depth--] = id;
            }

            type.Supertypes = supertypes;
        }

        return type.Supertypes;
    }

    /// <summary>Numbers a function type of the host: final, alone in its group, referring to types by number.</summary>
    internal uint Register(FuncType type) =>
        (uint)RegisterGroup([new SubType(type, isFinal: true, [], 0)], 0, 1, null);

    /// <summary>Numbers all the types of a module; the result is by type index.</summary>
    internal uint[] Register(ModuleInfo module)
    {
        var ids = new uint[module.Types.Length];
        int[] starts = module.RecGroupStarts;
        for (int group = 0; group < starts.Length; group++)
        {
            int start = starts[group];
            int end = group + 1 < starts.Length ? starts[group + 1] : ids.Length;
            if (start == end)
            {
                continue;
            }

            int first = RegisterGroup(module.Types, start, end, ids);
            for (int i = start; i < end; i++)
            {
                ids[i] = (uint)(first + i - start);
            }
        }

        return ids;
    }

    /// <summary>A module's value type with its type index, if it has one, turned into a number.</summary>
    internal static ValType Canonical(ValType type, uint[] ids) =>
        type.IsRef && type.HeapType.IsConcrete
            ? ValType.Ref(new HeapType((int)ids[type.HeapType.TypeIndex]), type.IsNullable)
            : type;

    /// <summary>Whether values of one type, in numbers, are also values of the other. Core 3.0, Validation: Matching.</summary>
    internal bool Matches(ValType sub, ValType super)
    {
        if (sub == super)
        {
            return true;
        }

        return sub.IsRef && super.IsRef && (super.IsNullable || !sub.IsNullable) && Matches(sub.HeapType, super.HeapType);
    }

    private bool Matches(HeapType sub, HeapType super)
    {
        if (sub == super)
        {
            return true;
        }

        if (sub.IsConcrete)
        {
            if (super.IsConcrete)
            {
                return IsSubtype(sub.TypeIndex, super.TypeIndex);
            }

            return _types[sub.TypeIndex].Composite switch
            {
                FuncType => super == HeapType.Func,
                StructType => super == HeapType.Struct || super == HeapType.Eq || super == HeapType.Any,
                _ => super == HeapType.Array || super == HeapType.Eq || super == HeapType.Any,
            };
        }

        if (super.IsConcrete)
        {
            return sub == (_types[super.TypeIndex].Composite is FuncType ? HeapType.NoFunc : HeapType.None);
        }

        if (sub == HeapType.None)
        {
            return super == HeapType.I31 || super == HeapType.Struct || super == HeapType.Array
                || super == HeapType.Eq || super == HeapType.Any;
        }

        if (sub == HeapType.I31 || sub == HeapType.Struct || sub == HeapType.Array)
        {
            return super == HeapType.Eq || super == HeapType.Any;
        }

        return (sub == HeapType.Eq && super == HeapType.Any)
            || (sub == HeapType.NoFunc && super == HeapType.Func)
            || (sub == HeapType.NoExtern && super == HeapType.Extern)
            || (sub == HeapType.NoExn && super == HeapType.Exn);
    }

    private int RegisterGroup(SubType[] types, int start, int end, uint[]? ids)
    {
        var speller = new Speller(start, end, ids);
        for (int i = start; i < end; i++)
        {
            speller.Add(types[i]);
        }

        Spelling spelling = speller.Done();
        if (_groups.TryGetValue(spelling, out Spelling? known))
        {
            return known.FirstId;
        }

        spelling.FirstId = _count;
        _groups.Add(spelling, spelling);
        for (int i = start; i < end; i++)
        {
            if (_count == _types.Length)
            {
                var larger = new DefinedType[_count * 2];
                Array.Copy(_types, larger, _count);
                _types = larger;
            }

            int super = types[i].Supertypes.Length == 0 ? -1 : Number(types[i].Supertypes[0], start, end, spelling.FirstId, ids);
            _types[_count++] = new DefinedType(Renumber(types[i].Composite, start, end, spelling.FirstId, ids), super);
        }

        return spelling.FirstId;
    }

    private static int Number(uint typeIndex, int start, int end, int firstId, uint[]? ids)
    {
        // The host's types come without a module: their indices are numbers already.
        if (ids == null)
        {
            return (int)typeIndex;
        }

        return typeIndex >= (uint)start && typeIndex < (uint)end ? firstId + (int)typeIndex - start : (int)ids[typeIndex];
    }

    private static CompositeType Renumber(CompositeType composite, int start, int end, int firstId, uint[]? ids)
    {
        switch (composite)
        {
            case FuncType func:
                return HasConcrete(func.Parameters) || HasConcrete(func.Results)
                    ? new FuncType(
                        Renumber(func.Parameters, start, end, firstId, ids), Renumber(func.Results, start, end, firstId, ids))
                    : func;
            case StructType structure:
                var fields = new FieldType[structure.Fields.Length];
                for (int i = 0; i < fields.Length; i++)
                {
                    fields[i] = structure.Fields[i] with
                    {
                        Storage = Renumber(structure.Fields[i].Storage, start, end, firstId, ids),
                    };
                }

                return new StructType(fields);
            default:
                FieldType element = ((ArrayType)composite).Element;
                return new ArrayType(element with { Storage = Renumber(element.Storage, start, end, firstId, ids) });
        }
    }

    private static bool HasConcrete(ReadOnlySpan<ValType> types)
    {
        foreach (ValType type in types)
        {
            if (type.IsRef && type.HeapType.IsConcrete)
            {
                return true;
            }
        }

        return false;
    }

    private static ValType[] Renumber(ReadOnlySpan<ValType> types, int start, int end, int firstId, uint[]? ids)
    {
        var renumbered = new ValType[types.Length];
        for (int i = 0; i < types.Length; i++)
        {
            renumbered[i] = Renumber(types[i], start, end, firstId, ids);
        }

        return renumbered;
    }

    private static ValType Renumber(ValType type, int start, int end, int firstId, uint[]? ids) =>
        type.IsRef && type.HeapType.IsConcrete
            ? ValType.Ref(new HeapType(Number(type.HeapType.TypeIndex, start, end, firstId, ids)), type.IsNullable)
            : type;

    private sealed class DefinedType(CompositeType composite, int super)
    {
        internal CompositeType Composite { get; } = composite;

        internal int Super { get; } = super;

        internal int[]? Supertypes { get; set; }
    }

    /// <summary>A recursion group as integers, and the number of its first type.</summary>
    private sealed class Spelling(int[] words) : IEquatable<Spelling>
    {
        private readonly int[] _words = words;

        internal int FirstId { get; set; }

        public bool Equals(Spelling? other)
        {
            if (other is null || _words.Length != other._words.Length)
            {
                return false;
            }

            for (int i = 0; i < _words.Length; i++)
            {
                if (_words[i] != other._words[i])
                {
                    return false;
                }
            }

            return true;
        }

        public override bool Equals(object? obj) => Equals(obj as Spelling);

        public override int GetHashCode()
        {
            uint hash = 2166136261;
            foreach (int word in _words)
            {
                hash = (hash ^ (uint)word) * 16777619;
            }

            return (int)hash;
        }
    }

    private struct Speller(int start, int end, uint[]? ids)
    {
        private int[] _words = new int[16];
        private int _length;

        internal readonly Spelling Done() => new(Copy(_length));

        internal void Add(SubType type)
        {
            Put(type.IsFinal ? 1 : 0);
            Put(type.Supertypes.Length);
            foreach (uint super in type.Supertypes)
            {
                Put(Reference(super));
            }

            switch (type.Composite)
            {
                case FuncType func:
                    Put(0x60);
                    Put(func.Parameters.Length);
                    foreach (ValType parameter in func.Parameters)
                    {
                        Put(parameter);
                    }

                    foreach (ValType result in func.Results)
                    {
                        Put(result);
                    }

                    break;
                case StructType structure:
                    Put(0x5f);
                    foreach (FieldType field in structure.Fields)
                    {
                        Put(field.IsMutable ? 1 : 0);
                        Put(field.Storage);
                    }

                    break;
                case ArrayType array:
                    Put(0x5e);
                    Put(array.Element.IsMutable ? 1 : 0);
                    Put(array.Element.Storage);
                    break;
            }

            // Ends the type, so that one type's fields cannot be read as the next type's beginning.
            Put(int.MinValue);
        }

        private void Put(ValType type)
        {
            Put((int)type.Code);
            if (type.IsRef)
            {
                Put(type.HeapType.IsConcrete ? Reference(type.HeapType.TypeIndex) : type.HeapType.Code);
            }
        }

        private readonly int Reference(uint typeIndex)
        {
            if (ids == null)
            {
                return (int)typeIndex;
            }

            return typeIndex >= (uint)start && typeIndex < (uint)end ? WithinGroup | ((int)typeIndex - start) : (int)ids[typeIndex];
        }

        private void Put(int word)
        {
            if (_length == _words.Length)
            {
                _words = Copy(_length * 2);
            }

            _words[_length++] = word;
        }

        private readonly int[] Copy(int length)
        {
            var copy = new int[length];
            Array.Copy(_words, copy, _length);
            return copy;
        }
    }
}
