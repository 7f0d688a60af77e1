using System.Text;
using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>Canonical definitions. Component Model, Explainer: Canonical Definitions.</summary>
internal sealed partial class ComponentPrinter
{
    private string Text(CanonDefinition canon)
    {
        if (canon.Kind == CanonKind.Lift)
        {
            string lift = $"(canon lift {Ref(Sort.CoreFunc, canon.FuncIndex)}{Text(canon.Options)})";
            string type = Ref(Sort.Type, canon.TypeIndex);
            return $"(func {_scope.Define(Sort.Func)} {type} {lift})";
        }

        var text = new StringBuilder();
        if (canon.Kind == CanonKind.Lower)
        {
            text.Append($"lower {Ref(Sort.Func, canon.FuncIndex)}{Text(canon.Options)}");
        }
        else
        {
            (string name, CanonParts parts) = CanonShapes.Of(canon.Kind);
            text.Append(name);
            Append(text, parts, canon);
        }

        return $"(core func {_scope.Define(Sort.CoreFunc)} (canon {text}))";
    }

    private void Append(StringBuilder text, CanonParts parts, CanonDefinition canon)
    {
        if ((parts & CanonParts.Type) != 0)
        {
            text.Append($" {_scope.Ref(Sort.Type, canon.TypeIndex)}");
        }

        if ((parts & CanonParts.CoreType) != 0)
        {
            text.Append($" {_scope.Ref(Sort.CoreType, canon.TypeIndex)}");
        }

        if ((parts & CanonParts.Table) != 0)
        {
            text.Append($" {Ref(Sort.CoreTable, canon.TableIndex)}");
        }

        if ((parts & CanonParts.Async) != 0 && canon.Flag)
        {
            text.Append(" async");
        }

        if ((parts & CanonParts.Cancellable) != 0 && canon.Flag)
        {
            text.Append(" cancellable");
        }

        if ((parts & CanonParts.Memory) != 0)
        {
            text.Append($" (memory {_scope.Ref(Sort.CoreMemory, canon.MemoryIndex)})");
        }

        if ((parts & CanonParts.Result) != 0 && canon.Result is { } result)
        {
            text.Append($" (result {Text(result)})");
        }

        if ((parts & CanonParts.Slot) != 0)
        {
            text.Append($" {canon.ContextType} {canon.ContextSlot}");
        }

        if ((parts & CanonParts.Options) != 0)
        {
            text.Append(Text(canon.Options));
        }
    }

    private string Text(CanonOption[] options)
    {
        var text = new StringBuilder();
        foreach (CanonOption option in options)
        {
            string keyword = CanonOptions.NameOf(option.Kind);
            text.Append(CanonOptions.IsGroup(option.Kind)
                ? $" ({keyword} {_scope.Ref(CanonOptions.SortOf(option.Kind), option.Index)})"
                : $" {keyword}");
        }

        return text.ToString();
    }
}
