using System.Buffers.Binary;
using Wizer.Binary;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Runtime;

/// <summary>Evaluates constant expressions of valid modules. Core 3.0, Validation: Constant Expressions.</summary>
internal static unsafe class ConstExpression
{
    private const byte GcPrefix = 0xfb;
    private const byte VectorPrefix = 0xfd;

    internal static void Evaluate(Instance instance, ByteRange expression, out ulong low, out ulong high)
    {
        var reader = new WasmReader(expression.Of(instance.Module.Bytes.Span), expression.Offset);
        Evaluate(instance, ref reader, out low, out high);
    }

    /// <summary>Evaluates up to and including <c>end</c>.</summary>
    /// <param name="instance">Whose globals and functions it may name; those it names are already there.</param>
    /// <param name="reader">Stands at the first instruction.</param>
    /// <param name="low">The value, or the low half of a v128.</param>
    /// <param name="high">The high half of a v128, 0 otherwise.</param>
    internal static void Evaluate(Instance instance, ref WasmReader reader, out ulong low, out ulong high)
    {
        // As in a frame, a v128 takes two slots.
        InstanceData* data = instance.Data;
        Span<ulong> stack = stackalloc ulong[16];
        int height = 0;
        while (true)
        {
            if (stack.Length - height < 2)
            {
                Grow(ref stack, height);
            }

            long at = reader.Offset;
            var opcode = (Opcode)reader.ReadByte();
            switch (opcode)
            {
                case Opcode.End:
                    low = stack[0];
                    high = height > 1 ? stack[1] : 0;
                    return;
                case Opcode.I32Const:
                    stack[height++] = (uint)reader.ReadS32();
                    break;
                case Opcode.I64Const:
                    stack[height++] = (ulong)reader.ReadS64();
                    break;
                case Opcode.F32Const:
                    stack[height++] = reader.ReadFixed32();
                    break;
                case Opcode.F64Const:
                    stack[height++] = reader.ReadFixed64();
                    break;
                case Opcode.GlobalGet:
                    uint global = reader.ReadU32();
                    stack[height++] = data->Globals[global][0];
                    if (instance.Module.Globals[global].Type.Value.IsVector)
                    {
                        stack[height++] = data->Globals[global][1];
                    }

                    break;
                case Opcode.RefNull:
                    reader.ReadS33();
                    stack[height++] = 0;
                    break;
                case Opcode.RefFunc:
                    stack[height++] = (ulong)data->Funcs[reader.ReadU32()];
                    break;
                case Opcode.I32Add:
                    height--;
                    stack[height - 1] = (uint)(stack[height - 1] + stack[height]);
                    break;
                case Opcode.I32Sub:
                    height--;
                    stack[height - 1] = (uint)(stack[height - 1] - stack[height]);
                    break;
                case Opcode.I32Mul:
                    height--;
                    stack[height - 1] = (uint)(stack[height - 1] * stack[height]);
                    break;
                case Opcode.I64Add:
                    height--;
                    stack[height - 1] += stack[height];
                    break;
                case Opcode.I64Sub:
                    height--;
                    stack[height - 1] -= stack[height];
                    break;
                case Opcode.I64Mul:
                    height--;
                    stack[height - 1] *= stack[height];
                    break;
                case (Opcode)GcPrefix:
                    EvaluateGc(instance, ref reader, stack, ref height);
                    break;
                case (Opcode)VectorPrefix when reader.ReadU32() == 12:
                    // v128.const is the only vector instruction that may stand here.
                    ReadOnlySpan<byte> bytes = reader.ReadBytes(16);
                    stack[height++] = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                    stack[height++] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
                    break;
                default:
                    throw new UnsupportedModuleException($"constant expression with opcode 0x{(int)opcode:x2}", at);
            }
        }
    }

    private static void EvaluateGc(Instance instance, ref WasmReader reader, scoped Span<ulong> stack, ref int height)
    {
        long at = reader.Offset;
        var opcode = (Opcode)(0x100 + reader.ReadU32());
        switch (opcode)
        {
            case Opcode.RefI31:
                stack[height - 1] = ReferenceHandle.OfI31((uint)stack[height - 1]);
                return;
            case Opcode.AnyConvertExtern or Opcode.ExternConvertAny:
                return;
            case Opcode.StructNew or Opcode.StructNewDefault or Opcode.ArrayNew or Opcode.ArrayNewDefault or Opcode.ArrayNewFixed:
                break;
            default:
                throw new UnsupportedModuleException($"constant expression with opcode {OpcodeTable.Mnemonic(opcode)}", at);
        }

        GuestContext* context = instance.Store.Context;
        GcLayout* layout = instance.Store.Heap.LayoutOf(instance.Data->TypeIds[reader.ReadU32()]);
        uint count = opcode == Opcode.ArrayNewFixed ? reader.ReadU32() : 0;
        int operands = opcode switch
        {
            Opcode.StructNew => SlotsOf(layout, layout->FieldCount),
            Opcode.ArrayNew => SlotsOf(layout, 1) + 1,
            Opcode.ArrayNewDefault => 1,
            Opcode.ArrayNewFixed => (int)count * SlotsOf(layout, 1),
            _ => 0,
        };
        height -= operands;
        TrapKind trap;
        fixed (ulong* first = stack[height..])
        {
            trap = opcode switch
            {
                Opcode.StructNew => GcOperations.NewStruct(context, layout, first, first),
                Opcode.StructNewDefault => GcOperations.NewStruct(context, layout, null, first),
                Opcode.ArrayNew => GcOperations.NewArray(context, layout, (uint)first[operands - 1], first, first),
                Opcode.ArrayNewDefault => GcOperations.NewArray(context, layout, (uint)first[0], null, first),
                _ => GcOperations.NewFixedArray(context, layout, count, first, first),
            };
        }

        height++;
        if (trap != TrapKind.None)
        {
            throw instance.Store.CreateFailure(trap);
        }
    }

    private static int SlotsOf(GcLayout* layout, int fieldCount)
    {
        int slots = fieldCount;
        for (int i = 0; i < fieldCount; i++)
        {
            slots += layout->Fields[i].SizeLog2 == 4 ? 1 : 0;
        }

        return slots;
    }

    private static void Grow(ref Span<ulong> stack, int height)
    {
        var larger = new ulong[stack.Length * 2];
        stack[..height].CopyTo(larger);
        stack = larger;
    }
}
