using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// What has neither control nor state of its own: by family, and as the generated half has it from x64.tsv.
internal sealed unsafe partial class MachineCompiler
{
    private void EmitRegular(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        switch (OpcodeTable.Family(opcode))
        {
            case OpcodeFamily.Load:
                Load(ref instruction);
                break;
            case OpcodeFamily.Store:
                Store(ref instruction);
                break;
            case OpcodeFamily.VectorLoad or OpcodeFamily.LoadLane:
                LoadVector(ref instruction);
                break;
            case OpcodeFamily.VectorStore or OpcodeFamily.StoreLane:
                StoreVector(ref instruction);
                break;
            case OpcodeFamily.VectorConstant:
                Operand constant = Constant(SlotType.V128, instruction.Value);
                constant.HighBits = instruction.ValueHigh;
                Push(constant);
                break;
            case OpcodeFamily.Shuffle:
                Shuffle(instruction.Value, instruction.ValueHigh);
                break;
            case OpcodeFamily.VectorLane:
                Lane(opcode, (int)instruction.Index);
                break;
            case OpcodeFamily.Vector when VectorSteps.Of(opcode, host.IsRelaxedSimdDeterministic) is uint steps and not 0:
                EmitSteps(opcode, steps);
                break;
            default:
                if (!TryEmit(opcode))
                {
                    Decline();
                }

                break;
        }
    }
}
