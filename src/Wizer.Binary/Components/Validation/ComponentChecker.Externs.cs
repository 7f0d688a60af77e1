namespace Wizer.Binary.Components;

// Imports, exports, aliases and instances. Component Model, Binary Format: Import and Export Definitions; Alias Definitions;
// Instance Definitions.
internal sealed partial class ComponentChecker
{
    private void CheckImport(ImportDefinition import)
    {
        Entity entity = Fresh(Resolve(import.Type), Text(import.Name.Name), _scope.ImportedResources);
        AddExtern(import.Name, entity, isImport: true);
        AddEntity(entity);
    }

    private void CheckExport(ExportDeclaration export)
    {
        Entity entity = Fresh(Resolve(export.Type), Text(export.Name.Name), _scope.DefinedResources);
        AddExtern(export.Name, entity, isImport: false);
        AddEntity(entity);
    }

    private void CheckExport(ExportDefinition export)
    {
        Entity given = EntityAt(export.Sort, export.Index);
        Entity entity;
        if (export.Type is { } type)
        {
            Entity expected = Resolve(type);
            entity = Ascribe(given, expected);
        }
        else
        {
            entity = given.Sort == Sort.Type ? new Entity(Sort.Type, Rename(given.Type), given.Type) : given;
        }

        AddExtern(export.Name, entity, isImport: false);
        AddEntity(entity);
        if (entity.Sort == Sort.Value)
        {
            // What has been exported is not there to be used any more.
            _scope.UsedValues[^1] = true;
        }
    }

    /// <summary>What an export is seen as when a type is written with it.</summary>
    private Entity Ascribe(Entity given, Entity expected)
    {
        const string Mismatch = "ascribed type of export is not compatible with item's type";
        if (given.Sort != expected.Sort)
        {
            Invalid($"{Mismatch}: expected {expected.Description}, found {given.Description}");
        }

        // Resources that the written type binds are those of what is exported: the export has no others.
        var substitution = new Substitution(_factory, _offset);
        if (expected.Sort == Sort.Type)
        {
            if (expected.Original is null && expected.Type is ResolvedResourceType)
            {
                // Some resource: from outside it cannot be told which.
                if (given.Type is not ResolvedResourceType)
                {
                    Invalid($"{Mismatch}: expected resource, found {given.Type.Description}");
                }

                Resource opaque = _factory.NewResource();
                _scope.DefinedResources.Add(new BoundResource(opaque, []));
                return new Entity(Sort.Type, new ResolvedResourceType(opaque));
            }
        }
        else if (expected.Type is ResolvedInstanceType instance)
        {
            Matching.Bind(substitution, instance.DefinedResources, ((ResolvedInstanceType)given.Type).Exports, instance.Exports);
            EntityMap exports = substitution.Apply(instance.Exports, out _);
            expected = expected with { Type = TypeFactory.InstanceType(exports, [], _offset) };
        }

        if (new Matching(_factory, _coreTypes, _offset).Compare(given, expected) is string wrong)
        {
            Invalid($"{Mismatch}: {wrong}");
        }

        return expected;
    }

    /// <summary>The type of an import or export, as it is written.</summary>
    private Entity Resolve(ExternType type)
    {
        switch (type.Sort)
        {
            case Sort.CoreModule:
                return new Entity(type.Sort, ModuleTypeAt(type.Index));
            case Sort.Func:
                return new Entity(type.Sort, FuncTypeAt(type.Index));
            case Sort.Value:
                return new Entity(
                    type.Sort,
                    type.Bound == ExternBound.Eq ? ItemAt(_scope.Values, type.Index, "value", "value") : ValTypeAt(type.ValueType));
            case Sort.Type when type.Bound == ExternBound.SubResource:
                return new Entity(type.Sort, new ResolvedResourceType(_factory.NewResource()));
            case Sort.Type:
                ResolvedType original = TypeAt(type.Index);
                return new Entity(type.Sort, Rename(original), original);
            case Sort.Component:
                if (TypeAt(type.Index) is not ResolvedComponentType component)
                {
                    Invalid($"type index {type.Index} is not a component type");
                    return default;
                }

                return new Entity(type.Sort, component);
            default:
                if (TypeAt(type.Index) is not ResolvedInstanceType instance)
                {
                    Invalid($"type index {type.Index} is not an instance type");
                    return default;
                }

                return new Entity(type.Sort, instance);
        }
    }

    // Value and resource types have another identity under each name; it is of no interest for the others.
    private static ResolvedType Rename(ResolvedType type) => type switch
    {
        ResolvedValType value => value.Rename(),
        ResolvedResourceType resource => new ResolvedResourceType(resource.Resource),
        _ => type,
    };

    /// <summary>
    /// What is declared is something of its own: the resources that its type leaves open are others than those of anything else.
    /// </summary>
    /// <param name="entity">What is declared.</param>
    /// <param name="name">Its name.</param>
    /// <param name="bound">Where new resources are noted.</param>
    private Entity Fresh(Entity entity, string name, List<BoundResource> bound)
    {
        if (entity is { Sort: Sort.Type, Original: null, Type: ResolvedResourceType resource })
        {
            bound.Add(new BoundResource(resource.Resource, [name]));
        }
        else if (entity is { Sort: Sort.Instance, Type: ResolvedInstanceType { DefinedResources.Length: > 0 } instance })
        {
            var substitution = new Substitution(_factory, _offset);
            foreach (BoundResource defined in instance.DefinedResources)
            {
                Resource fresh = _factory.NewResource();
                substitution.Add(defined.Resource, fresh);
                bound.Add(new BoundResource(fresh, [name, .. defined.Path]));
            }

            EntityMap exports = substitution.Apply(instance.Exports, out _);
            return entity with { Type = TypeFactory.InstanceType(exports, [], _offset) };
        }

        return entity;
    }

    private void AddExtern(ExternName name, Entity entity, bool isImport)
    {
        EntityMap map = isImport ? _scope.Imports : _scope.Exports;
        int most = isImport ? ComponentLimits.MaxImports : ComponentLimits.MaxExports;
        string what = isImport ? "import" : "export";
        if (map.Count >= most)
        {
            Invalid($"too many {what}s: at most {most} are supported");
        }

        _scope.TypeSize = TypeFactory.CheckSize((long)_scope.TypeSize + entity.Type.Size, _offset);
        ParsedName parsed = CheckName(
            name, entity, what, isImport ? _scope.ImportNames : _scope.ExportNames,
            isImport ? _scope.ImportedResourceNames : _scope.ExportedResourceNames);
        if (_scope.Kind != ScopeKind.InstanceType && !AreNamed(entity, isImport))
        {
            Invalid($"{entity.Description} not valid to be used as {what}");
        }

        map.TryAdd(parsed.Text, entity);
    }

    /// <summary>
    /// Whether all types that an import or export is made of have names by then, and notes the names that it gives itself.
    /// Component Model, Explainer: External Visibility of Types.
    /// </summary>
    private bool AreNamed(Entity entity, bool isImport)
    {
        NamedTypes named = isImport ? _scope.ImportedTypes : _scope.ExportedTypes;
        switch (entity.Sort)
        {
            case Sort.Type:
                bool isNamed = (entity.Original ?? entity.Type) switch
                {
                    ResolvedValType value => named.HasElements(value),
                    ResolvedFuncType func => named.Has(func),
                    ResolvedInstanceType instance => named.Has(instance),
                    _ => true,
                };
                if (isNamed)
                {
                    _scope.ExportedTypes.Add(entity.Type);
                    if (isImport)
                    {
                        _scope.ImportedTypes.Add(entity.Type);
                    }
                }

                return isNamed;
            case Sort.Func:
                return named.Has((ResolvedFuncType)entity.Type);
            case Sort.Value:
                return named.Has((ResolvedValType)entity.Type);
            case Sort.Instance:
                EntityMap exports = ((ResolvedInstanceType)entity.Type).Exports;
                _factory.Work(exports.Count, _offset);
                foreach ((_, Entity export) in exports.InOrder)
                {
                    if (!AreNamed(export, isImport))
                    {
                        return false;
                    }
                }

                return true;
            default:
                return true;
        }
    }

    /// <summary>Checks the name of an import or export. Component Model, Explainer: Import and Export Definitions.</summary>
    private ParsedName CheckName(ExternName name, Entity entity, string what, UniqueNames names, ResourceNames resources)
    {
        CheckAttributes(name);
        string text = Text(name.Name);
        string? suffix = name.VersionSuffix is { } range ? Text(range) : null;
        if (Names.Parse(text, suffix, out ParsedName parsed) is string wrong)
        {
            Invalid($"{what} name `{text}` is not a valid extern name: {wrong}");
        }

        if (what != "import" && parsed.Kind is NameKind.Dependency or NameKind.Url or NameKind.Hash)
        {
            Invalid($"{what} name `{text}` is not a valid extern name: only imports can have it");
        }

        if (suffix is not null && parsed.Kind != NameKind.Interface)
        {
            Invalid($"name `{text}` is not valid with `versionsuffix`");
        }

        if (name.Implements is { } implements)
        {
            CheckImplements(parsed, Text(implements), entity);
        }

        if (entity is { Sort: Sort.Type, Type: ResolvedResourceType resource } && parsed.Kind == NameKind.Label)
        {
            resources.Add(resource, text);
        }

        if (parsed.Kind is NameKind.Constructor or NameKind.Method or NameKind.Static
            && CheckAnnotation(parsed, entity, resources) is string mismatch)
        {
            Invalid($"{what} name `{text}` is not valid: {mismatch}");
        }

        if (!names.Add(parsed.UniqueKey, text, out string? previous))
        {
            Invalid($"{what} name `{text}` conflicts with previous name `{previous}`");
        }

        return parsed;
    }

    private void CheckAttributes(ExternName name)
    {
        int seen = 0;
        foreach (NameAttribute attribute in name.Attributes)
        {
            int bit = 1 << (int)attribute.Kind;
            if ((seen & bit) != 0)
            {
                string kind = attribute.Kind switch
                {
                    NameAttributeKind.Implements => "implements",
                    NameAttributeKind.VersionSuffix => "versionsuffix",
                    _ => "external-id",
                };
                Invalid($"duplicate '{kind}' option in name");
            }

            seen |= bit;
        }
    }

    private void CheckImplements(ParsedName name, string implements, Entity entity)
    {
        if (entity.Sort != Sort.Instance)
        {
            Invalid("only instances can have an `implements`");
        }

        if (name.Kind != NameKind.Label)
        {
            Invalid($"name `{name.Text}` is not valid with `implements`");
        }

        if (Names.Parse(implements, null, out ParsedName parsed) is string wrong)
        {
            Invalid($"`implements` value `{implements}` is not a valid name: {wrong}");
        }

        if (parsed.Kind != NameKind.Interface)
        {
            Invalid($"`implements` value `{implements}` must be an interface");
        }
    }

    private static string? CheckAnnotation(ParsedName name, Entity entity, ResourceNames resources)
    {
        if (entity.Type is not ResolvedFuncType func || entity.Sort != Sort.Func)
        {
            return "item is not a func";
        }

        switch (name.Kind)
        {
            case NameKind.Constructor:
                if (func.Result is null)
                {
                    return "function should return one value";
                }

                ResolvedValType? made = func.Result.Kind == ValTypeKind.Result ? func.Result.Elements[0] : func.Result;
                return made is { Kind: ValTypeKind.Own }
                    ? CheckResource(name, made.Resource!, resources)
                    : "function should return `(own $T)` or `(result (own $T))`";
            case NameKind.Method:
                if (func.Parameters.Length == 0)
                {
                    return "function should have at least one argument";
                }

                if (func.Labels[0] != "self")
                {
                    return "function should have a first argument called `self`";
                }

                return func.Parameters[0].Kind == ValTypeKind.Borrow
                    ? CheckResource(name, func.Parameters[0].Resource!, resources)
                    : "function should take a first argument of `(borrow $T)`";
            default:
                return resources.Has(name.Resource) ? null : "static resource name is not known in this context";
        }
    }

    private static string? CheckResource(ParsedName name, ResolvedResourceType resource, ResourceNames resources)
    {
        if (!resources.TryGetName(resource, out string? actual))
        {
            return "resource used in function does not have a name in this context";
        }

        return actual == name.Resource ? null : $"function does not match expected resource name `{actual}`";
    }

    private void CheckAlias(AliasDefinition alias)
    {
        if (_scope.Kind != ScopeKind.Component)
        {
            bool isAllowed = alias switch
            {
                ExportAlias => alias.Sort is Sort.Type or Sort.Instance,
                OuterAlias => alias.Sort is Sort.Type or Sort.CoreType,
                _ => false,
            };
            if (!isAllowed)
            {
                Invalid("aliases in component and instance types may only refer to types or instances");
            }
        }

        switch (alias)
        {
            case CoreExportAlias core:
                CheckCoreExportAlias(core);
                break;
            case ExportAlias export:
                CheckExportAlias(export);
                break;
            case OuterAlias outer:
                CheckOuterAlias(outer);
                break;
        }
    }

    private void CheckExportAlias(ExportAlias alias)
    {
        ResolvedInstanceType instance = InstanceAt(alias.InstanceIndex);
        string name = Text(alias.Name);
        if (!instance.Exports.TryGet(name, out Entity? export))
        {
            Invalid($"instance {alias.InstanceIndex} has no export named `{name}`");
        }

        if (export.Sort != alias.Sort)
        {
            Invalid($"export `{name}` for instance {alias.InstanceIndex} is not a {Sorts.NameOf(alias.Sort)}");
        }

        AddEntity(export);
    }

    private void CheckOuterAlias(OuterAlias alias)
    {
        Scope outer = ScopeAt(alias.Count, alias.Count);
        switch (alias.Sort)
        {
            case Sort.CoreType:
                Add(
                    _scope.CoreTypes, ItemAt(outer.CoreTypes, alias.Index, "core type", "type"), TypeCount, ComponentLimits.MaxTypes,
                    "types");
                break;
            case Sort.CoreModule:
                AddModule(ItemAt(outer.CoreModules, alias.Index, "module", "module"));
                break;
            case Sort.Component:
                AddComponent(ItemAt(outer.Components, alias.Index, "component", "component"));
                break;
            default:
                ResolvedType type = ItemAt(outer.Types, alias.Index, "type", "type");
                if (CrossesComponent(alias.Count) && new FreeResources(_factory, _offset).AreIn(type))
                {
                    Invalid("cannot alias outer type which transitively refers to resources not defined in the current component");
                }

                AddType(type);
                break;
        }
    }

    private bool CrossesComponent(uint count)
    {
        Scope scope = _scope;
        for (uint i = 0; i < count; i++)
        {
            if (scope.Kind == ScopeKind.Component)
            {
                return true;
            }

            scope = scope.Parent!;
        }

        return false;
    }

    private Scope ScopeAt(uint count, uint written)
    {
        Scope? scope = _scope;
        for (uint i = 0; i < count && scope is not null; i++)
        {
            scope = scope.Parent;
        }

        if (scope is null)
        {
            Invalid($"invalid outer alias count of {written}");
        }

        return scope;
    }

    private ResolvedInstanceType Instantiate(Instantiation instantiation)
    {
        ResolvedComponentType component = ComponentAt(instantiation.ComponentIndex);
        var arguments = new EntityMap();
        foreach (InstantiateArg argument in instantiation.Arguments)
        {
            _offset = argument.Offset;
            string name = Text(argument.Name);
            if (!arguments.TryAdd(name, EntityAt(argument.Sort, argument.Index)))
            {
                Invalid($"instantiation argument `{name}` conflicts with previous argument `{name}`");
            }
        }

        _offset = instantiation.Offset;
        var substitution = new Substitution(_factory, _offset);
        Matching.Bind(substitution, component.ImportedResources, arguments, component.Imports);
        var matching = new Matching(_factory, _coreTypes, _offset);
        foreach ((string name, Entity import) in component.Imports.InOrder)
        {
            if (!arguments.TryGet(name, out Entity? given))
            {
                Invalid($"missing import named `{name}`");
            }

            string? wrong = import is { Sort: Sort.Type, Type: ResolvedResourceType } && given.Sort == Sort.Type
                && given.Type is not ResolvedResourceType
                ? $"expected resource, found {(given.Type is ResolvedValType ? "defined type" : given.Type.Description)}"
                : matching.Compare(given, substitution.Apply(import));
            if (wrong is not null)
            {
                Invalid($"type mismatch for import `{name}`: {wrong}");
            }
        }

        return InstanceOf(component, arguments);
    }

    /// <summary>The type of a new instance, whose own resources are no other instance's.</summary>
    private ResolvedInstanceType InstanceOf(ResolvedComponentType component, EntityMap arguments)
    {
        var substitution = new Substitution(_factory, _offset);
        Matching.Bind(substitution, component.ImportedResources, arguments, component.Imports);
        Matching.AddTypes(substitution, arguments, component.Imports);
        foreach (BoundResource defined in component.DefinedResources)
        {
            Resource fresh = _factory.NewResource();
            substitution.Add(defined.Resource, fresh);
            _scope.DefinedResources.Add(new BoundResource(fresh, []));
        }

        EntityMap exports = substitution.Apply(component.Exports, out _);
        return TypeFactory.InstanceType(exports, [], _offset);
    }

    private ResolvedInstanceType MakeInstance(InlineExports definition)
    {
        var exports = new EntityMap();
        var names = new UniqueNames();
        var resources = new ResourceNames();
        foreach (InlineExport export in definition.Exports)
        {
            _offset = export.Offset;
            Entity entity = EntityAt(export.Sort, export.Index);
            Entity named = entity;
            if (entity.Sort == Sort.Type)
            {
                // Functions beside it do not know the type by the name that it has here.
                entity = entity with { Original = entity.Type };
                named = named with { Type = Rename(entity.Type) };
            }

            ParsedName name = CheckName(export.Name, named, "export", names, resources);
            exports.TryAdd(name.Text, entity);
        }

        _offset = definition.Offset;
        return TypeFactory.InstanceType(exports, [], _offset);
    }
}
