using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Looks at constant expressions without evaluating them.</summary>
internal static class ConstScan
{
    /// <summary>Whether one of them makes an object, another one each time.</summary>
    /// <param name="module">The module.</param>
    /// <param name="expressions">One after the other; their ends do not matter.</param>
    internal static bool Allocates(ModuleInfo module, ByteRange expressions)
    {
        var reader = new WasmReader(expressions.Of(module.Bytes.Span), expressions.Offset);
        while (!reader.IsAtEnd)
        {
            InstructionReader.Read(ref reader, out Instruction instruction);
            if (instruction.Opcode is Opcode.StructNew or Opcode.StructNewDefault
                or Opcode.ArrayNew or Opcode.ArrayNewDefault or Opcode.ArrayNewFixed)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds the functions that they name.</summary>
    internal static void AddFuncs(ModuleInfo module, ByteRange expressions, FuncSet funcs)
    {
        var reader = new WasmReader(expressions.Of(module.Bytes.Span), expressions.Offset);
        while (!reader.IsAtEnd)
        {
            InstructionReader.Read(ref reader, out Instruction instruction);
            if (instruction.Opcode == Opcode.RefFunc)
            {
                funcs.Add(instruction.Index);
            }
        }
    }
}
