using System.Buffers;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Pipeline;
using Wizer.TestSupport;

namespace Wizer.SpecTests;

/// <summary>
/// Puts an instance of its own snapshot into the place of an instance, so that a script goes on with that one. An instance that others
/// know, or that shares state with others, stays: it cannot be replaced everywhere.
/// </summary>
internal sealed class SnapshotSubstitution : IInstanceSubstitution
{
    private readonly Store _store;
    private readonly Linker _linker;
    private readonly Dictionary<Instance, Source> _sources = [];
    private readonly HashSet<Instance> _known = [];

    internal SnapshotSubstitution(Store store, Linker linker)
    {
        _store = store;
        _linker = linker;
    }

    public int Count { get; private set; }

    public int RefusedCount { get; private set; }

    public void Expose(Instance instance) => _known.Add(instance);

    public Instance Replace(Instance instance, out string? difference)
    {
        difference = null;
        Source? source = FindSource(instance);
        if (source is null || _known.Contains(instance))
        {
            return instance;
        }

        string dump = StateDump.Of(instance, source.Input, source.Names);
        if (source.LastDump == dump)
        {
            return instance;
        }

        source.LastDump = dump;
        byte[] output;
        try
        {
            output = Take(source.Context, instance);
        }
        catch (WizerException error) when (error.Error == WizerError.UnsupportedModule)
        {
            RefusedCount++;
            return instance;
        }

        ModuleInfo module = ModuleReader.Parse(output);
        ModuleValidator.Validate(module);
        Instance next = _linker.Instantiate(_store, module);
        string after = StateDump.Of(next, source.Input, source.Names);
        difference = dump == after ? null : $"the snapshot has another state:\n{dump}\nand not\n{after}";
        Count++;
        _sources[next] = new Source(source.Input, source.Names, ContextOf(module)!) { LastDump = dump };
        return next;
    }

    private static byte[] Take(ModuleContext context, Instance instance)
    {
        var output = new ArrayBufferWriter<byte>();
        new PreInitializer(new WizerOptions { KeepInitFunc = true }).TakeSnapshot(context, new EmbeddedState(instance), new BufferWriterSink(output));
        return output.WrittenSpan.ToArray();
    }

    private Source? FindSource(Instance instance)
    {
        if (!_sources.TryGetValue(instance, out Source? source))
        {
            ModuleContext? context = ContextOf(instance.Module);
            source = context is { MayChangeReferences: true } || (context is not null && HasSegmentDrops(context))
                ? new Source(instance.Module, context.Validation, context)
                : null;
            _sources[instance] = source!;
        }

        return source;
    }

    private static bool HasSegmentDrops(ModuleContext context) =>
        context.Validation.Uses(Opcode.DataDrop) || context.Validation.Uses(Opcode.ElemDrop);

    // None for a module that imports state, or that cannot be initialized for another reason.
    private static ModuleContext? ContextOf(ModuleInfo module)
    {
        try
        {
            return InputCheck.Start(module.Bytes, WizerOptions.Default, seesReferences: true).Join();
        }
        catch (WizerException)
        {
            return null;
        }
    }

    private sealed record Source(ModuleInfo Input, ValidationResult Names, ModuleContext Context)
    {
        internal string? LastDump { get; set; }
    }
}
