using System.Text;
using Wizer.Engine;
using Wizer.Engine.Platform;
using Wizer.Engine.Wasi.Observing;

namespace Wizer.Pipeline;

/// <summary>Puts the log of a run into the words of the report.</summary>
internal static class RunInputs
{
    /// <summary>All that was looked at: places in the order in which their answers were known, then the rest.</summary>
    /// <param name="log">Finished.</param>
    /// <param name="wasi">What the guest was shown.</param>
    public static RunInput[] Of(ObservationLog log, WasiOptions wasi)
    {
        var inputs = new List<RunInput>();
        foreach (Observation observation in log.Observations())
        {
            inputs.Add(Of(observation));
        }

        if (log.HasSeenEnvironment)
        {
            inputs.Add(OfEnvironment(wasi));
            foreach (WasiVariable variable in wasi.Environment)
            {
                inputs.Add(new RunInput(InputKind.Variable) { Name = variable.Name, Answer = Hash(variable.Value) });
            }
        }

        if (log.InputByteLength is { } byteLength)
        {
            inputs.Add(new RunInput(InputKind.StandardInput) { Answer = log.InputHash, Count = byteLength });
        }

        AddCalls(inputs, InputKind.Clock, log.ClockCallCount);
        AddCalls(inputs, InputKind.Random, log.RandomCallCount);
        return inputs.ToArray();
    }

    public static RunInput Of(Observation observation) => new(KindOf(observation.Question))
    {
        Name = observation.Place.HostPath,
        Preopen = observation.Place.Preopen,
        Below = observation.Place.Below,
        Answer = observation.Answer,
        Count = observation.Count,
    };

    public static RunInput OfEnvironment(WasiOptions wasi)
    {
        var text = new StringBuilder();
        foreach (WasiVariable variable in wasi.Environment)
        {
            text.Append(variable.Name).Append('=').Append(variable.Value).Append('\0');
        }

        return new RunInput(InputKind.Environment) { Answer = Hash(text.ToString()), Count = wasi.Environment.Count };
    }

    public static Question QuestionOf(InputKind kind) => kind switch
    {
        InputKind.Status => Question.Status,
        InputKind.Size => Question.Size,
        InputKind.File => Question.Contents,
        InputKind.Listing => Question.Listing,
        _ => Question.Target,
    };

    private static InputKind KindOf(Question question) => question switch
    {
        Question.Status => InputKind.Status,
        Question.Size => InputKind.Size,
        Question.Contents => InputKind.File,
        Question.Listing => InputKind.Listing,
        _ => InputKind.Link,
    };

    private static void AddCalls(List<RunInput> inputs, InputKind kind, long count)
    {
        if (count != 0)
        {
            inputs.Add(new RunInput(kind) { Count = count });
        }
    }

    private static string Hash(string text) => Convert.ToHexStringLower(ContentHash.Of(Encoding.UTF8.GetBytes(text)));
}
