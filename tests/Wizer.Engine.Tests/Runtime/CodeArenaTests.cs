using Wizer.Engine.Code;
using Wizer.Engine.Layout;
using Xunit;

namespace Wizer.Engine.Tests.Runtime;

public sealed unsafe class CodeArenaTests
{
    [Fact]
    public void Find_TellsWhoseCodeItIs()
    {
        using var arena = new CodeArena();
        var random = new Random(1);
        var starts = new List<nint>();
        var lengths = new List<int>();
        for (int i = 0; i < 500; i++)
        {
            // Some 20 chunks, and one function that fills several.
            int length = i == 250 ? 300_000 : random.Next(1, 10_000);
            starts.Add((nint)arena.Add((FuncData*)(i + 1), new ushort[length]));
            lengths.Add(length);
        }

        for (int i = 0; i < starts.Count; i++)
        {
            var start = (ushort*)starts[i];
            Assert.Equal(i + 1, (nint)arena.Find(start));
            Assert.Equal(i + 1, (nint)arena.Find(start + lengths[i] - 1));
            Assert.NotEqual(i + 1, (nint)arena.Find(start + lengths[i]));
        }

        ushort elsewhere = 0;
        Assert.True(arena.Find(&elsewhere) == null);
    }
}
