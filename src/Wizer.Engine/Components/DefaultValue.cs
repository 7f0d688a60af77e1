using System.Text;
using Wizer.Binary.Components;

namespace Wizer.Engine.Components;

/// <summary>
/// The value that a function returns which nobody provides: zero, nothing, the first case, <c>ok</c>; a new resource that nothing stands
/// behind.
/// </summary>
internal static class DefaultValue
{
    /// <summary>Makes it.</summary>
    /// <param name="plan">The type of the value.</param>
    /// <param name="types">The resource types of the component, by slot.</param>
    /// <exception cref="WasmTrapException">There is none: only a component can make its resources, and nobody a stream.</exception>
    internal static ComponentValue Of(ValuePlan plan, ComponentResourceType[] types) => plan.Kind switch
    {
        ValTypeKind.Primitive => OfPrimitive(plan),
        ValTypeKind.List when plan.Elements[0]!.PackedKind is { } kind => ComponentValue.Packed(new PackedList([], kind)),
        ValTypeKind.List => ComponentValue.List(),
        ValTypeKind.FixedList => OfFixedList(plan, types),
        ValTypeKind.Record => ComponentValue.Record(plan.Labels, OfAll(plan.Elements, types)),
        ValTypeKind.Tuple => ComponentValue.Tuple(OfAll(plan.Elements, types)),
        ValTypeKind.Variant => ComponentValue.Variant(plan.Labels[0], OfOptional(plan.Elements[0], types)),
        ValTypeKind.Enum => ComponentValue.Enum(plan.Labels[0]),
        ValTypeKind.Option => ComponentValue.None,
        ValTypeKind.Result => ComponentValue.Ok(OfOptional(plan.Elements[0], types)),
        ValTypeKind.Flags => ComponentValue.Flags(),
        ValTypeKind.Own when types[plan.ResourceSlot] is { Owner: null } type =>
            ComponentValue.Own(new ComponentResource(type, 0)),
        _ => throw new WasmTrapException($"there is no default for a value of the type `{plan}`"),
    };

    private static ComponentValue OfPrimitive(ValuePlan plan) => plan.Primitive switch
    {
        PrimitiveValType.String => ComponentValue.Of(""),
        PrimitiveValType.Char => ComponentValue.Of(new Rune('\0')),
        PrimitiveValType.ErrorContext => throw new WasmTrapException($"there is no default for a value of the type `{plan}`"),
        _ => ComponentValue.Primitive(ValuePlan.ValueKindOf(plan.Primitive), 0),
    };

    private static ComponentValue OfFixedList(ValuePlan plan, ComponentResourceType[] types)
    {
        var items = new ComponentValue[plan.Length];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = Of(plan.Elements[0]!, types);
        }

        return ComponentValue.List(items);
    }

    private static ComponentValue[] OfAll(ValuePlan?[] plans, ComponentResourceType[] types) =>
        Array.ConvertAll(plans, plan => Of(plan!, types));

    private static ComponentValue? OfOptional(ValuePlan? plan, ComponentResourceType[] types) => plan is null ? null : Of(plan, types);
}
