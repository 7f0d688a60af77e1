using System.Text;
using Wizer.Binary;
using Wizer.Pipeline;

namespace Wizer.Wasmtime;

/// <summary>
/// An instance of an instrumented component in Wasmtime, for <see cref="PreInitializer.SnapshotComponent"/>, when the caller has run it.
/// </summary>
/// <param name="instance">
/// The instance, initialized. Its memories grow while they are read, so that it is of no further use.
/// </param>
/// <remarks>
/// Memories that are shown as <see cref="MemoryAccess.String"/> cost a small part of what they cost as lists, for which Wasmtime makes an
/// object of each byte. By default, Wasmtime shows no more than 128 MiB at once.
/// </remarks>
public sealed class WasmtimeComponentState(WasmtimeComponentInstance instance) : IComponentInstanceState
{
    private readonly WasmtimeComponentInstance _instance = instance ?? throw new ArgumentNullException(nameof(instance));

    /// <inheritdoc/>
    /// <exception cref="WizerException">There is no such function, or what it returned is no number.</exception>
    public GlobalValue ReadGlobal(string functionName, ValType type)
    {
        WasmtimeComponentValue? value = Call(functionName);
        return value?.Kind switch
        {
            WasmtimeComponentValueKind.S32 => GlobalValue.I32(value.AsS32()),
            WasmtimeComponentValueKind.S64 => GlobalValue.I64(value.AsS64()),
            WasmtimeComponentValueKind.F32 => GlobalValue.F32(value.AsF32()),
            WasmtimeComponentValueKind.F64 => GlobalValue.F64(value.AsF64()),
            _ => throw Mismatch(functionName, "did not return a number"),
        };
    }

    /// <inheritdoc/>
    /// <exception cref="WizerException">There is no such function, or it could not return the memory.</exception>
    public ReadOnlyMemory<byte> ReadMemory(string functionName)
    {
        WasmtimeComponentValue? value = Call(functionName);
        switch (value?.Kind)
        {
            case WasmtimeComponentValueKind.String:
                return Encoding.Latin1.GetBytes(value.AsString());
            case WasmtimeComponentValueKind.List:
                IReadOnlyList<WasmtimeComponentValue> items = value.AsList();
                byte[] bytes = new byte[items.Count];
                for (int i = 0; i < bytes.Length; i++)
                {
                    bytes[i] = items[i].AsU8();
                }

                return bytes;
            default:
                throw Mismatch(functionName, "did not return the bytes of a memory");
        }
    }

    private WasmtimeComponentValue? Call(string functionName)
    {
        WasmtimeComponentFunction function = _instance.GetFunction(InstrumentedComponent.AccessInstance, functionName)
            ?? throw Mismatch(functionName, $"is no function of `{InstrumentedComponent.AccessInstance}`");
        try
        {
            return function.Call();
        }
        catch (WasmtimeException error)
        {
            throw new WizerException(
                WizerError.StateMismatch,
                $"`{functionName}` could not be called: Wasmtime shows a memory that can still grow, and is not larger than 128 MiB; "
                + $"no engine shows one of more than {InstrumentedComponent.MaxMemoryByteLength} bytes",
                error);
        }
    }

    private static WizerException Mismatch(string functionName, string problem) =>
        new(WizerError.StateMismatch, $"`{functionName}` {problem}");
}
