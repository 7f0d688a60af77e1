using System.Text.RegularExpressions;

namespace Wizer.Generate.Engine;

/// <summary>Writes what an operation does as C#, for either loop.</summary>
internal static partial class HandlerWriter
{
    /// <summary>Stands for the statement that goes on at <c>ip</c>.</summary>
    internal const string Dispatch = "jump;";

    /// <summary>The statements of a handler.</summary>
    internal static IEnumerable<string> Statements(Operation operation) =>
        operation.Steps is null ? Irregular(operation) : Regular(operation);

    private static IEnumerable<string> Regular(Operation operation)
    {
        Step[] steps = operation.Steps!;
        string[] results = new string[steps.Length];
        for (int i = 0; i < steps.Length; i++)
        {
            Step step = steps[i];
            string[] arguments = new string[step.Arguments.Length];
            for (int a = 0; a < arguments.Length; a++)
            {
                Argument argument = step.Arguments[a];
                if (argument.IsStep)
                {
                    arguments[a] = Convert(results[argument.Index], steps[argument.Index].Result!, step.Types[a]);
                    continue;
                }

                arguments[a] = operation.Text(argument.Index);
                if (CountUses(step, a) > 1)
                {
                    yield return $"{TypeName(step.Types[a])} x{i}_{a} = {arguments[a]};";
                    arguments[a] = $"x{i}_{a}";
                }
            }

            if (step.Expression is "branch" or "branch-not")
            {
                string condition = step.Arguments[0].IsStep && steps[step.Arguments[0].Index].Result == "bool"
                    ? results[step.Arguments[0].Index]
                    : $"{arguments[0]} != 0";
                yield return step.Expression == "branch" ? $"if ({condition})" : $"if (!({condition}))";
                yield return "{";
                yield return $"    ip += {operation.Text(operation.Inputs.Length - 1)};";
                yield return "    if (--context->PollCount < 0) goto Poll;";
                yield return Dispatch;
                yield return "}";
                break;
            }

            if (step.Checks != "-")
            {
                yield return Fill(step.Checks, arguments, i);
            }

            string value = Fill(step.Expression, arguments, i);
            if (step.Result is null)
            {
                yield return value + ";";
                continue;
            }

            if (i == steps.Length - 1)
            {
                yield return Store("fp[ip[1]]", "fp + ip[1]", value, step.Result);
            }
            else if (step.Result == "bool" && step.Kept < 0)
            {
                results[i] = $"({value})";
            }
            else
            {
                results[i] = $"r{i}";
                yield return $"{TypeName(step.Result)} r{i} = {value};";
                if (step.Kept >= 0)
                {
                    int unit = operation.UnitOf(step.Kept);
                    yield return Store($"fp[ip[{unit}]]", $"fp + ip[{unit}]", $"r{i}", step.Result);
                }
            }
        }

        yield return $"ip += {operation.Length};";
        yield return Dispatch;
    }

    private static IEnumerable<string> Irregular(Operation operation)
    {
        foreach (string line in operation.Body!)
        {
            string text = Placeholder().Replace(line, match => operation.Text(int.Parse(match.Groups[1].Value)));
            text = text.Replace("$length", operation.Length.ToString(), StringComparison.Ordinal);
            if (text.Trim() == "next;")
            {
                yield return $"ip += {operation.Length};";
                text = Dispatch;
            }

            yield return text;
        }
    }

    // Where a trap happened within a superinstruction is noted on the way out, and the address it is about.
    private static string Fill(string template, string[] arguments, int step)
    {
        string text = Placeholder().Replace(template, match => arguments[int.Parse(match.Groups[1].Value)]);
        text = text.Replace("@", step.ToString(), StringComparison.Ordinal);
        return step == 0 ? text : Goto().Replace(text, match =>
        {
            string address = match.Value == "goto OutOfBounds;" ? $"context->FaultAddress = address{step}; " : "";
            return $"{{ context->TrapPart = {step}; {address}{match.Value} }}";
        });
    }

    private static string Store(string slot, string address, string value, string type) => type switch
    {
        "bool" => $"{slot} = {value} ? 1UL : 0UL;",
        "f32" => $"{slot} = BitConverter.SingleToUInt32Bits({value});",
        "f64" => $"*(double*)({address}) = {value};",
        _ => $"{slot} = {value};",
    };

    /// <summary>Whether a value of one type can be what a slot read as another would be.</summary>
    internal static bool Converts(string from, string to) => to switch
    {
        "f32" => from is "f32" or "u32" or "u64" or "any",
        "f64" => from is "f64" or "u64" or "any",
        "u32" => from is not "f64",
        _ => true,
    };

    private static string Convert(string text, string from, string to) => (from, to) switch
    {
        ("bool", "u32" or "u64" or "any") => $"({text} ? 1U : 0U)",
        ("u32", "f32") => $"BitConverter.UInt32BitsToSingle({text})",
        ("u64" or "any", "f64") => $"BitConverter.UInt64BitsToDouble({text})",
        ("u64" or "any", "u32") => $"((uint){text})",
        ("u64" or "any", "f32") => $"BitConverter.UInt32BitsToSingle((uint){text})",
        ("f32", "u32" or "u64" or "any") => $"BitConverter.SingleToUInt32Bits({text})",
        ("f64", "u64" or "any") => $"BitConverter.DoubleToUInt64Bits({text})",
        _ => text,
    };

    private static string TypeName(string type) => type switch
    {
        "u32" or "ku32" or "off" => "uint",
        "f32" => "float",
        "f64" => "double",
        "bool" => "bool",
        "k32" => "int",
        "ptr" => "nint",
        _ => "ulong",
    };

    private static int CountUses(Step step, int argument) =>
        Placeholder().Matches(step.Checks + step.Expression).Count(match => match.Groups[1].Value == argument.ToString());

    [GeneratedRegex(@"\$([0-9])")]
    private static partial Regex Placeholder();

    [GeneratedRegex("goto [A-Za-z]+;")]
    private static partial Regex Goto();
}
