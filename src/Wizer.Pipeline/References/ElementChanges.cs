using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>What becomes of a module's element segments.</summary>
internal sealed class ElementChanges
{
    private static readonly byte[] s_removed = [];
    private readonly byte[]?[] _old;

    /// <param name="module">The input.</param>
    internal ElementChanges(ModuleInfo module) => _old = new byte[module.ElementSegments.Length][];

    /// <summary>The new segments, which come behind the old ones.</summary>
    internal List<byte[]> Added { get; } = [];

    /// <summary>Whether anything becomes of them at all.</summary>
    internal bool HasAny => Added.Count != 0 || Array.Exists(_old, static segment => segment is not null);

    /// <summary>Whether names of segments change.</summary>
    internal bool Renumbers => Array.Exists(_old, static segment => segment == s_removed);

    /// <summary>How many there will be.</summary>
    internal int Count
    {
        get
        {
            int count = Added.Count;
            foreach (byte[]? segment in _old)
            {
                count += segment == s_removed ? 0 : 1;
            }

            return count;
        }
    }

    /// <summary>Whether a segment stays as it is.</summary>
    internal bool IsKept(int index) => _old[index] is null;

    /// <summary>Whether a segment is left out.</summary>
    internal bool IsRemoved(int index) => _old[index] == s_removed;

    /// <summary>What stands in the place of a segment that is neither.</summary>
    internal ReadOnlySpan<byte> ReplacementOf(int index) => _old[index];

    internal void Remove(int index) => _old[index] = s_removed;

    internal void Replace(int index, byte[] segment) => _old[index] = segment;

    /// <summary>
    /// Puts an empty passive segment of the same type into the place of one, which is what a segment is that has been dropped. Core 3.0,
    /// Binary Format: Element Section.
    /// </summary>
    internal void Empty(ModuleInfo module, int index)
    {
        ElementSegmentInfo segment = module.ElementSegments[index];
        using var buffer = new PooledBuffer();
        var writer = new WasmWriter(buffer);
        if (segment.HasExpressions)
        {
            writer.WriteByte((byte)ElementForm.PassiveExpressions);
            writer.WriteValType(segment.Type);
        }
        else
        {
            writer.WriteByte((byte)ElementForm.PassiveFuncs);
            writer.WriteByte(ElementForms.FuncKind);
        }

        writer.WriteU32(0);
        _old[index] = buffer.ToArray();
    }
}
