using System.Globalization;
using System.Text;

namespace Wizer.Engine.Components;

/// <summary>Writes values as WAVE does. Component Model, WAVE.</summary>
internal static class ComponentValueText
{
    /// <summary>Whether a case of this name needs an escape. Component Model, WAVE: Keywords.</summary>
    internal static bool IsKeyword(string label) => label is "true" or "false" or "inf" or "nan" or "some" or "none" or "ok" or "err";

    /// <summary>The name of a case of a variant or enum, as it is written.</summary>
    internal static string Escape(string label) => IsKeyword(label) ? "%" + label : label;

    internal static string Format(ComponentValue value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.ToString();
    }

    private static void Write(StringBuilder text, ComponentValue value)
    {
        switch (value.Kind)
        {
            case ComponentValueKind.Bool:
                text.Append(value.AsBoolean ? "true" : "false");
                break;
            case ComponentValueKind.U64:
                text.Append(value.AsUInt64.ToString(CultureInfo.InvariantCulture));
                break;
            case >= ComponentValueKind.S8 and < ComponentValueKind.U64:
                text.Append(value.AsInt64.ToString(CultureInfo.InvariantCulture));
                break;
            case ComponentValueKind.F32:
                Write(text, value.AsSingle, value.AsSingle.ToString("R", CultureInfo.InvariantCulture));
                break;
            case ComponentValueKind.F64:
                Write(text, value.AsDouble, value.AsDouble.ToString("R", CultureInfo.InvariantCulture));
                break;
            case ComponentValueKind.Char:
                text.Append('\'');
                Write(text, value.AsRune, '\'');
                text.Append('\'');
                break;
            case ComponentValueKind.String:
                text.Append('"');
                foreach (Rune rune in value.AsString.EnumerateRunes())
                {
                    Write(text, rune, '"');
                }

                text.Append('"');
                break;
            case ComponentValueKind.List:
                WriteAll(text, '[', value.Items, ']');
                break;
            case ComponentValueKind.Tuple:
                WriteAll(text, '(', value.Items, ')');
                break;
            case ComponentValueKind.Record:
                text.Append('{');
                for (int i = 0; i < value.Labels.Count; i++)
                {
                    text.Append(i == 0 ? "" : ", ").Append(value.Labels[i]).Append(": ");
                    Write(text, value.Items[i]);
                }

                text.Append('}');
                break;
            case ComponentValueKind.Flags:
                text.Append('{').AppendJoin(", ", value.Labels).Append('}');
                break;
            case ComponentValueKind.Own or ComponentValueKind.Borrow:
                text.Append(CultureInfo.InvariantCulture, $"<{(value.Kind == ComponentValueKind.Own ? "own" : "borrow")} of a resource>");
                break;
            default:
                bool isKeyword = value.Kind is ComponentValueKind.Option or ComponentValueKind.Result;
                text.Append(isKeyword ? value.Label : Escape(value.Label));
                if (value.Payload is { } payload)
                {
                    text.Append('(');
                    Write(text, payload);
                    text.Append(')');
                }

                break;
        }
    }

    private static void Write(StringBuilder text, double value, string digits) =>
        text.Append(
            double.IsNaN(value) ? "nan"
            : double.IsPositiveInfinity(value) ? "inf"
            : double.IsNegativeInfinity(value) ? "-inf"
            : digits);

    private static void Write(StringBuilder text, Rune rune, char quote)
    {
        switch (rune.Value)
        {
            case '\\':
                text.Append("\\\\");
                break;
            case '\n':
                text.Append("\\n");
                break;
            case '\r':
                text.Append("\\r");
                break;
            case '\t':
                text.Append("\\t");
                break;
            default:
                if (rune.Value == quote)
                {
                    text.Append('\\').Append(quote);
                }
                else if (Rune.IsControl(rune))
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
                }
                else
                {
                    text.Append(rune.ToString());
                }

                break;
        }
    }

    private static void WriteAll(StringBuilder text, char open, IReadOnlyList<ComponentValue> items, char close)
    {
        text.Append(open);
        for (int i = 0; i < items.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            Write(text, items[i]);
        }

        text.Append(close);
    }
}
