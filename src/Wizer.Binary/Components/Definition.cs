namespace Wizer.Binary.Components;

/// <summary>
/// A definition of a component, or a declarator of a component, instance or module type. They stand in the order of the file,
/// and each refers only to those before it. Component Model, Explainer: Component Definitions.
/// </summary>
/// <param name="Range">Where it stands in the file, without the section's own id, size and count.</param>
public abstract record Definition(ByteRange Range)
{
    /// <summary>The file offset of its first byte.</summary>
    public int Offset => Range.Offset;
}

/// <summary>A core module. Component Model, Binary Format: Component Definitions.</summary>
/// <param name="Range">The module: its own offsets count from where this begins.</param>
/// <param name="Module">The parsed module.</param>
public sealed record CoreModuleDefinition(ByteRange Range, ModuleInfo Module) : Definition(Range);

/// <summary>A core instance. Component Model, Binary Format: Instance Definitions.</summary>
/// <param name="Range">Where it stands.</param>
public abstract record CoreInstanceDefinition(ByteRange Range) : Definition(Range);

/// <summary>A core instance made from a module.</summary>
/// <param name="Range">Where it stands.</param>
/// <param name="ModuleIndex">The index of the core module.</param>
/// <param name="Arguments">What it is instantiated with.</param>
public sealed record CoreInstantiation(ByteRange Range, uint ModuleIndex, CoreInstantiateArg[] Arguments)
    : CoreInstanceDefinition(Range);

/// <summary>A core instance that is put together from what is there.</summary>
/// <param name="Range">Where it stands.</param>
/// <param name="Exports">What it exports.</param>
public sealed record CoreInlineExports(ByteRange Range, CoreInlineExport[] Exports) : CoreInstanceDefinition(Range);

/// <summary>An argument of a core instantiation.</summary>
/// <param name="Name">The module name of the imports it is for.</param>
/// <param name="InstanceIndex">The index of a core instance.</param>
/// <param name="Offset">The file offset.</param>
public readonly record struct CoreInstantiateArg(ByteRange Name, uint InstanceIndex, int Offset);

/// <summary>An export of a core instance that is put together.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sort">What is exported.</param>
/// <param name="Index">Its index in the index space of its sort.</param>
/// <param name="Offset">The file offset.</param>
public readonly record struct CoreInlineExport(ByteRange Name, Sort Sort, uint Index, int Offset);

/// <summary>A core type, or several that are one recursion group. Component Model, Binary Format: Type Definitions.</summary>
/// <param name="Range">Where it stands.</param>
/// <param name="Type">What it defines.</param>
public sealed record CoreTypeDefinition(ByteRange Range, CoreDefType Type) : Definition(Range);

/// <summary>A nested component. Component Model, Binary Format: Component Definitions.</summary>
/// <param name="Range">Where it stands.</param>
/// <param name="Component">The parsed component.</param>
public sealed record ComponentDefinition(ByteRange Range, ComponentInfo Component) : Definition(Range);

/// <summary>An instance. Component Model, Binary Format: Instance Definitions.</summary>
/// <param name="Range">Where it stands.</param>
public abstract record InstanceDefinition(ByteRange Range) : Definition(Range);

/// <summary>An instance made from a component.</summary>
/// <param name="Range">Where it stands.</param>
/// <param name="ComponentIndex">The index of the component.</param>
/// <param name="Arguments">What it is instantiated with.</param>
public sealed record Instantiation(ByteRange Range, uint ComponentIndex, InstantiateArg[] Arguments) : InstanceDefinition(Range);

/// <summary>An instance that is put together from what is there.</summary>
/// <param name="Range">Where it stands.</param>
/// <param name="Exports">What it exports.</param>
public sealed record InlineExports(ByteRange Range, InlineExport[] Exports) : InstanceDefinition(Range);

/// <summary>An argument of an instantiation.</summary>
/// <param name="Name">The import it is for.</param>
/// <param name="Sort">What is given.</param>
/// <param name="Index">Its index in the index space of its sort.</param>
/// <param name="Offset">The file offset.</param>
public readonly record struct InstantiateArg(ByteRange Name, Sort Sort, uint Index, int Offset);

/// <summary>An export of an instance that is put together.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sort">What is exported.</param>
/// <param name="Index">Its index in the index space of its sort.</param>
/// <param name="Offset">The file offset.</param>
public readonly record struct InlineExport(ExternName Name, Sort Sort, uint Index, int Offset);

/// <summary>An alias. Component Model, Binary Format: Alias Definitions.</summary>
/// <param name="Range">Where it stands.</param>
/// <param name="Sort">What is aliased.</param>
public abstract record AliasDefinition(ByteRange Range, Sort Sort) : Definition(Range);

/// <summary>An alias of an instance's export.</summary>
/// <param name="Range">Where it stands.</param>
/// <param name="Sort">What is aliased.</param>
/// <param name="InstanceIndex">The index of the instance.</param>
/// <param name="Name">The name of the export.</param>
public sealed record ExportAlias(ByteRange Range, Sort Sort, uint InstanceIndex, ByteRange Name) : AliasDefinition(Range, Sort);

/// <summary>An alias of a core instance's export.</summary>
/// <param name="Range">Where it stands.</param>
/// <param name="Sort">What is aliased.</param>
/// <param name="InstanceIndex">The index of the core instance.</param>
/// <param name="Name">The name of the export.</param>
public sealed record CoreExportAlias(ByteRange Range, Sort Sort, uint InstanceIndex, ByteRange Name) : AliasDefinition(Range, Sort);

/// <summary>An alias of what an enclosing component or type defines.</summary>
/// <param name="Range">Where it stands.</param>
/// <param name="Sort">What is aliased.</param>
/// <param name="Count">How many components and types outwards; 0 is the one the alias stands in.</param>
/// <param name="Index">The index there.</param>
public sealed record OuterAlias(ByteRange Range, Sort Sort, uint Count, uint Index) : AliasDefinition(Range, Sort);

/// <summary>A type. Component Model, Binary Format: Type Definitions.</summary>
/// <param name="Range">Where it stands.</param>
/// <param name="Type">What it defines.</param>
public sealed record TypeDefinition(ByteRange Range, DefType Type) : Definition(Range);

/// <summary>The start of a component. Component Model, Binary Format: Start Definitions.</summary>
/// <param name="Range">Where it stands.</param>
/// <param name="FuncIndex">The index of the function that is called.</param>
/// <param name="Arguments">The indices of the values it is called with.</param>
/// <param name="ResultCount">How many values it returns.</param>
public sealed record StartDefinition(ByteRange Range, uint FuncIndex, uint[] Arguments, uint ResultCount) : Definition(Range);

/// <summary>An import. Component Model, Binary Format: Import and Export Definitions.</summary>
/// <param name="Range">Where it stands.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
public sealed record ImportDefinition(ByteRange Range, ExternName Name, ExternType Type) : Definition(Range);

/// <summary>An export. Component Model, Binary Format: Import and Export Definitions.</summary>
/// <param name="Range">Where it stands.</param>
/// <param name="Name">Its name.</param>
/// <param name="Sort">What is exported.</param>
/// <param name="Index">Its index in the index space of its sort.</param>
/// <param name="Type">The type it is seen with, when it is written.</param>
public sealed record ExportDefinition(ByteRange Range, ExternName Name, Sort Sort, uint Index, ExternType? Type) : Definition(Range);

/// <summary>An export in a component or instance type. Component Model, Binary Format: Type Definitions.</summary>
/// <param name="Range">Where it stands.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
public sealed record ExportDeclaration(ByteRange Range, ExternName Name, ExternType Type) : Definition(Range);

/// <summary>A value. Component Model, Binary Format: Value Definitions.</summary>
/// <param name="Range">Where it stands.</param>
/// <param name="Type">Its type.</param>
/// <param name="Value">Its bytes, which only the type can tell apart.</param>
public sealed record ValueDefinition(ByteRange Range, ComponentValType Type, ByteRange Value) : Definition(Range);

/// <summary>An import or export in a core module type. Component Model, Binary Format: Type Definitions.</summary>
/// <param name="Range">Where it stands.</param>
/// <param name="Module">The first name of an import; null for an export.</param>
/// <param name="Name">The name.</param>
/// <param name="Type">What it is.</param>
public sealed record CoreExternDeclaration(ByteRange Range, ByteRange? Module, ByteRange Name, CoreExternType Type)
    : Definition(Range);

/// <summary>The type of what a core module imports or exports. Core 3.0, Binary Format: Import Section.</summary>
/// <param name="Kind">What it is; types that belong to another kind are meaningless.</param>
/// <param name="TypeIndex">The index of the type of a function or tag.</param>
/// <param name="Table">The type of a table.</param>
/// <param name="Memory">The type of a memory.</param>
/// <param name="Global">The type of a global.</param>
public readonly record struct CoreExternType(
    ExternKind Kind, uint TypeIndex, TableType Table, MemoryType Memory, GlobalType Global);
