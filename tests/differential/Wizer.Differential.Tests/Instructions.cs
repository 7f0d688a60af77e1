using Wizer.Binary;
using Wizer.Differential.Generation;

namespace Wizer.Differential.Tests;

/// <summary>An instruction of a body.</summary>
/// <param name="Opcode">Which.</param>
/// <param name="Type">Of the reference that it makes or asks for, when it has a heap type.</param>
/// <param name="Offset">In the module.</param>
internal sealed record FoundInstruction(Opcode Opcode, ValType Type, int Offset);

internal static class Instructions
{
    /// <summary>The instructions of all bodies.</summary>
    internal static List<FoundInstruction> Of(GeneratedModule generated)
    {
        List<FoundInstruction> instructions = [];
        ModuleInfo module = ModuleReader.Parse(generated.Bytes);
        foreach (ByteRange body in module.Bodies)
        {
            var reader = new WasmReader(body.Of(generated.Bytes.AsSpan()), body.Offset);
            for (int groups = reader.ReadCount(); groups > 0; groups--)
            {
                reader.ReadU32();
                TypeReader.ReadValType(ref reader);
            }

            while (!reader.IsAtEnd)
            {
                InstructionReader.Read(ref reader, out Instruction instruction);
                instructions.Add(new FoundInstruction(instruction.Opcode, instruction.Type, (int)instruction.Offset));
            }
        }

        return instructions;
    }
}
