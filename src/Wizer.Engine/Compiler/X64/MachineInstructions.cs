using Wizer.Binary;

namespace Wizer.Engine.Compiler.X64;

/// <summary>What <c>x64.tsv</c> and <c>x64-vectors.tsv</c> say about instructions; the table itself is generated next door.</summary>
internal static partial class MachineInstructions
{
    /// <summary>
    /// Whether the code of an instruction that is neither control nor a local calls something and goes on behind, so that scratch
    /// registers are lost.
    /// </summary>
    internal static bool MayCall(Opcode opcode) => Kinds[(int)opcode] == 0;
}
