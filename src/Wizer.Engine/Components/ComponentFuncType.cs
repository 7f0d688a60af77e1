using Wizer.Binary.Components;

namespace Wizer.Engine.Components;

/// <summary>The type of a component function.</summary>
public sealed class ComponentFuncType
{
    private readonly ComponentValidationResult _validation;

    internal ComponentFuncType(ComponentValidationResult validation, ResolvedFuncType type)
    {
        _validation = validation;
        Resolved = type;
    }

    /// <summary>The names of the parameters.</summary>
    public IReadOnlyList<string> ParameterNames => Resolved.Labels;

    /// <summary>Whether functions of it return a value.</summary>
    public bool HasResult => Resolved.Result is not null;

    internal ResolvedFuncType Resolved { get; }

    /// <summary>As WIT writes it: <c>func(count: u32, name: string) -&gt; bool</c>.</summary>
    public override string ToString() => _validation.Describe(Resolved);
}
