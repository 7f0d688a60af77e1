#if COUNT_OPERATIONS
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Interpreter;

/// <summary>
/// Counts what the loop executes, to choose superinstructions and hot operations by: each run of operations that follow one another
/// in the code, from where a branch or a call went to where the next one leaves. Written at exit to the file that
/// <c>WIZER_COUNTS</c> names; <c>bench/profile</c> puts the files together. Built with <c>-p:CountOperations=true</c>: the
/// translator combines nothing then, no tier compiles, and all is slow.
/// </summary>
internal static unsafe class OperationCounts
{
    // Longer runs are cut where nothing flows across, and anywhere when they are very long: the pieces are more often alike.
    private const int SoftLength = 8;
    private const int HardLength = 24;

    // How far back the operation may be whose result is an input.
    private const int Window = 8;

    private static readonly Dictionary<(nint First, nint Last), long> s_runs = [];
    private static readonly Dictionary<string, long> s_texts = [];
    private static readonly HashSet<nint> s_starts = [];
    private static readonly List<int> s_newStarts = [];
    private static ushort* s_first;
    private static ushort* s_last;

    static OperationCounts() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Write();

    /// <summary>An operation is about to be executed.</summary>
    internal static void Count(ushort* ip)
    {
        if (s_last == null || s_last + OpTable.Lengths[*s_last] != ip)
        {
            EndRun();
            s_first = ip;
        }

        s_last = ip;
    }

    /// <summary>The translator combines nothing across this unit of the function's code.</summary>
    internal static void NoteStart(int unit)
    {
        if (unit == 0)
        {
            s_newStarts.Clear();
        }

        s_newStarts.Add(unit);
    }

    /// <summary>The translator is done with a function, which lies here.</summary>
    internal static void NoteCode(ushort* code)
    {
        foreach (int unit in s_newStarts)
        {
            s_starts.Add((nint)(code + unit));
        }

        s_newStarts.Clear();
    }

    /// <summary>The code is about to be freed.</summary>
    internal static void Collect(CodeArena code)
    {
        EndRun();
        foreach (((nint first, nint last), long count) in s_runs)
        {
            CodeArena.Piece? piece = code.FindPiece((ushort*)first);
            if (piece != null)
            {
                AddRun((ushort*)first, (ushort*)last, piece.Start[FrameHeader.SavedAt] + FrameHeader.SavedSlots, count);
            }
        }

        s_runs.Clear();
        s_starts.Clear();
    }

    private static void EndRun()
    {
        if (s_last != null)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(s_runs, ((nint)s_first, (nint)s_last), out _)++;
            s_last = null;
        }
    }

    // An operation is written as its name, and `.1-2T` for the input 1 that is the result of the operation two back; T when that
    // is a local's. A start is a bar.
    private static void AddRun(ushort* first, ushort* last, int firstOperandSlot, long count)
    {
        List<nint> operations = [];
        List<string> words = [];
        var isFed = new List<bool>();
        for (ushort* ip = first; ip <= last; ip += OpTable.Lengths[*ip])
        {
            if (operations.Count > 0 && s_starts.Contains((nint)ip))
            {
                operations.Add(0);
                words.Add("|");
                isFed.Add(false);
            }

            operations.Add((nint)ip);
            isFed.Add(false);
            words.Add($"{(Op)(*ip)}{Edges(operations, isFed, firstOperandSlot)}");
        }

        var text = new StringBuilder();
        int length = 0;
        bool isCut = false;
        for (int i = 0; i < words.Count; i++)
        {
            // What flows across a cut is lost.
            string word = length++ < Window && isCut ? words[i].Split('.')[0] : words[i];
            text.Append(length == 1 ? "" : " ").Append(word);
            if (i == words.Count - 1 || length >= HardLength || (length >= SoftLength && !isFed[i] && words[i] != "|"))
            {
                CollectionsMarshal.GetValueRefOrAddDefault(s_texts, text.ToString(), out _) += count;
                text.Clear();
                length = 0;
                isCut = isFed[i];
            }
        }
    }

    // Only what is between is skipped: an operation that flows into none of these would stay between the two.
    private static string Edges(List<nint> operations, List<bool> isFed, int firstOperandSlot)
    {
        int at = operations.Count - 1;
        var ip = (ushort*)operations[at];
        var edges = new StringBuilder();
        int inputs = OpTable.At(OpTable.InputStarts, *ip);
        int end = *ip + 1 < OpTable.Count ? OpTable.At(OpTable.InputStarts, *ip + 1) : OpTable.Inputs.Length;
        int found = 0;
        for (int back = 1; back <= Window && at - back >= 0 && operations[at - back] != 0; back++)
        {
            var producer = (ushort*)operations[at - back];
            bool feeds = isFed[at - back];
            for (int i = inputs; i < end && OpTable.HasResult[*producer] != 0; i++)
            {
                byte unit = OpTable.Inputs[i];
                if ((unit & OpTable.Flag) != 0 && (found & (1 << i - inputs)) == 0 && ip[unit & ~OpTable.Flag] == producer[1])
                {
                    string kept = producer[1] < firstOperandSlot ? "T" : "";
                    edges.Append(CultureInfo.InvariantCulture, $".{i - inputs}-{back}{kept}");
                    isFed[at - back] = true;
                    feeds = true;
                    found |= 1 << i - inputs;
                }
            }

            if (!feeds)
            {
                break;
            }
        }

        return edges.ToString();
    }

    private static void Write()
    {
#pragma warning disable RS0030 // Only builds made to count have this.
        string? file = Environment.GetEnvironmentVariable("WIZER_COUNTS");
#pragma warning restore RS0030
        if (file == null)
        {
            return;
        }

        var lines = new StringBuilder();
        foreach ((string run, long count) in s_texts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal))
        {
            lines.Append(CultureInfo.InvariantCulture, $"{count}\t{run}\n");
        }

        File.WriteAllText(file, lines.ToString());
    }
}
#endif
