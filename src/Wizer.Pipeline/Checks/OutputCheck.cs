using System.Diagnostics;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Validates what the pipeline itself produced. A module that passed the input check and comes out invalid is a defect of the
/// pipeline, and the message carries the module.
/// </summary>
/// <param name="printer">Shows a module as text. The pipeline has no printer of its own: whoever has one lends it.</param>
internal sealed class OutputCheck(Func<ReadOnlyMemory<byte>, string>? printer = null)
{
    /// <summary>What is checked unless somebody asks for more or less: in debug builds everything, elsewhere nothing.</summary>
    internal static OutputCheck? Default { get; } =
#if DEBUG
        new();
#else
        null;
#endif

    internal void Check(ModuleSlices module)
    {
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

    private string Print(PooledBuffer module)
    {
        if (printer is not null)
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
