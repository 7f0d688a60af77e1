namespace Wizer.Differential.Execution;

/// <summary>What one engine says about one thing: a value, or a trap.</summary>
/// <param name="Text">The value; of a trap, the engine's own words.</param>
/// <param name="Traps">
/// The official texts that the words may stand for: engines say less than the official scripts in places. Null when it is no trap.
/// </param>
internal sealed record Outcome(string Text, IReadOnlyList<string>? Traps = null)
{
    internal static Outcome Trap(string text, params IReadOnlyList<string> texts) => new(text, texts);

    /// <summary>Whether both may be what the specification says.</summary>
    internal bool Agrees(Outcome other) => Traps is null || other.Traps is null
        ? Traps is null && other.Traps is null && Text == other.Text
        : Traps.Intersect(other.Traps).Any();

    public override string ToString() => Traps is null ? Text : "trap: " + Text;
}

/// <summary>What one engine says, and about what.</summary>
internal sealed record Observation(string What, Outcome Outcome)
{
    /// <summary>What the first observation of a valid module says.</summary>
    internal static Outcome Valid { get; } = new("valid");

    /// <summary>What the second one says when instantiation did not trap.</summary>
    internal static Outcome Instantiated { get; } = new("instantiated");

    internal static Observation Validation(Outcome outcome) => new("validation", outcome);

    internal static Observation Instantiation(Outcome outcome) => new("instantiation", outcome);
}
