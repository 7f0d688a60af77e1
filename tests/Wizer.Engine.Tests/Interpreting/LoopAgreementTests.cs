using Xunit;

namespace Wizer.Engine.Tests.Interpreting;

/// <summary>
/// The loop with superinstructions, the one without, and compiled code compute the same, down to the place of a trap.
/// </summary>
public sealed class LoopAgreementTests
{
    private const int ProgramsPerBatch = 40;
    private static readonly ulong[] s_arguments = [0, 1, 0xfff0, 0x7fff_ffff, 0x1234_5678_9abc_def0, ulong.MaxValue];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void RandomPrograms_ComputeTheSame(int batch)
    {
        int trapped = 0;
        for (int i = 0; i < ProgramsPerBatch; i++)
        {
            int seed = (batch * 10_000) + i;
            string source = new RandomProgram(seed).Write();
            using var plain = new LoopGuest(EngineForm.Plain, source);
            using var threaded = new LoopGuest(EngineForm.Threaded, source);
            using var compiled = new LoopGuest(EngineForm.Compiled, source);
            using var replaced = new LoopGuest(EngineForm.Replaced, source);
            foreach (ulong argument in s_arguments)
            {
                string expected = Observe(plain, argument);
                foreach (LoopGuest other in (LoopGuest[])[threaded, compiled, replaced])
                {
                    string actual = Observe(other, argument);
                    Assert.True(
                        expected == actual,
                        $"seed {seed}, f({argument}): {expected} in the plain loop, {actual} otherwise ({other.Form})\n{source}");
                }

                trapped += expected.Contains("out of bounds", StringComparison.Ordinal) ? 1 : 0;
            }
        }

        // Both kinds of ends are wanted.
        Assert.InRange(trapped, 1, (ProgramsPerBatch * s_arguments.Length) - 1);
    }

    private static string Observe(LoopGuest guest, ulong argument)
    {
        string result;
        try
        {
            result = guest.Call("f", argument)[0].ToString("x");
        }
        catch (WasmTrapException trap)
        {
            result = $"{trap.Message} at {string.Join(' ', trap.Backtrace.Select(frame => frame.CodeOffset))}";
        }

        Assert.True(guest.Instance.FindMemory("memory")!.TryGetSpan(0, 65536, out Span<byte> memory));
        var hash = new HashCode();
        hash.AddBytes(memory);
        return $"{result}, memory {hash.ToHashCode():x}";
    }
}
