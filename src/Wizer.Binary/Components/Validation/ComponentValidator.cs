namespace Wizer.Binary.Components;

/// <summary>Says whether a component is valid. Component Model, Explainer; Binary Format; Subtyping; Canonical ABI.</summary>
public static class ComponentValidator
{
    /// <summary>
    /// Checks a whole component, with the components and core modules in it, in the order of the file. A definition sees only what
    /// stands before it, so the first error is that of the first definition that is wrong.
    /// </summary>
    /// <param name="component">A parsed component.</param>
    /// <param name="features">What its core modules may use.</param>
    /// <param name="cancellationToken">Ends the work within a few milliseconds.</param>
    /// <returns>What was learned about the component.</returns>
    /// <exception cref="WasmFormatException">A function body or constant expression of a core module is malformed.</exception>
    /// <exception cref="WasmValidationException">The component is invalid, or a core module uses a feature that is not enabled.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ComponentValidationResult Validate(
        ComponentInfo component, WasmFeatures features = WasmFeatures.All, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(component);
        var checker = new ComponentChecker(component.Bytes, features, cancellationToken);
        ResolvedComponentType type = checker.Check(component);
        return new ComponentValidationResult(type, checker);
    }
}

/// <summary>What validation learned about a valid component on its way.</summary>
public sealed class ComponentValidationResult
{
    private readonly Dictionary<ModuleInfo, ValidationResult> _modules;
    private readonly Dictionary<ComponentInfo, Scope> _scopes;
    private readonly TypeFactory _types;

    internal ComponentValidationResult(ResolvedComponentType type, ComponentChecker checker)
    {
        Type = type;
        _modules = checker.ModuleResults;
        _scopes = checker.Scopes;
        _types = checker.Types;
        CoreTypes = checker.CoreTypes;
    }

    /// <summary>The imports and exports with their types.</summary>
    internal ResolvedComponentType Type { get; }

    /// <summary>The core types of all scopes.</summary>
    internal CoreTypeStore CoreTypes { get; }

    /// <summary>A type that needs no definition.</summary>
    internal ResolvedValType PrimitiveType(PrimitiveValType type) => _types.Primitive(type);

    /// <summary>The index spaces of the component, or of one nested in it, with resolved types.</summary>
    internal Scope ScopeOf(ComponentInfo component) => _scopes[component];

    /// <summary>What the component imports, as WIT writes it.</summary>
    public ComponentItem[] DescribeImports() => new WitText().Describe(Type.Imports);

    /// <summary>What the component exports, as WIT writes it.</summary>
    public ComponentItem[] DescribeExports()
    {
        // Exports are made of imported types, too.
        var text = new WitText();
        text.Describe(Type.Imports);
        return text.Describe(Type.Exports);
    }

    /// <summary>The type of a function that is exported, or that an exported instance has; null where there is none.</summary>
    /// <param name="instance">The name of the instance, or null.</param>
    /// <param name="name">The name of the function.</param>
    internal ResolvedFuncType? FindExportedFunction(string? instance, string name)
    {
        EntityMap? exports = Type.Exports;
        if (instance is not null)
        {
            exports = exports.TryGet(instance, out Entity? found) ? (found.Type as ResolvedInstanceType)?.Exports : null;
        }

        return exports is not null && exports.TryGet(name, out Entity? entity) ? entity.Type as ResolvedFuncType : null;
    }

    /// <summary>The type of an exported function as WIT writes it.</summary>
    internal string Describe(ResolvedFuncType type)
    {
        var text = new WitText();
        text.Describe(Type.Imports);
        text.Describe(Type.Exports);
        return text.Describe(type);
    }

    /// <summary>What was learned about a core module of the component, or of one nested in it.</summary>
    public ValidationResult ResultOf(ModuleInfo module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return _modules[module];
    }
}
