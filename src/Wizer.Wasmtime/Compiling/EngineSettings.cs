namespace Wizer.Wasmtime;

/// <summary>What runs may differ in that Wasmtime wants to know before it compiles anything.</summary>
/// <param name="CanonicalizesNaNs">Whether every NaN that is computed is the canonical one.</param>
/// <param name="IsRelaxedSimdDeterministic">Whether relaxed SIMD instructions have the results of the deterministic profile.</param>
/// <param name="StackByteLength">How much of the thread's stack the guest may use.</param>
internal readonly record struct EngineSettings(bool CanonicalizesNaNs, bool IsRelaxedSimdDeterministic, int StackByteLength)
{
    // Wasmtime ends the process when it is told zero, and needs a little for the way in.
    private const ulong MinStackByteLength = 16 << 10;

    /// <summary>What the code depends on, for its cache: the stack is none of it.</summary>
    internal string CodeText => $"nan={CanonicalizesNaNs} relaxed={IsRelaxedSimdDeterministic}";

    /// <summary>A stack that a thread has room for, with as much left for functions of the host.</summary>
    internal static int BoundStack(ulong wanted, int threadByteLength) =>
        (int)Math.Min(Math.Max(wanted, MinStackByteLength), (ulong)threadByteLength / 2);
}
