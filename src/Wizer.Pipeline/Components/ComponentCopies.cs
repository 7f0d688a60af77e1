using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.Engine.Components;

namespace Wizer.Pipeline;

/// <summary>
/// Where in the new component each core instance has its module, which holds its state and no other's. The first instance of a module
/// has it where it is defined; each further one has a copy right before what instantiates it. An instance of a component is, in the
/// same way, one of the component as it is defined, or of a copy: what is nested in it is its own then.
/// </summary>
internal sealed class ComponentCopies
{
    private readonly CompiledComponent _compiled;
    private readonly ComponentPlan[] _plans;

    // Whether the module of a core instance is put in; the others replace one.
    private readonly bool[] _isAdded;

    /// <param name="compiled">The component.</param>
    /// <exception cref="WizerException">A component cannot be copied to where it is instantiated.</exception>
    internal ComponentCopies(CompiledComponent compiled)
    {
        _compiled = compiled;
        _plans = new ComponentPlan[compiled.States.Length];
        _isAdded = new bool[compiled.CoreInstances.Length];
        PlaceComponents();
        PlaceModules();
    }

    /// <summary>The new component.</summary>
    internal ComponentPlan Root => _plans[0];

    /// <summary>What an instance of a component is one of.</summary>
    internal ComponentPlan PlanOf(int state) => _plans[state];

    /// <summary>Gives a core instance its module.</summary>
    /// <param name="instance">The number of the core instance.</param>
    /// <param name="module">The module, in any number of pieces.</param>
    internal void Replace(int instance, IReadOnlyList<ReadOnlyMemory<byte>> module)
    {
        CoreInstanceOrigin origin = _compiled.CoreInstances[instance];
        if (_isAdded[instance])
        {
            _plans[origin.State].AddModule(origin.Definition, module);
        }
        else
        {
            _plans[origin.ModuleState].Replace(origin.Module, module);
        }
    }

    /// <summary>Gives a core instance the module that it had.</summary>
    internal void Keep(int instance)
    {
        if (_isAdded[instance])
        {
            Replace(instance, [_compiled.CoreInstances[instance].Module.Bytes]);
        }
    }

    private void PlaceComponents()
    {
        bool[] hasModules = FindThoseWithModules();
        List<IndexSite>? sites = null;
        _plans[0] = new ComponentPlan(_compiled.Component);
        for (int i = 1; i < _plans.Length; i++)
        {
            // What it is in, and around it, comes before it.
            StateOrigin origin = _compiled.States[i];
            ComponentPlan scope = _plans[origin.Outer];
            if (scope.FindNested(origin.Component) is not { } defined)
            {
                _plans[i] = scope.Nest(origin.Component);
            }
            else if (!hasModules[i])
            {
                // Nothing tells it apart from the others.
                _plans[i] = defined;
            }
            else
            {
                _plans[i] = _plans[origin.Parent].AddComponent(origin.Definition, origin.Component, scope);
                if (origin.Outer != origin.Parent)
                {
                    DemandReach(_plans[i], sites ??= FindSites());
                }
            }
        }
    }

    /// <summary>
    /// Which instances of components need a component of their own: there are core modules in them or in what they define.
    /// </summary>
    private bool[] FindThoseWithModules()
    {
        bool[] found = new bool[_plans.Length];
        foreach (CoreInstanceOrigin origin in _compiled.CoreInstances)
        {
            found[origin.State] = true;
            found[origin.ModuleState] = true;
        }

        for (int i = found.Length - 1; i > 0; i--)
        {
            if (found[i])
            {
                found[_compiled.States[i].Parent] = true;
                found[_compiled.States[i].Outer] = true;
            }
        }

        return found;
    }

    private void PlaceModules()
    {
        var taken = new Dictionary<ComponentPlan, HashSet<ModuleInfo>>();
        for (int i = 0; i < _isAdded.Length; i++)
        {
            CoreInstanceOrigin origin = _compiled.CoreInstances[i];
            ComponentPlan plan = _plans[origin.ModuleState];
            if (!taken.TryGetValue(plan, out HashSet<ModuleInfo>? modules))
            {
                modules = [];
                taken.Add(plan, modules);
            }

            _isAdded[i] = !modules.Add(origin.Module);
        }
    }

    private List<IndexSite> FindSites()
    {
        var sites = new List<IndexSite>();
        ComponentReader.Parse(_compiled.Component.Bytes, sites);
        return sites;
    }

    private static void DemandReach(ComponentPlan copy, List<IndexSite> sites)
    {
        if (!ComponentWriter.ReachesItsScope(copy, sites))
        {
            Throw.Unsupported(
                "a component is instantiated several times, far from where it is defined, and refers to definitions around it",
                "each of its instances needs a copy of it, and none of the copies would find these definitions; define them in the "
                + "component itself, or instantiate it where it is defined");
        }
    }
}
