using Wizer.Engine.Components;

namespace Wizer.Differential.Components;

/// <summary>
/// A type of values, with what the canonical ABI says of it: written once more, so that a fault of the engine's is not one here, too.
/// Component Model, Canonical ABI: Alignment, Element Size, Flattening.
/// </summary>
internal sealed class ComponentType
{
    private const int PairSize = 8;

    internal ComponentType(ComponentValueKind kind, string[] labels, params ComponentType?[] elements)
    {
        Kind = kind;
        Labels = labels;
        Elements = elements;
        (Size, Align) = Layout();
        Flat = Flatten();
    }

    internal ComponentValueKind Kind { get; }

    /// <summary>Of fields, cases or flags.</summary>
    internal string[] Labels { get; }

    /// <summary>Of fields, elements or cases, where null has no payload.</summary>
    internal ComponentType?[] Elements { get; }

    /// <summary>Where the text has a name for it; only that may be used in what is imported and exported, for some.</summary>
    internal string? Name { get; init; }

    internal int Size { get; }

    internal int Align { get; }

    /// <summary>The core types that a value is passed as.</summary>
    internal string[] Flat { get; }

    internal bool HasCases => Kind is ComponentValueKind.Variant or ComponentValueKind.Enum or ComponentValueKind.Option
        or ComponentValueKind.Result;

    /// <summary>Where the payload of a case lies, behind a discriminant of one byte.</summary>
    internal int PayloadOffset => AlignTo(1, Elements.Max(element => element?.Align ?? 1));

    /// <summary>As it is referred to in the text format.</summary>
    public override string ToString() => Name is null ? Definition : "$" + Name;

    /// <summary>As it is defined in the text format.</summary>
    internal string Definition => Kind switch
    {
        ComponentValueKind.List => $"(list {Elements[0]})",
        ComponentValueKind.Option => $"(option {Elements[1]})",
        ComponentValueKind.Result =>
            $"(result{(Elements[0] is null ? "" : $" {Elements[0]}")}{(Elements[1] is null ? "" : $" (error {Elements[1]})")})",
        ComponentValueKind.Tuple => $"(tuple {string.Join<ComponentType?>(' ', Elements)})",
        ComponentValueKind.Record => $"(record{string.Concat(Labels.Zip(Elements, static (label, type) => $" (field \"{label}\" {type})"))})",
        ComponentValueKind.Variant => $"(variant{string.Concat(Labels.Zip(Elements, Case))})",
        ComponentValueKind.Enum => $"(enum{string.Concat(Labels.Select(static label => $" \"{label}\""))})",
        ComponentValueKind.Flags => $"(flags{string.Concat(Labels.Select(static label => $" \"{label}\""))})",
        _ => Kind.ToString().ToLowerInvariant(),
    };

    /// <summary>Where each field of a record or tuple lies.</summary>
    internal IEnumerable<(ComponentType Type, int Offset)> Fields()
    {
        int offset = 0;
        foreach (ComponentType? field in Elements)
        {
            offset = AlignTo(offset, field!.Align);
            yield return (field, offset);
            offset += field.Size;
        }
    }

    internal static int AlignTo(int offset, int align) => (offset + align - 1) & -align;

    private static string Case(string label, ComponentType? payload) =>
        $" (case \"{label}\"{(payload is null ? "" : $" {payload}")})";

    private (int Size, int Align) Layout()
    {
        switch (Kind)
        {
            case ComponentValueKind.Bool or ComponentValueKind.S8 or ComponentValueKind.U8:
                return (1, 1);
            case ComponentValueKind.S16 or ComponentValueKind.U16:
                return (2, 2);
            case ComponentValueKind.S64 or ComponentValueKind.U64 or ComponentValueKind.F64:
                return (8, 8);
            case ComponentValueKind.String or ComponentValueKind.List:
                return (PairSize, 4);
            case ComponentValueKind.Record or ComponentValueKind.Tuple:
                int align = Elements.Max(static field => field!.Align);
                (ComponentType last, int offset) = Fields().Last();
                return (AlignTo(offset + last.Size, align), align);
            case ComponentValueKind.Flags:
                int bytes = Labels.Length <= 8 ? 1 : Labels.Length <= 16 ? 2 : 4;
                return (bytes, bytes);
            default:
                if (!HasCases)
                {
                    return (4, 4);
                }

                int caseAlign = Elements.Max(static element => element?.Align ?? 1);
                return (AlignTo(PayloadOffset + Elements.Max(static element => element?.Size ?? 0), caseAlign), caseAlign);
        }
    }

    private string[] Flatten()
    {
        switch (Kind)
        {
            case ComponentValueKind.S64 or ComponentValueKind.U64:
                return ["i64"];
            case ComponentValueKind.F32:
                return ["f32"];
            case ComponentValueKind.F64:
                return ["f64"];
            case ComponentValueKind.String or ComponentValueKind.List:
                return ["i32", "i32"];
            case ComponentValueKind.Record or ComponentValueKind.Tuple:
                return [.. Elements.SelectMany(static field => field!.Flat)];
        }

        if (!HasCases)
        {
            return ["i32"];
        }

        var joined = new List<string>();
        foreach (ComponentType? element in Elements)
        {
            for (int i = 0; i < (element?.Flat.Length ?? 0); i++)
            {
                string type = element!.Flat[i];
                if (i == joined.Count)
                {
                    joined.Add(type);
                }
                else if (joined[i] != type)
                {
                    joined[i] = joined[i] is "i32" or "f32" && type is "i32" or "f32" ? "i32" : "i64";
                }
            }
        }

        return ["i32", .. joined];
    }
}
