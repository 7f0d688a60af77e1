using Wizer.Binary.Components;

namespace Wizer.Engine.Components;

/// <summary>Whether a value of the host's is of the type that is expected: asked before anything of it reaches the guest.</summary>
internal static class ValueCheck
{
    /// <summary>Null when it is; otherwise what is wrong with it.</summary>
    internal static string? Mismatch(ComponentInstance instance, ComponentValue value, ValuePlan plan)
    {
        ComponentValueKind expected = KindOf(plan);
        if (value.Kind != expected)
        {
            return $"expected {plan}, found {Name(value.Kind)}";
        }

        switch (plan.Kind)
        {
            case ValTypeKind.Primitive when value.Kind == ComponentValueKind.String:
                return StringMismatch(value.AsString);
            case ValTypeKind.List or ValTypeKind.FixedList:
                return ListMismatch(instance, value, plan);
            case ValTypeKind.Record or ValTypeKind.Tuple:
                if (value.Kind == ComponentValueKind.Record && !value.Labels.SequenceEqual(plan.Labels))
                {
                    return $"expected a record with the fields {string.Join(", ", plan.Labels)}, "
                        + $"found one with {string.Join(", ", value.Labels)}";
                }

                if (value.Items.Count != plan.Elements.Length)
                {
                    return $"expected a tuple of {plan.Elements.Length} values, found one of {value.Items.Count}";
                }

                for (int i = 0; i < plan.Elements.Length; i++)
                {
                    if (Mismatch(instance, value.Items[i], plan.Elements[i]!) is string wrong)
                    {
                        return wrong;
                    }
                }

                return null;
            case ValTypeKind.Flags:
                foreach (string label in value.Labels)
                {
                    if (Array.IndexOf(plan.Labels, label) < 0)
                    {
                        return $"there is no flag `{label}`, only {string.Join(", ", plan.Labels)}";
                    }
                }

                return null;
            case ValTypeKind.Own or ValTypeKind.Borrow:
                ComponentResource resource = value.AsResource;
                return resource.IsGone ? "the resource has been passed on or dropped"
                    : plan.Kind == ValTypeKind.Own && !resource.IsOwned ? "the resource is only lent"
                    : resource.Type != instance.ResourceTypes[plan.ResourceSlot] ? "the resource is of another type"
                    : null;
            case ValTypeKind.Variant or ValTypeKind.Enum or ValTypeKind.Option or ValTypeKind.Result:
                return CaseMismatch(instance, value, plan);
            default:
                return null;
        }
    }

    private static string? CaseMismatch(ComponentInstance instance, ComponentValue value, ValuePlan plan)
    {
        int index = Lowering.CaseOf(value, plan);
        if (index < 0)
        {
            return $"there is no case `{value.Label}`, only {string.Join(", ", plan.Labels)}";
        }

        if (plan.Elements[index] is not { } payload)
        {
            return value.Payload is null ? null : $"the case `{value.Label}` carries no value";
        }

        return value.Payload is { } carried ? Mismatch(instance, carried, payload) : $"the case `{value.Label}` carries a value";
    }

    private static string? ListMismatch(ComponentInstance instance, ComponentValue value, ValuePlan plan)
    {
        ValuePlan element = plan.Elements[0]!;
        int count = value.Items.Count;
        if (plan.Kind == ValTypeKind.FixedList && (uint)count != plan.Length)
        {
            return $"expected a list of {plan.Length} values, found one of {count}";
        }

        if ((ulong)count * (ulong)element.LayoutFor(is64: true).Size > Lifting.MaxByteLength)
        {
            return $"the list is too long: at most {Lifting.MaxByteLength} bytes are allowed";
        }

        if (value.PackedItems is { } packed)
        {
            return packed.ItemKind == element.PackedKind ? null : $"expected {element}, found {Name(packed.ItemKind)}";
        }

        foreach (ComponentValue item in value.Items)
        {
            if (Mismatch(instance, item, element) is string wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    private static string? StringMismatch(string text)
    {
        const int LargestCodeUnit = 3;
        if ((ulong)text.Length * LargestCodeUnit > Lifting.MaxByteLength)
        {
            return $"the string is too long: at most {Lifting.MaxByteLength} bytes are allowed";
        }

        return StringDecoding.FindSurrogate(text) < 0 ? null : "the string is not well-formed: there is half of a surrogate pair in it";
    }

    private static ComponentValueKind KindOf(ValuePlan plan) => plan.Kind switch
    {
        ValTypeKind.Primitive => ValuePlan.ValueKindOf(plan.Primitive),
        ValTypeKind.List or ValTypeKind.FixedList => ComponentValueKind.List,
        ValTypeKind.Record => ComponentValueKind.Record,
        ValTypeKind.Tuple => ComponentValueKind.Tuple,
        ValTypeKind.Variant => ComponentValueKind.Variant,
        ValTypeKind.Enum => ComponentValueKind.Enum,
        ValTypeKind.Option => ComponentValueKind.Option,
        ValTypeKind.Result => ComponentValueKind.Result,
        ValTypeKind.Flags => ComponentValueKind.Flags,
        ValTypeKind.Own => ComponentValueKind.Own,
        ValTypeKind.Borrow => ComponentValueKind.Borrow,
        _ => (ComponentValueKind)byte.MaxValue,
    };

    private static string Name(ComponentValueKind kind) => kind.ToString().ToLowerInvariant();
}
