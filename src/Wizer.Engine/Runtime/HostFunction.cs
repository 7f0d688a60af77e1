namespace Wizer.Engine;

/// <summary>A function that the host provides to modules.</summary>
/// <param name="caller">Who calls.</param>
/// <param name="slots">
/// The arguments, one 64-bit slot each (i32 zero-extended, floats as their bits, v128 in two); the function leaves its results
/// in the same slots, from the first on. As long as the longer of the two.
/// </param>
/// <exception cref="WasmTrapException">The function ends the execution of the guest.</exception>
public delegate void HostFunction(Caller caller, Span<ulong> slots);

/// <summary>What a host function sees of the instance that called it.</summary>
/// <param name="instance">The calling instance, or null when the host itself calls.</param>
/// <param name="interrupt">Signals that the guest is to stop: a blocking host function waits on it as well.</param>
public sealed class Caller(Instance? instance, CancellationToken interrupt)
{
    private string? _foundName;
    private LinearMemory? _found;

    /// <summary>The calling instance, or null when the host itself calls.</summary>
    public Instance? Instance { get; } = instance;

    /// <summary>Signals that the guest is to stop: a blocking host function waits on it as well.</summary>
    public CancellationToken Interrupt { get; } = interrupt;

    /// <summary>The first memory that the calling instance imports, or null.</summary>
    internal LinearMemory? ImportedMemory => Instance is { Module.ImportedMemoryCount: > 0 } instance ? instance.MemoryAt(0) : null;

    /// <summary>The calling instance's memory exported under a name, or null.</summary>
    public LinearMemory? FindMemory(string exportName)
    {
        // Host functions ask for the same name at every call, and exports never change.
        if (!ReferenceEquals(exportName, _foundName))
        {
            _found = Instance?.FindMemory(exportName);
            _foundName = exportName;
        }

        return _found;
    }
}
