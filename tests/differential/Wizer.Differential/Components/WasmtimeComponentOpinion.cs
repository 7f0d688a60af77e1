using Wasmtime;
using Wasmtime.Components;
using Wizer.Differential.Execution;
using WasmtimeEngine = Wasmtime.Engine;
using WasmtimeInstance = Wasmtime.Components.ComponentInstance;
using WasmtimeLinker = Wasmtime.Components.ComponentLinker;
using WasmtimeStore = Wasmtime.Store;
using WasmtimeValue = Wasmtime.Components.ComponentValue;

namespace Wizer.Differential.Components;

/// <summary>Wasmtime by its own binding.</summary>
internal sealed class WasmtimeComponentOpinion : IComponentOpinion
{
    private readonly WasmtimeEngine _engine = new(new Config().WithComponentModel(true).WithParallelCompilation(false));

    public string Name => "Wasmtime";

    public void Dispose() => _engine.Dispose();

    public IReadOnlyList<Observation> Run(GeneratedComponent generated)
    {
        Component component;
        try
        {
            component = Component.FromBytes(_engine, generated.Bytes);
        }
        catch (WasmtimeException invalid)
        {
            return [Observation.Validation(new Outcome(invalid.Message))];
        }

        using (component)
        {
            List<Observation> observed = [Observation.Validation(Observation.Valid)];
            using var linker = new WasmtimeLinker(_engine);
            using (ComponentLinkerInstance root = linker.Root())
            {
                foreach (HostFunction function in generated.HostFunctions)
                {
                    root.DefineFunction(function.Name, (arguments, results) =>
                    {
                        string text = string.Join(", ", arguments.ToArray().Select(WasmtimeValues.ToOurs));
                        observed.Add(new Observation(function.Name, new Outcome(text)));
                        results[0] = arguments[function.Returned];
                    });
                }
            }

            Call(generated, component, linker, observed);
            return observed;
        }
    }

    private void Call(GeneratedComponent generated, Component component, WasmtimeLinker linker, List<Observation> observed)
    {
        WasmtimeStore? store = null;
        WasmtimeInstance? instance = null;
        foreach (ComponentCallCase call in generated.Calls)
        {
            if (instance is null)
            {
                store?.Dispose();
                store = new WasmtimeStore(_engine);
                instance = linker.Instantiate(store, component);
            }

            try
            {
                WasmtimeValue? result = instance.GetFunction(call.Export)!.Call(Array.ConvertAll(call.Arguments, WasmtimeValues.FromOurs));
                observed.Add(new Observation(call.ToString(), new Outcome(WasmtimeValues.ToOurs(result!).ToString())));
            }
            catch (WasmtimeException trap)
            {
                observed.Add(new Observation(call.ToString(), ComponentTraps.Of(trap.Message)));
                instance = null;
            }
        }

        store?.Dispose();
    }
}
