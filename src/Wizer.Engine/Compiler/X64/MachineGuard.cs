using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

/// <summary>The handlers of a block, which are asked in the order of its clauses, and then those around it.</summary>
/// <param name="outer">Those of the innermost block around it that has any; null for none.</param>
internal sealed unsafe class MachineGuard(MachineGuard? outer)
{
    private readonly List<MachineHandler> _handlers = [];

    /// <summary>Who is asked next; a legacy <c>delegate</c> leaves some out.</summary>
    internal MachineGuard? Outer { get; set; } = outer;

    internal void Add(MachineHandler handler) => _handlers.Add(handler);

    /// <summary>The handler for an exception that is thrown within the block, or null.</summary>
    internal MachineHandler? Find(TagData* tag)
    {
        for (MachineGuard? guard = this; guard != null; guard = guard.Outer)
        {
            foreach (MachineHandler handler in guard._handlers)
            {
                if (handler.Tag == null || handler.Tag == tag)
                {
                    return handler;
                }
            }
        }

        return null;
    }
}

/// <summary>A clause, and where its function goes on.</summary>
/// <param name="tag">What it catches; null for everything.</param>
/// <param name="payloadSlot">Where the values go.</param>
/// <param name="label">Of the code that takes the locals to where they live, and goes to where the clause leads.</param>
/// <param name="target">The label where it leads.</param>
internal sealed unsafe class MachineHandler(TagData* tag, int payloadSlot, int label, int target)
{
    internal TagData* Tag { get; } = tag;

    internal int PayloadSlot { get; } = payloadSlot;

    internal int Label { get; } = label;

    internal int Target { get; } = target;

    /// <summary>Where the exception itself goes, or <see cref="HandlerData.None"/>.</summary>
    internal int ExceptionSlot { get; set; } = HandlerData.None;

    /// <summary>What the label expects in rax, or <see cref="HandlerData.None"/>.</summary>
    internal int ResultSlot { get; set; } = HandlerData.None;

    /// <summary>Where a legacy clause keeps the exception once something rethrows it.</summary>
    internal int KeptSlot { get; init; }

    /// <summary>Where the code at <see cref="Label"/> is, in bytes from the function's start.</summary>
    internal int Offset { get; set; }
}

/// <summary>Which handlers what is thrown in a function's code is for: by return address, ascending.</summary>
internal sealed class MachineGuards
{
    private readonly List<int> _places = [];
    private readonly List<MachineGuard> _guards = [];

    /// <summary>A call is guarded.</summary>
    /// <param name="place">Behind it, in bytes from the function's start.</param>
    /// <param name="guard">By whom.</param>
    internal void Add(int place, MachineGuard guard)
    {
        _places.Add(place);
        _guards.Add(guard);
    }

    /// <summary>The guard of a call, or null.</summary>
    /// <param name="place">Behind it.</param>
    internal MachineGuard? Find(int place)
    {
        int low = 0;
        int high = _places.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_places[middle] < place)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < _places.Count && _places[low] == place ? _guards[low] : null;
    }
}
