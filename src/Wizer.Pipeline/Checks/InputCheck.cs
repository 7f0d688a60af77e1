using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Decides whether a module can be pre-initialized. The order is the original's, so that of several faults the same one is
/// reported: validity, mutable references, instructions, reserved names, imported state, disabled features.
/// </summary>
internal static class InputCheck
{
    /// <summary>Parses, validates and checks a module.</summary>
    /// <param name="bytes">The module.</param>
    /// <param name="features">What it may use.</param>
    /// <param name="seesReferences">
    /// Whether it will be seen what a run does to tables, references, objects and segments; otherwise whatever could change them is
    /// rejected now.
    /// </param>
    /// <param name="cancellation">Ends the work.</param>
    /// <param name="meanwhile">What can be done while function bodies are checked, if that takes long; it must not fail.</param>
    /// <exception cref="WizerException">It is malformed, invalid or not supported.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal static ModuleContext Check(
        ReadOnlyMemory<byte> bytes,
        WasmFeatures features,
        bool seesReferences,
        CancellationToken cancellation = default,
        Action<ModuleInfo>? meanwhile = null)
    {
        if (ModuleReader.IsComponent(bytes.Span))
        {
            Throw.ComponentGiven();
        }

        ModuleInfo module = ParseAndValidate(
            bytes, features, cancellation, meanwhile, out ValidationResult validation, out WasmException? disabledFeature);
        if (!seesReferences)
        {
            CheckGlobals(module);
            CheckInstructions(module, validation);
        }

        CheckReservedNames(module);
        CheckImports(module);
        if (disabledFeature is not null)
        {
            Throw.FailedToCompile(disabledFeature);
        }

        return new ModuleContext(module, validation);
    }

    private static ModuleInfo ParseAndValidate(
        ReadOnlyMemory<byte> bytes,
        WasmFeatures features,
        CancellationToken cancellation,
        Action<ModuleInfo>? meanwhile,
        out ValidationResult validation,
        out WasmException? disabledFeature)
    {
        disabledFeature = null;
        try
        {
            ModuleInfo module = ModuleReader.Parse(bytes);
            try
            {
                validation = ModuleValidator.Validate(module, features, Environment.ProcessorCount, cancellation, meanwhile);
            }
            catch (WasmException error) when (features != WasmFeatures.All)
            {
                // Validity comes first, and every feature counts as valid: only what passes with all of them failed
                // because one is off. The second pass is paid by the failing run alone.
                validation = ModuleValidator.Validate(module, WasmFeatures.All, cancellation);
                disabledFeature = error;
            }

            return module;
        }
        catch (WasmException error)
        {
            Throw.ValidationFailed(error, InputHint.Of(bytes.Span));
            throw;
        }
    }

    private static void CheckGlobals(ModuleInfo module)
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

    private static void CheckInstructions(ModuleInfo module, ValidationResult validation)
    {
        long firstOffset = long.MaxValue;
        Opcode first = default;
        foreach (Opcode opcode in StateInstructions.All)
        {
            if (validation.TryGetFirstUse(opcode, out long offset) && offset < firstOffset)
            {
                firstOffset = offset;
                first = opcode;
            }
        }

        if (firstOffset != long.MaxValue)
        {
            Throw.Unsupported($"unsupported `{OpcodeTable.Mnemonic(first)}` instruction", ModuleHint.OfInstruction(module, firstOffset));
        }
    }

    private static void CheckReservedNames(ModuleInfo module)
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

    private static void CheckImports(ModuleInfo module)
    {
        foreach (ImportInfo import in module.Imports)
        {
            switch (import.Kind)
            {
                case ExternKind.Global:
                    Throw.Unsupported("imported globals are not supported", ModuleHint.OfImportedState(module, import));
                    break;
                case ExternKind.Table:
                    Throw.Unsupported("imported tables are not supported", ModuleHint.OfImportedState(module, import));
                    break;
                case ExternKind.Memory:
                    Throw.Unsupported("imported memories are not supported", ModuleHint.OfImportedState(module, import));
                    break;
            }
        }
    }
}
