using System.Reflection.Emit;
using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.Cil;

// Numbers: what cannot trap is in cil.tsv.
internal sealed unsafe partial class MethodCompiler
{
    private void EmitOperator(Node node)
    {
        if (!CilOperations.TryEmit(_il, node.Opcode))
        {
            throw new InvalidOperationException($"no CIL for {OpcodeTable.Mnemonic(node.Opcode)}");
        }
    }

    private bool TryNumeric(Opcode opcode)
    {
        if (CilOperations.Has(opcode))
        {
            NoteShift(opcode);
            Operator(opcode);
            return true;
        }

        switch (opcode)
        {
            case Opcode.I32DivS or Opcode.I64DivS:
                Divide(opcode, OpCodes.Div);
                return true;
            case Opcode.I32DivU or Opcode.I64DivU:
                Divide(opcode, OpCodes.Div_Un);
                return true;
            case Opcode.I32RemU or Opcode.I64RemU:
                Divide(opcode, OpCodes.Rem_Un);
                return true;
            case Opcode.I32RemS or Opcode.I64RemS:
                RemainderSigned();
                return true;
            default:
                if (OpcodeTable.Family(opcode) != OpcodeFamily.Truncate)
                {
                    return false;
                }

                Truncate(opcode);
                return true;
        }
    }

    private void Operator(Opcode opcode)
    {
        OpcodeSignature signature = OpcodeTable.Signature(opcode);
        Node? b = signature.OperandCount > 1 ? Pop() : null;
        Node a = Pop();
        PushTree(new Node
        {
            Kind = NodeKind.Operator,
            Type = SlotTypes.OfCode(signature.Result),
            Opcode = opcode,
            A = a,
            B = b,
            Depth = 1 + Math.Max(a.Depth, b?.Depth ?? 0),
        });
    }

    private void Divide(Opcode opcode, OpCode operation)
    {
        Node divisor = Pop();
        Node dividend = Pop();
        SlotType type = dividend.Type;
        bool isKnown = divisor.Kind == NodeKind.Const && !IsZeroOrMinusOne(divisor);
        if (isKnown)
        {
            EmitNode(dividend);
            EmitNode(divisor);
            _il.Emit(operation);
            PushResult(type);
            return;
        }

        LocalBuilder a = ToTemp(dividend);
        LocalBuilder b = ToTemp(divisor);
        TrapIfZero(type, b);
        if (opcode is Opcode.I32DivS or Opcode.I64DivS)
        {
            Label isDefined = _il.DefineLabel();
            _il.Load(b);
            Int(type, -1);
            _il.Branch(OpCodes.Bne_Un, isDefined);
            _il.Load(a);
            Int(type, type == SlotType.I32 ? int.MinValue : long.MinValue);
            _il.Branch(OpCodes.Beq, TrapLabel(TrapKind.IntegerOverflow));
            _il.MarkLabel(isDefined);
        }

        _il.Load(a);
        _il.Load(b);
        _il.Emit(operation);
        _temporaries.Free(type, a);
        _temporaries.Free(type, b);
        PushResult(type);
    }

    // The processor traps where the remainder is 0.
    private void RemainderSigned()
    {
        Node divisor = Pop();
        Node dividend = Pop();
        SlotType type = dividend.Type;
        if (divisor.Kind == NodeKind.Const && !IsZeroOrMinusOne(divisor))
        {
            EmitNode(dividend);
            EmitNode(divisor);
            _il.Emit(OpCodes.Rem);
            PushResult(type);
            return;
        }

        LocalBuilder a = ToTemp(dividend);
        LocalBuilder b = ToTemp(divisor);
        LocalBuilder result = _temporaries.Rent(type);
        Label isDone = _il.DefineLabel();
        TrapIfZero(type, b);
        Int(type, 0);
        _il.Store(result);
        _il.Load(b);
        Int(type, -1);
        _il.Branch(OpCodes.Beq, isDone);
        _il.Load(a);
        _il.Load(b);
        _il.Emit(OpCodes.Rem);
        _il.Store(result);
        _il.MarkLabel(isDone);
        _temporaries.Free(type, a);
        _temporaries.Free(type, b);
        PushTemp(type, result);
    }

    // What was just computed, with the positive canonical NaN in the place of any other.
    private void CanonicalizeResult(NanLanes lanes)
    {
        if (lanes == NanLanes.None)
        {
            return;
        }

        Node value = Pop();
        EmitNode(value);
        _il.Call(lanes switch
        {
            NanLanes.F32 => RuntimeMethods.CanonicalizeF32,
            NanLanes.F64 => RuntimeMethods.CanonicalizeF64,
            NanLanes.F32x4 => RuntimeMethods.CanonicalizeF32x4,
            _ => RuntimeMethods.CanonicalizeF64x2,
        });
        PushResult(value.Type);
    }

    private static bool IsZeroOrMinusOne(Node constant) =>
        constant.Type == SlotType.I32 ? (int)constant.Bits is 0 or -1 : (long)constant.Bits is 0 or -1;

    private void TrapIfZero(SlotType type, LocalBuilder value) => EmitBranch(
        new Node { Kind = NodeKind.Temp, Type = type, Temp = value, IsShared = true }, false, TrapLabel(TrapKind.IntegerDivideByZero));

    private void Int(SlotType type, long value)
    {
        if (type == SlotType.I32)
        {
            _il.Int32((int)value);
        }
        else
        {
            _il.Int64(value);
        }
    }

    // An f32 is also an f64, and the limits of all four integer types are exact in f64.
    private void Truncate(Opcode opcode)
    {
        const double TwoTo31 = 2147483648.0;
        const double TwoTo32 = 4294967296.0;
        const double TwoTo63 = 9223372036854775808.0;
        const double TwoTo64 = 18446744073709551616.0;

        EmitNode(Pop());
        _il.Emit(OpCodes.Conv_R8);
        LocalBuilder value = _temporaries.Rent(SlotType.F64);
        _il.Store(value);
        _il.Load(value);
        _il.Load(value);
        _il.Branch(OpCodes.Bne_Un, TrapLabel(TrapKind.InvalidConversion));
        Label overflow = TrapLabel(TrapKind.IntegerOverflow);
        (double low, bool isLowIncluded, double end) = opcode switch
        {
            Opcode.I32TruncF32S or Opcode.I32TruncF64S => (-TwoTo31 - 1, false, TwoTo31),
            Opcode.I32TruncF32U or Opcode.I32TruncF64U => (-1, false, TwoTo32),
            Opcode.I64TruncF32S or Opcode.I64TruncF64S => (-TwoTo63, true, TwoTo63),
            _ => (-1, false, TwoTo64),
        };
        _il.Load(value);
        _il.Double(end);
        _il.Branch(OpCodes.Bge, overflow);
        _il.Load(value);
        _il.Double(low);
        _il.Branch(isLowIncluded ? OpCodes.Blt : OpCodes.Ble, overflow);
        _il.Load(value);
        _temporaries.Free(SlotType.F64, value);
        switch (opcode)
        {
            case Opcode.I32TruncF32S or Opcode.I32TruncF64S:
                _il.Emit(OpCodes.Conv_I4);
                PushResult(SlotType.I32);
                break;
            case Opcode.I32TruncF32U or Opcode.I32TruncF64U:
                _il.Emit(OpCodes.Conv_I8);
                _il.Emit(OpCodes.Conv_I4);
                PushResult(SlotType.I32);
                break;
            case Opcode.I64TruncF32S or Opcode.I64TruncF64S:
                _il.Emit(OpCodes.Conv_I8);
                PushResult(SlotType.I64);
                break;
            default:
                _il.Call(RuntimeMethods.UnsignedOf);
                PushResult(SlotType.I64);
                break;
        }
    }
}
