using System.Text;
using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Spells core types. Core 3.0, Text Format: Types.</summary>
/// <param name="types">The identifiers of the types they refer to.</param>
/// <param name="fieldsOf">The identifiers of the fields of a type.</param>
internal sealed class TypeText(NameMap types, Func<uint, NameMap> fieldsOf)
{
    internal string Text(ValType type) => type.IsRef && type.HeapType.IsConcrete
        ? $"(ref {(type.IsNullable ? "null " : "")}{Text(type.HeapType)})"
        : type.ToString();

    internal string Text(HeapType type) => type.IsConcrete ? RefTo(type.TypeIndex) : type.ToString();

    internal string Text(FieldType type) => type.IsMutable ? $"(mut {Text(type.Storage)})" : Text(type.Storage);

    internal string Text(GlobalType type) => type.IsMutable ? $"(mut {Text(type.Value)})" : Text(type.Value);

    internal string Text(TableType type) => $"{Text(type.Limits)} {Text(type.Element)}";

    internal static string Text(MemoryType type) =>
        Text(type.Limits) + (type.PageSizeLog2 == 16 ? "" : $" (pagesize {type.PageSize})");

    internal static string Text(Limits limits) =>
        $"{(limits.Is64 ? "i64 " : "")}{limits.Minimum}{(limits.Maximum is { } maximum ? $" {maximum}" : "")}"
            + (limits.IsShared ? " shared" : "");

    internal string Text(SubType type, uint index)
    {
        string composite = Text(type.Composite, index);
        if (type.IsFinal && type.Supertypes.IsEmpty)
        {
            return composite;
        }

        var text = new StringBuilder("(sub ");
        text.Append(type.IsFinal ? "final " : "");
        foreach (uint supertype in type.Supertypes)
        {
            text.Append(RefTo(supertype)).Append(' ');
        }

        return text.Append(composite).Append(')').ToString();
    }

    internal string Text(CompositeType type, uint index)
    {
        switch (type)
        {
            case FuncType func:
                return $"(func{Signature(func, names: null)})";
            case ArrayType array:
                return $"(array {Text(array.Element)})";
            default:
                var text = new StringBuilder("(struct");
                NameMap names = fieldsOf(index);
                uint field = 0;
                foreach (FieldType fieldType in ((StructType)type).Fields)
                {
                    string name = names.IdOf(field++) is { } id ? id + " " : "";
                    text.Append($" (field {name}{Text(fieldType)})");
                }

                return text.Append(')').ToString();
        }
    }

    internal string Signature(FuncType func, NameMap? names)
    {
        var text = new StringBuilder();
        AppendTypes(text, "param", func.Parameters, firstIndex: 0, names);
        AppendTypes(text, "result", func.Results, firstIndex: 0, names: null);
        return text.ToString();
    }

    /// <summary>Appends groups like <c>(param $x i32) (param i32 i64)</c>: named ones alone, the others together.</summary>
    internal void AppendTypes(StringBuilder text, string keyword, ReadOnlySpan<ValType> types, uint firstIndex, NameMap? names)
    {
        bool isOpen = false;
        foreach (ValType type in types)
        {
            string? name = names?.DefinitionOf(firstIndex++);
            if (isOpen && name is not null)
            {
                text.Append(')');
                isOpen = false;
            }

            if (name is not null)
            {
                text.Append($" ({keyword} {name} {Text(type)})");
            }
            else
            {
                text.Append(isOpen ? " " : $" ({keyword} ").Append(Text(type));
                isOpen = true;
            }
        }

        if (isOpen)
        {
            text.Append(')');
        }
    }

    private string RefTo(uint type) => types.IdOf(type) ?? $"{type}";
}
