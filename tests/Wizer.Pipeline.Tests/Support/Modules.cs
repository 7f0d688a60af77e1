using System.Buffers;
using Wizer.Binary;
using Wizer.TestSupport;
using Wizer.Text;

namespace Wizer.Pipeline.Tests;

/// <summary>Modules in and out of the pipeline, for tests that look at bytes.</summary>
internal static class Modules
{
    public static byte[] Compile(string wat) => Wat.Compile(wat);

    public static byte[] CompileWithNames(string wat) => Wat.Compile(wat, names: true);

    public static byte[] Run(this PreInitializer wizer, byte[] module, InitEnvironment? environment = null)
    {
        var output = new ArrayBufferWriter<byte>();
        wizer.Run(module, new BufferWriterSink(output), environment);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Instrument(this PreInitializer wizer, byte[] module, out ModuleContext context)
    {
        var output = new ArrayBufferWriter<byte>();
        context = wizer.Instrument(module, new BufferWriterSink(output));
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Snapshot(this PreInitializer wizer, ModuleContext context, IInstanceState state)
    {
        var output = new ArrayBufferWriter<byte>();
        wizer.Snapshot(context, state, new BufferWriterSink(output));
        return output.WrittenSpan.ToArray();
    }

    public static byte[] SnapshotAsync(this PreInitializer wizer, ModuleContext context, IAsyncInstanceState state)
    {
        var output = new ArrayBufferWriter<byte>();
        wizer.SnapshotAsync(context, state, new BufferWriterSink(output)).AsTask().GetAwaiter().GetResult();
        return output.WrittenSpan.ToArray();
    }

    public static string Print(ReadOnlyMemory<byte> module) => WatPrinter.Print(ModuleReader.Parse(module));

    /// <summary>The contents of the only section with this id.</summary>
    public static byte[] Section(byte[] module, SectionId id) =>
        ModuleReader.Parse(module).Sections.Single(section => section.Id == id).Contents.Of(module.AsSpan()).ToArray();

    /// <summary>The sections in order: ids, and the names of custom ones.</summary>
    public static string Outline(byte[] module)
    {
        ModuleInfo info = ModuleReader.Parse(module);
        return string.Join(' ', info.Sections.Select(
            section => section.Id == SectionId.Custom ? info.NameAt(section.Name) : section.Id.ToString()));
    }
}
