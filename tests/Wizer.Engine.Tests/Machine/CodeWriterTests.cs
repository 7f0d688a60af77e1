using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Native;
using Wizer.Engine.Tests.Interpreting;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>Machine code gets to pages that no instruction may write to; where the system refuses, they are unlocked meanwhile.</summary>
public sealed unsafe class CodeWriterTests
{
    private const ulong ByteLength = 1 << 20;

    // Two functions, each hot, the second one later: into a page that the first has made executable.
    private const string Two = """
        (module
          (func (export "f") (param i32) (result i32) (local $i i32) (local $sum i32)
            (loop $next
              (local.set $sum (i32.add (local.get $sum) (i32.mul (local.get $i) (local.get $i))))
              (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get 0))))
            (local.get $sum))
          (func (export "g") (param i32) (result i32) (local $i i32) (local $sum i32)
            (loop $next
              (local.set $sum (i32.xor (local.get $sum) (i32.rotl (local.get $i) (i32.const 5))))
              (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get 0))))
            (local.get $sum)))
        """;

    [Fact]
    public void TryWrite_WritesWhereNothingElseMay()
    {
        if (!MachineCode.IsSupported || !CodeWriter.IsAvailable)
        {
            return;
        }

        byte* start = AddressSpace.TryReserve(ByteLength);
        Assert.True(AddressSpace.TryMakeExecutable(start, ByteLength, isExecutable: true));
        byte[] bytes = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(i * 7))];
        Assert.True(CodeWriter.TryWrite(start + 3_000, bytes));
        Assert.Equal(bytes, new ReadOnlySpan<byte>(start + 3_000, bytes.Length).ToArray());
        Assert.Equal(0, start[2_999]);
        Assert.Equal(0, start[13_000]);
        AddressSpace.Release(start, ByteLength);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Code_RunsHoweverItGotThere(bool isAvailable)
    {
        bool before = CodeWriter.IsAvailable;
        CodeWriter.IsAvailable &= isAvailable;
        try
        {
            using var guest = new LoopGuest(EngineForm.Machine, Two);
            for (uint i = 0; i < 50; i++)
            {
                Assert.Equal(332_833_500u, (uint)guest.Call("f", 1000)[0]);
            }

            // What was begun in one way goes on in the other.
            CodeWriter.IsAvailable = !CodeWriter.IsAvailable && before;
            ulong first = guest.Call("g", 1000)[0];
            for (uint i = 0; i < 50; i++)
            {
                Assert.Equal(first, guest.Call("g", 1000)[0]);
            }

            Assert.Equal(332_833_500u, (uint)guest.Call("f", 1000)[0]);
            foreach (string export in new[] { "f", "g" })
            {
                Assert.True(!MachineCode.IsSupported || MachineGuest.HasMachineCode(guest.Instance, export), export);
            }
        }
        finally
        {
            CodeWriter.IsAvailable = before;
        }
    }
}
