using Wizer.Binary;
using Wizer.Engine.Runtime;

namespace Wizer.Engine.Wasi;

/// <summary>
/// The form in which emscripten imports functions with 64-bit integers when its JavaScript is to do without BigInt: an i64 parameter
/// is two i32s, the low half first. WASI has no i64 results.
/// </summary>
internal sealed class LegalizedFunction(ILinkedFunction function, FuncType type) : ILinkedFunction
{
    public string Name => function.Name;

    public FuncType Type { get; } = type;

    public HostFunction Body => Invoke;

    public ILinkedFunction As(FuncType expected) => this;

    /// <summary>Whether a type is the legalized form of another one, of i32s and i64s.</summary>
    internal static bool IsFormOf(FuncType legalized, FuncType original)
    {
        ReadOnlySpan<ValType> halves = legalized.Parameters;
        int next = 0;
        foreach (ValType parameter in original.Parameters)
        {
            int end = next + (parameter == ValType.I64 ? 2 : 1);
            if (end > halves.Length)
            {
                return false;
            }

            for (; next < end; next++)
            {
                if (halves[next] != ValType.I32)
                {
                    return false;
                }
            }
        }

        return next == halves.Length && legalized.Results.SequenceEqual(original.Results);
    }

    /// <summary>Makes the arguments of a function from those of its legalized form, in their place.</summary>
    internal static void Join(FuncType original, Span<ulong> slots)
    {
        int next = 0;
        for (int i = 0; i < original.Parameters.Length; i++)
        {
            ulong value = (uint)slots[next++];
            if (original.Parameters[i] == ValType.I64)
            {
                value |= slots[next++] << 32;
            }

            slots[i] = value;
        }
    }

    private void Invoke(Caller caller, Span<ulong> slots)
    {
        Join(function.Type, slots);
        function.Body(caller, slots);
    }
}
