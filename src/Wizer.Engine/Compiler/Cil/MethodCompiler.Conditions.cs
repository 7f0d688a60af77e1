using System.Reflection.Emit;
using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.Cil;

// RyuJIT believes that a rotation sets the processor's zero flag, and leaves out the comparison of one with zero (seen in 10.0:
// `rol edx, 31`, `je`). Where a function rotates, comparisons with zero therefore take it from memory, unless it is plain that
// what they compare is no rotation.
internal sealed unsafe partial class MethodCompiler
{
    private bool _hasRotations;
    private bool _mayCompareWithZero = true;
    private bool _hasLeftShifts;
    private bool _hasRightShifts;

    /// <summary>Branches when a popped value is not zero, or when it is.</summary>
    private void EmitBranch(Node condition, bool sense, Label target)
    {
        bool isOpaque = MayBeRotation(condition);
        SlotType type = condition.Type;
        EmitNode(condition);
        if (isOpaque)
        {
            OpaqueConstant(type, 0);
            _il.Branch(sense ? OpCodes.Bne_Un : OpCodes.Beq, target);
        }
        else
        {
            _il.Branch(sense ? OpCodes.Brtrue : OpCodes.Brfalse, target);
        }
    }

    /// <summary>A comparison with a constant that RyuJIT would turn into one with zero.</summary>
    private bool TryEmitOpaqueComparison(Node node)
    {
        Opcode opcode = node.Opcode;
        bool isTest = OpcodeTable.Family(opcode) == OpcodeFamily.Test;
        bool isComparison = OpcodeTable.Family(opcode) == OpcodeFamily.Compare && node.A!.Type is SlotType.I32 or SlotType.I64;
        if (!isTest && !isComparison)
        {
            return false;
        }

        Node a = node.A!;
        Node? b = node.B;
        bool isFirst = !isTest && IsZeroOrOne(a) && MayBeRotation(b!);
        bool isSecond = isTest ? MayBeRotation(a) : IsZeroOrOne(b!) && MayBeRotation(a);
        if (!isFirst && !isSecond)
        {
            return false;
        }

        if (isFirst)
        {
            OpaqueConstant(a.Type, a.Bits);
            EmitNode(b!);
        }
        else
        {
            EmitNode(a);
            OpaqueConstant(a.Type, isTest ? 0 : b!.Bits);
        }

        if (isTest)
        {
            _il.Emit(OpCodes.Ceq);
        }
        else
        {
            CilOperations.TryEmit(_il, opcode);
        }

        return true;
    }

    // Also those that RyuJIT recognizes in a pair of shifts.
    private void NoteShift(Opcode opcode)
    {
        _hasLeftShifts |= opcode is Opcode.I32Shl or Opcode.I64Shl;
        _hasRightShifts |= opcode is Opcode.I32ShrU or Opcode.I64ShrU;
        bool rotates = opcode is Opcode.I32Rotl or Opcode.I32Rotr or Opcode.I64Rotl or Opcode.I64Rotr;
        if (rotates || (_hasLeftShifts && _hasRightShifts))
        {
            _hasRotations = true;
        }
    }

    private bool MayBeRotation(Node node)
    {
        bool may = node.Kind switch
        {
            NodeKind.Local or NodeKind.Temp => node.Type is SlotType.I32 or SlotType.I64,
            NodeKind.Operator => node.Opcode is Opcode.I32Rotl or Opcode.I32Rotr or Opcode.I64Rotl or Opcode.I64Rotr
                or Opcode.I32Or or Opcode.I64Or or Opcode.I32Xor or Opcode.I64Xor
                or Opcode.I32WrapI64 or Opcode.I64ExtendI32S or Opcode.I64ExtendI32U,
            _ => false,
        };
        if (may && _mayCompareWithZero)
        {
            // Until the first rotation: then all begins anew.
            _comparesWithZero = true;
            return false;
        }

        return may;
    }

    private bool _comparesWithZero;

    private static bool IsZeroOrOne(Node node) => node.Kind == NodeKind.Const && node.Bits <= 1;

    private void OpaqueConstant(SlotType type, ulong bits)
    {
        _il.Int64(KeepConstant(bits));
        _il.Emit(type == SlotType.I32 ? OpCodes.Ldind_I4 : OpCodes.Ldind_I8);
    }
}
