namespace Wizer.Binary.Components;

// Core types, modules and instances. Component Model, Binary Format: Instance Definitions; Type Definitions.
internal sealed partial class ComponentChecker
{
    /// <summary>The type of a module that is there, and has been found valid.</summary>
    private ResolvedModuleType TypeOf(ModuleInfo module)
    {
        var ids = new ModuleTypes(_coreTypes, module, _offset);
        var imports = new List<CoreImport>(module.Imports.Length);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (ImportInfo import in module.Imports)
        {
            string first = module.NameAt(import.Module);
            string second = module.NameAt(import.Name);
            if (!names.Add(ResolvedModuleType.ImportKey(first, second)))
            {
                Throw.Invalid($"duplicate import name `{first}:{second}` already defined", import.Offset + _offset);
            }

            imports.Add(new CoreImport(first, second, EntityOf(module, import.Kind, import.Index, ids)));
        }

        var exports = new Dictionary<string, CoreEntity>(module.Exports.Length, StringComparer.Ordinal);
        foreach (ExportInfo export in module.Exports)
        {
            exports.Add(module.NameAt(export.Name), EntityOf(module, export.Kind, export.Index, ids));
        }

        return new ResolvedModuleType
        {
            Imports = imports,
            Exports = exports,
            Size = TypeFactory.CheckSize(1L + imports.Count + exports.Count, _offset),
        };
    }

    private static CoreEntity EntityOf(ModuleInfo module, ExternKind kind, uint index, ModuleTypes ids)
    {
        switch (kind)
        {
            case ExternKind.Func:
                return new CoreEntity(kind, ids.IdOf(module.FuncTypeIndices[index]));
            case ExternKind.Tag:
                return new CoreEntity(kind, ids.IdOf(module.Tags[index].TypeIndex));
            case ExternKind.Table:
                TableType table = module.Tables[index].Type;
                return new CoreEntity(kind, Table: table with { Element = CoreTypeStore.Translate(table.Element, ids.IdOf) });
            case ExternKind.Memory:
                return new CoreEntity(kind, Memory: module.Memories[index].Type);
            default:
                GlobalType global = module.Globals[index].Type;
                return new CoreEntity(kind, Global: global with { Value = CoreTypeStore.Translate(global.Value, ids.IdOf) });
        }
    }

    private void CheckCoreType(CoreTypeDefinition definition)
    {
        switch (definition.Type)
        {
            case CoreRecType group:
                AddGroup(group, _scope.CoreTypes);
                break;
            case CoreModuleType module:
                Add(
                    _scope.CoreTypes, new CoreTypeEntry(-1, Resolve(module)), TypeCount, ComponentLimits.MaxTypes, "types");
                break;
        }
    }

    // Adds a recursion group to an index space of a component or module type.
    private void AddGroup(CoreRecType group, List<CoreTypeEntry> space)
    {
        int groupStart = space.Count;
        int known = groupStart + group.Types.Length;
        if (known > ComponentLimits.MaxTypes)
        {
            Invalid($"too many types: at most {ComponentLimits.MaxTypes} are supported");
        }

        foreach (SubType type in group.Types)
        {
            CheckReferences(type, space, known);
        }

        int start = _coreTypes.Intern(group.Types, groupStart, index => space[(int)index].TypeId, _offset);
        _coreTypes.CheckSupertypes(start, group.Types.Length, _offset);
        for (int i = 0; i < group.Types.Length; i++)
        {
            space.Add(new CoreTypeEntry(start + i, null));
        }
    }

    private void CheckReferences(SubType type, List<CoreTypeEntry> space, int known)
    {
        if (type.SupertypeCount > 1)
        {
            Invalid("multiple supertypes: at most one is allowed");
        }

        if (type.SupertypeCount == 1)
        {
            CheckReference((uint)type.Supertype, space, known);
        }

        switch (type.Composite)
        {
            case FuncType func:
                CheckReferences(func.Parameters, space, known);
                CheckReferences(func.Results, space, known);
                break;
            case StructType @struct:
                foreach (FieldType field in @struct.Fields)
                {
                    CheckReferences([field.Storage], space, known);
                }

                break;
            case ArrayType array:
                CheckReferences([array.Element.Storage], space, known);
                break;
        }
    }

    private void CheckReferences(ReadOnlySpan<ValType> types, List<CoreTypeEntry> space, int known)
    {
        foreach (ValType type in types)
        {
            if (type.IsRef && type.HeapType.IsConcrete)
            {
                CheckReference(type.HeapType.TypeIndex, space, known);
            }
        }
    }

    private void CheckReference(uint index, List<CoreTypeEntry> space, int known)
    {
        if (index >= (uint)known)
        {
            Invalid($"unknown type {index}: type index out of bounds");
        }

        if (index < (uint)space.Count && space[(int)index].Module is not null)
        {
            Invalid($"core type index {index} is a module type");
        }
    }

    private ResolvedModuleType Resolve(CoreModuleType type)
    {
        var space = new List<CoreTypeEntry>();
        var imports = new List<CoreImport>();
        var importNames = new HashSet<string>(StringComparer.Ordinal);
        var exports = new Dictionary<string, CoreEntity>(StringComparer.Ordinal);
        foreach (Definition declaration in type.Declarations)
        {
            _offset = declaration.Offset;
            switch (declaration)
            {
                case CoreTypeDefinition { Type: CoreRecType group }:
                    AddGroup(group, space);
                    break;
                case OuterAlias alias:
                    space.Add(OuterCoreType(alias, space));
                    break;
                case CoreExternDeclaration { Module: { } module } import:
                    string first = Text(module);
                    string second = Text(import.Name);
                    if (!importNames.Add(ResolvedModuleType.ImportKey(first, second)))
                    {
                        Invalid($"duplicate import name `{first}:{second}` already defined");
                    }

                    imports.Add(new CoreImport(first, second, Resolve(import.Type, space)));
                    break;
                case CoreExternDeclaration export:
                    string name = Text(export.Name);
                    if (!exports.TryAdd(name, Resolve(export.Type, space)))
                    {
                        Invalid($"export name `{name}` already defined");
                    }

                    break;
            }
        }

        return new ResolvedModuleType
        {
            Imports = imports,
            Exports = exports,
            Size = TypeFactory.CheckSize(1L + imports.Count + exports.Count, _offset),
        };
    }

    // A module type is a scope of its own, but has no other index spaces.
    private CoreTypeEntry OuterCoreType(OuterAlias alias, List<CoreTypeEntry> space)
    {
        CoreTypeEntry type = alias.Count == 0
            ? ItemAt(space, alias.Index, "core type", "type")
            : ItemAt(ScopeAt(alias.Count - 1, alias.Count).CoreTypes, alias.Index, "core type", "type");
        if (type.Module is not null)
        {
            Invalid("outer aliases of module types are not allowed in module types");
        }

        return type;
    }

    private CoreEntity Resolve(in CoreExternType type, List<CoreTypeEntry> space)
    {
        switch (type.Kind)
        {
            case ExternKind.Func:
                return new CoreEntity(type.Kind, FuncTypeIdAt(type.TypeIndex, space));
            case ExternKind.Tag:
                int id = FuncTypeIdAt(type.TypeIndex, space);
                if (_coreTypes.FuncTypeOf(id)!.Results.Length != 0)
                {
                    Invalid("non-empty tag result type");
                }

                return new CoreEntity(type.Kind, id);
            case ExternKind.Table:
                CheckReferences([type.Table.Element], space, space.Count);
                Checks().CheckTableType(type.Table with { Element = ValType.FuncRef }, _offset);
                return new CoreEntity(
                    type.Kind, Table: type.Table with { Element = CoreTypeStore.Translate(type.Table.Element, IdOf) });
            case ExternKind.Memory:
                Checks().CheckMemoryType(type.Memory, _offset);
                return new CoreEntity(type.Kind, Memory: type.Memory);
            default:
                CheckReferences([type.Global.Value], space, space.Count);
                return new CoreEntity(
                    type.Kind, Global: type.Global with { Value = CoreTypeStore.Translate(type.Global.Value, IdOf) });
        }

        int IdOf(uint index) => space[(int)index].TypeId;
    }

    // The limits of tables and memories are those of modules.
    private SectionValidator Checks() => new(new ValidationContext(new ModuleInfo(default), features));

    private int FuncTypeIdAt(uint index, List<CoreTypeEntry> space)
    {
        CoreTypeEntry type = ItemAt(space, index, "type", "type");
        if (type.Module is not null || _coreTypes.FuncTypeOf(type.TypeId) is null)
        {
            Invalid($"core type index {index} is not a function type");
        }

        return type.TypeId;
    }

    private ResolvedModuleType ModuleTypeAt(uint index)
    {
        if (CoreTypeAt(index).Module is not { } type)
        {
            Invalid($"core type index {index} is not a module type");
            return null;
        }

        return type;
    }

    private CoreInstanceExports Instantiate(CoreInstantiation instantiation)
    {
        ResolvedModuleType module = ModuleAt(instantiation.ModuleIndex);
        var arguments = new Dictionary<string, CoreInstanceExports>(StringComparer.Ordinal);
        foreach (CoreInstantiateArg argument in instantiation.Arguments)
        {
            _offset = argument.Offset;
            string name = Text(argument.Name);
            if (!arguments.TryAdd(name, CoreInstanceAt(argument.InstanceIndex)))
            {
                Invalid($"duplicate module instantiation argument named `{name}`");
            }
        }

        _offset = instantiation.Offset;
        var matching = new Matching(_factory, _coreTypes, _offset);
        _factory.Work(module.Imports.Count, _offset);
        foreach ((string from, string name, CoreEntity expected) in module.Imports)
        {
            if (!arguments.TryGetValue(from, out CoreInstanceExports? instance))
            {
                Invalid($"missing module instantiation argument named `{from}`");
            }

            if (!instance.Exports.TryGetValue(name, out CoreEntity? given))
            {
                Invalid($"module instantiation argument `{from}` does not export an item named `{name}`");
            }

            if (matching.Compare(given, expected) is string wrong)
            {
                Invalid($"type mismatch for export `{name}` of module instantiation argument `{from}`: {wrong}");
            }
        }

        return new CoreInstanceExports(module.Exports);
    }

    private CoreInstanceExports MakeInstance(CoreInlineExports definition)
    {
        var exports = new Dictionary<string, CoreEntity>(StringComparer.Ordinal);
        foreach (CoreInlineExport export in definition.Exports)
        {
            _offset = export.Offset;
            string name = Text(export.Name);
            CoreEntity entity = export.Sort switch
            {
                Sort.CoreFunc => new CoreEntity(ExternKind.Func, CoreFuncAt(export.Index)),
                Sort.CoreTable => new CoreEntity(ExternKind.Table, Table: TableAt(export.Index)),
                Sort.CoreMemory => new CoreEntity(ExternKind.Memory, Memory: MemoryAt(export.Index)),
                Sort.CoreGlobal => new CoreEntity(ExternKind.Global, Global: GlobalAt(export.Index)),
                _ => new CoreEntity(ExternKind.Tag, TagAt(export.Index)),
            };
            if (!exports.TryAdd(name, entity))
            {
                Invalid($"export name `{name}` already defined");
            }
        }

        return new CoreInstanceExports(exports);
    }

    private void CheckCoreExportAlias(CoreExportAlias alias)
    {
        CoreInstanceExports instance = CoreInstanceAt(alias.InstanceIndex);
        string name = Text(alias.Name);
        if (!instance.Exports.TryGetValue(name, out CoreEntity? export))
        {
            Invalid($"core instance {alias.InstanceIndex} has no export named `{name}`");
        }

        if ((Sort)export.Kind != alias.Sort)
        {
            Invalid($"export `{name}` for core instance {alias.InstanceIndex} is not a {Sorts.NameOf(alias.Sort)}");
        }

        switch (alias.Sort)
        {
            case Sort.CoreFunc:
                AddCoreFunc(export.TypeId);
                break;
            case Sort.CoreTable:
                Add(_scope.CoreTables, export, _scope.CoreTables.Count, ComponentLimits.MaxTables, "tables");
                break;
            case Sort.CoreMemory:
                Add(_scope.CoreMemories, export, _scope.CoreMemories.Count, ComponentLimits.MaxMemories, "memories");
                break;
            case Sort.CoreGlobal:
                Add(_scope.CoreGlobals, export, _scope.CoreGlobals.Count, ComponentLimits.MaxGlobals, "globals");
                break;
            default:
                Add(_scope.CoreTags, export.TypeId, _scope.CoreTags.Count, ComponentLimits.MaxTags, "tags");
                break;
        }
    }

    /// <summary>
    /// The numbers of a module's types, as far as its imports and exports need them. A type that refers to others takes all before
    /// it, in their order, so that nothing here is recursive.
    /// </summary>
    private sealed class ModuleTypes(CoreTypeStore store, ModuleInfo module, long offset)
    {
        private readonly int[] _ids = NewIds(module.Types.Length);
        private int _nextGroup;

        internal int IdOf(uint index)
        {
            if (_ids[index] >= 0)
            {
                return _ids[index];
            }

            SubType type = module.Types[index];
            if (type is { Composite: FuncType func, IsFinal: true, SupertypeCount: 0 }
                && IsAlone((int)index) && !HasReferences(func.ParameterArray) && !HasReferences(func.ResultArray))
            {
                return _ids[index] = store.Intern(func);
            }

            while (_nextGroup <= type.RecGroup)
            {
                int start = module.RecGroupStarts[_nextGroup++];
                int end = _nextGroup < module.RecGroupStarts.Length ? module.RecGroupStarts[_nextGroup] : module.Types.Length;
                int id = store.Intern(module.Types.AsSpan(start, end - start), start, other => _ids[other], offset);
                for (int i = start; i < end; i++)
                {
                    _ids[i] = id + i - start;
                }
            }

            return _ids[index];
        }

        private bool IsAlone(int index)
        {
            int group = module.Types[index].RecGroup;
            int end = group + 1 < module.RecGroupStarts.Length ? module.RecGroupStarts[group + 1] : module.Types.Length;
            return end - module.RecGroupStarts[group] == 1;
        }

        private static bool HasReferences(ValType[] types)
        {
            foreach (ValType type in types)
            {
                if (type.IsRef && type.HeapType.IsConcrete)
                {
                    return true;
                }
            }

            return false;
        }

        // A loop: what the framework has for this is compiled at run time.
        private static int[] NewIds(int count)
        {
            var ids = new int[count];
            for (int i = 0; i < ids.Length; i++)
            {
                ids[i] = -1;
            }

            return ids;
        }
    }
}
