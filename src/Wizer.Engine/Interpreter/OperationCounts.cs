#if COUNT_OPERATIONS
using System.Globalization;
using System.Text;

namespace Wizer.Engine;

/// <summary>
/// Counts what the loop executes, to choose superinstructions and hot operations by: each operation, and each pair of operations
/// that follow one another in the code, with the input of the second that is the result of the first. Written at exit to the file
/// that <c>WIZER_COUNTS</c> names. Built with <c>-p:CountOperations=true</c>, and slow.
/// </summary>
internal static unsafe class OperationCounts
{
    private const int Relations = 16;
    private const int None = 15;
    private const int Keeps = 8;

    private static readonly long[] s_single = new long[OpTable.Count];
    private static readonly Dictionary<long, long> s_pairs = [];
    private static ushort* s_previous;
    private static CodeArena.Piece? s_piece;

    static OperationCounts() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Write();

    internal static void Count(ExecutionContext* context, ushort* ip)
    {
        ushort op = *ip;
        s_single[op]++;
        ushort* previous = s_previous;
        s_previous = ip;
        if (previous == null || previous + OpTable.Lengths[*previous] != ip)
        {
            return;
        }

        int relation = None;
        if (OpTable.HasResult[*previous] != 0)
        {
            int inputs = OpTable.At(OpTable.InputStarts, op);
            int end = op + 1 < OpTable.Count ? OpTable.At(OpTable.InputStarts, op + 1) : OpTable.Inputs.Length;
            for (int i = inputs; i < end; i++)
            {
                byte unit = OpTable.Inputs[i];
                if ((unit & OpTable.Flag) != 0 && ip[unit & ~OpTable.Flag] == previous[1])
                {
                    relation = i - inputs;
                    if (previous[1] < FirstOperandSlot(context, ip))
                    {
                        relation |= Keeps;
                    }

                    break;
                }
            }
        }

        long key = ((((long)*previous << 16) | op) * Relations) + relation;
        s_pairs[key] = s_pairs.GetValueOrDefault(key) + 1;
    }

    private static int FirstOperandSlot(ExecutionContext* context, ushort* ip)
    {
        if (s_piece == null || ip < s_piece.Start || ip >= s_piece.Start + s_piece.Length)
        {
            s_piece = Calls.HostOf(context).Code.FindPiece(ip);
        }

        return s_piece == null ? 0 : s_piece.Start[FrameHeader.SavedAt] + FrameHeader.SavedSlots;
    }

    private static void Write()
    {
        string? file = Environment.GetEnvironmentVariable("WIZER_COUNTS");
        if (file == null)
        {
            return;
        }

        var text = new StringBuilder();
        long total = s_single.Sum();
        text.Append(CultureInfo.InvariantCulture, $"total\t{total}\n");
        foreach (int op in Enumerable.Range(0, OpTable.Count).OrderByDescending(op => s_single[op]).Where(op => s_single[op] != 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"op\t{(Op)op}\t{s_single[op]}\t{100.0 * s_single[op] / total:f2}%\n");
        }

        foreach ((long key, long count) in s_pairs.OrderByDescending(pair => pair.Value).Take(1500))
        {
            int relation = (int)(key % Relations);
            long ops = key / Relations;
            string how = relation == None ? "-" : (relation & Keeps) != 0 ? $"{relation & ~Keeps}T" : $"{relation}";
            text.Append(CultureInfo.InvariantCulture, $"pair\t{(Op)(ops >> 16)}\t{(Op)(ops & 0xffff)}\t{how}\t{count}\t{100.0 * count / total:f2}%\n");
        }

        File.WriteAllText(file, text.ToString());
    }
}
#endif
