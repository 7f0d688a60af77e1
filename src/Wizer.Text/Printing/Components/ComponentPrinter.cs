using System.Text;
using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>Prints the definitions of a component, in their order. Component Model, Explainer.</summary>
internal sealed partial class ComponentPrinter
{
    private readonly ComponentInfo _component;
    private readonly IndentedWriter _output;
    private readonly ComponentPrintNames _names;

    // The innermost component or type by now.
    private PrintScope _scope;

    private ComponentPrinter(ComponentInfo component, IndentedWriter output, PrintScope? parent, string? id, ComponentPrintNames names)
    {
        _component = component;
        _output = output;
        _names = names;
        _scope = new PrintScope(parent, id, names);
    }

    private ReadOnlySpan<byte> Bytes => _component.Bytes.Span;

    /// <summary>Prints a component that is a file.</summary>
    internal static void Print(ComponentInfo component, TextWriter output)
    {
        using var indented = new IndentedWriter(output);
        ComponentPrintNames names = ComponentPrintNames.Read(component);
        NameMap map = names.Component is { Length: > 0 } name ? NameMap.Annotated(new() { [0] = name }) : NameMap.None;
        new ComponentPrinter(component, indented, parent: null, map.IdOf(0), names).Print(map.DefinitionOf(0) ?? "");
    }

    private void Print(string header)
    {
        _output.Write($"(component{(header.Length == 0 ? "" : " ")}{header}");
        bool hasCustoms = Array.Exists(_component.Sections, section => section.Id == ComponentSectionId.Custom && !IsNames(section));
        if (_component.Definitions.Length == 0 && !hasCustoms)
        {
            _output.WriteLine(")");
            return;
        }

        _output.WriteLine();
        _output.Indentation += 2;
        for (int i = 0; i < _component.Sections.Length; i++)
        {
            ComponentSectionInfo section = _component.Sections[i];
            if (section.Id == ComponentSectionId.Custom && !IsNames(section))
            {
                PrintCustom(section);
            }

            for (int j = 0; j < section.DefinitionCount; j++)
            {
                Print(_component.Definitions[section.FirstDefinition + j]);
            }
        }

        _output.Indentation -= 2;
        _output.WriteLine(")");
    }

    private bool IsNames(in ComponentSectionInfo section) =>
        _names.SectionIndex >= 0 && _component.Sections[_names.SectionIndex].Offset == section.Offset;

    private void PrintCustom(in ComponentSectionInfo section)
    {
        _output.Write($"(@custom {Quote(section.Name)} ");
        StringText.WriteBytes(_output, Bytes[section.Name.End..section.Contents.End]);
        _output.WriteLine(")");
    }

    private void Print(Definition definition)
    {
        switch (definition)
        {
            case CoreModuleDefinition module:
                PrintModule(module);
                break;
            case ComponentDefinition component:
                PrintNested(component);
                break;
            case CoreInstantiation instantiation:
                PrintInstance(
                    Sort.CoreInstance,
                    _scope.Ref(Sort.CoreModule, instantiation.ModuleIndex),
                    Array.ConvertAll(
                        instantiation.Arguments,
                        item => $"with {Quote(item.Name)} {Ref("instance", Sort.CoreInstance, item.InstanceIndex)}"));
                break;
            case CoreInlineExports exports:
                PrintInstance(
                    Sort.CoreInstance,
                    instantiated: null,
                    Array.ConvertAll(
                        exports.Exports, item => $"export {Quote(item.Name)} {Ref(Sorts.NameOf(item.Sort), item.Sort, item.Index)}"));
                break;
            case Instantiation instantiation:
                PrintInstance(
                    Sort.Instance,
                    _scope.Ref(Sort.Component, instantiation.ComponentIndex),
                    Array.ConvertAll(instantiation.Arguments, item => $"with {Quote(item.Name)} {Ref(item.Sort, item.Index)}"));
                break;
            case InlineExports exports:
                PrintInstance(
                    Sort.Instance,
                    instantiated: null,
                    Array.ConvertAll(exports.Exports, item => $"export {Text(item.Name)} {Ref(item.Sort, item.Index)}"));
                break;
            case CanonDefinition canon:
                _output.WriteLine(Text(canon));
                break;
            case StartDefinition start:
                PrintStart(start);
                break;
            case ExportDefinition export:
                PrintExport(export);
                break;
            case ValueDefinition value:
                PrintValue(value);
                break;
            default:
                PrintDeclaration(definition);
                break;
        }
    }

    /// <summary>Prints a module. The identifier is the component's, and the annotation the module's where that says otherwise.</summary>
    private void PrintModule(CoreModuleDefinition definition)
    {
        var printer = new ModulePrinter(definition.Module, _output);
        printer.Print($"core module {Header(Sort.CoreModule, printer.ModuleName)}");
    }

    private void PrintNested(ComponentDefinition definition)
    {
        ComponentPrintNames names = ComponentPrintNames.Read(definition.Component);
        string? id = _scope.NextId(Sort.Component);
        PrintScope parent = _scope;
        string header = Header(Sort.Component, names.Component);
        new ComponentPrinter(definition.Component, _output, parent, id, names).Print(header);
    }

    private string Header(Sort sort, string? ownName)
    {
        string? id = _scope.NextId(sort);
        string? name = id is null ? null : _scope.NextName(sort);
        string annotation = (ownName ?? "") == (name ?? "") ? "" : $"(@name {StringText.Quote(ownName ?? "")}) ";
        return $"{(id is null ? "" : id + " ")}{annotation}(;{_scope.Add(sort)};)";
    }

    /// <summary>Prints an instance: one that is made of something with arguments, or one that is put together.</summary>
    private void PrintInstance(Sort sort, string? instantiated, string[] items)
    {
        // Nothing refers to itself, so the index is used up only now.
        _output.Write($"({SortText(sort)} {_scope.Define(sort)}{(instantiated is null ? "" : $" (instantiate {instantiated}")}");
        if (items.Length == 0)
        {
            _output.WriteLine(instantiated is null ? ")" : "))");
            return;
        }

        _output.WriteLine();
        foreach (string item in items)
        {
            _output.WriteLine($"{(instantiated is null ? "" : "  ")}  ({item})");
        }

        if (instantiated is not null)
        {
            _output.WriteLine("  )");
        }

        _output.WriteLine(")");
    }

    private void PrintStart(StartDefinition start)
    {
        var text = new StringBuilder($"(start {_scope.Ref(Sort.Func, start.FuncIndex)}");
        foreach (uint argument in start.Arguments)
        {
            text.Append($" {Ref(Sort.Value, argument)}");
        }

        for (uint i = 0; i < start.ResultCount; i++)
        {
            text.Append($" (result (value {_scope.Define(Sort.Value)}))");
        }

        _output.WriteLine(text.Append(')').ToString());
    }

    private void PrintExport(ExportDefinition export)
    {
        string target = Ref(export.Sort, export.Index);
        string definition = _scope.Define(export.Sort);
        string type = export.Type is { } ascribed ? $" ({SortText(ascribed.Sort)} {Text(ascribed)})" : "";
        _output.WriteLine($"(export {definition} {Text(export.Name)} {target}{type})");
    }

    private void PrintValue(ValueDefinition value)
    {
        _output.Write($"(value {_scope.Define(Sort.Value)} {Text(value.Type)} (binary ");
        StringText.WriteBytes(_output, value.Value.Of(Bytes));
        _output.WriteLine("))");
    }

    private string Quote(ByteRange name) => StringText.Quote(_component.NameAt(name));

    private string Ref(Sort sort, uint index) => Ref(SortText(sort), sort, index);

    private string Ref(string keyword, Sort sort, uint index) => $"({keyword} {_scope.Ref(sort, index)})";

    private static string SortText(Sort sort) => (Sorts.IsCore(sort) ? "core " : "") + Sorts.NameOf(sort);

    private string Text(in ExternName name)
    {
        string text = Quote(name.Name);
        foreach (NameAttribute attribute in name.Attributes)
        {
            string keyword = attribute.Kind switch
            {
                NameAttributeKind.Implements => "implements",
                NameAttributeKind.VersionSuffix => "versionsuffix",
                _ => "external-id",
            };
            text += $" ({keyword} {Quote(attribute.Value)})";
        }

        return text;
    }
}
