using Wizer.Engine.Platform;
using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Observing;

/// <summary>
/// Everything outside that one guest looked at. What the guest made or changed itself is not outside: from then on, what it sees there
/// is its own work. Like the guest, it is used by one thread at a time.
/// </summary>
internal sealed class ObservationLog
{
    // In the order in which the answers were known: of a file, when it was closed.
    private readonly Dictionary<string, Observation> _observations = [];
    private readonly HashSet<string> _own = [];
    private readonly Dictionary<string, FileStamp> _stamps = [];
    private readonly List<ObservedFile> _open = [];
    private readonly List<string> _changes = [];
    private ContentHash? _input;
    private bool _isFinished;

    /// <summary>Whether the guest was told the environment, or how large it is.</summary>
    public bool HasSeenEnvironment { get; set; }

    public long ClockCallCount { get; set; }

    public long RandomCallCount { get; set; }

    /// <summary>How much of standard input was read; null when nobody tried.</summary>
    public long? InputByteLength { get; private set; }

    /// <summary>The SHA-256 of that.</summary>
    public string? InputHash { get; private set; }

    /// <summary>
    /// Why equal answers may not mean an equal run: something was seen that no answer stands for, or changed while it was looked at. Null
    /// when there is no such reason.
    /// </summary>
    public string? Problem { get; private set; }

    /// <summary>The paths on the host that the guest made, changed or removed.</summary>
    public IReadOnlyList<string> Changes => _changes;

    /// <summary>What was seen, but for what follows from the rest: of a file that was read, the directories above it are known.</summary>
    public IReadOnlyList<Observation> Observations()
    {
        var implied = new HashSet<string>();
        foreach (Observation observation in _observations.Values)
        {
            if (observation.Answer == Answers.Absent)
            {
                continue;
            }

            string below = observation.Place.Below;
            for (int slash = below.LastIndexOf('/'); below.Length != 0; slash = below.LastIndexOf('/'))
            {
                below = slash < 0 ? "" : below[..slash];
                implied.Add(Key(observation.Place.Preopen, below, Question.Status));
            }

            if (observation.Question is Question.Contents or Question.Listing or Question.Target or Question.Size)
            {
                implied.Add(Key(observation.Place, Question.Status));
            }

            if (observation.Question == Question.Contents)
            {
                implied.Add(Key(observation.Place, Question.Size));
            }
        }

        var result = new List<Observation>();
        foreach ((string key, Observation observation) in _observations)
        {
            if (!implied.Contains(key))
            {
                result.Add(observation);
            }
        }

        return result;
    }

    /// <summary>Ends what goes on: the hashes of files that are still open. Nothing is recorded afterwards.</summary>
    public void Finish()
    {
        FinishFiles(null);
        InputHash = _input is null ? null : Answers.OfHash(_input.Finish());
        _input?.Dispose();
        _input = null;
        _isFinished = true;
    }

    public void Record(Question question, Place place, string answer, long? count = null)
    {
        if (_isFinished || IsOwn(place))
        {
            return;
        }

        string key = Key(place, question);
        if (!_observations.TryGetValue(key, out Observation? known))
        {
            _observations.Add(key, new Observation(question, place, answer, count));
        }
        else if (known.Answer != answer)
        {
            Report($"`{place.HostPath}` changed while it was looked at");
        }
    }

    /// <summary>Something that no answer stands for.</summary>
    public void Report(string problem) => Problem ??= problem;

    /// <summary>The guest has changed a place: what is seen there from now on is its own.</summary>
    public void Change(Place place)
    {
        _changes.Add(place.HostPath);
        _own.Add(Key(place, Question.Status));
    }

    /// <summary>Bytes of standard input, or its end.</summary>
    public void ReadInput(ReadOnlySpan<byte> bytes)
    {
        if (!_isFinished)
        {
            _input ??= new ContentHash();
            _input.Append(bytes);
            InputByteLength = (InputByteLength ?? 0) + bytes.Length;
        }
    }

    /// <summary>Whether what a file holds is known, and the file still the same as then.</summary>
    public bool KnowsContents(Place place, in Filestat stat)
    {
        if (!_stamps.TryGetValue(Key(place, Question.Contents), out FileStamp? stamp))
        {
            return IsOwn(place);
        }

        CheckStamp(place, stamp, stat);
        return true;
    }

    /// <summary>A file is open, and its hash to be finished when it is closed, or at the end.</summary>
    public void Open(ObservedFile file) => _open.Add(file);

    /// <summary>What a file held.</summary>
    public void Close(ObservedFile file, string? hash, ulong byteLength, FileStamp stamp, in Filestat now)
    {
        _open.Remove(file);
        if (_isFinished)
        {
            return;
        }

        if (hash is null)
        {
            Report($"`{file.Place.HostPath}` could not be read to its end");
            return;
        }

        CheckStamp(file.Place, stamp, now);
        _stamps.TryAdd(Key(file.Place, Question.Contents), stamp);
        Record(Question.Contents, file.Place, hash, (long)byteLength);
    }

    /// <summary>Finishes the hashes of open files.</summary>
    /// <param name="inode">Of those that are this one; null for all.</param>
    public void FinishFiles(ulong? inode)
    {
        for (int i = _open.Count - 1; i >= 0; i--)
        {
            // Where the host does not number files, any may be the one.
            if (inode is null or 0 || _open[i].Inode == inode || _open[i].Inode == 0)
            {
                _open[i].Finish();
            }
        }
    }

    private void CheckStamp(Place place, FileStamp then, in Filestat now)
    {
        if (!IsOwn(place) && then != FileStamp.Of(now))
        {
            Report($"`{place.HostPath}` changed while it was looked at");
        }
    }

    private bool IsOwn(Place place)
    {
        if (_own.Count == 0)
        {
            return false;
        }

        string below = place.Below;
        while (!_own.Contains(Key(place.Preopen, below, Question.Status)))
        {
            if (below.Length == 0)
            {
                return false;
            }

            below = below.LastIndexOf('/') is >= 0 and int slash ? below[..slash] : "";
        }

        return true;
    }

    private static string Key(Place place, Question question) => Key(place.Preopen, place.Below, question);

    private static string Key(int preopen, string below, Question question) => $"{(char)('a' + question)}{preopen}/{below}";
}
