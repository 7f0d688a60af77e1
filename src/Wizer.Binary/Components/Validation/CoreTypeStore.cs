namespace Wizer.Binary.Components;

/// <summary>
/// The core types of all modules and components of a file, up to equality: recursion groups that look alike have the same numbers,
/// wherever they are defined. Core 3.0, Validation: Types; Matching.
/// </summary>
internal sealed class CoreTypeStore
{
    // A heap type shares 32 bits with a kind.
    private const int MaxTypes = 1 << 22;

    // Codes of abstract heap types are above -0x80: indices within a group go below.
    private const int GroupBase = -0x100;

    private readonly List<SubType> _types = [];
    private readonly Dictionary<int[], int> _groups = new(IntListComparer.Instance);
    private readonly List<int> _key = [];

    /// <summary>The type of a number; its own references are numbers too.</summary>
    internal SubType this[int id] => _types[id];

    internal FuncType? FuncTypeOf(int id) => _types[id].Composite as FuncType;

    /// <summary>The number of a function type without references to other types.</summary>
    internal int Intern(FuncType type)
    {
        var single = new SubType(type, isFinal: true, ItemList<uint>.Empty, offset: 0);
        return Intern([single], groupStart: 0, static _ => 0, offset: 0);
    }

    /// <summary>Adds a recursion group, or finds the one that is equal.</summary>
    /// <param name="group">Its types, whose indices are those of an index space.</param>
    /// <param name="groupStart">The index there of the first of them.</param>
    /// <param name="idOf">The number of an index below that.</param>
    /// <param name="offset">The file offset, for errors.</param>
    /// <returns>The number of the first; the others follow.</returns>
    internal int Intern(ReadOnlySpan<SubType> group, int groupStart, Func<uint, int> idOf, long offset)
    {
        _key.Clear();
        _key.Add(group.Length);
        foreach (SubType type in group)
        {
            Describe(type, groupStart, idOf);
        }

        int[] key = [.. _key];
        if (_groups.TryGetValue(key, out int start))
        {
            return start;
        }

        start = _types.Count;
        if (start > MaxTypes - group.Length)
        {
            Throw.Invalid($"too many core types: at most {MaxTypes} are supported", offset);
        }

        _groups.Add(key, start);
        foreach (SubType type in group)
        {
            _types.Add(Translate(type, index => index >= groupStart ? start + (int)(index - groupStart) : idOf(index)));
        }

        return start;
    }

    /// <summary>The same type with references to numbers.</summary>
    internal static ValType Translate(ValType type, Func<uint, int> idOf) =>
        type.IsRef && type.HeapType.IsConcrete
            ? ValType.Ref(new HeapType(idOf(type.HeapType.TypeIndex)), type.IsNullable)
            : type;

    /// <summary>Whether a type is another one, or is declared to be below it.</summary>
    internal bool IsSubtype(int id, int of)
    {
        // The chain of supertypes has been checked to be short.
        while (id != of)
        {
            id = _types[id].Supertype;
            if (id < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Core 3.0, Validation: Matching, Value Types.</summary>
    internal bool IsSubtype(ValType type, ValType of)
    {
        if (type == of)
        {
            return true;
        }

        return type.IsRef && of.IsRef && (of.IsNullable || !type.IsNullable) && IsSubtype(type.HeapType, of.HeapType);
    }

    /// <summary>Checks that the types of a group are below what they declare to be below. Core 3.0, Validation: Recursive Types.</summary>
    internal void CheckSupertypes(int start, int count, long offset)
    {
        for (int id = start; id < start + count; id++)
        {
            int super = _types[id].Supertype;
            if (super < 0)
            {
                continue;
            }

            int depth = 0;
            for (int above = super; above >= 0; above = _types[above].Supertype)
            {
                if (above >= id)
                {
                    Throw.Invalid("unknown type: a super type is defined later", offset);
                }

                if (++depth > WasmLimits.MaxSubtypingDepth)
                {
                    Throw.Invalid($"sub type has more than {WasmLimits.MaxSubtypingDepth} super types above it", offset);
                }
            }

            if (_types[super].IsFinal || !IsSubtype(_types[id].Composite, _types[super].Composite))
            {
                Throw.Invalid("sub type does not match super type", offset);
            }
        }
    }

    private bool IsSubtype(HeapType type, HeapType of)
    {
        if (type.IsConcrete)
        {
            return of.IsConcrete
                ? IsSubtype((int)type.TypeIndex, (int)of.TypeIndex)
                : TypeSpace.IsAbstractSubtype(KindOf(type), of);
        }

        return of.IsConcrete
            ? type == (KindOf(of) == HeapType.Func ? HeapType.NoFunc : HeapType.None)
            : TypeSpace.IsAbstractSubtype(type, of);
    }

    private bool IsSubtype(CompositeType type, CompositeType of)
    {
        switch (type, of)
        {
            case (FuncType left, FuncType right):
                return AreSubtypes(right.ParameterArray, left.ParameterArray) && AreSubtypes(left.ResultArray, right.ResultArray);
            case (StructType left, StructType right):
                if (left.FieldArray.Length < right.FieldArray.Length)
                {
                    return false;
                }

                for (int i = 0; i < right.FieldArray.Length; i++)
                {
                    if (!IsSubtype(left.FieldArray[i], right.FieldArray[i]))
                    {
                        return false;
                    }
                }

                return true;
            case (ArrayType left, ArrayType right):
                return IsSubtype(left.Element, right.Element);
            default:
                return false;
        }
    }

    private bool IsSubtype(FieldType field, FieldType of) =>
        field.IsMutable == of.IsMutable
        && IsSubtype(field.Storage, of.Storage)
        && (!field.IsMutable || IsSubtype(of.Storage, field.Storage));

    private bool AreSubtypes(ValType[] types, ValType[] of)
    {
        if (types.Length != of.Length)
        {
            return false;
        }

        for (int i = 0; i < types.Length; i++)
        {
            if (!IsSubtype(types[i], of[i]))
            {
                return false;
            }
        }

        return true;
    }

    private HeapType KindOf(HeapType type) => _types[(int)type.TypeIndex].Composite switch
    {
        FuncType => HeapType.Func,
        StructType => HeapType.Struct,
        _ => HeapType.Array,
    };

    private static SubType Translate(SubType type, Func<uint, int> idOf)
    {
        CompositeType composite = type.Composite switch
        {
            FuncType func => new FuncType(Translate(func.ParameterArray, idOf), Translate(func.ResultArray, idOf)),
            StructType @struct => new StructType(
                Array.ConvertAll(@struct.FieldArray, field => new FieldType(Translate(field.Storage, idOf), field.IsMutable))),
            ArrayType array => new ArrayType(new FieldType(Translate(array.Element.Storage, idOf), array.Element.IsMutable)),
            _ => type.Composite,
        };
        uint[] supertypes = type.Supertype < 0 ? ItemList<uint>.Empty : [(uint)idOf((uint)type.Supertype)];
        return new SubType(composite, type.IsFinal, supertypes, type.Offset);
    }

    private static ValType[] Translate(ValType[] types, Func<uint, int> idOf)
    {
        var translated = new ValType[types.Length];
        for (int i = 0; i < types.Length; i++)
        {
            translated[i] = Translate(types[i], idOf);
        }

        return translated;
    }

    private void Describe(SubType type, int groupStart, Func<uint, int> idOf)
    {
        _key.Add(type.IsFinal ? 1 : 0);
        _key.Add(type.Supertype < 0 ? -1 : Describe((uint)type.Supertype, groupStart, idOf));
        switch (type.Composite)
        {
            case FuncType func:
                _key.Add(0);
                _key.Add(func.ParameterArray.Length);
                Describe(func.ParameterArray, groupStart, idOf);
                Describe(func.ResultArray, groupStart, idOf);
                _key.Add(int.MinValue);
                break;
            case StructType @struct:
                _key.Add(1);
                _key.Add(@struct.FieldArray.Length);
                foreach (FieldType field in @struct.FieldArray)
                {
                    Describe(field, groupStart, idOf);
                }

                break;
            case ArrayType array:
                _key.Add(2);
                Describe(array.Element, groupStart, idOf);
                break;
        }
    }

    private void Describe(FieldType field, int groupStart, Func<uint, int> idOf)
    {
        _key.Add(field.IsMutable ? 1 : 0);
        Describe(field.Storage, groupStart, idOf);
    }

    private void Describe(ValType[] types, int groupStart, Func<uint, int> idOf)
    {
        foreach (ValType type in types)
        {
            Describe(type, groupStart, idOf);
        }
    }

    private void Describe(ValType type, int groupStart, Func<uint, int> idOf)
    {
        _key.Add(type.Kind);
        if (type.IsRef)
        {
            _key.Add(type.HeapType.IsConcrete ? Describe(type.HeapType.TypeIndex, groupStart, idOf) : type.HeapType.Code);
        }
    }

    private static int Describe(uint index, int groupStart, Func<uint, int> idOf) =>
        index >= (uint)groupStart ? GroupBase - (int)(index - groupStart) : idOf(index);
}
