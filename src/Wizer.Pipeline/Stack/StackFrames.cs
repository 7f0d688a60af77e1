using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Whether functions begin as LLVM lets those begin that need a frame: the stack pointer, lowered by the frame's size.</summary>
internal static class StackFrames
{
    /// <summary>Looks for one such function.</summary>
    /// <param name="module">A valid module.</param>
    /// <param name="globalIndex">The global that may be the stack pointer.</param>
    internal static bool AreTakenFrom(ModuleInfo module, uint globalIndex)
    {
        foreach (ByteRange body in module.Bodies)
        {
            if (TakesFrame(module, body, globalIndex))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TakesFrame(ModuleInfo module, ByteRange body, uint globalIndex)
    {
        var reader = new WasmReader(body.Of(module.Bytes.Span), body.Offset);
        for (int count = reader.ReadCount(); count > 0; count--)
        {
            reader.ReadU32();
            TypeReader.ReadValType(ref reader);
        }

        // How much of global.get, const, sub, local.tee has just been seen.
        int seen = 0;
        while (!reader.IsAtEnd)
        {
            InstructionReader.Read(ref reader, out Instruction instruction);
            bool continues = seen switch
            {
                0 => false,
                1 => instruction.Opcode is Opcode.I32Const or Opcode.I64Const && IsFrameSize(in instruction),
                2 => instruction.Opcode is Opcode.I32Sub or Opcode.I64Sub,
                _ => instruction.Opcode is Opcode.LocalTee or Opcode.LocalSet,
            };
            if (continues && seen == 3)
            {
                return true;
            }

            seen = continues ? seen + 1 : instruction.Opcode == Opcode.GlobalGet && instruction.Index == globalIndex ? 1 : 0;
        }

        return false;
    }

    private static bool IsFrameSize(in Instruction constant)
    {
        long size = constant.Opcode == Opcode.I32Const ? constant.I32 : constant.I64;
        return size > 0 && size % 16 == 0;
    }
}
