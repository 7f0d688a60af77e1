using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

/// <summary>What is on the stack behind an instruction that compiled code leaves to the interpreter's helpers.</summary>
internal static class HelperResults
{
    /// <summary>The types of an instruction's results.</summary>
    /// <returns>False when they depend on more than the instruction and the module.</returns>
    internal static bool TryFind(ModuleInfo module, ref Instruction instruction, out SlotType[] results)
    {
        Opcode opcode = instruction.Opcode;
        byte result = OpcodeTable.Signature(opcode).Result;
        switch (opcode)
        {
            case Opcode.TableGet or Opcode.StructNew or Opcode.StructNewDefault or Opcode.ArrayNew or Opcode.ArrayNewDefault
                or Opcode.ArrayNewFixed or Opcode.ArrayNewData or Opcode.ArrayNewElem or Opcode.RefCast or Opcode.RefCastNull:
                results = [SlotType.I64];
                return true;
            case Opcode.StructGet:
                results = [SlotTypes.Of(((StructType)module.Types[instruction.Index].Composite).Fields[(int)instruction.Index2].Storage)];
                return true;
            case Opcode.ArrayGet:
                results = [SlotTypes.Of(((ArrayType)module.Types[instruction.Index].Composite).Element.Storage)];
                return true;
            case Opcode.I64Add128 or Opcode.I64Sub128 or Opcode.I64MulWideS or Opcode.I64MulWideU:
                results = [SlotType.I64, SlotType.I64];
                return true;
            case Opcode.TableSize or Opcode.TableGrow:
                results = [module.Tables[instruction.Index].Type.Limits.Is64 ? SlotType.I64 : SlotType.I32];
                return true;
        }

        results = result switch
        {
            OpcodeSignature.Address => [module.Memories[instruction.Index].Type.Limits.Is64 ? SlotType.I64 : SlotType.I32],
            OpcodeSignature.Nothing => [],
            _ => [SlotTypes.OfCode(result)],
        };
        return result != OpcodeSignature.Irregular;
    }
}
