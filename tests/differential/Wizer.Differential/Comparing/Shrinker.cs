using Wizer.Differential.Execution;
using Wizer.Differential.Generation;

namespace Wizer.Differential.Comparing;

/// <summary>
/// Makes a module that shows a difference smaller while it shows one between the same two engines: leaves out calls, and parts of bodies,
/// in ever smaller pieces, until none can be spared.
/// </summary>
internal sealed class Shrinker
{
    private readonly GeneratedModule _module;
    private readonly IReadOnlyList<IOpinion> _opinions;
    private readonly bool _wasInvalid;
    private HashSet<int> _leftOut = [];
    private List<Call> _calls;

    private Shrinker(GeneratedModule module, Difference difference)
    {
        _module = module;
        _opinions = difference.First == difference.Second ? [difference.First] : [difference.First, difference.Second];
        _wasInvalid = difference.IsInvalid;
        _calls = [.. module.Calls];
    }

    /// <summary>How many modules were tried.</summary>
    internal int TrialCount { get; private set; }

    /// <returns>The smallest module found, and what it shows.</returns>
    internal static (GeneratedModule Module, Difference Difference) Shrink(GeneratedModule module, Difference difference)
    {
        var shrinker = new Shrinker(module, difference);
        int before;
        do
        {
            before = shrinker.Size;
            shrinker.ShrinkCalls();
            shrinker.ShrinkParts();
        }
        while (shrinker.Size < before);

        GeneratedModule smallest = shrinker.Make(shrinker._leftOut, shrinker._calls);
        return (smallest, Difference.Of(smallest, shrinker._opinions) ?? difference);
    }

    private int Size => _calls.Count + _module.PartCount - _leftOut.Count;

    private GeneratedModule Make(HashSet<int> leftOut, List<Call> calls) =>
        ModuleGenerator.Generate(_module.Seed, _module.IsNewer, leftOut) with { Calls = calls };

    /// <summary>An invalid module stays one, and a valid one valid: what is left out never decides that, unless it is the fault.</summary>
    private bool Shows(HashSet<int> leftOut, List<Call> calls)
    {
        TrialCount++;
        return Difference.Of(Make(leftOut, calls), _opinions) is { } difference && difference.IsInvalid == _wasInvalid;
    }

    private void ShrinkCalls()
    {
        for (int piece = _calls.Count; piece > 0; piece /= 2)
        {
            for (int start = _calls.Count - piece; start > -piece; start -= piece)
            {
                int first = Math.Max(start, 0);
                List<Call> fewer = [.. _calls[..first], .. _calls[Math.Min(start + piece, _calls.Count)..]];
                if (fewer.Count < _calls.Count && Shows(_leftOut, fewer))
                {
                    _calls = fewer;
                }
            }
        }
    }

    private void ShrinkParts()
    {
        List<int> parts = [.. Enumerable.Range(0, _module.PartCount).Where(part => !_leftOut.Contains(part))];
        for (int piece = parts.Count; piece > 0; piece /= 2)
        {
            for (int start = 0; start < parts.Count; start += piece)
            {
                HashSet<int> more = [.. _leftOut, .. parts.Skip(start).Take(piece)];
                if (more.Count > _leftOut.Count && Shows(more, _calls))
                {
                    _leftOut = more;
                }
            }

            parts.RemoveAll(_leftOut.Contains);
        }
    }
}
