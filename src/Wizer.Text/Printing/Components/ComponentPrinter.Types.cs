using System.Text;
using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>
/// Types, and what a component has in common with those: imports and aliases. Component Model, Explainer: Type Definitions.
/// </summary>
internal sealed partial class ComponentPrinter
{
    /// <summary>Prints what may stand in a component and in its type.</summary>
    private void PrintDeclaration(Definition definition)
    {
        switch (definition)
        {
            case CoreTypeDefinition type:
                PrintCoreType(type.Type);
                break;
            case TypeDefinition { Type: ComponentType component }:
                PrintType("component", component.Declarations);
                break;
            case TypeDefinition { Type: InstanceType instance }:
                PrintType("instance", instance.Declarations);
                break;
            case TypeDefinition type:
                string text = Text(type.Type);
                _output.WriteLine($"(type {_scope.Define(Sort.Type)} {text})");
                break;
            case AliasDefinition alias:
                PrintAlias(alias);
                break;
            case ImportDefinition import:
                PrintExtern("import", import.Name, import.Type);
                break;
            case ExportDeclaration export:
                PrintExtern("export", export.Name, export.Type);
                break;
        }
    }

    private void PrintExtern(string keyword, in ExternName name, in ExternType type)
    {
        string text = Text(type);
        _output.WriteLine($"({keyword} {Text(name)} ({SortText(type.Sort)} {_scope.Define(type.Sort)} {text}))");
    }

    private void PrintAlias(AliasDefinition alias)
    {
        string target = alias switch
        {
            ExportAlias export => $"export {_scope.Ref(Sort.Instance, export.InstanceIndex)} {Quote(export.Name)}",
            CoreExportAlias export => $"core export {_scope.Ref(Sort.CoreInstance, export.InstanceIndex)} {Quote(export.Name)}",
            OuterAlias outer => OuterText(outer),
            _ => throw new InvalidOperationException("an alias is one of these"),
        };
        _output.WriteLine($"(alias {target} ({SortText(alias.Sort)} {_scope.Define(alias.Sort)}))");
    }

    private string OuterText(OuterAlias alias)
    {
        PrintScope? target = _scope;
        for (uint i = 0; i < alias.Count && target is not null; i++)
        {
            target = target.Parent;
        }

        // An identifier means the nearest scope that has it.
        string? id = target?.Id;
        for (PrintScope? scope = _scope; id is not null && scope != target; scope = scope!.Parent)
        {
            id = scope!.Id == id ? null : id;
        }

        return $"outer {id ?? $"{alias.Count}"} {target?.Ref(alias.Sort, alias.Index) ?? $"{alias.Index}"}";
    }

    private void PrintType(string keyword, Definition[] declarations)
    {
        if (declarations.Length == 0)
        {
            _output.WriteLine($"(type {_scope.Define(Sort.Type)} ({keyword}))");
            return;
        }

        // The index is the type's once it is complete, and nothing within refers to it.
        PrintScope outer = _scope;
        string definition = outer.Define(Sort.Type);
        _output.WriteLine($"(type {definition}");
        _output.WriteLine($"  ({keyword}");
        _output.Indentation += 4;
        _scope = new PrintScope(outer, id: null, ComponentPrintNames.None);
        foreach (Definition declaration in declarations)
        {
            PrintDeclaration(declaration);
        }

        _scope = outer;
        _output.Indentation -= 4;
        _output.WriteLine("  )");
        _output.WriteLine(")");
    }

    private void PrintCoreType(CoreDefType type)
    {
        if (type is CoreModuleType module)
        {
            PrintModuleType(module);
            return;
        }

        var group = (CoreRecType)type;
        if (!group.IsGroup)
        {
            // A type may refer to itself.
            string definition = _scope.Define(Sort.CoreType);
            _output.WriteLine($"(core type {definition} {CoreText(_scope).Text(group.Types[0], 0)})");
            return;
        }

        PrintGroup("core rec", group, _scope);
    }

    private void PrintGroup(string keyword, CoreRecType group, PrintScope scope)
    {
        _output.WriteLine($"({keyword}");
        string[] definitions = [.. group.Types.Select(_ => scope.Define(Sort.CoreType))];
        for (int i = 0; i < definitions.Length; i++)
        {
            _output.WriteLine($"  (type {definitions[i]} {CoreText(scope).Text(group.Types[i], (uint)i)})");
        }

        _output.WriteLine(")");
    }

    private void PrintModuleType(CoreModuleType module)
    {
        string definition = _scope.Define(Sort.CoreType);
        if (module.Declarations.Length == 0)
        {
            _output.WriteLine($"(core type {definition} (module))");
            return;
        }

        _output.WriteLine($"(core type {definition}");
        _output.WriteLine("  (module");
        _output.Indentation += 4;
        PrintScope outer = _scope;
        _scope = new PrintScope(outer, id: null, ComponentPrintNames.None);
        foreach (Definition declaration in module.Declarations)
        {
            PrintModuleDeclaration(declaration);
        }

        _scope = outer;
        _output.Indentation -= 4;
        _output.WriteLine("  )");
        _output.WriteLine(")");
    }

    private void PrintModuleDeclaration(Definition declaration)
    {
        switch (declaration)
        {
            case CoreTypeDefinition { Type: CoreRecType { IsGroup: true } group }:
                PrintGroup("rec", group, _scope);
                break;
            case CoreTypeDefinition { Type: CoreRecType single }:
                string definition = _scope.Define(Sort.CoreType);
                _output.WriteLine($"(type {definition} {CoreText(_scope).Text(single.Types[0], 0)})");
                break;
            case OuterAlias outer:
                string target = OuterText(outer);
                _output.WriteLine($"(alias {target} (type {_scope.Define(Sort.CoreType)}))");
                break;
            case CoreExternDeclaration { Module: { } module } import:
                _output.WriteLine($"(import {Quote(module)} {Quote(import.Name)} ({Text(import.Type)}))");
                break;
            case CoreExternDeclaration export:
                _output.WriteLine($"(export {Quote(export.Name)} ({Text(export.Type)}))");
                break;
        }
    }

    private string Text(in CoreExternType type)
    {
        TypeText core = CoreText(_scope);
        return type.Kind switch
        {
            ExternKind.Func => $"func (type {type.TypeIndex})",
            ExternKind.Table => $"table {core.Text(type.Table)}",
            ExternKind.Memory => $"memory {TypeText.Text(type.Memory)}",
            ExternKind.Global => $"global {core.Text(type.Global)}",
            _ => $"tag (type {type.TypeIndex})",
        };
    }

    private static TypeText CoreText(PrintScope scope) => new(scope.CoreTypeNames, static _ => NameMap.None);

    private string Text(ComponentValType type) => type.IsTypeIndex ? _scope.Ref(Sort.Type, type.TypeIndex) : type.ToString();

    private string Text(in ExternType type) => (type.Sort, type.Bound) switch
    {
        (Sort.CoreModule, _) => $"(type {_scope.Ref(Sort.CoreType, type.Index)})",
        (Sort.Value, ExternBound.Eq) => $"(eq {_scope.Ref(Sort.Value, type.Index)})",
        (Sort.Value, _) => Text(type.ValueType),
        (Sort.Type, ExternBound.Eq) => $"(eq {_scope.Ref(Sort.Type, type.Index)})",
        (Sort.Type, _) => "(sub resource)",
        _ => $"(type {_scope.Ref(Sort.Type, type.Index)})",
    };

    private string Text(DefType type)
    {
        switch (type)
        {
            case PrimitiveDefType primitive:
                return Text(ComponentValType.Of(primitive.Type));
            case RecordType record:
                return Group("record", record.Fields, field => $"(field {Quote(field.Label)} {Text(field.Type)})");
            case VariantType variant:
                return Group("variant", variant.Cases, item => $"(case {Quote(item.Label)}{Optional(item.Type)})");
            case ListType list:
                return $"(list {Text(list.Element)}{(list.Length is { } length ? $" {length}" : "")})";
            case TupleType tuple:
                return Group("tuple", tuple.Elements, Text);
            case FlagsType flags:
                return Group("flags", flags.Labels, Quote);
            case EnumType labels:
                return Group("enum", labels.Labels, Quote);
            case OptionType option:
                return $"(option {Text(option.Element)})";
            case ResultType result:
                return $"(result{Optional(result.Ok)}{(result.Error is { } error ? $" (error {Text(error)})" : "")})";
            case MapType map:
                return $"(map {Text(map.Key)} {Text(map.Value)})";
            case OwnType own:
                return $"(own {_scope.Ref(Sort.Type, own.ResourceIndex)})";
            case BorrowType borrow:
                return $"(borrow {_scope.Ref(Sort.Type, borrow.ResourceIndex)})";
            case StreamType stream:
                return $"(stream{Optional(stream.Element)})";
            case FutureType future:
                return $"(future{Optional(future.Element)})";
            case ComponentFuncType func:
                return Text(func);
            case ResourceType resource:
                string destructor = resource.Destructor is { } index ? $" (dtor {Ref(Sort.CoreFunc, index)})" : "";
                return $"(resource (rep {resource.Representation}){destructor})";
            default:
                throw new InvalidOperationException("types of components and instances take several lines");
        }
    }

    private string Text(ComponentFuncType func)
    {
        var text = new StringBuilder(func.IsAsync ? "(func async" : "(func");
        foreach (LabelValType parameter in func.Parameters)
        {
            text.Append($" (param {Quote(parameter.Label)} {Text(parameter.Type)})");
        }

        return text.Append(func.Result is { } result ? $" (result {Text(result)}))" : ")").ToString();
    }

    private static string Group<T>(string keyword, T[] items, Func<T, string> text)
    {
        var group = new StringBuilder($"({keyword}");
        foreach (T item in items)
        {
            group.Append(' ').Append(text(item));
        }

        return group.Append(')').ToString();
    }

    private string Optional(ComponentValType? type) => type is { } given ? $" {Text(given)}" : "";
}
