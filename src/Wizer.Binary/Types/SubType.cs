using System.Runtime.CompilerServices;

namespace Wizer.Binary;

/// <summary>A defined type as the type section lists it. Core 3.0, Types: Recursive Types.</summary>
/// <param name="composite">The structure: a function, struct or array type.</param>
/// <param name="isFinal">Whether the type may have no subtypes.</param>
/// <param name="supertypes">Type indices of the declared supertypes: none or one.</param>
/// <param name="offset">The module offset of the definition.</param>
public sealed class SubType(CompositeType composite, bool isFinal, uint[] supertypes, int offset)
{
    /// <summary>The structure: a function, struct or array type.</summary>
    public CompositeType Composite { get; } = composite;

    /// <summary>Whether the type may have no subtypes.</summary>
    public bool IsFinal { get; } = isFinal;

    /// <summary>Type indices of the declared supertypes: none or one.</summary>
    public ReadOnlySpan<uint> Supertypes => _supertypes;

    /// <summary>The module offset of the definition.</summary>
    public int Offset { get; } = offset;

    /// <summary>The index of the recursion group the type stands in.</summary>
    public int RecGroup { get; internal set; }

    /// <summary>The first declared supertype, or -1.</summary>
    internal int Supertype => _supertypes.Length == 0 ? -1 : (int)_supertypes[0];

    internal int SupertypeCount => _supertypes.Length;

    private readonly uint[] _supertypes = supertypes;
}

/// <summary>A function, struct or array type. Core 3.0, Types: Composite Types.</summary>
public abstract class CompositeType
{
    private protected CompositeType()
    {
    }
}

/// <summary>A function type. Core 3.0, Types: Function Types.</summary>
/// <param name="parameters">The types of the parameters; owned by the new object.</param>
/// <param name="results">The types of the results; owned by the new object.</param>
public sealed class FuncType(ValType[] parameters, ValType[] results) : CompositeType
{
    /// <summary>The types of the parameters.</summary>
    public ReadOnlySpan<ValType> Parameters => SpanOf(_parameters);

    /// <summary>The types of the results.</summary>
    public ReadOnlySpan<ValType> Results => SpanOf(_results);

    /// <summary>The slots the parameters take in the engine; see <see cref="ValType.SlotCount"/>.</summary>
    public int ParameterSlotCount { get; } = CountSlots(parameters);

    /// <summary>The slots the results take in the engine; see <see cref="ValType.SlotCount"/>.</summary>
    public int ResultSlotCount { get; } = CountSlots(results);

    // For the validator: arrays need nothing compiled at start-up, spans over our own types do.
    internal ValType[] ParameterArray => _parameters;

    internal ValType[] ResultArray => _results;

    private readonly ValType[] _parameters = parameters;
    private readonly ValType[] _results = results;

    /// <summary>Whether both have the same parameters and results, index for index.</summary>
    public bool HasSameShape(FuncType other) => AreEqual(_parameters, other._parameters) && AreEqual(_results, other._results);

    /// <summary>The specification's notation: <c>[i32 i32] -> [i64]</c>.</summary>
    public override string ToString() => $"[{string.Join(' ', _parameters)}] -> [{string.Join(' ', _results)}]";

    // A loop: what the framework has for spans of our own type would be compiled when the first import is resolved.
    internal static bool AreEqual(ValType[] left, ValType[] right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (int i = 0; i < left.Length; i++)
        {
            if (left[i] != right[i])
            {
                return false;
            }
        }

        return true;
    }

    // The framework's way from an array to a span would be compiled at run time for a type of ours, by a compiler that most runs need not
    // even load. That for bytes is there, and the same: a reference to the first element, and how many there are.
    private static ReadOnlySpan<ValType> SpanOf(ValType[] types)
    {
        ReadOnlySpan<byte> span = Unsafe.As<byte[]>(types);
        return Unsafe.As<ReadOnlySpan<byte>, ReadOnlySpan<ValType>>(ref span);
    }

    private static int CountSlots(ValType[] types)
    {
        int count = 0;
        foreach (ValType type in types)
        {
            count += type.SlotCount;
        }

        return count;
    }
}

/// <summary>A struct type. Core 3.0, Types: Aggregate Types.</summary>
/// <param name="fields">In order; owned by the new object.</param>
public sealed class StructType(FieldType[] fields) : CompositeType
{
    /// <summary>The fields, in order.</summary>
    public ReadOnlySpan<FieldType> Fields => _fields;

    internal FieldType[] FieldArray => _fields;

    private readonly FieldType[] _fields = fields;
}

/// <summary>An array type. Core 3.0, Types: Aggregate Types.</summary>
/// <param name="element">The type of every element.</param>
public sealed class ArrayType(FieldType element) : CompositeType
{
    /// <summary>The type of every element.</summary>
    public FieldType Element { get; } = element;
}

/// <summary>The type of a struct field or an array element. Core 3.0, Types: Aggregate Types.</summary>
/// <param name="Storage">A value type, <c>i8</c> or <c>i16</c>.</param>
/// <param name="IsMutable">Whether it can be set.</param>
public readonly record struct FieldType(ValType Storage, bool IsMutable);
