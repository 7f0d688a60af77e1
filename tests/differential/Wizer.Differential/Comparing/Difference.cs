using Wizer.Differential.Execution;
using Wizer.Differential.Generation;

namespace Wizer.Differential.Comparing;

/// <summary>The first thing that two engines do not agree about.</summary>
/// <param name="First">One of them.</param>
/// <param name="Second">The other.</param>
/// <param name="What">What they were asked.</param>
/// <param name="FirstOutcome">What the first says; null when it was not asked.</param>
/// <param name="SecondOutcome">What the second says; null when it was not asked.</param>
internal sealed record Difference(IOpinion First, IOpinion Second, string What, Outcome? FirstOutcome, Outcome? SecondOutcome)
{
    /// <summary>Whether the module is invalid, which is a fault of the generator's even where all agree.</summary>
    internal bool IsInvalid => What == Observation.Validation(Observation.Valid).What;

    /// <summary>The first difference between two engines, or null; one of an engine and itself when the module is invalid.</summary>
    internal static Difference? Between(
        IOpinion first, IReadOnlyList<Observation> firstObserved, IOpinion second, IReadOnlyList<Observation> secondObserved)
    {
        for (int i = 0; i < Math.Max(firstObserved.Count, secondObserved.Count); i++)
        {
            Observation? one = i < firstObserved.Count ? firstObserved[i] : null;
            Observation? other = i < secondObserved.Count ? secondObserved[i] : null;
            bool agrees = one is not null && other is not null && one.What == other.What && one.Outcome.Agrees(other.Outcome);
            if (!agrees || (i == 0 && one!.Outcome != Observation.Valid))
            {
                return new Difference(first, second, (one ?? other)!.What, one?.Outcome, other?.Outcome);
            }
        }

        return null;
    }

    /// <summary>The first difference that a module makes between an engine and any of the others.</summary>
    internal static Difference? Of(GeneratedModule module, IReadOnlyList<IOpinion> opinions)
    {
        IReadOnlyList<Observation>? reference = null;
        foreach (IOpinion opinion in opinions)
        {
            if ((opinion.Lacks & module.Features) != 0)
            {
                continue;
            }

            IReadOnlyList<Observation> observed = Observe(opinion, module);
            reference ??= observed;
            if (Between(opinions[0], reference, opinion, observed) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    /// <summary>An engine that fails in a way of its own has said something, too.</summary>
    private static IReadOnlyList<Observation> Observe(IOpinion opinion, GeneratedModule module)
    {
        try
        {
            return opinion.Run(module);
        }
        catch (Exception failure)
        {
            return [Observation.Validation(Observation.Valid), new Observation("running", new Outcome(failure.ToString()))];
        }
    }
}
