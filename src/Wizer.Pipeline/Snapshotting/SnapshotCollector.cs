using System.Buffers;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Gathers a snapshot from what a runtime shows: first every global, then every memory to find what it holds, and, once it is
/// known which ranges become segments, every memory again to take the bytes. Both <see cref="PreInitializer.Snapshot"/> and
/// its asynchronous twin drive it, so that they cannot differ.
/// </summary>
/// <param name="context">The module that the state belongs to.</param>
/// <param name="options">Which ranges become segments, how many, and whether the dead stack is among them.</param>
/// <param name="stable">The state, when its memories stay as they are until the module has been written: nothing is copied then.</param>
internal sealed class SnapshotCollector(ModuleContext context, WizerOptions options, IStableState? stable) : IDisposable
{
    private readonly GlobalValue[] _globals = new GlobalValue[context.MutableGlobals.Length];
    private readonly ulong[] _pageCounts = new ulong[context.Module.Memories.Length];
    private readonly RangeList[] _ranges = new RangeList[context.Module.Memories.Length];
    private readonly int _keptCount = context.KeptDataCount(options.Layout);
    private readonly int _maxCount = MaxCountOf(options);
    private readonly SegmentStore _store = new();
    private ReferenceChanges _references = ReferenceChanges.None;
    private ReadOnlySequence<byte>[]? _contents;
    private DeadStack? _deadStack;
    private int _segmentCount;
    private int _takenCount;
    private int _memory;

    internal int GlobalCount => _globals.Length;

    // What is there besides the segments that are chosen here; known once references have been read.
    private int OtherCount => _keptCount + (_references.HasImage ? 1 : 0);

    // Those of the memories that are not imported.
    private RangeList[] ShownRanges { get; set; } = [];

    private SegmentBudget Budget => field ??= SegmentBudget.For(options.Layout, OtherCount, _maxCount);

    /// <summary>How many memories there are, with imported ones.</summary>
    internal int MemoryCount => _ranges.Length;

    /// <summary>The values of the globals that the module imports; null for a module that is not part of a component.</summary>
    internal GlobalValue[]? ImportedGlobals { private get; init; }

    /// <summary>What became of the dead stack; null when nobody asked. Known after the last <see cref="Scan"/>.</summary>
    internal StackReport? Stack => (options.ClearStack ? _deadStack ??= DeadStack.Find(context, _globals) : null)?.Report;

    /// <summary>Gathers all of it from a state that answers at once.</summary>
    /// <param name="state">Shows globals and memories.</param>
    /// <param name="references">Shows what is neither; null for nothing.</param>
    /// <returns>The snapshot; good until this object is disposed.</returns>
    internal SnapshotData Collect(IIndexedState state, IReferenceReader? references)
    {
        ReadReferences(references);
        for (int i = 0; i < GlobalCount; i++)
        {
            SetGlobal(i, state.ReadGlobal(GlobalIndex(i), GlobalType(i)));
        }

        for (int i = context.FirstMemory; i < MemoryCount; i++)
        {
            BeginMemory(i);
            state.ReadMemory(i, this, static (contents, collector) => collector.Scan(contents));
        }

        ChooseSegments();
        for (int i = context.FirstMemory; i < MemoryCount; i++)
        {
            BeginMemory(i);
            state.ReadMemory(i, this, static (contents, collector) => collector.Take(contents));
        }

        return Finish();
    }

    /// <summary>In the global index space.</summary>
    internal int GlobalIndex(int nth) => context.MutableGlobals[nth];

    internal ValType GlobalType(int nth) => context.Module.Globals[context.MutableGlobals[nth]].Type.Value;

    /// <summary>
    /// Looks at what is neither in a memory nor a number, where the runtime shows it; others got no module that could change it.
    /// </summary>
    /// <param name="reader">What shows it; null for nothing.</param>
    /// <exception cref="WizerException">A snapshot cannot hold what became of it.</exception>
    internal void ReadReferences(IReferenceReader? reader) =>
        _references = reader?.ReadReferences(context, _keptCount, options.Loader) ?? ReferenceChanges.None;

    internal void SetGlobal(int nth, GlobalValue value)
    {
        if (value.Type != GlobalType(nth))
        {
            Throw.StateMismatch(
                $"`{ModuleContext.GlobalExportName(GlobalIndex(nth))}` has type {GlobalType(nth)}, but its value has type {value.Type}");
        }

        _globals[nth] = value;
    }

    /// <summary>Says which memory is shown next.</summary>
    internal void BeginMemory(int index) => _memory = index;

    /// <summary>Finds what the memory holds.</summary>
    internal void Scan(in ReadOnlySequence<byte> contents)
    {
        MemoryType type = context.Module.Memories[_memory].Type;
        ulong byteLength = (ulong)contents.Length;
        ulong pageCount = byteLength >> type.PageSizeLog2;
        if (byteLength != pageCount << type.PageSizeLog2)
        {
            Throw.StateMismatch($"`{ModuleContext.MemoryExportName(_memory)}` has {byteLength} bytes, which is no whole number of pages");
        }

        if (pageCount < type.Limits.Minimum || pageCount > (type.Limits.Maximum ?? ulong.MaxValue))
        {
            Throw.StateMismatch($"`{ModuleContext.MemoryExportName(_memory)}` has {pageCount} pages, which its type does not allow");
        }

        _pageCounts[_memory] = pageCount;
        var cost = new SegmentCost((uint)_memory, type.Limits.Is64);
        MemoryRange[] candidates = stable is null
            ? [new MemoryRange(0, byteLength)]
            : stable.FindTouchedRanges(_memory);
        _ranges[_memory] = MemoryScanner.Scan(contents, CutOutDeadStack(contents, candidates), cost, Budget);
    }

    private MemoryRange[] CutOutDeadStack(in ReadOnlySequence<byte> contents, MemoryRange[] candidates)
    {
        if (_memory != 0 || !options.ClearStack)
        {
            return candidates;
        }

        // Globals come before memories. What is not copied is cleared where it is: segments may reach across it.
        _deadStack = DeadStack.Find(context, _globals);
        candidates = _deadStack.CutOut(contents, candidates, out List<MemoryRange> dead);
        foreach (MemoryRange range in dead)
        {
            stable?.Clear(0, range);
        }

        return candidates;
    }

    /// <summary>Decides which ranges become segments. Call after the last <see cref="Scan"/>.</summary>
    /// <exception cref="WizerException">There are too many, however they are joined.</exception>
    internal void ChooseSegments()
    {
        for (int i = 0; i < _ranges.Length; i++)
        {
            if (_ranges[i] is null && i >= context.FirstMemory)
            {
                Throw.StateMismatch($"`{ModuleContext.MemoryExportName(i)}` was not shown");
            }
        }

        ShownRanges = context.FirstMemory == 0 ? _ranges : _ranges[context.FirstMemory..];
        SegmentChoice.Choose(ShownRanges, Budget);
        int count = SegmentLimit.RangeCount(ShownRanges);

        if (OtherCount + count > _maxCount)
        {
            Throw.TooManySegments(OtherCount, count, _maxCount);
        }

        _contents = new ReadOnlySequence<byte>[stable is null ? count : _ranges.Length];
    }

    /// <summary>Takes the bytes of the memory's segments. Memories must come in index order.</summary>
    internal void Take(in ReadOnlySequence<byte> contents)
    {
        MemoryType type = context.Module.Memories[_memory].Type;
        if ((ulong)contents.Length != _pageCounts[_memory] << type.PageSizeLog2)
        {
            Throw.StateMismatch($"`{ModuleContext.MemoryExportName(_memory)}` changed while it was read");
        }

        _takenCount++;
        if (stable is not null)
        {
            _contents![_memory] = contents;
            return;
        }

        RangeList ranges = ShownRanges[_memory - context.FirstMemory];
        for (int i = 0; i < ranges.Count; i++)
        {
            MemoryRange range = ranges[i];
            ReadOnlySequence<byte> bytes = contents.Slice((long)range.Start, (long)range.ByteLength);
            _contents![_segmentCount++] = _store.Copy(bytes, range.Start, _memory == 0 && _deadStack is { } dead ? dead.Range : default);
        }
    }

    /// <summary>The snapshot; good until this object is disposed.</summary>
    internal SnapshotData Finish()
    {
        if (_contents is null || _takenCount != ShownRanges.Length)
        {
            Throw.StateMismatch("a memory was not shown again");
        }

        return new SnapshotData(_globals, _pageCounts, ShownRanges, _contents, areCopies: stable is null)
        {
            References = context.ImportedValueCount == 0 ? _references : ImportedValues.SetIn(context, _globals, _references),
            ImportedGlobals = ImportedGlobals,
        };
    }

    public void Dispose() => _store.Dispose();

    private static int MaxCountOf(WizerOptions options) => Math.Min(options.MaxSegmentCount, SegmentBudget.MaxCountInModule);
}
