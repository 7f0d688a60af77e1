using System.Text;
using Wizer.Binary.Components;

namespace Wizer.Engine.Components;

/// <summary>
/// The type of a function with everything in it: types have no names but those of resource types, which are the host's for them. Equal
/// types have equal texts.
/// </summary>
internal static class TypeText
{
    /// <summary>A number for the text; the generator computes the same of its tables.</summary>
    /// <param name="plan">The function.</param>
    /// <param name="types">The resource types of the component, by slot; those that it mentions are known.</param>
    internal static ulong Fingerprint(FuncPlan plan, ComponentResourceType[] types)
    {
        // FNV-1a, of 64 bits.
        ulong hash = 0xcbf29ce484222325;
        foreach (char c in Of(plan, types))
        {
            hash = (hash ^ c) * 0x100000001b3;
        }

        return hash;
    }

    /// <summary>The text.</summary>
    internal static string Of(FuncPlan plan, ComponentResourceType[] types)
    {
        var text = new StringBuilder(plan.IsAsync ? "async func(" : "func(");
        for (int i = 0; i < plan.Parameters.Length; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(plan.Labels[i]).Append(": ");
            Append(text, plan.Parameters[i], types);
        }

        text.Append(')');
        if (plan.Result is { } result)
        {
            text.Append(" -> ");
            Append(text, result, types);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ValuePlan plan, ComponentResourceType[] types)
    {
        switch (plan.Kind)
        {
            case ValTypeKind.Own or ValTypeKind.Borrow:
                text.Append(plan).Append('<').Append(types[plan.ResourceSlot].Name).Append('>');
                break;
            case ValTypeKind.Record:
                AppendItems(text, plan, types, ": ", "");
                break;
            case ValTypeKind.Variant or ValTypeKind.Enum or ValTypeKind.Flags:
                AppendItems(text, plan, types, "(", ")");
                break;
            case ValTypeKind.Option:
                AppendAll(text, "option", [plan.Elements[1]], types);
                break;
            case ValTypeKind.Result:
                bool isBare = plan.Elements[0] is null && plan.Elements[1] is null;
                AppendAll(text, "result", isBare ? [] : plan.Elements[1] is null ? plan.Elements[..1] : plan.Elements, types);
                break;
            case ValTypeKind.FixedList:
                AppendAll(text, $"list-of-{plan.Length}", plan.Elements, types);
                break;
            case ValTypeKind.List or ValTypeKind.Tuple:
                AppendAll(text, plan.ToString(), plan.Elements, types);
                break;
            default:
                text.Append(plan);
                break;
        }
    }

    private static void AppendAll(StringBuilder text, string name, ValuePlan?[] arguments, ComponentResourceType[] types)
    {
        text.Append(name);
        for (int i = 0; i < arguments.Length; i++)
        {
            text.Append(i == 0 ? "<" : ", ");
            if (arguments[i] is { } argument)
            {
                Append(text, argument, types);
            }
            else
            {
                text.Append('_');
            }
        }

        text.Append(arguments.Length == 0 ? "" : ">");
    }

    private static void AppendItems(StringBuilder text, ValuePlan plan, ComponentResourceType[] types, string before, string after)
    {
        text.Append(plan).Append('{');
        for (int i = 0; i < plan.Labels.Length; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(plan.Labels[i]);
            if (plan.Kind != ValTypeKind.Flags && plan.Elements[i] is { } carried)
            {
                text.Append(before);
                Append(text, carried, types);
                text.Append(after);
            }
        }

        text.Append('}');
    }
}
