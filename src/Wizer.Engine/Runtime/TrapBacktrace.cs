using System.Globalization;
using System.Text;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Symbols;

namespace Wizer.Engine.Runtime;

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
        if (trap.Backtrace.Count >= Execution.MaxBacktraceFrames)
        {
            return;
        }

        foreach (InterpreterFrame frame in Execution.CaptureBacktrace(store.Context))
        {
            if (trap is { Kind: TrapKind.MemoryOutOfBounds, Backtrace.Count: 0 })
            {
                MemoryFaults.Describe(store, frame, trap);
            }

            Instance instance = store.InstanceOf(frame.Func->Instance);
            var index = (uint)frame.Func->FuncIndex;
            var named = new WasmFrame(index, instance.Names.FindFunc(index), frame.CodeOffset, instance.Names.Module);
            if (store.Options.ReadsDebugInfo)
            {
                named = named with { Symbols = instance.DebugInfo.Find(frame.CodeOffset) };
            }
            else
            {
                trap.HasUnreadDebugInfo |= instance.HasDebugSections;
            }

            trap.Add(named);
        }
    }

    /// <summary>
    /// <code>
    /// error while executing at wasm backtrace:
    ///     0:     0x5c - module!function
    ///     1:     0x60 - module!&lt;wasm function 2&gt;
    ///     2:     0x71 - inlined
    ///                     at file:line:column
    ///                 - function
    ///                     at file:line:column
    /// </code>
    /// </summary>
    internal static string Format(IReadOnlyList<WasmFrame> frames)
    {
        var text = new StringBuilder("error while executing at wasm backtrace:");
        for (int i = 0; i < frames.Count; i++)
        {
            if (i == ShownInner && frames.Count > ShownInner + ShownOuter)
            {
                if (frames.Count >= Execution.MaxBacktraceFrames)
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

            if (frame.Symbols.Count == 0)
            {
                text.Append(frame.ModuleName ?? "<unknown>").Append('!');
                AppendName(text, frame);
            }

            for (int j = 0; j < frame.Symbols.Count; j++)
            {
                AppendSymbol(text, frame, j);
            }
        }

        return text.ToString();
    }

    private static void AppendSymbol(StringBuilder text, in WasmFrame frame, int index)
    {
        FrameSymbol symbol = frame.Symbols[index];
        if (index > 0)
        {
            text.Append("\n                - ");
        }

        if (symbol.FuncName is { } name)
        {
            text.Append(Demangler.Demangle(name));
        }
        else if (index == 0)
        {
            AppendName(text, frame);
        }
        else
        {
            text.Append("<inlined function>");
        }

        if (symbol.File is null)
        {
            return;
        }

        text.Append("\n                    at ").Append(symbol.File);
        if (symbol.Line is { } line)
        {
            text.Append(CultureInfo.InvariantCulture, $":{line}");
            if (symbol.Column is { } column)
            {
                text.Append(CultureInfo.InvariantCulture, $":{column}");
            }
        }
    }

    private static void AppendName(StringBuilder text, in WasmFrame frame)
    {
        if (frame.FuncName is { } name)
        {
            text.Append(Demangler.Demangle(name));
        }
        else
        {
            text.Append("<wasm function ").Append(frame.FuncIndex.ToString(CultureInfo.InvariantCulture)).Append('>');
        }
    }
}
