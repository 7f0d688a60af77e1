using System.Globalization;
using System.Text;
using Wizer.Engine.Symbols;

namespace Wizer.Engine;

/// <summary>Collects the frames of a trap and prints them in the original tool's form.</summary>
internal static unsafe class TrapBacktrace
{
    // A runaway recursion's first and last frames say all there is to say. Its last ones may not even have been captured.
    private const int ShownInner = 50;
    private const int ShownOuter = 10;

    /// <summary>Adds the frames of the activation that just ended to those of the activations it called.</summary>
    internal static void Capture(Store store, WasmTrapException trap)
    {
        // Through the host, a guest can have more activations than one has frames.
        if (trap.Backtrace.Count >= Interpreter.MaxBacktraceFrames)
        {
            return;
        }

        foreach (InterpreterFrame frame in Interpreter.CaptureBacktrace(store.Context))
        {
            Instance instance = store.InstanceOf(frame.Func->Instance);
            var index = (uint)frame.Func->FuncIndex;
            trap.Add(new WasmFrame(index, instance.Names.FindFunc(index), frame.CodeOffset, instance.Names.Module));
        }
    }

    /// <summary>
    /// <code>
    /// error while executing at wasm backtrace:
    ///     0:     0x5c - module!function
    ///     1:     0x60 - module!&lt;wasm function 2&gt;
    /// </code>
    /// </summary>
    internal static string Format(IReadOnlyList<WasmFrame> frames)
    {
        var text = new StringBuilder("error while executing at wasm backtrace:");
        for (int i = 0; i < frames.Count; i++)
        {
            if (i == ShownInner && frames.Count > ShownInner + ShownOuter)
            {
                if (frames.Count >= Interpreter.MaxBacktraceFrames)
                {
                    return text.Append("\n       ... more frames").ToString();
                }

                i = frames.Count - ShownOuter;
                text.Append(CultureInfo.InvariantCulture, $"\n       ... {i - ShownInner} more frames");
            }

            WasmFrame frame = frames[i];
            text.Append('\n').Append(i.ToString(CultureInfo.InvariantCulture).PadLeft(5)).Append(": ");
            if (frame.CodeOffset >= 0)
            {
                text.Append(("0x" + frame.CodeOffset.ToString("x", CultureInfo.InvariantCulture)).PadLeft(8)).Append(" - ");
            }

            text.Append(frame.ModuleName ?? "<unknown>").Append('!');
            if (frame.FuncName != null)
            {
                text.Append(Demangler.Demangle(frame.FuncName));
            }
            else
            {
                text.Append("<wasm function ").Append(frame.FuncIndex.ToString(CultureInfo.InvariantCulture)).Append('>');
            }
        }

        return text.ToString();
    }
}
