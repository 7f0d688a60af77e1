using System.Buffers;

namespace Wizer.Pipeline;

/// <summary>
/// What lies below the stack pointer of an initialized program: frames of functions that have returned, which nobody reads again.
/// </summary>
internal sealed class DeadStack
{
    private readonly string? _problem;

    private DeadStack(MemoryRange range, string? problem)
    {
        Range = range;
        _problem = problem;
    }

    /// <summary>Where it is in the first memory; empty when that is not known.</summary>
    internal MemoryRange Range { get; }

    internal StackReport Report => new()
    {
        Start = Range.Start,
        End = Range.End,
        ClearedByteLength = ClearedByteLength,
        Problem = _problem,
    };

    private long ClearedByteLength { get; set; }

    /// <summary>Finds it.</summary>
    /// <param name="context">The module.</param>
    /// <param name="globals">The values of its mutable globals after initialization.</param>
    internal static DeadStack Find(ModuleContext context, GlobalValue[] globals)
    {
        if (MainStack.Find(context.Module, out MainStack stack) is { } problem)
        {
            return new DeadStack(default, problem);
        }

        ulong pointer = globals[Array.IndexOf(context.MutableGlobals, stack.PointerGlobal)].LowBits;
        return pointer < stack.Low || pointer > stack.High
            ? new DeadStack(
                default,
                $"the stack pointer ({MainStack.Hex(pointer)}) has left the stack "
                    + $"({MainStack.Hex(stack.Low)} to {MainStack.Hex(stack.High)})")
            : new DeadStack(new MemoryRange(stack.Low, pointer), problem: null);
    }

    /// <summary>Takes it out of the ranges of the memory that are looked at, and counts what is lost.</summary>
    /// <param name="contents">The memory.</param>
    /// <param name="candidates">Where something other than zeros may be, in address order.</param>
    /// <param name="dead">Those parts of the candidates that lie in the dead stack.</param>
    internal MemoryRange[] CutOut(in ReadOnlySequence<byte> contents, MemoryRange[] candidates, out List<MemoryRange> dead)
    {
        var alive = new List<MemoryRange>(candidates.Length + 1);
        dead = [];
        foreach (MemoryRange candidate in candidates)
        {
            ulong start = Math.Max(candidate.Start, Range.Start);
            ulong end = Math.Min(candidate.End, Range.End);
            if (start >= end)
            {
                alive.Add(candidate);
                continue;
            }

            dead.Add(new MemoryRange(start, end));
            ClearedByteLength += NonZeroBytes.Count(contents.Slice((long)start, (long)(end - start)));
            if (candidate.Start < start)
            {
                alive.Add(new MemoryRange(candidate.Start, start));
            }

            if (end < candidate.End)
            {
                alive.Add(new MemoryRange(end, candidate.End));
            }
        }

        return alive.ToArray();
    }
}
