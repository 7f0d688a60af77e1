using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.Engine;
using Wizer.Engine.Components;

namespace Wizer.Pipeline;

/// <summary>
/// Decides whether a component can be pre-initialized: whether it is valid, and each piece of its state belongs to a core module that
/// can be written with it. The texts are the original's where it has one.
/// </summary>
internal static class ComponentCheck
{
    /// <summary>Parses and checks a component.</summary>
    /// <param name="bytes">The component; to stay as it is as long as the result is used.</param>
    /// <param name="features">What its core modules may use.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="WizerException">It is malformed, invalid or not supported.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal static ComponentContext Check(ReadOnlyMemory<byte> bytes, WasmFeatures features, CancellationToken cancellation)
    {
        (ComponentInfo component, ComponentValidationResult validation) =
            Validate(bytes, features, cancellation, out WasmException? disabledFeature);
        DemandSupported(component, validation);
        ComponentContext context = CreateContext(Compile(component, validation));
        if (disabledFeature is not null)
        {
            Throw.FailedToCompile(disabledFeature);
        }

        return context;
    }

    /// <summary>Checks a component that is known to be valid.</summary>
    /// <exception cref="WizerException">It is not supported.</exception>
    internal static ComponentContext Check(CompiledComponent compiled)
    {
        DemandSupported(compiled.Component, compiled.Validation);
        return CreateContext(compiled);
    }

    private static void DemandSupported(ComponentInfo component, ComponentValidationResult validation)
    {
        DemandNoStart(component);
        DemandNoSort(validation.DescribeImports(), "imports");
        DemandNoSort(validation.DescribeExports(), "exports");
    }

    private static ComponentContext CreateContext(CompiledComponent compiled)
    {
        ModuleContext[] modules = FindModules(compiled);
        return new ComponentContext(compiled.Component, compiled.Validation, compiled, modules);
    }

    /// <summary>Parses and validates a component.</summary>
    /// <param name="bytes">The component.</param>
    /// <param name="features">What its core modules may use.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <param name="disabledFeature">What is wrong only because a feature is off: an error that comes behind all others.</param>
    /// <exception cref="WizerException">It is malformed or invalid.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal static (ComponentInfo Component, ComponentValidationResult Validation) Validate(
        ReadOnlyMemory<byte> bytes, WasmFeatures features, CancellationToken cancellation, out WasmException? disabledFeature)
    {
        disabledFeature = null;
        try
        {
            ComponentInfo component = ComponentReader.Parse(bytes);
            try
            {
                return (component, ComponentValidator.Validate(component, features, cancellation));
            }
            catch (WasmException error) when (features != WasmFeatures.All)
            {
                // As for modules: what passes with all features failed because one is off.
                disabledFeature = error;
                return (component, ComponentValidator.Validate(component, WasmFeatures.All, cancellation));
            }
        }
        catch (WasmException error)
        {
            Throw.ValidationFailed(error, InputHint.Of(bytes.Span));
            throw;
        }
    }

    // It would run again whenever the new component is instantiated.
    private static void DemandNoStart(ComponentInfo component)
    {
        foreach (Definition definition in component.Definitions)
        {
            switch (definition)
            {
                case StartDefinition:
                    Throw.Unsupported("wizer does not currently support component start functions");
                    break;
                case ComponentDefinition nested:
                    DemandNoStart(nested.Component);
                    break;
            }
        }
    }

    // What is exported whole, others may instantiate once more; what is imported is not there to be rewritten.
    private static void DemandNoSort(ComponentItem[] items, string side)
    {
        foreach (ComponentItem item in items)
        {
            if (item.Sort is Sort.CoreModule or Sort.Component or Sort.Value)
            {
                Throw.Unsupported(
                    $"wizer does not currently support {Sorts.NameOf(item.Sort)} {side}", $"one is called {QuotedName.Of(item.Name)}");
            }

            DemandNoSort(item.Items, side);
        }
    }

    private static CompiledComponent Compile(ComponentInfo component, ComponentValidationResult validation)
    {
        try
        {
            return CompiledComponent.Compile(component, validation);
        }
        catch (WasmLinkException error)
        {
            Throw.Unsupported(error.Message);
            throw;
        }
    }

    private static ModuleContext[] FindModules(CompiledComponent compiled)
    {
        var known = new Dictionary<ModuleInfo, ModuleContext>();
        return Array.ConvertAll(compiled.CoreInstances, origin =>
        {
            if (!known.TryGetValue(origin.Module, out ModuleContext? context))
            {
                InputCheck.CheckReservedNames(origin.Module);
                context = new ModuleContext(origin.Module, compiled.Validation.ResultOf(origin.Module), isInComponent: true);
                known.Add(origin.Module, context);
            }

            return context;
        });
    }
}
