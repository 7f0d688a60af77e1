using System.Runtime.CompilerServices;
using Wizer.Binary;
using Wizer.Engine.Code;

namespace Wizer.Engine.Interpreter;

/// <summary>Wide arithmetic: results in two slots, the low half first.</summary>
internal static unsafe class WideArithmetic
{
    /// <summary><see cref="Op.Wide"/>: the slot of the first result, the slots of four operands, the instruction.</summary>
    /// <remarks>
    /// Out of the loop: the processor's long multiplication is beyond the baseline, like what <see cref="Numerics"/> has.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Run(ulong* fp, ushort* ip)
    {
        ulong* result = fp + ip[1];
        ulong a = fp[ip[2]];
        ulong b = fp[ip[3]];
        ulong c = fp[ip[4]];
        ulong d = fp[ip[5]];
        switch ((Opcode)ip[6])
        {
            case Opcode.I64Add128:
                result[0] = a + c;
                result[1] = b + d + (a + c < a ? 1UL : 0);
                break;
            case Opcode.I64Sub128:
                result[0] = a - c;
                result[1] = b - d - (a < c ? 1UL : 0);
                break;
            case Opcode.I64MulWideS:
                result[1] = (ulong)Math.BigMul((long)a, (long)b, out long low);
                result[0] = (ulong)low;
                break;
            default:
                result[1] = Math.BigMul(a, b, out result[0]);
                break;
        }
    }
}
