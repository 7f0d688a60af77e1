using System.Buffers;
using System.Text.Json;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>
/// What runs of one module with the same options have looked at: a set of questions for each way that such a run may go, the one used
/// last first. Which questions come later depends on the answers to those before, so that a set whose answers are those of an earlier
/// run is all that there is to ask.
/// </summary>
internal sealed class QuestionSets
{
    private const int MaxSetCount = 32;

    private readonly List<RunInput[]> _sets = [];

    public IReadOnlyList<RunInput[]> Sets => _sets;

    /// <summary>The questions of a run in their order; what is no question, because nobody can ask it again, is left out.</summary>
    public static RunInput[] Of(IReadOnlyList<RunInput> inputs)
    {
        var questions = new List<RunInput>();
        foreach (RunInput input in inputs)
        {
            if (IsQuestion(input.Kind))
            {
                questions.Add(input);
            }
        }

        questions.Sort(static (a, b) => a.Preopen != b.Preopen ? a.Preopen.CompareTo(b.Preopen)
            : string.CompareOrdinal(a.Below, b.Below) is not 0 and var order ? order
            : a.Kind.CompareTo(b.Kind));
        return questions.ToArray();
    }

    /// <summary>Puts a set first.</summary>
    public void Add(RunInput[] questions)
    {
        _sets.RemoveAll(set => AreEqual(set, questions));
        _sets.Insert(0, questions);
        if (_sets.Count > MaxSetCount)
        {
            _sets.RemoveRange(MaxSetCount, _sets.Count - MaxSetCount);
        }
    }

    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (RunInput[] set in _sets)
            {
                json.WriteStartArray();
                foreach (RunInput question in set)
                {
                    json.WriteStartArray();
                    json.WriteNumberValue((int)question.Kind);
                    json.WriteNumberValue(question.Preopen);
                    json.WriteStringValue(question.Below);
                    json.WriteEndArray();
                }

                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static QuestionSets Decode(ReadOnlyMemory<byte> bytes)
    {
        var sets = new QuestionSets();
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            foreach (JsonElement set in document.RootElement.EnumerateArray())
            {
                var questions = new List<RunInput>();
                foreach (JsonElement question in set.EnumerateArray())
                {
                    var kind = (InputKind)question[0].GetInt32();
                    if (!IsQuestion(kind))
                    {
                        throw new InvalidDataException("a question that nobody can ask");
                    }

                    questions.Add(new RunInput(kind) { Preopen = question[1].GetInt32(), Below = question[2].GetString() });
                }

                sets._sets.Add(questions.ToArray());
            }

            return sets;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("no sets of questions");
        }
    }

    private static bool IsQuestion(InputKind kind) => kind is InputKind.Status or InputKind.Size or InputKind.File or InputKind.Listing
        or InputKind.Link or InputKind.Environment;

    private static bool AreEqual(RunInput[] a, RunInput[] b)
    {
        bool areEqual = a.Length == b.Length;
        for (int i = 0; areEqual && i < a.Length; i++)
        {
            areEqual = a[i].Kind == b[i].Kind && a[i].Preopen == b[i].Preopen && a[i].Below == b[i].Below;
        }

        return areEqual;
    }
}
