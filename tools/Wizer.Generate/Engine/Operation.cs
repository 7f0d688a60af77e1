namespace Wizer.Generate.Engine;

/// <summary>What an operation finds in the code stream, or in a slot the stream names.</summary>
/// <param name="Kind">One of <see cref="Slots"/> or <see cref="Immediates"/>.</param>
internal sealed record Input(string Kind)
{
    /// <summary>Slots by the type they are read as: one unit of code.</summary>
    internal static readonly string[] Slots = ["u32", "u64", "f32", "f64", "any"];

    /// <summary>Immediates, with their size in units of code. A <c>dst</c> is a slot that is written on the way.</summary>
    internal static readonly Dictionary<string, int> Immediates = new()
    {
        ["k32"] = 2,
        ["ku32"] = 2,
        ["ku64"] = 2,
        ["off"] = 2,
        ["ptr"] = 4,
        ["k64"] = 4,
        ["n"] = 1,
        ["j"] = 2,
        ["dst"] = 1,
    };

    internal bool IsSlot => Array.IndexOf(Slots, Kind) >= 0;

    internal int Units => IsSlot ? 1 : Immediates[Kind];

    /// <summary>The input's value, when it stands at a unit of the code.</summary>
    internal string Text(int unit) => Kind switch
    {
        "u32" => $"((uint)fp[ip[{unit}]])",
        "u64" or "any" => $"fp[ip[{unit}]]",
        "f32" => $"(*(float*)(fp + ip[{unit}]))",
        "f64" => $"(*(double*)(fp + ip[{unit}]))",
        "k32" or "j" => $"(*(int*)(ip + {unit}))",
        "ku32" or "off" => $"(*(uint*)(ip + {unit}))",
        "ku64" => $"((ulong)(long)*(int*)(ip + {unit}))",
        "ptr" => $"(*(nint*)(ip + {unit}))",
        "k64" => $"(*(ulong*)(ip + {unit}))",
        "dst" => $"fp[ip[{unit}]]",
        _ => $"ip[{unit}]",
    };
}

/// <summary>Where a step of an operation takes an argument from: an input, or the result of an earlier step.</summary>
/// <param name="Index">Of the input or step.</param>
/// <param name="IsStep">Whether it is a step.</param>
internal readonly record struct Argument(int Index, bool IsStep);

/// <summary>One computation: a simple operation has one, a superinstruction several.</summary>
/// <param name="Checks">Statements before, `-` for none.</param>
/// <param name="Expression">The value, or a statement.</param>
/// <param name="Result">u32, u64, f32, f64, any, bool; null when it has none.</param>
/// <param name="Types">The type each argument is read as.</param>
/// <param name="Arguments">The values of $0, $1, …</param>
/// <param name="Kept">The input that says where the result is also stored, or -1.</param>
internal sealed record Step(string Checks, string Expression, string? Result, string[] Types, Argument[] Arguments, int Kept = -1);

/// <summary>An operation of the interpreter: a result in a slot (first in the code), inputs, and what is done with them.</summary>
internal sealed class Operation
{
    internal required string Name { get; init; }

    internal required Input[] Inputs { get; init; }

    /// <summary>For operations that follow the rules; null for those written by hand.</summary>
    internal required Step[]? Steps { get; init; }

    /// <summary>For operations written by hand.</summary>
    internal string[]? Body { get; init; }

    /// <summary>The name of the form whose last slot is a constant.</summary>
    internal string? ConstantForm { get; set; }

    /// <summary>The name of the form whose address is a constant.</summary>
    internal string? AddressForm { get; set; }

    internal bool Commutes { get; init; }

    /// <summary>Whether the last step is a conditional branch; its last input is the distance.</summary>
    internal bool IsBranch => Steps is not null && Steps[^1].Expression is "branch" or "branch-not";

    internal string? Result => Steps?[^1].Result;

    internal bool HasResult => Result is not null;

    /// <summary>How many wasm instructions can trap separately.</summary>
    internal int Parts => Steps?.Length ?? 1;

    /// <summary>In units of code.</summary>
    internal int Length
    {
        get => field != 0 ? field : 1 + (HasResult ? 1 : 0) + Inputs.Sum(input => input.Units);
        init;
    }

    /// <summary>The unit of code where an input stands.</summary>
    internal int UnitOf(int input) => 1 + (HasResult ? 1 : 0) + Inputs.Take(input).Sum(i => i.Units);

    internal string Text(int input) => Inputs[input].Text(UnitOf(input));

    /// <summary>This operation's result flowing straight into a slot input of another.</summary>
    /// <param name="consumer">The next operation.</param>
    /// <param name="at">Which of its inputs.</param>
    /// <param name="keep">Whether the result is stored all the same.</param>
    internal Operation Feed(Operation consumer, int at, bool keep)
    {
        List<Input> inputs = [];
        int kept = -1;
        if (keep)
        {
            kept = 0;
            inputs.Add(new Input("dst"));
        }

        int first = inputs.Count;
        inputs.AddRange(Inputs);
        int[] map = new int[consumer.Inputs.Length];
        for (int i = 0; i < map.Length; i++)
        {
            if (i != at)
            {
                map[i] = inputs.Count;
                inputs.Add(consumer.Inputs[i]);
            }
        }

        List<Step> steps = [];
        foreach (Step step in Steps!)
        {
            Argument[] arguments = Array.ConvertAll(step.Arguments, a => a.IsStep ? a : new Argument(a.Index + first, false));
            steps.Add(step with { Arguments = arguments, Kept = step.Kept < 0 ? -1 : step.Kept + first });
        }

        int last = steps.Count - 1;
        steps[last] = steps[last] with { Kept = kept };
        foreach (Step step in consumer.Steps!)
        {
            Argument[] arguments = Array.ConvertAll(step.Arguments, a =>
                a.IsStep ? new Argument(a.Index + last + 1, true)
                : a.Index == at ? new Argument(last, true)
                : new Argument(map[a.Index], false));
            steps.Add(step with { Arguments = arguments, Kept = step.Kept < 0 ? -1 : map[step.Kept] });
        }

        return new Operation
        {
            Name = $"{Name}_{consumer.Name}{at}{(keep ? "T" : "")}",
            Inputs = [.. inputs],
            Steps = [.. steps],
        };
    }
}
