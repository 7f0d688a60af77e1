using System.Globalization;
using System.Text;

namespace Wizer.Engine;

/// <summary>Collects the frames of a trap and prints them in the original tool's form.</summary>
internal static unsafe class TrapBacktrace
{
    /// <summary>Adds the frames of the activation that just ended to those of the activations it called.</summary>
    internal static WasmFrame[] Capture(Store store, IReadOnlyList<WasmFrame> inner)
    {
        List<InterpreterFrame> outer = Interpreter.CaptureBacktrace(store.Context);
        var frames = new WasmFrame[inner.Count + outer.Count];
        for (int i = 0; i < inner.Count; i++)
        {
            frames[i] = inner[i];
        }

        for (int i = 0; i < outer.Count; i++)
        {
            FuncData* func = outer[i].Func;
            Instance instance = store.InstanceOf(func->Instance);
            var index = (uint)func->FuncIndex;
            frames[inner.Count + i] = new WasmFrame(index, instance.Names.FindFunc(index), outer[i].CodeOffset, instance.Names.Module);
        }

        return frames;
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
            WasmFrame frame = frames[i];
            text.Append('\n').Append(i.ToString(CultureInfo.InvariantCulture).PadLeft(5)).Append(": ");
            if (frame.CodeOffset >= 0)
            {
                text.Append(("0x" + frame.CodeOffset.ToString("x", CultureInfo.InvariantCulture)).PadLeft(8)).Append(" - ");
            }

            text.Append(frame.ModuleName ?? "<unknown>").Append('!');
            if (frame.FuncName != null)
            {
                text.Append(frame.FuncName);
            }
            else
            {
                text.Append("<wasm function ").Append(frame.FuncIndex.ToString(CultureInfo.InvariantCulture)).Append('>');
            }
        }

        return text.ToString();
    }
}
