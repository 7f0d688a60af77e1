using Wizer.Binary;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Runtime;

/// <summary>Evaluates constant expressions of valid modules. Core 3.0, Validation: Constant Expressions.</summary>
internal static unsafe class ConstExpression
{
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

            InstructionReader.Read(ref reader, out Instruction instruction);
            switch (instruction.Opcode)
            {
                case Opcode.End:
                    low = stack[0];
                    high = height > 1 ? stack[1] : 0;
                    return;
                case Opcode.I32Const:
                    stack[height++] = (uint)instruction.I32;
                    break;
                case Opcode.I64Const or Opcode.F32Const or Opcode.F64Const:
                    stack[height++] = instruction.Value;
                    break;
                case Opcode.V128Const:
                    stack[height++] = instruction.Value;
                    stack[height++] = instruction.ValueHigh;
                    break;
                case Opcode.GlobalGet:
                    ulong* cell = data->Globals[instruction.Index];
                    stack[height++] = cell[0];
                    if (instance.Module.Globals[instruction.Index].Type.Value.IsVector)
                    {
                        stack[height++] = cell[1];
                    }

                    break;
                case Opcode.RefNull:
                    stack[height++] = 0;
                    break;
                case Opcode.RefFunc:
                    stack[height++] = (ulong)data->Funcs[instruction.Index];
                    break;
                case Opcode.RefI31:
                    stack[height - 1] = ReferenceHandle.OfI31((uint)stack[height - 1]);
                    break;
                case Opcode.AnyConvertExtern or Opcode.ExternConvertAny:
                    break;
                case Opcode.StructNew or Opcode.StructNewDefault or Opcode.ArrayNew or Opcode.ArrayNewDefault or Opcode.ArrayNewFixed:
                    PushObject(instance, instruction, stack, ref height);
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
                default:
                    throw new UnsupportedModuleException(
                        $"constant expression with {OpcodeTable.Mnemonic(instruction.Opcode)}", instruction.Offset);
            }
        }
    }

    private static void PushObject(Instance instance, in Instruction instruction, scoped Span<ulong> stack, ref int height)
    {
        Opcode opcode = instruction.Opcode;
        GuestContext* context = instance.Store.Context;
        GcLayout* layout = instance.Store.Heap.LayoutOf(instance.Data->TypeIds[instruction.Index]);
        uint count = opcode == Opcode.ArrayNewFixed ? instruction.Index2 : 0;
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
