using System.Diagnostics;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Validates what the pipeline itself produced: in debug builds always, elsewhere when a test turns it on. A module that
/// passed the input check and comes out invalid is a defect of the pipeline, and the message carries the module.
/// </summary>
internal static class OutputCheck
{
    /// <summary>Whether every instrumented and every rewritten module is validated.</summary>
    internal static bool IsEnabled { get; set; } =
#if DEBUG
        true;
#else
        false;
#endif

    /// <summary>Shows a module as text. The pipeline has no printer of its own: whoever has one lends it.</summary>
    internal static Func<ReadOnlyMemory<byte>, string>? Printer { get; set; }

    internal static void Check(ModuleSlices module)
    {
        if (!IsEnabled)
        {
            return;
        }

        using var copy = new PooledBuffer((int)Math.Max(1, module.ByteLength));
        new BufferWriterSink(copy).Write(module);
        try
        {
            ModuleValidator.Validate(ModuleReader.Parse(copy.WrittenMemory));
        }
        catch (WasmException error)
        {
            throw new UnreachableException($"the module that Wizer wrote is invalid: {error.Message}\n\n{Print(copy)}", error);
        }
    }

    private static string Print(PooledBuffer module)
    {
        if (Printer is { } printer)
        {
            try
            {
                return printer(module.WrittenMemory);
            }
            catch (WasmException error)
            {
                return $"(it cannot be printed: {error.Message})\n{Convert.ToHexString(module.WrittenSpan)}";
            }
        }

        return Convert.ToHexString(module.WrittenSpan);
    }
}
