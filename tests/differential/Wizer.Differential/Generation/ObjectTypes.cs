using Wizer.Binary;

namespace Wizer.Differential.Generation;

/// <summary>
/// Structures and arrays in recursion groups, some of them subtypes of others: the first types of a module that has objects.
/// References in them are nullable but for a few, which make a type that has no default value.
/// </summary>
internal sealed class ObjectTypes
{
    private readonly Prng _random;
    private readonly ValType[] _numbers;
    private readonly List<SubType> _types = [];
    private readonly List<int> _groups = [];

    private ObjectTypes(Prng random, ValType[] numbers)
    {
        _random = random;
        _numbers = numbers;
    }

    /// <summary>All of them, by index.</summary>
    internal IReadOnlyList<SubType> Types => _types;

    /// <summary>How many types each recursion group has.</summary>
    internal IReadOnlyList<int> Groups => _groups;

    /// <summary>The types of references that values have: the abstract ones above objects, and a nullable one to each type.</summary>
    internal IEnumerable<ValType> References =>
    [
        Nullable(HeapType.Any), Nullable(HeapType.Eq), Nullable(HeapType.I31), Nullable(HeapType.Struct), Nullable(HeapType.Array),
        ValType.ExternRef, .. Enumerable.Range(0, _types.Count).Select(static index => Nullable(new HeapType(index))),
    ];

    internal static ObjectTypes Generate(Prng random, ValType[] numbers)
    {
        var types = new ObjectTypes(random, numbers);
        for (int count = random.Between(2, 4); count > 0; count--)
        {
            types.AddGroup(random.Chance(60) ? 1 : random.Between(2, 3));
        }

        return types;
    }

    internal static ValType Nullable(HeapType type) => ValType.Ref(type, nullable: true);

    /// <summary>Whether one heap type is declared below another, or is the same.</summary>
    internal bool IsBelow(HeapType lower, HeapType upper)
    {
        if (lower == upper)
        {
            return true;
        }

        if (!lower.IsConcrete)
        {
            return (lower == HeapType.Eq && upper == HeapType.Any)
                || ((lower == HeapType.I31 || lower == HeapType.Struct || lower == HeapType.Array) && (upper == HeapType.Eq || upper == HeapType.Any));
        }

        SubType type = _types[lower.Code];
        HeapType next = type.Supertypes.Length != 0 ? new HeapType((int)type.Supertypes[0])
            : type.Composite is StructType ? HeapType.Struct
            : HeapType.Array;
        return IsBelow(next, upper);
    }

    /// <summary>Whether there is an instruction that makes one from nothing.</summary>
    internal bool IsDefaultable(int type) => _types[type].Composite switch
    {
        StructType structure => !structure.Fields.ToArray().Any(static field => !field.Storage.IsDefaultable),
        ArrayType array => array.Element.Storage.IsDefaultable,
        _ => false,
    };

    internal void Write(WasmWriter output)
    {
        int index = 0;
        foreach (int size in _groups)
        {
            if (size != 1)
            {
                output.WriteByte(0x4e);
                output.WriteU32((uint)size);
            }

            for (int i = 0; i < size; i++)
            {
                Write(output, _types[index++]);
            }
        }
    }

    private static void Write(WasmWriter output, SubType type)
    {
        output.WriteByte(type.IsFinal ? (byte)0x4f : (byte)0x50);
        output.WriteU32((uint)type.Supertypes.Length);
        foreach (uint supertype in type.Supertypes)
        {
            output.WriteU32(supertype);
        }

        if (type.Composite is ArrayType array)
        {
            output.WriteByte(0x5e);
            Write(output, array.Element);
            return;
        }

        ReadOnlySpan<FieldType> fields = ((StructType)type.Composite).Fields;
        output.WriteByte(0x5f);
        output.WriteU32((uint)fields.Length);
        foreach (FieldType field in fields)
        {
            Write(output, field);
        }
    }

    private static void Write(WasmWriter output, FieldType field)
    {
        output.WriteValType(field.Storage);
        output.WriteByte(field.IsMutable ? (byte)1 : (byte)0);
    }

    private void AddGroup(int size)
    {
        int end = _types.Count + size;
        _groups.Add(size);
        while (_types.Count < end)
        {
            int[] open = [.. Enumerable.Range(0, _types.Count).Where(index => !_types[index].IsFinal)];
            if (open.Length != 0 && _random.Chance(45))
            {
                int supertype = _random.Pick(open);
                CompositeType composite = _types[supertype].Composite is StructType structure ? Structure(structure.Fields, end) : _types[supertype].Composite;
                _types.Add(new SubType(composite, _random.Chance(30), [(uint)supertype], offset: 0));
            }
            else
            {
                CompositeType composite = _random.Chance(60) ? Structure([], end) : new ArrayType(Field(end));
                _types.Add(new SubType(composite, _random.Chance(40), [], offset: 0));
            }
        }
    }

    private StructType Structure(ReadOnlySpan<FieldType> inherited, int end)
    {
        List<FieldType> fields = [.. inherited];
        for (int count = _random.Below(4); count > 0; count--)
        {
            fields.Add(Field(end));
        }

        return new StructType([.. fields]);
    }

    private FieldType Field(int end) => new(Storage(end), _random.Chance(80));

    private ValType Storage(int end) => _random.Below(100) switch
    {
        < 15 => ValType.I8,
        < 30 => ValType.I16,
        < 65 => _random.Pick(_numbers),
        < 70 => ValType.Ref(HeapType.I31, nullable: false),
        < 75 => ValType.FuncRef,
        < 85 => Nullable(_random.Pick([HeapType.Any, HeapType.Eq, HeapType.I31, HeapType.Struct, HeapType.Array, HeapType.Extern])),
        _ => Nullable(new HeapType(_random.Below(end))),
    };
}
