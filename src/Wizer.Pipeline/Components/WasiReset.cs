using Wizer.Engine;

namespace Wizer.Pipeline;

/// <summary>
/// Has a component forget what it keeps of WASI, which is lost with the instance: its adapter of preview 1 keeps descriptors and streams in
/// its memory, wasi-libc the directories that it was given. Both have a function for that, and get them again when asked next.
/// </summary>
internal sealed class WasiReset
{
    // The one forgets all that it has without a word, the other drops what it has.
    private const string AdapterFunction = "reset_adapter_state";

    private readonly HashSet<int> _forgetful = [];
    private readonly List<string> _called = [];

    /// <summary>What core modules export the functions as, in the order in which they are called.</summary>
    internal static string[] Functions { get; } = [AdapterFunction, "__wasilibc_reset_preopens"];

    /// <summary>The functions that were called, in order.</summary>
    internal IReadOnlyList<string> Called => _called;

    /// <summary>Whether the adapter of a component instance has forgotten what it had.</summary>
    internal bool IsForgetful(int state) => _forgetful.Contains(state);

    /// <summary>Calls one of the functions.</summary>
    /// <param name="name">What it is exported as.</param>
    /// <param name="state">The component instance that it is in, which has handles of WASI.</param>
    /// <param name="function">Calls it.</param>
    /// <exception cref="WizerException">It trapped.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    internal void Call(string name, int state, Action function)
    {
        try
        {
            function();
        }
        catch (Exception error) when (error is WasmTrapException or WasmLimitException)
        {
            Throw.ResetTrapped(name, error);
        }

        _called.Add(name);
        if (name == AdapterFunction)
        {
            _forgetful.Add(state);
        }
    }
}
