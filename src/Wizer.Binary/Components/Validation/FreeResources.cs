namespace Wizer.Binary.Components;

/// <summary>
/// Looks for resources in a type that it does not bind itself: they belong to the component that the type stands in, and cannot be
/// seen from others. Component Model, Binary Format: Alias Definitions.
/// </summary>
internal sealed class FreeResources(TypeFactory factory, long offset)
{
    private readonly HashSet<Resource> _bound = [];
    private readonly HashSet<ResolvedType> _seen = [];

    /// <summary>Whether there is one.</summary>
    internal bool AreIn(ResolvedType? type)
    {
        if (type is null || !type.HasResources || !_seen.Add(type))
        {
            return false;
        }

        factory.Work(1, offset);
        switch (type)
        {
            case ResolvedResourceType resource:
                return !_bound.Contains(resource.Resource);
            case ResolvedValType value:
                return AreIn((ResolvedType?)value.Resource) || AreInAny(value.Elements);
            case ResolvedFuncType func:
                return AreInAny(func.Parameters) || AreIn(func.Result);
            case ResolvedInstanceType instance:
                Bind(instance.DefinedResources);
                return AreIn(instance.Exports);
            case ResolvedComponentType component:
                Bind(component.ImportedResources);
                Bind(component.DefinedResources);
                return AreIn(component.Imports) || AreIn(component.Exports);
            default:
                return false;
        }
    }

    // A resource is bound by one type only, so it does not matter that it stays bound behind it.
    private void Bind(BoundResource[] resources)
    {
        factory.Work(resources.Length, offset);
        foreach (BoundResource bound in resources)
        {
            _bound.Add(bound.Resource);
        }
    }

    private bool AreInAny(ResolvedValType?[] types)
    {
        factory.Work(types.Length, offset);
        foreach (ResolvedValType? type in types)
        {
            if (AreIn(type))
            {
                return true;
            }
        }

        return false;
    }

    private bool AreIn(EntityMap entities)
    {
        factory.Work(entities.Count, offset);
        foreach ((_, Entity entity) in entities.InOrder)
        {
            if (AreIn(entity.Type))
            {
                return true;
            }
        }

        return false;
    }
}
