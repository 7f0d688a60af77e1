using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.Engine.Components;

namespace Wizer.Pipeline;

/// <summary>
/// Decides whether a component can be instrumented. The order is the original's: validity, then what stands in the file from its
/// beginning, then reserved names.
/// </summary>
internal sealed class InstrumentationCheck
{
    private readonly ComponentInfo _component;
    private readonly ComponentValidationResult _validation;
    private readonly HashSet<uint> _instantiated = [];

    private InstrumentationCheck(ComponentInfo component, ComponentValidationResult validation)
    {
        _component = component;
        _validation = validation;
    }

    /// <summary>Parses, validates and checks a component.</summary>
    /// <exception cref="WizerException">It is malformed, invalid, a core module, or not supported.</exception>
    internal static ComponentContext Check(ReadOnlyMemory<byte> bytes, WasmFeatures features)
    {
        if (!ModuleReader.IsComponent(bytes.Span) && ModuleReader.IsBinary(bytes.Span))
        {
            Throw.ModuleGiven();
        }

        (ComponentInfo component, ComponentValidationResult validation) =
            ComponentCheck.Validate(bytes, features, CancellationToken.None, out WasmException? disabledFeature);
        var check = new InstrumentationCheck(component, validation);
        check.CheckDefinitions(component);
        ModuleContext[] modules = check.TakeModules();
        if (disabledFeature is not null)
        {
            Throw.FailedToCompile(disabledFeature);
        }

        return new ComponentContext(component, validation, CompiledComponent.Compile(component, validation), modules);
    }

    private void CheckDefinitions(ComponentInfo part)
    {
        foreach (Definition definition in part.Definitions)
        {
            switch (definition)
            {
                case CoreModuleDefinition when part != _component:
                    Throw.Unsupported("nested components with modules not currently supported");
                    break;
                case CoreModuleDefinition { Module: { } module }:
                    InputCheck.CheckGlobals(module);
                    InputCheck.CheckInstructions(module, _validation.ResultOf(module), StateInstructions.All);
                    break;
                case CoreInstantiation instantiation when part == _component && !_instantiated.Add(instantiation.ModuleIndex):
                    Throw.Unsupported("modules may be instantiated at most once");
                    break;
                case ComponentDefinition nested:
                    CheckDefinitions(nested.Component);
                    break;
                case ExportAlias alias:
                    CheckSort(alias.Sort, "aliases");
                    break;
                case OuterAlias { Sort: Sort.CoreModule or Sort.Component } alias:
                    CheckSort(alias.Sort, "aliases");
                    break;
                case ImportDefinition import:
                    CheckSort(import.Type.Sort, "imports");
                    break;
                case ExportDefinition export:
                    CheckSort(export.Sort, "exports");
                    break;
                case StartDefinition:
                    Throw.Unsupported("wizer does not currently support component start functions");
                    break;
            }
        }
    }

    private static void CheckSort(Sort sort, string what)
    {
        if (sort is Sort.CoreModule or Sort.Component or Sort.Value)
        {
            Throw.Unsupported($"wizer does not currently support {Sorts.NameOf(sort)} {what}");
        }
    }

    /// <summary>The core modules that are instantiated, in the order of instantiation.</summary>
    private ModuleContext[] TakeModules()
    {
        foreach (Definition definition in _component.Definitions)
        {
            if (definition is CoreModuleDefinition { Module: { } module })
            {
                InputCheck.CheckReservedNames(module);
            }
        }

        var modules = new List<ModuleContext>();
        foreach (Definition definition in _component.Definitions)
        {
            if (definition is CoreInstantiation instantiation)
            {
                ModuleInfo module = ((CoreModuleDefinition)_component.DefinitionOf(Sort.CoreModule, instantiation.ModuleIndex)).Module;
                CheckState(module);
                modules.Add(new ModuleContext(module, _validation.ResultOf(module), isInComponent: true));
            }
        }

        return [.. modules];
    }

    /// <summary>Checks that functions of a component can show what the module has.</summary>
    private static void CheckState(ModuleInfo module)
    {
        for (int i = module.ImportedGlobalCount; i < module.Globals.Length; i++)
        {
            if (ModuleContext.IsRead(module.Globals[i].Type) && module.Globals[i].Type.Value == ValType.V128)
            {
                Throw.Unsupported("component wizening does not support v128 globals");
            }
        }

        for (int i = module.ImportedMemoryCount; i < module.Memories.Length; i++)
        {
            MemoryType type = module.Memories[i].Type;
            if (type.Limits.Is64)
            {
                Throw.Unsupported("component wizening does not support 64-bit memories");
            }

            if (type.Limits.IsShared)
            {
                Throw.Unsupported("component wizening does not support shared memories");
            }

            ulong byteLength = type.Limits.Minimum << type.PageSizeLog2;
            if (byteLength > InstrumentedComponent.MaxMemoryByteLength)
            {
                Throw.Unsupported(
                    $"memory {i} has at least {byteLength} bytes, more than the {InstrumentedComponent.MaxMemoryByteLength} of a list or "
                    + "string of the component model; the embedded engine has no such limit");
            }
        }
    }
}
