using System.Globalization;
using System.Runtime.ExceptionServices;
using Wizer.Binary;
using Wizer.Engine;
using TrapCode = Wasmtime.TrapCode;

namespace Wizer.Wasmtime;

/// <summary>
/// Makes the embedded engine's exceptions of Wasmtime's, so that a run fails in the same words on both. Wasmtime tells some of it only
/// in the text of its message, which is that of the one version there is.
/// </summary>
/// <param name="modules">Those that may be in a backtrace, the most likely one first.</param>
/// <param name="limits">What the guest may have.</param>
/// <param name="stackByteLength">The stack that it has, of that.</param>
internal sealed class TrapTranslation(IReadOnlyList<GuestModule> modules, EngineOptions limits, int stackByteLength)
{
    private const string FaultStart = "memory fault at wasm address 0x";
    private const string FaultMiddle = " in linear memory of size 0x";

    // Components' traps come without a code.
    private static readonly (string Text, TrapKind Kind)[] s_texts =
    [
        ("thrown Wasm exception", TrapKind.UncaughtException),
        ("GC heap out of memory", TrapKind.AllocationTooLarge),
        ("wasm trap: wasm `unreachable` instruction executed", TrapKind.Unreachable),
        ("wasm trap: call stack exhausted", TrapKind.CallStackExhausted),
        ("wasm trap: out of bounds memory access", TrapKind.MemoryOutOfBounds),
        ("wasm trap: undefined element: out of bounds table access", TrapKind.TableOutOfBounds),
        ("wasm trap: uninitialized element", TrapKind.UninitializedElement),
        ("wasm trap: indirect call type mismatch", TrapKind.IndirectCallMismatch),
        ("wasm trap: integer overflow", TrapKind.IntegerOverflow),
        ("wasm trap: integer divide by zero", TrapKind.IntegerDivideByZero),
        ("wasm trap: invalid conversion to integer", TrapKind.InvalidConversion),
        ("wasm trap: null reference", TrapKind.NullReference),
        ("wasm trap: cast failure", TrapKind.CastFailure),
    ];

    /// <summary>Throws what an exception of Wasmtime's means.</summary>
    /// <param name="error">The exception.</param>
    /// <param name="thrown">What a function of the host threw, where that is known; otherwise it has become a cause.</param>
    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    internal void Throw(WasmtimeException error, Exception? thrown = null)
    {
        thrown ??= error.InnerException;
        while (thrown is WasmtimeException { InnerException: { } inner })
        {
            thrown = inner;
        }

        switch (thrown)
        {
            case WasmTrapException trap:
                AddFrames(trap, error);
                throw trap;
            case not null:
                ExceptionDispatchInfo.Throw(thrown);
                break;
        }

        WasmTrapException translated = Translate(error);
        AddFrames(translated, error);
        if (FindFault(error.Message) is var (address, byteLength))
        {
            translated.SetFault(address, byteLength);
        }

        throw translated;
    }

    private WasmTrapException Translate(WasmtimeException error)
    {
        TrapKind kind = (error as WasmtimeTrap)?.Type switch
        {
            TrapCode.StackOverflow => TrapKind.CallStackExhausted,
            TrapCode.MemoryOutOfBounds => TrapKind.MemoryOutOfBounds,
            TrapCode.HeapMisaligned => TrapKind.UnalignedAtomic,
            TrapCode.TableOutOfBounds => TrapKind.TableOutOfBounds,
            TrapCode.IndirectCallToNull => TrapKind.UninitializedElement,
            TrapCode.BadSignature => TrapKind.IndirectCallMismatch,
            TrapCode.IntegerOverflow => TrapKind.IntegerOverflow,
            TrapCode.IntegerDivisionByZero => TrapKind.IntegerDivideByZero,
            TrapCode.BadConversionToInteger => TrapKind.InvalidConversion,
            TrapCode.Unreachable => TrapKind.Unreachable,
            TrapCode.AtomicWaitNonSharedMemory => TrapKind.ExpectedSharedMemory,
            TrapCode.NullReference => TrapKind.NullReference,
            TrapCode.ArrayOutOfBounds => TrapKind.ArrayOutOfBounds,
            TrapCode.AllocationTooLarge => TrapKind.AllocationTooLarge,
            TrapCode.CastFailure => TrapKind.CastFailure,
            TrapCode.UncaughtException => TrapKind.UncaughtException,
            _ => KindOfText(error.Message),
        };
        return kind switch
        {
            TrapKind.CallStackExhausted => new WasmTrapException(kind, WasmLimitException.Stack((ulong)stackByteLength)),
            TrapKind.AllocationTooLarge => new WasmTrapException(kind, WasmLimitException.Allocation(limits.MaxMemoryByteLength)),
            TrapKind.HostException => new WasmTrapException(ErrorText.LastCause(error.Message)),
            _ => new WasmTrapException(kind),
        };
    }

    private static TrapKind KindOfText(string message)
    {
        foreach ((string text, TrapKind kind) in s_texts)
        {
            if (message.Contains(text, StringComparison.Ordinal))
            {
                return kind;
            }
        }

        return TrapKind.HostException;
    }

    private static (ulong Address, ulong ByteLength)? FindFault(string message)
    {
        int start = message.IndexOf(FaultStart, StringComparison.Ordinal);
        int middle = start < 0 ? -1 : message.IndexOf(FaultMiddle, start, StringComparison.Ordinal);
        return middle >= 0
            && TryReadHexadecimal(message.AsSpan(start + FaultStart.Length), out ulong address)
            && TryReadHexadecimal(message.AsSpan(middle + FaultMiddle.Length), out ulong byteLength)
                ? (address, byteLength)
                : null;
    }

    // Frames are lines such as `    1:     0x3d - module!function`, the innermost first; the place may be missing.
    private void AddFrames(WasmTrapException trap, WasmtimeException error)
    {
        foreach (string line in error.Message.Split('\n'))
        {
            ReadOnlySpan<char> text = line.AsSpan().Trim();
            if (text.StartsWith(ErrorText.Causes, StringComparison.Ordinal))
            {
                return;
            }

            int colon = text.IndexOf(':');
            if (colon <= 0 || text[..colon].IndexOfAnyExceptInRange('0', '9') >= 0)
            {
                continue;
            }

            text = text[(colon + 1)..].Trim();
            int dash = text.IndexOf(" - ", StringComparison.Ordinal);
            if (dash > 0 && text.StartsWith("0x", StringComparison.Ordinal) && TryReadHexadecimal(text[2..], out ulong offset))
            {
                Add(trap, text[(dash + 3)..], (long)offset);
            }
            else if (text.Contains('!'))
            {
                Add(trap, text, -1);
            }
        }
    }

    private void Add(WasmTrapException trap, ReadOnlySpan<char> name, long copyOffset)
    {
        int mark = name.IndexOf('!');
        string? moduleName = mark <= 0 || name.StartsWith("<unknown>", StringComparison.Ordinal) ? null : name[..mark].ToString();
        var frame = new WasmFrame(0, name[(mark + 1)..].ToString(), -1, moduleName);
        foreach (GuestModule module in modules)
        {
            if (copyOffset >= 0 && module.Names.Module == moduleName && module.FindFrame(copyOffset) is { } found)
            {
                frame = limits.ReadsDebugInfo ? found with { Symbols = module.FindSymbols(found.CodeOffset) } : found;
                trap.HasUnreadDebugInfo |= !limits.ReadsDebugInfo && module.HasDebugSections;
                break;
            }
        }

        trap.Add(frame);
    }

    private static bool TryReadHexadecimal(ReadOnlySpan<char> text, out ulong value)
    {
        int length = 0;
        while (length < text.Length && char.IsAsciiHexDigit(text[length]))
        {
            length++;
        }

        return ulong.TryParse(text[..length], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
