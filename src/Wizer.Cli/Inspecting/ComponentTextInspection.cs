using System.Globalization;
using System.Text;
using Wizer.Binary.Components;

namespace Wizer.Cli;

/// <summary>Shows a <see cref="ComponentSummary"/> to people, as a tree.</summary>
internal sealed class ComponentTextInspection(StringBuilder text)
{
    public static string Format(ComponentSummary summary, string name)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{name}: {summary.Component.Bytes.Length:N0} bytes, a component\n\nDefinitions\n");
        var inspection = new ComponentTextInspection(text);
        inspection.AppendParts(summary.Component, 1);
        if (summary.Error is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nInvalid: {summary.Error}\n");
            return text.ToString();
        }

        inspection.AppendItems("Imports", summary.Imports);
        inspection.AppendItems("Exports", summary.Exports);
        return text.ToString();
    }

    private void AppendParts(ComponentInfo component, int depth)
    {
        foreach (ComponentPart part in ComponentSummary.PartsOf(component))
        {
            Indent(depth);
            text.Append(CultureInfo.InvariantCulture, $"{ComponentSummary.NameOf(part.Sort)} {part.Index}: {Describe(part)}\n");
            if (part.Component is not null)
            {
                AppendParts(part.Component, depth + 1);
            }
        }
    }

    /// <summary>Where a part comes from, in words.</summary>
    public static string Describe(ComponentPart part)
    {
        string name = part.Name is null ? "" : QuotedText.Of(part.Name);
        return part.Origin switch
        {
            "defined" => string.Create(CultureInfo.InvariantCulture, $"{part.ByteLength:N0} bytes"),
            "instantiated" when part.Sort == Sort.CoreInstance => $"of core module {part.Of}",
            "instantiated" => $"of component {part.Of}",
            "put together" => "of what is there",
            "imported" => $"import {name}",
            "exported" => $"export {name} of {part.Of}",
            "aliased" => $"{name} of instance {part.Of}",
            _ => "of an enclosing component",
        };
    }

    private void AppendItems(string title, ComponentItem[] items)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n{title}: {items.Length:N0}\n");
        AppendItems(items, 1);
    }

    private void AppendItems(ComponentItem[] items, int depth)
    {
        foreach (ComponentItem item in items)
        {
            Indent(depth);

            // Types are made of labels, which the validator has seen to; a name may be a url.
            text.Append(item.Sort == Sort.Type ? "type " : "").Append(QuotedText.Of(item.Name)).Append(": ").Append(item.Type).Append('\n');
            AppendItems(item.Items, depth + 1);
        }
    }

    private void Indent(int depth) => text.Append(' ', 4 * depth);
}
