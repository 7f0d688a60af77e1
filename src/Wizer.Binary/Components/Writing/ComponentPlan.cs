namespace Wizer.Binary.Components;

/// <summary>
/// How a component is written: what comes into the place of its core modules and of the components nested in it, which copies of others
/// come before what instantiates them, and which of its exports go.
/// </summary>
internal sealed class ComponentPlan
{
    private readonly Dictionary<ModuleInfo, IReadOnlyList<ReadOnlyMemory<byte>>> _modules = [];
    private readonly Dictionary<ComponentInfo, ComponentPlan> _nested = [];

    // By the index of the definition that they come before and that instantiates them, instead of what it names.
    private readonly AddedParts<IReadOnlyList<ReadOnlyMemory<byte>>> _addedModules = new();
    private readonly AddedParts<ComponentPlan> _addedComponents = new();
    private readonly HashSet<ExportDefinition> _removed = new(ReferenceEqualityComparer.Instance);
    private readonly List<AppendedSection> _appended = [];
    private readonly uint[]?[] _maps = new uint[Sorts.Count][];

    /// <param name="component">The outermost component of a file.</param>
    internal ComponentPlan(ComponentInfo component) => Component = component;

    private ComponentPlan(ComponentInfo component, ComponentPlan outer, ComponentPlan scope)
    {
        Component = component;
        Outer = outer;
        Scope = scope;
        Depth = scope.Depth + 1;
    }

    /// <summary>What is written.</summary>
    internal ComponentInfo Component { get; }

    /// <summary>What it is written into; null for the outermost.</summary>
    internal ComponentPlan? Outer { get; }

    /// <summary>What its outer aliases mean: that into which it is written, but for copies that are written elsewhere.</summary>
    internal ComponentPlan? Scope { get; }

    /// <summary>How many components enclose it in the file that it is from.</summary>
    internal int Depth { get; }

    /// <summary>Whether indices are other ones than before, here or in what is nested in it.</summary>
    internal bool Moves { get; private set; }

    /// <summary>Whether indices of its own are.</summary>
    internal bool MovesOwn => _removed.Count != 0 || _addedModules.Count != 0 || _addedComponents.Count != 0;

    /// <summary>The sections that come behind all others.</summary>
    internal IReadOnlyList<AppendedSection> Appended => _appended;

    /// <summary>Puts other bytes, in any number of pieces, in the place of one of its core modules.</summary>
    internal void Replace(ModuleInfo module, params IReadOnlyList<ReadOnlyMemory<byte>> by) => _modules[module] = by;

    /// <summary>What is in the place of a core module, or null.</summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>>? FindModule(ModuleInfo module) => _modules.GetValueOrDefault(module);

    /// <summary>The plan of a component that is nested in this one, and stays where it is.</summary>
    internal ComponentPlan Nest(ComponentInfo nested)
    {
        if (!_nested.TryGetValue(nested, out ComponentPlan? plan))
        {
            plan = new ComponentPlan(nested, this, this);
            _nested.Add(nested, plan);
        }

        return plan;
    }

    /// <summary>The same, or null where there is no plan yet.</summary>
    internal ComponentPlan? FindNested(ComponentInfo nested) => _nested.GetValueOrDefault(nested);

    /// <summary>Puts a core module before a core instantiation, which is one of it then.</summary>
    /// <param name="definition">The index of the instantiation among the component's definitions.</param>
    /// <param name="module">The module, in any number of pieces.</param>
    internal void AddModule(int definition, IReadOnlyList<ReadOnlyMemory<byte>> module)
    {
        _addedModules.Add(definition, module);
        NoteMove();
    }

    /// <summary>The module before a definition, or null.</summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>>? FindAddedModule(int definition) => _addedModules.Find(definition);

    /// <summary>Puts a copy of a component before an instantiation, which is one of it then.</summary>
    /// <param name="definition">The index of the instantiation among the component's definitions.</param>
    /// <param name="copied">What it is a copy of.</param>
    /// <param name="scope">What its outer aliases mean.</param>
    internal ComponentPlan AddComponent(int definition, ComponentInfo copied, ComponentPlan scope)
    {
        var plan = new ComponentPlan(copied, this, scope);
        _addedComponents.Add(definition, plan);
        NoteMove();
        return plan;
    }

    /// <summary>The copy before a definition, or null.</summary>
    internal ComponentPlan? FindAddedComponent(int definition) => _addedComponents.Find(definition);

    /// <summary>Leaves out an export. What refers to it refers to what was exported instead.</summary>
    internal void Remove(ExportDefinition export)
    {
        _removed.Add(export);
        NoteMove();
    }

    /// <summary>Whether a definition is an export that goes.</summary>
    internal bool IsRemoved(Definition definition) =>
        _removed.Count != 0 && definition is ExportDefinition export && _removed.Contains(export);

    /// <summary>Puts a section behind all others.</summary>
    internal void Append(ComponentSectionId id, params IReadOnlyList<ReadOnlyMemory<byte>> contents) =>
        _appended.Add(new AppendedSection(id, contents));

    /// <summary>How many components out another one is that this one is written into, or into whose copy; -1 for none of these.</summary>
    internal int DistanceTo(ComponentPlan other)
    {
        int distance = 0;
        for (ComponentPlan? plan = this; plan is not null; plan = plan.Outer, distance++)
        {
            if (plan == other)
            {
                return distance;
            }
        }

        return -1;
    }

    /// <summary>What a definition of an index space of this component, or of one around it, belongs to.</summary>
    /// <param name="depth">How many components enclose that one in the file.</param>
    internal ComponentPlan ScopeAt(int depth)
    {
        ComponentPlan plan = this;
        for (int i = Depth; i > depth; i--)
        {
            plan = plan.Scope!;
        }

        return plan;
    }

    /// <summary>Where an index goes.</summary>
    internal uint Map(Sort sort, uint index)
    {
        bool isMoved = _removed.Count != 0
            || (sort == Sort.CoreModule && _addedModules.Count != 0)
            || (sort == Sort.Component && _addedComponents.Count != 0);

        // What is invalid stays so.
        return isMoved && index < (uint)Component.SpaceOf(sort).Length ? (_maps[(int)sort] ??= MakeMap(sort))[index] : index;
    }

    /// <summary>The index of what comes before a definition.</summary>
    internal uint IndexOfAdded(Sort sort, int definition)
    {
        uint index = CountAdded(sort, definition);
        foreach (int own in Component.SpaceOf(sort))
        {
            if (own >= definition)
            {
                break;
            }

            index += IsRemoved(Component.Definitions[own]) ? 0u : 1;
        }

        return index;
    }

    /// <summary>How many there are of a sort.</summary>
    internal uint CountOf(Sort sort) => IndexOfAdded(sort, int.MaxValue);

    private uint[] MakeMap(Sort sort)
    {
        ReadOnlySpan<int> space = Component.SpaceOf(sort);
        uint[] map = new uint[space.Length];
        uint next = 0;
        for (int index = 0; index < map.Length; index++)
        {
            // An export is of something before it, so that is where it goes, or went, itself.
            Definition definition = Component.Definitions[space[index]];
            map[index] = IsRemoved(definition)
                ? map[((ExportDefinition)definition).Index]
                : next++ + CountAdded(sort, space[index]);
        }

        return map;
    }

    private uint CountAdded(Sort sort, int definition) => sort switch
    {
        Sort.CoreModule => _addedModules.CountBefore(definition),
        Sort.Component => _addedComponents.CountBefore(definition),
        _ => 0,
    };

    private void NoteMove()
    {
        Array.Clear(_maps);
        for (ComponentPlan? plan = this; plan is not null; plan = plan.Outer)
        {
            plan.Moves = true;
        }
    }

    /// <summary>What comes before definitions, at most one part before each.</summary>
    private sealed class AddedParts<T>
        where T : class
    {
        private readonly Dictionary<int, T> _parts = [];
        private readonly List<int> _definitions = [];

        internal int Count => _definitions.Count;

        internal T? Find(int definition) => _parts.TryGetValue(definition, out T? part) ? part : null;

        internal void Add(int definition, T part)
        {
            _parts.Add(definition, part);
            _definitions.Insert((int)CountBefore(definition), definition);
        }

        internal uint CountBefore(int definition)
        {
            int at = _definitions.BinarySearch(definition);
            return (uint)(at < 0 ? ~at : at);
        }
    }
}

/// <summary>A section that comes behind all others, in any number of pieces.</summary>
internal sealed record AppendedSection(ComponentSectionId Id, IReadOnlyList<ReadOnlyMemory<byte>> Contents);
