using System.Buffers.Binary;
using Wizer.Binary;

namespace Wizer.Engine;

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
        InstanceData* data = instance.Data;
        Span<ulong> stack = stackalloc ulong[16];
        int height = 0;
        high = 0;
        while (true)
        {
            long at = reader.Offset;
            if (height == stack.Length)
            {
                var larger = new ulong[height * 2];
                stack.CopyTo(larger);
                stack = larger;
            }

            var opcode = (Opcode)reader.ReadByte();
            switch (opcode)
            {
                case Opcode.End:
                    low = stack[0];
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
                    ulong* cell = data->Globals[reader.ReadU32()];
                    stack[height++] = cell[0];
                    high = cell[1];
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
                case (Opcode)0xfd when reader.ReadU32() == 12:
                    // v128.const is the only vector instruction that may stand here, and nothing may follow it.
                    ReadOnlySpan<byte> bytes = reader.ReadBytes(16);
                    stack[height++] = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                    high = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
                    break;
                default:
                    throw new UnsupportedModuleException($"constant expression with opcode 0x{(int)opcode:x2}", at);
            }
        }
    }
}
