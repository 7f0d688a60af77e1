using Wizer.Binary;

namespace Wizer.Engine.Compiler.X64;

/// <summary>What <c>x64.tsv</c> and <c>x64-vectors.tsv</c> say about instructions; the table itself is generated next door.</summary>
internal static partial class MachineInstructions
{
    // The values of the table.
    private const byte CallsUnlessFirstMemory = 1;
    private const byte CallsNothing = 2;

    /// <summary>
    /// Whether the code of an instruction that is neither control nor a local calls something and goes on behind, so that scratch
    /// registers are lost.
    /// </summary>
    internal static bool MayCall(ref Instruction instruction) => Kinds[(int)instruction.Opcode] switch
    {
        CallsNothing => false,
        CallsUnlessFirstMemory => instruction.Index != 0,
        _ => true,
    };
}
