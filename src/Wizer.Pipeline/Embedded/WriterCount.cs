using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Layout;
using Wizer.Engine.Runtime;

namespace Wizer.Pipeline;

/// <summary>Counts who wrote what is in the memories of instances and is not what their modules' segments make of them.</summary>
internal sealed unsafe class WriterCount
{
    private const int ChunkByteLength = 4096;

    private readonly WriteLog _log;
    private readonly long[] _counts;
    private long _hostByteLength;

    private WriterCount(WriteLog log)
    {
        _log = log;
        _counts = new long[log.Tree.NodeCount];
    }

    /// <summary>Counts; null when the store has not noted who writes.</summary>
    /// <param name="store">The store of the instances, in which nothing runs.</param>
    /// <param name="instances">The instances whose own memories count.</param>
    internal static Attribution? Of(Store store, IEnumerable<Instance> instances)
    {
        if (store.Writes is not { } log)
        {
            return null;
        }

        var count = new WriterCount(log);
        foreach (Instance instance in instances)
        {
            ModuleInfo module = instance.Module;
            GlobalValue[] globals = InitialGlobals.Evaluate(module, imported: null);
            for (int i = module.ImportedMemoryCount; i < module.Memories.Length; i++)
            {
                count.Count(module, globals, i, instance.MemoryAt((uint)i).Data);
            }
        }

        return count.Describe(store);
    }

    private void Count(ModuleInfo module, GlobalValue[] globals, int index, MemoryData* memory)
    {
        var given = new ExtentList();
        for (int i = 0; i < module.DataSegments.Length; i++)
        {
            DataSegmentInfo segment = module.DataSegments[i];
            if (segment.Mode == SegmentMode.Active && segment.MemoryIndex == index)
            {
                given.Add(InitialGlobals.Evaluate(module, segment.OffsetExpr, globals).LowBits, segment.Data.Length, i);
            }
        }

        ulong at = 0;
        foreach (Extent extent in given.Extents)
        {
            CountZeros(memory, at, Math.Min(extent.Address, memory->ByteLength));
            ByteRange data = module.DataSegments[extent.Segment].Data;
            ReadOnlySpan<byte> before = data.Of(module.Bytes.Span).Slice((int)extent.Start, (int)extent.Length);
            var after = new ReadOnlySpan<byte>(memory->Base + extent.Address, before.Length);
            Count(memory, extent.Address, before, after);
            at = extent.End;
        }

        CountZeros(memory, at, memory->ByteLength);
    }

    // Where the input has nothing; most of it has nothing now, either.
    private void CountZeros(MemoryData* memory, ulong start, ulong end)
    {
        ReadOnlySpan<byte> zeros = new byte[ChunkByteLength];
        for (ulong at = start; at < end; at += ChunkByteLength)
        {
            var chunk = new ReadOnlySpan<byte>(memory->Base + at, (int)Math.Min(end - at, ChunkByteLength));
            if (chunk.ContainsAnyExcept((byte)0))
            {
                Count(memory, at, zeros[..chunk.Length], chunk);
            }
        }
    }

    private void Count(MemoryData* memory, ulong address, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        for (int i = 0; i < after.Length; i++)
        {
            if (before[i] == after[i])
            {
                continue;
            }

            int writer = _log.FindWriter(memory, address + (ulong)i);
            if (writer < 0)
            {
                _hostByteLength++;
            }
            else
            {
                _counts[writer]++;
            }
        }
    }

    private Attribution Describe(Store store)
    {
        var stacks = new List<AttributedStack>();
        StackNames names = store.NameStacks(_log.Tree);
        for (int i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] > 0)
            {
                stacks.Add(new AttributedStack(names.PathOf(i), _counts[i]));
            }
        }

        // Of equal ones, the first that wrote.
        return new Attribution
        {
            Functions = names.Functions,
            Stacks = [.. stacks.OrderByDescending(stack => stack.ByteLength)],
            HostByteLength = _hostByteLength,
        };
    }
}
