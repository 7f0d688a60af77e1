using Wizer.Engine.Platform;
using Wizer.Engine.Tests.Runtime;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>Memories go to large pages where they are full, and only there; their contents stay.</summary>
public sealed class LargePageTests
{
    private const int PageByteLength = 65_536;
    private const int MemoryByteLength = 512 * PageByteLength;

    [Fact]
    public unsafe void FullParts_AreMoved_AndKeepTheirContents()
    {
        using var store = new Store();
        Instance instance = new Linker().Instantiate(store, Guest.Module("""(module (memory (export "m") 512))"""));
        var memory = (LinearMemory)instance.FindExport("m")!;
        Assert.Equal(0UL, LargePages.Gather(memory.Data->Base, memory.Data->ByteLength));

        Assert.True(memory.TryGetSpan(0, MemoryByteLength, out Span<byte> bytes));
        for (int i = 0; i < MemoryByteLength / 2; i++)
        {
            bytes[i] = (byte)(i * 7 + (i >> 16));
        }

        ulong gathered = LargePages.Gather(memory.Data->Base, memory.Data->ByteLength);
        Assert.True(LargePages.IsRefused ? gathered == 0 : gathered <= MemoryByteLength / 2);
        Assert.True(gathered == 0 || gathered >= (MemoryByteLength / 2) - (2 * LargePages.ByteLength), $"{gathered} bytes");
        for (int i = 0; i < MemoryByteLength; i++)
        {
            if (bytes[i] != (i < MemoryByteLength / 2 ? (byte)(i * 7 + (i >> 16)) : (byte)0))
            {
                Assert.Fail($"byte {i} is {bytes[i]}");
            }
        }
    }

    [Fact]
    public unsafe void PartsWithHoles_StayAsTheyAre()
    {
        using var store = new Store();
        Instance instance = new Linker().Instantiate(store, Guest.Module("""(module (memory (export "m") 512))"""));
        var memory = (LinearMemory)instance.FindExport("m")!;
        Assert.True(memory.TryGetSpan(0, MemoryByteLength, out Span<byte> bytes));
        for (int i = 0; i < MemoryByteLength; i += 2 * Environment.SystemPageSize)
        {
            bytes[i] = 1;
        }

        Assert.Equal(0UL, LargePages.Gather(memory.Data->Base, memory.Data->ByteLength));
    }
}
