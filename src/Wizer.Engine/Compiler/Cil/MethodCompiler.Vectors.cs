using System.Reflection;
using Wizer.Binary;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.Cil;

// Vectors: RyuJIT makes an instruction or two of each of the methods called here.
internal sealed unsafe partial class MethodCompiler
{
    private bool TryVector(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        switch (OpcodeTable.Immediates(opcode))
        {
            case ImmediateKind.Shuffle:
                Shuffle(instruction.Value, instruction.ValueHigh);
                return true;
            case ImmediateKind.Lane:
                Lane(opcode, (int)instruction.Index);
                return true;
            case ImmediateKind.None:
                OpcodeSignature signature = OpcodeTable.Signature(opcode);
                if (VectorOperations.Of(opcode, isDeterministic: true) == null)
                {
                    return false;
                }

                EmitTop(signature.OperandCount);
                _il.Call(VectorOperations.OfValues(opcode, _isRelaxedSimdDeterministic)!);
                PushResult(SlotTypes.OfCode(signature.Result));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Puts the top entries on CIL's stack, and pops them.</summary>
    private void EmitTop(int count)
    {
        int first = _stack.Count - count;
        _top = _stack[first].Slot;
        for (int i = first; i < _stack.Count; i++)
        {
            EmitNode(_stack[i]);
        }

        _stack.RemoveRange(first, count);
    }

    // Each half takes its own lanes, and gives zeros for the other's.
    private void Shuffle(ulong low, ulong high)
    {
        const ulong Upper = 0x1010_1010_1010_1010;
        Node b = Pop();
        Node a = Pop();
        bool usesA = (low & Upper) != Upper || (high & Upper) != Upper;
        bool usesB = ((low | high) & Upper) != 0;
        if (usesA)
        {
            EmitNode(a);
            ShuffleIndices(low, high, ofSecond: false);
        }
        else
        {
            Discard(a);
        }

        if (usesB)
        {
            EmitNode(b);
            ShuffleIndices(low, high, ofSecond: true);
        }
        else
        {
            Discard(b);
        }

        if (usesA && usesB)
        {
            _il.Call(Method(nameof(CompiledVectors.Or)));
        }

        PushResult(SlotType.V128);
    }

    private void ShuffleIndices(ulong low, ulong high, bool ofSecond)
    {
        _il.Int64((long)IndicesOf(low, ofSecond));
        _il.Int64((long)IndicesOf(high, ofSecond));
        _il.Call(RuntimeMethods.VectorOfHalves);
        _il.Call(Method(nameof(CompiledVectors.Shuffle)));
    }

    private static ulong IndicesOf(ulong indices, bool ofSecond)
    {
        ulong result = 0;
        for (int i = 0; i < 64; i += 8)
        {
            ulong index = (indices >> i) & 0xff;
            result |= ((index >= 16) == ofSecond ? index & 15 : 0xff) << i;
        }

        return result;
    }

    private void Lane(Opcode opcode, int lane)
    {
        OpcodeSignature signature = OpcodeTable.Signature(opcode);
        EmitTop(signature.OperandCount);
        _il.Int32(lane);
        _il.Call(LaneMethod(opcode));
        PushResult(SlotTypes.OfCode(signature.Result));
    }

    private static MethodInfo LaneMethod(Opcode opcode) => opcode switch
    {
        Opcode.I8x16ExtractLaneS => Method(nameof(CompiledVectors.ExtractI8)),
        Opcode.I8x16ExtractLaneU => Method(nameof(CompiledVectors.ExtractU8)),
        Opcode.I16x8ExtractLaneS => Method(nameof(CompiledVectors.ExtractI16)),
        Opcode.I16x8ExtractLaneU => Method(nameof(CompiledVectors.ExtractU16)),
        Opcode.I32x4ExtractLane => Method(nameof(CompiledVectors.ExtractI32)),
        Opcode.I64x2ExtractLane => Method(nameof(CompiledVectors.ExtractI64)),
        Opcode.F32x4ExtractLane => Method(nameof(CompiledVectors.ExtractF32)),
        Opcode.F64x2ExtractLane => Method(nameof(CompiledVectors.ExtractF64)),
        Opcode.I8x16ReplaceLane => Method(nameof(CompiledVectors.Replace8)),
        Opcode.I16x8ReplaceLane => Method(nameof(CompiledVectors.Replace16)),
        Opcode.I32x4ReplaceLane => Method(nameof(CompiledVectors.Replace32)),
        Opcode.I64x2ReplaceLane => Method(nameof(CompiledVectors.Replace64)),
        Opcode.F32x4ReplaceLane => Method(nameof(CompiledVectors.ReplaceF32)),
        _ => Method(nameof(CompiledVectors.ReplaceF64)),
    };

    private static MethodInfo Method(string name) =>
        typeof(CompiledVectors).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!;
}
