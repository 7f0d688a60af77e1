using System.Buffers;
using Wizer.Binary;
using Wizer.Pipeline;

namespace Wizer.Fuzz;

/// <summary>Numbers and memories as some run could have left them: the memories larger than before where they may grow, partly zeros.</summary>
internal sealed class MadeUpState(ModuleInfo module) : IInstanceState
{
    private const int PageSize = 1 << 16;

    public GlobalValue ReadGlobal(string exportName, ValType type) => GlobalValue.FromBits(type, 0x0123_4567, type.IsVector ? 0x89ab_cdef : 0UL);

    public void ReadMemory<TState>(string exportName, TState state, MemoryReader<TState> reader)
    {
        int index = Enumerable.Range(0, module.Memories.Length).First(i => ModuleContext.MemoryExportName(i) == exportName);
        MemoryType type = module.Memories[index].Type;
        ulong unit = 1UL << type.PageSizeLog2;
        ulong pages = type.Limits.Minimum;
        if (pages < (type.Limits.Maximum ?? ulong.MaxValue))
        {
            pages++;
        }

        var bytes = new byte[Math.Min(pages * unit, 17 * PageSize)];
        for (int i = 0; i < bytes.Length; i += i % 3 == 0 ? 997 : 5)
        {
            bytes[i] = (byte)i;
        }

        reader(new ReadOnlySequence<byte>(bytes), state);
    }
}
