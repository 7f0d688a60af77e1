using Wizer.Binary;
using Wizer.Binary.Components;
using Wizer.Differential.Execution;
using Wizer.Engine;
using Wizer.Engine.Components;

namespace Wizer.Differential.Components;

/// <summary>Our engine.</summary>
internal sealed class EngineComponentOpinion : IComponentOpinion
{
    public string Name => "Wizer";

    public IReadOnlyList<Observation> Run(GeneratedComponent generated)
    {
        CompiledComponent compiled;
        try
        {
            ComponentInfo component = ComponentReader.Parse(generated.Bytes);
            compiled = CompiledComponent.Compile(component, ComponentValidator.Validate(component));
        }
        catch (WasmException invalid)
        {
            return [Observation.Validation(new Outcome(invalid.Message))];
        }

        List<Observation> observed = [Observation.Validation(Observation.Valid)];
        var linker = new ComponentLinker();
        foreach (HostFunction function in generated.HostFunctions)
        {
            linker.DefineFunction(null, function.Name, (_, arguments) =>
            {
                observed.Add(new Observation(function.Name, new Outcome(string.Join(", ", arguments))));
                return arguments[function.Returned];
            });
        }

        Store? store = null;
        ComponentInstance? instance = null;
        foreach (ComponentCallCase call in generated.Calls)
        {
            if (instance is null)
            {
                store?.Dispose();
                store = new Store();
                instance = linker.Instantiate(store, compiled);
            }

            try
            {
                ComponentValue? result = instance.Invoke(call.Export, call.Arguments);
                observed.Add(new Observation(call.ToString(), new Outcome(result.ToString()!)));
            }
            catch (WasmTrapException trap)
            {
                observed.Add(new Observation(call.ToString(), ComponentTraps.Of(trap.Message)));
                instance = null;
            }
        }

        store?.Dispose();
        return observed;
    }

    public void Dispose()
    {
    }
}
