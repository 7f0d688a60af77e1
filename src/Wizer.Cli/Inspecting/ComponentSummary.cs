using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Cli;

/// <summary>What <c>wizer inspect</c> has to say about a component. When it is invalid, it has no types to show.</summary>
internal sealed class ComponentSummary
{
    public ComponentSummary(ComponentInfo component)
    {
        Component = component;
        try
        {
            ComponentValidationResult result = ComponentValidator.Validate(component);
            Imports = result.DescribeImports();
            Exports = result.DescribeExports();
        }
        catch (WasmException error)
        {
            Error = error.Message;
            Imports = [];
            Exports = [];
        }
    }

    public ComponentInfo Component { get; }

    /// <summary>What is wrong with the component, or null.</summary>
    public string? Error { get; }

    public ComponentItem[] Imports { get; }

    public ComponentItem[] Exports { get; }

    /// <summary>The modules, components and instances of a component, and where they come from.</summary>
    public static IEnumerable<ComponentPart> PartsOf(ComponentInfo component)
    {
        var next = new Dictionary<Sort, uint>();
        foreach (Definition definition in component.Definitions)
        {
            if (SortOf(definition) is not { } sort)
            {
                continue;
            }

            next.TryGetValue(sort, out uint index);
            next[sort] = index + 1;
            yield return definition switch
            {
                CoreModuleDefinition module => new ComponentPart(sort, index, "defined") { ByteLength = module.Range.Length },
                ComponentDefinition nested =>
                    new ComponentPart(sort, index, "defined") { ByteLength = nested.Range.Length, Component = nested.Component },
                CoreInstantiation instance => new ComponentPart(sort, index, "instantiated") { Of = instance.ModuleIndex },
                Instantiation instance => new ComponentPart(sort, index, "instantiated") { Of = instance.ComponentIndex },
                CoreInlineExports or InlineExports => new ComponentPart(sort, index, "put together"),
                ImportDefinition import => new ComponentPart(sort, index, "imported") { Name = component.NameAt(import.Name.Name) },
                ExportDefinition export =>
                    new ComponentPart(sort, index, "exported") { Name = component.NameAt(export.Name.Name), Of = export.Index },
                ExportAlias alias => new ComponentPart(sort, index, "aliased")
                {
                    Name = component.NameAt(alias.Name),
                    Of = alias.InstanceIndex,
                },
                _ => new ComponentPart(sort, index, "outer"),
            };
        }
    }

    public static string NameOf(Sort sort) => sort switch
    {
        Sort.CoreModule => "core module",
        Sort.CoreInstance => "core instance",
        _ => sort.ToString().ToLowerInvariant(),
    };

    private static Sort? SortOf(Definition definition)
    {
        Sort? sort = definition switch
        {
            CoreModuleDefinition => Sort.CoreModule,
            CoreInstanceDefinition => Sort.CoreInstance,
            ComponentDefinition => Sort.Component,
            InstanceDefinition => Sort.Instance,
            ImportDefinition import => import.Type.Sort,
            ExportDefinition export => export.Sort,
            AliasDefinition alias => alias.Sort,
            _ => null,
        };
        return sort is Sort.CoreModule or Sort.CoreInstance or Sort.Component or Sort.Instance ? sort : null;
    }
}

/// <summary>A module, component or instance in a component.</summary>
/// <param name="Sort">What it is.</param>
/// <param name="Index">Its index.</param>
/// <param name="Origin">Where it comes from: <c>defined</c>, <c>instantiated</c> and so on.</param>
internal sealed record ComponentPart(Sort Sort, uint Index, string Origin)
{
    /// <summary>Of what is defined.</summary>
    public int? ByteLength { get; init; }

    /// <summary>What is in a nested component.</summary>
    public ComponentInfo? Component { get; init; }

    /// <summary>The index of what it is an instance, an alias or an export of.</summary>
    public uint? Of { get; init; }

    /// <summary>The name of an import, export or alias.</summary>
    public string? Name { get; init; }
}
