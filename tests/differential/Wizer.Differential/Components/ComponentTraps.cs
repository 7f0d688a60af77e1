using Wizer.Differential.Execution;

namespace Wizer.Differential.Components;

/// <summary>What engines say of traps at the border of components, in which each has words of its own.</summary>
internal static class ComponentTraps
{
    // A part of the words, and what is meant.
    private static readonly (string Part, string Kind)[] s_kinds =
    [
        ("align", "unaligned"),
        ("bounds", "out of bounds"),
        ("past end", "out of bounds"),
        ("utf", "string"),
        ("Unicode", "string"),
        ("surrogate", "string"),
        ("char", "char"),
        ("discriminant", "case"),
        ("variant", "case"),
        ("handle", "handle"),
        ("borrow", "borrow"),

        // What is longer than anything may be does not fit the memory either.
        ("too long", "out of bounds"),
    ];

    internal static Outcome Of(string message)
    {
        IEnumerable<(string Part, string Kind)> meant =
            s_kinds.Where(kind => message.Contains(kind.Part, StringComparison.OrdinalIgnoreCase));
        return Outcome.Trap(message, [.. meant.Select(static kind => kind.Kind)]);
    }
}
