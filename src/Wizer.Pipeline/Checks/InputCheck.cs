using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Decides whether a module can be pre-initialized. The order is the original's, so that of several faults the same one is
/// reported: validity, mutable references, instructions, reserved names, imported state, disabled features.
/// </summary>
internal sealed class InputCheck
{
    private readonly WizerOptions _options;
    private readonly bool _seesReferences;
    private readonly bool _seesTables;
    private readonly CancellationToken _cancellation;
    private readonly ValidationTask _validation;

    private InputCheck(
        ModuleInfo module,
        WizerOptions options,
        bool seesReferences,
        bool seesTables,
        ValidationTask validation,
        CancellationToken cancellation)
    {
        Module = module;
        _options = options;
        _seesReferences = seesReferences;
        _seesTables = seesTables;
        _validation = validation;
        _cancellation = cancellation;
    }

    /// <summary>The module, parsed.</summary>
    internal ModuleInfo Module { get; }

    /// <summary>
    /// Whether all but the function bodies is known to be valid, and other threads are at those: there is time for what nobody will
    /// notice if the module is rejected. Of one that imports state it is not known yet what becomes of that.
    /// </summary>
    internal bool IsUnderWay => _validation.IsUnderWay && !ModuleContext.ImportsState(Module);

    /// <summary>Parses a module and begins to check it.</summary>
    /// <param name="bytes">The module.</param>
    /// <param name="options">What it may use, and what becomes of what it imports.</param>
    /// <param name="seesReferences">
    /// Whether it will be seen what a run does to tables, references, objects and segments; otherwise whatever could change them is
    /// rejected now.
    /// </param>
    /// <param name="cancellation">Ends the work.</param>
    /// <param name="seesTables">Whether at least tables of functions and segments will be seen.</param>
    /// <exception cref="WizerException">It is malformed, or a component.</exception>
    internal static InputCheck Start(
        ReadOnlyMemory<byte> bytes, WizerOptions options, bool seesReferences, CancellationToken cancellation = default,
        bool seesTables = false)
    {
        if (ModuleReader.IsComponent(bytes.Span))
        {
            Throw.ComponentGiven();
        }

        ModuleInfo module;
        try
        {
            module = ModuleReader.Parse(bytes);
        }
        catch (WasmException error)
        {
            Throw.ValidationFailed(error, InputHint.Of(bytes.Span));
            throw;
        }

        ValidationTask validation = ValidationTask.Start(module, options.Features, Environment.ProcessorCount, cancellation);
        return new InputCheck(module, options, seesReferences, seesTables, validation, cancellation);
    }

    /// <summary>Checks the rest.</summary>
    /// <exception cref="WizerException">The module is malformed, invalid or not supported.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal ModuleContext Join()
    {
        ValidationResult validation = Validate(out WasmException? disabledFeature);
        if (!_seesReferences)
        {
            CheckGlobals(Module);
            bool showsTables = _seesTables && HasFuncTables(Module);
            CheckInstructions(Module, validation, showsTables ? [StateInstructions.OfObjects] : StateInstructions.All);
        }

        CheckReservedNames(Module);
        ImportPlan? imports = ModuleContext.ImportsState(Module) || _options.DecidesImports
            ? ImportCheck.Check(Module, _options, _seesReferences)
            : null;
        if (disabledFeature is not null)
        {
            Throw.FailedToCompile(disabledFeature);
        }

        return new ModuleContext(Module, validation) { Imports = imports, ShowsTables = _seesTables };
    }

    private ValidationResult Validate(out WasmException? disabledFeature)
    {
        disabledFeature = null;
        try
        {
            try
            {
                return _validation.Join();
            }
            catch (WasmException error) when (_options.Features != WasmFeatures.All)
            {
                // Validity comes first, and every feature counts as valid: only what passes with all of them failed
                // because one is off. The second pass is paid by the failing run alone.
                disabledFeature = error;
                return ModuleValidator.Validate(Module, WasmFeatures.All, _cancellation);
            }
        }
        catch (WasmException error)
        {
            Throw.ValidationFailed(error, InputHint.Of(Module.Bytes.Span));
            throw;
        }
    }

    /// <summary>Checks that no global of the module's own can change to another reference.</summary>
    /// <exception cref="WizerException">One can.</exception>
    internal static void CheckGlobals(ModuleInfo module)
    {
        for (int i = module.ImportedGlobalCount; i < module.Globals.Length; i++)
        {
            GlobalType type = module.Globals[i].Type;
            if (type.IsMutable && type.Value.IsRef)
            {
                Throw.Unsupported("unsupported mutable global containing a reference type");
            }
        }
    }

    // Nobody but their host can tell other elements apart.
    private static bool HasFuncTables(ModuleInfo module)
    {
        foreach (TableInfo table in module.Tables)
        {
            HeapType heap = table.Type.Element.HeapType;
            bool isOfFuncs = heap.IsConcrete
                ? module.Types[heap.TypeIndex].Composite is FuncType
                : heap == HeapType.Func || heap == HeapType.NoFunc;
            if (!isOfFuncs)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Checks that no instruction changes state that is not shown.</summary>
    /// <exception cref="WizerException">One does.</exception>
    internal static void CheckInstructions(ModuleInfo module, ValidationResult validation, Opcode[][] unseen)
    {
        long firstOffset = long.MaxValue;
        Opcode first = default;
        foreach (Opcode[] opcodes in unseen)
        {
            foreach (Opcode opcode in opcodes)
            {
                if (validation.TryGetFirstUse(opcode, out long offset) && offset < firstOffset)
                {
                    firstOffset = offset;
                    first = opcode;
                }
            }
        }

        if (firstOffset != long.MaxValue)
        {
            Throw.Unsupported($"unsupported `{OpcodeTable.Mnemonic(first)}` instruction", ModuleHint.OfInstruction(module, firstOffset));
        }
    }

    /// <summary>Checks that nothing has a name that instrumentation could use.</summary>
    /// <exception cref="WizerException">Something has.</exception>
    internal static void CheckReservedNames(ModuleInfo module)
    {
        ReadOnlySpan<byte> bytes = module.Bytes.Span;
        foreach (ImportInfo import in module.Imports)
        {
            if (IsReserved(import.Module.Of(bytes)) || IsReserved(import.Name.Of(bytes)))
            {
                Throw.Unsupported("input Wasm module already imports entities named with the `__wizer_*` prefix");
            }
        }

        foreach (ExportInfo export in module.Exports)
        {
            if (IsReserved(export.Name.Of(bytes)))
            {
                Throw.Unsupported("input Wasm module already exports entities named with the `__wizer_*` prefix");
            }
        }
    }

    private static bool IsReserved(ReadOnlySpan<byte> name) => name.StartsWith("__wizer_"u8);
}
