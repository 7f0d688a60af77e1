using System.Diagnostics;
using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Pipeline;

/// <summary>
/// Validates components that the pipeline itself produced, as <see cref="OutputCheck"/> does modules: one that comes out invalid is a
/// defect of the pipeline.
/// </summary>
internal static class ComponentOutputCheck
{
    internal static void Check(ModuleSlices component)
    {
        using var copy = new PooledBuffer((int)Math.Max(1, component.ByteLength));
        new BufferWriterSink(copy).Write(component);
        try
        {
            ComponentValidator.Validate(ComponentReader.Parse(copy.WrittenMemory));
        }
        catch (WasmException error)
        {
            throw new UnreachableException(
                $"the component that Wizer wrote is invalid: {error.Message}\n\n{Convert.ToHexString(copy.WrittenSpan)}", error);
        }
    }
}
