using System.Globalization;

namespace Wizer.Binary.Components;

/// <summary>Something that a component imports or exports, for people.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sort">What it is.</param>
/// <param name="Type">Its type as WIT writes it; the bare keyword where WIT has none.</param>
/// <param name="Items">What an instance exports; empty for all others.</param>
public sealed record ComponentItem(string Name, Sort Sort, string Type, ComponentItem[] Items);

/// <summary>
/// Writes types as WIT does: those that have been named before by their name, the others by what they are. Component Model, WIT.
/// </summary>
internal sealed class WitText
{
    private readonly Dictionary<ResolvedType, string> _names = [];

    /// <summary>Describes imports or exports, which give names to the types of those behind them.</summary>
    internal ComponentItem[] Describe(EntityMap entities)
    {
        var items = new ComponentItem[entities.Count];
        for (int i = 0; i < items.Length; i++)
        {
            (string name, Entity entity) = entities.InOrder[i];
            items[i] = Describe(name, entity);
            if (entity.Sort == Sort.Type)
            {
                _names[entity.Type] = name;
            }
        }

        return items;
    }

    private ComponentItem Describe(string name, Entity entity) => entity switch
    {
        { Sort: Sort.Type, Original: { } original } when _names.TryGetValue(original, out string? other) =>
            new ComponentItem(name, entity.Sort, other, []),
        { Sort: Sort.Type } => new ComponentItem(name, entity.Sort, Define(entity.Type), []),
        { Sort: Sort.Func, Type: ResolvedFuncType func } => new ComponentItem(name, entity.Sort, Describe(func), []),
        { Sort: Sort.Value, Type: ResolvedValType value } => new ComponentItem(name, entity.Sort, Describe(value), []),
        { Sort: Sort.Instance, Type: ResolvedInstanceType instance } =>
            new ComponentItem(name, entity.Sort, "interface", Describe(instance.Exports)),
        _ => new ComponentItem(name, entity.Sort, entity.Description, []),
    };

    private string Define(ResolvedType type) => type switch
    {
        ResolvedValType value => Define(value),
        ResolvedFuncType func => Describe(func),
        _ => type.Description,
    };

    internal string Describe(ResolvedFuncType type)
    {
        var parameters = new string[type.Parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            parameters[i] = $"{type.Labels[i]}: {Describe(type.Parameters[i])}";
        }

        string result = type.Result is null ? "" : $" -> {Describe(type.Result)}";
        return $"{(type.IsAsync ? "async " : "")}func({string.Join(", ", parameters)}){result}";
    }

    private string Describe(ResolvedValType? type) =>
        type is null ? "_" : _names.TryGetValue(type, out string? name) ? name : Define(type);

    private string Define(ResolvedValType type)
    {
        switch (type.Kind)
        {
            case ValTypeKind.Primitive:
                return ComponentValType.NameOf(type.Primitive);
            case ValTypeKind.Record:
                return $"record {{ {string.Join(", ", type.Labels.Zip(type.Elements, (label, field) => $"{label}: {Describe(field)}"))} }}";
            case ValTypeKind.Variant:
                return $"variant {{ {string.Join(", ", type.Labels.Zip(type.Elements, DescribeCase))} }}";
            case ValTypeKind.Flags or ValTypeKind.Enum:
                return $"{type.Description} {{ {string.Join(", ", type.Labels)} }}";
            case ValTypeKind.FixedList:
                return string.Create(CultureInfo.InvariantCulture, $"list<{Describe(type.Elements[0])}, {type.Length}>");
            case ValTypeKind.Own:
                return NameOf(type.Resource!);
            case ValTypeKind.Borrow:
                return $"borrow<{NameOf(type.Resource!)}>";
            case ValTypeKind.Result when type.Elements[1] is null:
                return type.Elements[0] is null ? "result" : $"result<{Describe(type.Elements[0])}>";
            case ValTypeKind.Stream or ValTypeKind.Future when type.Elements[0] is null:
                return type.Description;
            default:
                return $"{type.Description}<{string.Join(", ", type.Elements.Select(Describe))}>";
        }
    }

    private string DescribeCase(string label, ResolvedValType? payload) => payload is null ? label : $"{label}({Describe(payload)})";

    private string NameOf(ResolvedResourceType type) => _names.TryGetValue(type, out string? name) ? name : "resource";
}
