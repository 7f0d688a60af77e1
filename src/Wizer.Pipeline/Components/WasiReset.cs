using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Components;

namespace Wizer.Pipeline;

/// <summary>
/// Has a component forget what it keeps of WASI, which is lost with the instance: its adapter of preview 1 keeps descriptors and streams in
/// its memory, wasi-libc the directories that it was given. Both have a function for that, and get them again when asked next.
/// </summary>
internal sealed class WasiReset
{
    // The one forgets all that it has without a word, the other drops what it has.
    private const string AdapterFunction = "reset_adapter_state";
    private static readonly string[] s_functions = [AdapterFunction, "__wasilibc_reset_preopens"];

    private readonly HashSet<int> _forgetful = [];
    private readonly List<string> _called = [];

    /// <summary>Nothing was called.</summary>
    internal static WasiReset None { get; } = new();

    /// <summary>The functions that were called, in order.</summary>
    internal IReadOnlyList<string> Called => _called;

    /// <summary>Whether the adapter of a component instance has forgotten what it had.</summary>
    internal bool IsForgetful(int state) => _forgetful.Contains(state);

    /// <summary>
    /// Calls the functions of core instances, exported ones that take and return nothing, in the instances of components that have
    /// handles of WASI: elsewhere there is nothing to forget.
    /// </summary>
    /// <exception cref="WizerException">One of them trapped.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    internal static WasiReset Run(ComponentInstance instance)
    {
        var reset = new WasiReset();
        var handles = new ComponentHandles(instance);
        bool[] hasWasi = [.. Enumerable.Range(0, instance.States.Length).Select(handles.HasWasi)];
        var called = new HashSet<ulong>();
        foreach (string name in s_functions)
        {
            for (int i = 0; i < instance.CoreInstances.Length; i++)
            {
                int state = instance.Component.CoreInstances[i].State;
                bool isThere = hasWasi[state] && instance.CoreInstances[i].FindExport(name) is Function function
                    && function.Type is { ParameterSlotCount: 0, ResultSlotCount: 0 } && called.Add(function.Handle)
                    && Call(function, name);
                if (isThere)
                {
                    reset._called.Add(name);
                    if (name == AdapterFunction)
                    {
                        reset._forgetful.Add(state);
                    }
                }
            }
        }

        return reset;
    }

    private static bool Call(Function function, string name)
    {
        try
        {
            function.InvokeInto([], []);
            return true;
        }
        catch (Exception error) when (error is WasmTrapException or WasmLimitException)
        {
            Throw.ResetTrapped(name, error);
            return false;
        }
    }
}
