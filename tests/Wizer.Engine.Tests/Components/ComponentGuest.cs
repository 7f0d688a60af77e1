using Wizer.Binary.Components;
using Wizer.Engine.Components;
using Wizer.TestSupport;

namespace Wizer.Engine.Tests.Components;

/// <summary>A component written as text, in a store of its own.</summary>
internal sealed class ComponentGuest : IDisposable
{
    internal Store Store { get; } = new();

    internal ComponentLinker Linker { get; } = new();

    internal static CompiledComponent Compile(string fields)
    {
        ComponentInfo component = ComponentReader.Parse(Wat.Compile($"(component {fields})"));
        return CompiledComponent.Compile(component, ComponentValidator.Validate(component));
    }

    internal ComponentInstance Instantiate(string fields) => Linker.Instantiate(Store, Compile(fields));

    public void Dispose() => Store.Dispose();
}
