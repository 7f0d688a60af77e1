using Wizer.Binary.Components;

namespace Wizer.Engine.Components.Wave;

/// <summary>What a type says about how its values are written.</summary>
internal static class WaveTypes
{
    /// <summary>What values of it look like, for messages.</summary>
    internal static string Expectation(ResolvedValType type)
    {
        switch (type.Kind)
        {
            case ValTypeKind.Primitive:
                return Expectation(type.Primitive);
            case ValTypeKind.FixedList:
                return $"a list of {type.Length} values in brackets";
            case ValTypeKind.List:
                return "a list in brackets";
            case ValTypeKind.Map:
                return "a map, a list of tuples in brackets";
            case ValTypeKind.Tuple:
                return $"a tuple of {type.Elements.Length} values in parentheses";
            case ValTypeKind.Record:
                return $"a record in braces with the fields {ListOf(type.Labels)}";
            case ValTypeKind.Flags:
                return $"flags in braces, some of {ListOf(type.Labels)}";
            case ValTypeKind.Variant or ValTypeKind.Enum:
                return $"one of the cases {ListOf(Array.ConvertAll(type.Labels, ComponentValueText.Escape))}";
            case ValTypeKind.Option:
                return $"`none`, `some(...)`{Alone(type.Elements[0])}";
            case ValTypeKind.Result:
                return $"`ok{Payload(type.Elements[0])}`, `err{Payload(type.Elements[1])}`{Alone(type.Elements[0])}";
            default:
                return NameOf(type);
        }
    }

    /// <summary>What a type is called of which no value can be written.</summary>
    internal static string NameOf(ResolvedValType type) => type.Kind switch
    {
        ValTypeKind.Own or ValTypeKind.Borrow => "a resource",
        ValTypeKind.Primitive => "an error-context",
        _ => $"a {type.Description}",
    };

    /// <summary>
    /// Whether what an option or result carries may be written without its case. Otherwise, <c>none</c> would have two meanings.
    /// Component Model, WAVE: Options, Results.
    /// </summary>
    internal static bool MayStandAlone(ResolvedValType? type) => type is not (null or { Kind: ValTypeKind.Option or ValTypeKind.Result });

    internal static (Int128 Least, Int128 Most) RangeOf(PrimitiveValType type) => type switch
    {
        PrimitiveValType.S8 => (sbyte.MinValue, sbyte.MaxValue),
        PrimitiveValType.U8 => (byte.MinValue, byte.MaxValue),
        PrimitiveValType.S16 => (short.MinValue, short.MaxValue),
        PrimitiveValType.U16 => (ushort.MinValue, ushort.MaxValue),
        PrimitiveValType.S32 => (int.MinValue, int.MaxValue),
        PrimitiveValType.U32 => (uint.MinValue, uint.MaxValue),
        PrimitiveValType.S64 => (long.MinValue, long.MaxValue),
        _ => (ulong.MinValue, ulong.MaxValue),
    };

    internal static string ListOf(string[] labels) => string.Join(", ", labels.Select(label => $"`{label}`"));

    private static string Expectation(PrimitiveValType type)
    {
        switch (type)
        {
            case PrimitiveValType.Bool:
                return "`true` or `false`";
            case PrimitiveValType.F32 or PrimitiveValType.F64:
                return "a number, `inf`, `-inf` or `nan`";
            case PrimitiveValType.Char:
                return "a character in single quotes";
            case PrimitiveValType.String:
                return "a string in double quotes";
            default:
                (Int128 least, Int128 most) = RangeOf(type);
                return $"an integer from {least} to {most}";
        }
    }

    private static string Payload(ResolvedValType? type) => type is null ? "" : "(...)";

    private static string Alone(ResolvedValType? type) => MayStandAlone(type) ? $" or {Expectation(type!)}" : "";
}
