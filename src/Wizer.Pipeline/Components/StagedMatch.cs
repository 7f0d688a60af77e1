using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.Engine.Components;

namespace Wizer.Pipeline;

/// <summary>
/// What in two components is the same, so that one can get the state of the other: core instances of equal modules, of which the first
/// is the first, and so on, the instances of components that they are in, and the resource types that they make resources of. The
/// component that gets the state may have others beside them, which provide what the first one imports.
/// </summary>
internal sealed class StagedMatch
{
    private const int Nobody = -1;

    private readonly CompiledComponent _source;
    private readonly CompiledComponent _target;
    private readonly Func<int, Place> _placeOf;

    // For each of the source, the number of the target's.
    private readonly int[] _instances;
    private readonly int[] _states;
    private readonly int[] _resources;

    /// <param name="source">The component that is initialized.</param>
    /// <param name="target">The one that gets its state.</param>
    /// <param name="placeOf">What messages call a core instance of the source.</param>
    /// <exception cref="WizerException">They differ in more than in what provides imports.</exception>
    internal StagedMatch(CompiledComponent source, CompiledComponent target, Func<int, Place> placeOf)
    {
        _source = source;
        _target = target;
        _placeOf = placeOf;
        _instances = MatchNone(source.CoreInstances.Length);
        _states = MatchNone(source.States.Length);
        _resources = MatchNone(source.Resources.Length);
        for (int i = 0; i < _instances.Length; i++)
        {
            if (!Match(_instances, i, FindModule(source.CoreInstances[i].Module)))
            {
                Throw.NotStaged(placeOf(i).ToString(), "has no such module");
            }

            if (!Match(_states, source.CoreInstances[i].State, target.CoreInstances[_instances[i]].State))
            {
                Throw.NotStaged(placeOf(i).ToString(), "has it together with others in an instance of a component");
            }
        }

        MatchImports();
    }

    /// <summary>The number of the target's core instance.</summary>
    internal int InstanceOf(int instance) => _instances[instance];

    /// <summary>The number of the target's component instance, for one that has core instances.</summary>
    internal int StateOf(int state) => _states[state];

    /// <summary>The index of the target's resource type.</summary>
    /// <param name="state">The number of the component instance that defines the source's.</param>
    /// <param name="typeIndex">The type's index there.</param>
    /// <exception cref="WizerException">It has none.</exception>
    internal uint ResourceTypeOf(int state, uint typeIndex)
    {
        int slot = _resources[OwnResource(_source, state, typeIndex)];
        if (slot == Nobody)
        {
            // Whoever calls them is not a core module.
            Throw.NotStaged(
                new Place(null, "type", typeIndex).ToString(), "may have another type of resources there, of which some are open");
        }

        return _target.Resources[slot].TypeIndex;
    }

    private static int[] MatchNone(int count)
    {
        int[] matches = new int[count];
        Array.Fill(matches, Nobody);
        return matches;
    }

    // One is that of one only.
    private static bool Match(int[] matches, int source, int target)
    {
        if (matches[source] == Nobody && target != Nobody && Array.IndexOf(matches, target) < 0)
        {
            matches[source] = target;
        }

        return matches[source] == target && target != Nobody;
    }

    private int FindModule(ModuleInfo module)
    {
        ReadOnlySpan<byte> bytes = module.Bytes.Span;
        for (int i = 0; i < _target.CoreInstances.Length; i++)
        {
            if (Array.IndexOf(_instances, i) < 0 && _target.CoreInstances[i].Module.Bytes.Span.SequenceEqual(bytes))
            {
                return i;
            }
        }

        return Nobody;
    }

    private void MatchImports()
    {
        InstantiateModule[] sources = [.. _source.Initializers.OfType<InstantiateModule>()];
        InstantiateModule[] targets = [.. _target.Initializers.OfType<InstantiateModule>()];
        for (int i = 0; i < sources.Length; i++)
        {
            CoreItem[] imports = sources[i].Imports;
            for (int k = 0; k < imports.Length; k++)
            {
                if (!IsSame(imports[k], targets[_instances[i]].Imports[k]))
                {
                    Throw.NotStaged(new Place(_placeOf(i), "import", (ulong)k).ToString(), "provides something else there");
                }
            }
        }
    }

    // What core modules have of each other is the same. What canonical definitions make of the component's imports may be anything.
    private bool IsSame(CoreItem source, CoreItem target)
    {
        if (source.InstanceSlot >= 0)
        {
            return target.InstanceSlot == _instances[source.InstanceSlot] && target.Name == source.Name;
        }

        CanonDefinition canon = DefinitionOf(_source, source.FunctionSlot, out int state);
        bool isOfResource = canon.Kind is CanonKind.ResourceNew or CanonKind.ResourceRep or CanonKind.ResourceDrop;
        int resource = isOfResource ? OwnResource(_source, state, canon.TypeIndex) : Nobody;
        if (canon.Kind == CanonKind.Lower || (isOfResource && resource == Nobody))
        {
            return true;
        }

        if (target.InstanceSlot >= 0)
        {
            return false;
        }

        CanonDefinition other = DefinitionOf(_target, target.FunctionSlot, out int otherState);
        return other.Kind == canon.Kind
            && (!isOfResource || Match(_resources, resource, OwnResource(_target, otherState, other.TypeIndex)));
    }

    private static CanonDefinition DefinitionOf(CompiledComponent component, int function, out int state)
    {
        CoreFunctionOrigin origin = component.CoreFunctions[function];
        state = origin.State;
        return (CanonDefinition)component.States[state].Component.DefinitionOf(Sort.CoreFunc, origin.Index);
    }

    // A type may have several indices: that of its definition, and those of its exports.
    private static int OwnResource(CompiledComponent component, int state, uint typeIndex)
    {
        Scope scope = component.Validation.ScopeOf(component.States[state].Component);
        Resource resource = ((ResolvedResourceType)scope.Types[(int)typeIndex]).Resource;
        return Array.FindIndex(
            component.Resources,
            origin => origin.State == state && ((ResolvedResourceType)scope.Types[(int)origin.TypeIndex]).Resource == resource);
    }
}
