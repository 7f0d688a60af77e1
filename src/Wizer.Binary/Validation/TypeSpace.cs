using System.Runtime.CompilerServices;

namespace Wizer.Binary;

/// <summary>
/// The types of a module up to equality, and which are subtypes of which. Recursion groups that look alike are one type,
/// whatever their indices. Core 3.0, Validation: Types; Matching.
/// </summary>
internal sealed class TypeSpace
{
#pragma warning disable RS0030 // Nothing hangs on the order of these hashes, and nobody can make a module whose types all collide.
    private static readonly ulong s_seed = (ulong)Random.Shared.NextInt64();
    private static readonly ulong s_multiplier = (ulong)Random.Shared.NextInt64() | 1;
#pragma warning restore RS0030

    private readonly SubType[] _types;
    private readonly int[] _groupStarts;

    // The lowest index of an equal type; types are the same if and only if theirs are.
    private readonly int[] _canonical;

    // Groups by hash, chained: indices of groups plus one. Hashes are seeded per process, so no module can aim for one bucket.
    private readonly int[] _buckets;
    private readonly int[] _nextInBucket;
    private readonly int[] _hashes;

    /// <summary>Starts an empty space; groups are added in order.</summary>
    internal TypeSpace(SubType[] types, int[] groupStarts)
    {
        _types = types;
        _groupStarts = groupStarts;
        _canonical = new int[types.Length];
        int groupCount = groupStarts.Length;
        int bucketCount = 16;
        while (bucketCount < groupCount)
        {
            bucketCount *= 2;
        }

        _buckets = new int[bucketCount];
        _nextInBucket = new int[groupCount];
        _hashes = new int[groupCount];
    }

    /// <summary>How many types are known so far; indices from here on are not to be used.</summary>
    internal int Count { get; private set; }

    /// <summary>One past the last type of a recursion group.</summary>
    internal int GroupEnd(int group) => group + 1 < _groupStarts.Length ? _groupStarts[group + 1] : _types.Length;

    /// <summary>
    /// Adds the next recursion group: finds out whether it equals an earlier one. Its type indices must have been checked.
    /// </summary>
    internal void AddGroup(int group)
    {
        int start = _groupStarts[group];
        int end = GroupEnd(group);
        int hash = HashGroup(start, end);
        ref int bucket = ref _buckets[hash & (_buckets.Length - 1)];
        _hashes[group] = hash;
        for (int other = bucket - 1; other >= 0; other = _nextInBucket[other] - 1)
        {
            if (_hashes[other] == hash && SameGroup(start, end, _groupStarts[other], GroupEnd(other)))
            {
                for (int i = start; i < end; i++)
                {
                    _canonical[i] = _canonical[_groupStarts[other] + i - start];
                }

                Count = end;
                return;
            }
        }

        for (int i = start; i < end; i++)
        {
            _canonical[i] = i;
        }

        _nextInBucket[group] = bucket;
        bucket = group + 1;
        Count = end;
    }

    /// <summary>Whether two type indices stand for the same type.</summary>
    internal bool IsSame(uint left, uint right) => left == right || _canonical[left] == _canonical[right];

    /// <summary>Whether every value of the first type is one of the second. Core 3.0, Validation: Matching, Value Types.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsSubtype(ValType type, ValType of) => type == of || IsProperSubtype(type, of);

    /// <summary>Core 3.0, Validation: Matching, Heap Types.</summary>
    internal bool IsSubtype(HeapType type, HeapType of)
    {
        if (type == of || type == HeapType.Bottom)
        {
            return true;
        }

        if (type.IsConcrete)
        {
            return of.IsConcrete ? IsConcreteSubtype(type.TypeIndex, of.TypeIndex) : IsAbstractSubtype(KindOf(type.TypeIndex), of);
        }

        return of.IsConcrete
            ? type == BottomOf(KindOf(of.TypeIndex))
            : IsAbstractSubtype(type, of);
    }

    /// <summary>Whether the types of two lists match one by one.</summary>
    internal bool IsSubtype(TypeSequence types, TypeSequence of)
    {
        if (types.Count != of.Count)
        {
            return false;
        }

        for (int i = 0; i < types.Count; i++)
        {
            if (!IsSubtype(types[i], of[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Core 3.0, Validation: Matching, Composite Types.</summary>
    internal bool IsSubtype(CompositeType type, CompositeType of)
    {
        switch (type, of)
        {
            case (FuncType left, FuncType right):
                return IsSubtype(new TypeSequence(right.ParameterArray), new TypeSequence(left.ParameterArray))
                    && IsSubtype(new TypeSequence(left.ResultArray), new TypeSequence(right.ResultArray));

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

    /// <summary>The top of the hierarchy that a heap type belongs to.</summary>
    internal HeapType TopOf(HeapType type)
    {
        HeapType kind = type.IsConcrete ? KindOf(type.TypeIndex) : type;
        if (kind == HeapType.Func || kind == HeapType.NoFunc)
        {
            return HeapType.Func;
        }

        if (kind == HeapType.Extern || kind == HeapType.NoExtern)
        {
            return HeapType.Extern;
        }

        return kind == HeapType.Exn || kind == HeapType.NoExn ? HeapType.Exn : HeapType.Any;
    }

    private bool IsProperSubtype(ValType type, ValType of)
    {
        if (type.IsBottom)
        {
            return true;
        }

        return type.IsRef && of.IsRef && (of.IsNullable || !type.IsNullable) && IsSubtype(type.HeapType, of.HeapType);
    }

    // A field that can be written must have the very same type on both sides.
    private bool IsSubtype(FieldType field, FieldType of) =>
        field.IsMutable == of.IsMutable
        && IsSubtype(field.Storage, of.Storage)
        && (!field.IsMutable || IsSubtype(of.Storage, field.Storage));

    // Declared chains are at most MaxSubtypingDepth long.
    private bool IsConcreteSubtype(uint type, uint of)
    {
        int target = _canonical[of];
        while (_canonical[type] != target)
        {
            int supertype = _types[type].Supertype;
            if (supertype < 0)
            {
                return false;
            }

            type = (uint)supertype;
        }

        return true;
    }

    private HeapType KindOf(uint typeIndex) => _types[typeIndex].Composite switch
    {
        FuncType => HeapType.Func,
        StructType => HeapType.Struct,
        _ => HeapType.Array,
    };

    private static HeapType BottomOf(HeapType kind) => kind == HeapType.Func ? HeapType.NoFunc : HeapType.None;

    /// <summary>Core 3.0, Validation: Matching, Heap Types, for abstract ones.</summary>
    internal static bool IsAbstractSubtype(HeapType type, HeapType of)
    {
        if (type == of)
        {
            return true;
        }

        if (of == HeapType.Any)
        {
            return type == HeapType.Eq || type == HeapType.I31 || type == HeapType.Struct || type == HeapType.Array
                || type == HeapType.None;
        }

        if (of == HeapType.Eq)
        {
            return type == HeapType.I31 || type == HeapType.Struct || type == HeapType.Array || type == HeapType.None;
        }

        if (of == HeapType.I31 || of == HeapType.Struct || of == HeapType.Array)
        {
            return type == HeapType.None;
        }

        return (of == HeapType.Func && type == HeapType.NoFunc)
            || (of == HeapType.Extern && type == HeapType.NoExtern)
            || (of == HeapType.Exn && type == HeapType.NoExn);
    }

    // References within the group count from its start, others by what they are, so that equal groups look equal.
    private ValType Normalize(ValType type, int groupStart)
    {
        if (!type.IsRef || !type.HeapType.IsConcrete)
        {
            return type;
        }

        return ValType.Ref(new HeapType(Normalize(type.HeapType.TypeIndex, groupStart)), type.IsNullable);
    }

    // Codes of abstract types are above -0x80: what is relative goes below.
    private int Normalize(uint typeIndex, int groupStart) =>
        typeIndex >= (uint)groupStart ? -0x100 - ((int)typeIndex - groupStart) : _canonical[typeIndex];

    private int HashGroup(int start, int end)
    {
        ulong hash = s_seed;
        for (int i = start; i < end; i++)
        {
            SubType type = _types[i];
            hash = Mix(hash, type.IsFinal ? 1 : 0);
            if (type.Supertype >= 0)
            {
                hash = Mix(hash, Normalize((uint)type.Supertype, start));
            }

            switch (type.Composite)
            {
                case FuncType func:
                    hash = Mix(hash, func.ParameterArray.Length);
                    foreach (ValType parameter in func.ParameterArray)
                    {
                        hash = Mix(hash, Normalize(parameter, start).GetHashCode());
                    }

                    foreach (ValType result in func.ResultArray)
                    {
                        hash = Mix(hash, Normalize(result, start).GetHashCode());
                    }

                    break;

                case StructType @struct:
                    hash = Mix(hash, -1);
                    foreach (FieldType field in @struct.FieldArray)
                    {
                        hash = Mix(hash, Normalize(field.Storage, start).GetHashCode());
                        hash = Mix(hash, field.IsMutable ? 1 : 0);
                    }

                    break;

                case ArrayType array:
                    hash = Mix(hash, -2);
                    hash = Mix(hash, Normalize(array.Element.Storage, start).GetHashCode());
                    hash = Mix(hash, array.Element.IsMutable ? 1 : 0);
                    break;
            }
        }

        return (int)(hash >> 32);
    }

    private static ulong Mix(ulong hash, int value)
    {
        ulong high = Math.BigMul(hash ^ (uint)value, s_multiplier, out ulong low);
        return high ^ low;
    }

    private bool SameGroup(int start, int end, int otherStart, int otherEnd)
    {
        if (end - start != otherEnd - otherStart)
        {
            return false;
        }

        for (int i = 0; i < end - start; i++)
        {
            if (!SameType(_types[start + i], start, _types[otherStart + i], otherStart))
            {
                return false;
            }
        }

        return true;
    }

    private bool SameType(SubType left, int leftStart, SubType right, int rightStart)
    {
        if (left.IsFinal != right.IsFinal || left.SupertypeCount != right.SupertypeCount)
        {
            return false;
        }

        if (left.Supertype >= 0
            && Normalize((uint)left.Supertype, leftStart) != Normalize((uint)right.Supertype, rightStart))
        {
            return false;
        }

        switch (left.Composite, right.Composite)
        {
            case (FuncType a, FuncType b):
                return SameTypes(a.ParameterArray, leftStart, b.ParameterArray, rightStart)
                    && SameTypes(a.ResultArray, leftStart, b.ResultArray, rightStart);

            case (StructType a, StructType b):
                if (a.FieldArray.Length != b.FieldArray.Length)
                {
                    return false;
                }

                for (int i = 0; i < a.FieldArray.Length; i++)
                {
                    if (!SameField(a.FieldArray[i], leftStart, b.FieldArray[i], rightStart))
                    {
                        return false;
                    }
                }

                return true;

            case (ArrayType a, ArrayType b):
                return SameField(a.Element, leftStart, b.Element, rightStart);

            default:
                return false;
        }
    }

    private bool SameField(FieldType left, int leftStart, FieldType right, int rightStart) =>
        left.IsMutable == right.IsMutable && Normalize(left.Storage, leftStart) == Normalize(right.Storage, rightStart);

    private bool SameTypes(ValType[] left, int leftStart, ValType[] right, int rightStart)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (int i = 0; i < left.Length; i++)
        {
            if (Normalize(left[i], leftStart) != Normalize(right[i], rightStart))
            {
                return false;
            }
        }

        return true;
    }
}
