using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Decides what becomes of the memories, tables and globals that a module imports.</summary>
internal sealed class ImportCheck
{
    private readonly ModuleInfo _module;
    private readonly WizerOptions _options;
    private readonly bool _seesReferences;

    // By global index.
    private readonly ConstantValue?[] _globals;

    private ImportCheck(ModuleInfo module, WizerOptions options, bool seesReferences)
    {
        _module = module;
        _options = options;
        _seesReferences = seesReferences;
        _globals = new ConstantValue?[module.ImportedGlobalCount];
    }

    /// <summary>Checks them all.</summary>
    /// <param name="module">The module, which is valid.</param>
    /// <param name="options">What is to become of them.</param>
    /// <param name="seesReferences">Whether it will be seen what a run does to references.</param>
    /// <exception cref="WizerException">One of them is not supported, or the options make no sense.</exception>
    /// <returns>What becomes a definition; null for nothing.</returns>
    internal static ImportPlan? Check(ModuleInfo module, WizerOptions options, bool seesReferences)
    {
        if (options.DecidesImports && options.Layout == ModuleLayout.Compatible)
        {
            Throw.ImportsInCompatibleLayout();
        }

        ImportPlan plan = new ImportCheck(module, options, seesReferences).Check();
        return plan.DefinesAny ? plan : null;
    }

    private ImportPlan Check()
    {
        foreach (GlobalDefinition definition in _options.DefinedGlobals)
        {
            TakeDefinition(definition);
        }

        var names = new Dictionary<string, string>();
        foreach (ImportInfo import in _module.Imports)
        {
            switch (import.Kind)
            {
                case ExternKind.Global:
                    CheckGlobal(import, names);
                    break;
                case ExternKind.Table:
                    CheckTable(import, names);
                    break;
                case ExternKind.Memory:
                    CheckMemory(import, names);
                    break;
            }
        }

        CheckOrder();
        return new ImportPlan(
            _options.ImportedMemories == ImportPolicy.Define && _module.ImportedMemoryCount != 0,
            _options.ImportedTables == ImportPolicy.Define && _module.ImportedTableCount != 0,
            _globals);
    }

    // Of several imports of one name, all are meant.
    private void TakeDefinition(GlobalDefinition definition)
    {
        string quoted = QuotedName.Of(definition.Import);
        var names = new List<string>();
        bool isFound = false;
        foreach (ImportInfo import in _module.Imports)
        {
            if (import.Kind != ExternKind.Global)
            {
                continue;
            }

            string name = ImportedState.NameOf(_module, import);
            names.Add(name);
            if (name != definition.Import)
            {
                continue;
            }

            if (_globals[import.Index] is not null)
            {
                Throw.DuplicateDefinition(quoted);
            }

            ValType type = _module.Globals[import.Index].Type.Value;
            if (!ConstantValue.TryParse(type, definition.Value, out ConstantValue value))
            {
                Throw.BadDefinition(quoted, type.ToString(), QuotedName.Of(definition.Value));
            }

            _globals[import.Index] = value;
            isFound = true;
        }

        if (!isFound)
        {
            string? closest = Similarity.Closest(definition.Import, names, Similarity.StricterThreshold);
            Throw.UnknownDefinition(quoted, closest is null ? null : $"it imports {QuotedName.Of(closest)}");
        }
    }

    private void CheckGlobal(in ImportInfo import, Dictionary<string, string> names)
    {
        GlobalType type = _module.Globals[import.Index].Type;
        bool isDefined = _globals[import.Index] is not null;
        if (!isDefined && _seesReferences && ImportedState.IsSymbol(_module, type))
        {
            return;
        }

        if (!isDefined && _options.ImportedGlobals == ImportPolicy.Reject)
        {
            // Whoever has given values to others has read the rest.
            Throw.Unsupported(
                "imported globals are not supported",
                _options.DefinedGlobals.Count != 0
                    ? ModuleHint.OfValue(ImportedState.NameOf(_module, import))
                    : ModuleHint.OfImportedState(_module, import));
        }

        if (type.IsMutable && type.Value.IsRef && !_seesReferences)
        {
            Throw.Unsupported("unsupported mutable global containing a reference type");
        }

        if (type.IsMutable)
        {
            DemandOnce(import, "global", names);
        }

        if (isDefined)
        {
            return;
        }

        string name = QuotedName.Of(ImportedState.NameOf(_module, import));
        if (!type.IsMutable)
        {
            Throw.ImportUnsupported(
                $"global {name}",
                "cannot change, so that what the module computes depends on its value",
                ModuleHint.OfValue(ImportedState.NameOf(_module, import)));
        }

        if (!type.Value.IsDefaultable)
        {
            Throw.ImportUnsupported($"global {name}", $"is of type {type.Value}, of which there is no value to begin with");
        }

        _globals[import.Index] = _options.ImportedGlobals == ImportPolicy.Define ? default(ConstantValue) : null;
    }

    private void CheckTable(in ImportInfo import, Dictionary<string, string> names)
    {
        if (_options.ImportedTables == ImportPolicy.Reject)
        {
            Throw.Unsupported("imported tables are not supported", ModuleHint.OfImportedState(_module, import));
        }

        string table = $"table {QuotedName.Of(ImportedState.NameOf(_module, import))}";
        ValType element = _module.Tables[import.Index].Type.Element;
        if (!element.IsDefaultable)
        {
            Throw.ImportUnsupported(table, $"has elements of type {element}, of which there is no value to begin with");
        }

        DemandOnce(import, "table", names);
        DemandNoLibrary(table, _options.ImportedTables);
    }

    private void CheckMemory(in ImportInfo import, Dictionary<string, string> names)
    {
        if (_options.ImportedMemories == ImportPolicy.Reject)
        {
            Throw.Unsupported("imported memories are not supported", ModuleHint.OfImportedState(_module, import));
        }

        string memory = $"memory {QuotedName.Of(ImportedState.NameOf(_module, import))}";
        if (_options.ImportedMemories == ImportPolicy.Fresh && _module.Memories[import.Index].Type.Limits.IsShared)
        {
            Throw.ImportUnsupported(
                memory,
                "is shared: the instance of each thread would fill it again while others use it",
                "pass --import-memory=define for a module that has its memory to itself, and whose threads are never started");
        }

        DemandOnce(import, "memory", names);
        DemandNoLibrary(memory, _options.ImportedMemories);
    }

    // Whoever provides both may provide the same one, which is two to nobody here.
    private void DemandOnce(in ImportInfo import, string kind, Dictionary<string, string> names)
    {
        string name = ImportedState.NameOf(_module, import);
        if (!names.TryAdd($"{kind} {name}", name))
        {
            Throw.ImportUnsupported($"{kind} {QuotedName.Of(name)}", "is imported twice");
        }
    }

    private void DemandNoLibrary(string what, ImportPolicy policy)
    {
        if (policy == ImportPolicy.Fresh && SharedLibrary.Find(_module) is not null)
        {
            Throw.ImportUnsupported(what, "is that of others, of which a shared library gets a part", ModuleHint.Library);
        }
    }

    private void CheckOrder()
    {
        ImportInfo? defined = null;
        foreach (ImportInfo import in _module.Imports)
        {
            if (import.Kind != ExternKind.Global)
            {
                continue;
            }

            if (_globals[import.Index] is not null)
            {
                defined ??= import;
            }
            else if (defined is { } first)
            {
                string name = ImportedState.NameOf(_module, import);
                Throw.ImportUnsupported(
                    $"global {QuotedName.Of(ImportedState.NameOf(_module, first))}",
                    $"cannot become a definition as long as {QuotedName.Of(name)}, which is imported after it, stays an import:"
                        + " its index would be another",
                    ModuleHint.OfValue(name));
            }
        }
    }
}
