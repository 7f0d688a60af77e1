using Wizer.Engine;
using Wizer.Engine.Platform;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>
/// The cache of one run, in two steps. The key of what is known before the run leads to what such runs have looked at; with what they would
/// find there now, it becomes the key of the new module. Whatever is wrong with the cache, the run is not: it is told once, and
/// the cache not used any more. Contents are what their hash says, or not there.
/// </summary>
internal sealed class RunCache : IDisposable
{
    private const string QuestionsName = "questions";
    private const string ModuleName = "module";
    private const string WordsName = "run.json";

    // Those are small; only modules are large.
    private const long MaxWordsByteLength = 64 << 20;

    private readonly ICacheStore _store;
    private readonly Action<Warning> _warn;
    private readonly string _run;
    private readonly WasiOptions _wasi;
    private readonly MemoryStream _stdout = new();
    private readonly MemoryStream _stderr = new();
    private QuestionSets _questions = new();
    private Digest? _module;
    private string? _problem;

    /// <param name="store">Is disposed with this object.</param>
    /// <param name="run">The key of what is known before the run.</param>
    /// <param name="wasi">What the guest is shown; null for nothing.</param>
    /// <param name="warn">Says a warning.</param>
    public RunCache(ICacheStore store, string run, WasiOptions? wasi, Action<Warning> warn)
    {
        _store = store;
        _run = run;
        _wasi = wasi ?? new WasiOptions();
        _warn = warn;
    }

    /// <summary>What it was good for; to be asked at the end.</summary>
    public CacheOutcome Outcome { get; private set; } = new("miss", null, null);

    /// <summary>Looks for the run.</summary>
    /// <param name="module">Its new module.</param>
    /// <param name="stdout">What the guest wrote there.</param>
    /// <param name="stderr">What the guest wrote there.</param>
    /// <returns>Null when it is not there.</returns>
    public CachedRun? Find(out byte[] module, out byte[] stdout, out byte[] stderr)
    {
        module = stdout = stderr = [];
        try
        {
            if (FindAction(_run)?.Find(QuestionsName) is { } questions && FindContents(questions) is { } sets)
            {
                _questions = QuestionSets.Decode(sets);
            }

            // One for all sets, so that each place is looked at once.
            var witness = new InputWitness(_wasi);
            foreach (RunInput[] set in _questions.Sets)
            {
                if (Find(Array.ConvertAll(set, witness.Ask), ref module, ref stdout, ref stderr) is { } run)
                {
                    return run;
                }
            }
        }
        catch (CacheException error)
        {
            Fail(error.Message);
        }
        catch (InvalidDataException)
        {
            // Somebody else's, or damaged: as if it were not there.
            _questions = new QuestionSets();
        }

        return null;
    }

    /// <summary>The sink of a run that may be kept: its module goes where it should, and then into the cache.</summary>
    public IModuleSink Wrap(IModuleSink inner) => new Sink(this, inner);

    /// <summary>Standard output of the guest, or standard error: what is written goes on, and is kept.</summary>
    public Stream Tee(bool isError, ByteTaker write)
    {
        const int MaxByteLength = 1 << 20;
        MemoryStream kept = isError ? _stderr : _stdout;
        return new OutputStream(bytes =>
        {
            if (kept.Length + bytes.Length > MaxByteLength)
            {
                _problem = "the module wrote more than a mebibyte to its standard streams";
            }
            else
            {
                kept.Write(bytes);
            }

            write(bytes);
        });
    }

    /// <summary>Keeps a run.</summary>
    /// <param name="report">What it came to.</param>
    /// <param name="words">What there is to say about it.</param>
    public void Store(RunReport report, byte[] words)
    {
        if (Outcome.Result == "failed")
        {
            return;
        }

        if (FindObstacle(report) is { } obstacle)
        {
            Outcome = new CacheOutcome("miss", null, obstacle);
            return;
        }

        try
        {
            // An action that is there has all that it names, so that it comes last.
            RunInput[] inputs = QuestionSets.Of(report.Inputs);
            _questions.Add(inputs);
            string key = CacheKey.OfAnswers(_run, inputs);
            var result = new ActionResult { Stdout = _stdout.ToArray(), Stderr = _stderr.ToArray() };
            result.Add(ModuleName, _module!);
            result.Add(WordsName, PutContents([words]));
            _store.Put(CacheMap.Actions, key, [result.Encode()]);
            var questions = new ActionResult();
            questions.Add(QuestionsName, PutContents([_questions.Encode()]));
            _store.Put(CacheMap.Actions, _run, [questions.Encode()]);
            Outcome = new CacheOutcome("miss", key, null);
        }
        catch (CacheException error)
        {
            Fail(error.Message);
        }
    }

    public void Dispose()
    {
        _store.Dispose();
        _stdout.Dispose();
        _stderr.Dispose();
    }

    private CachedRun? Find(RunInput[] answers, ref byte[] module, ref byte[] stdout, ref byte[] stderr)
    {
        string key = CacheKey.OfAnswers(_run, answers);
        if (FindAction(key) is not { } action || action.Find(ModuleName) is not { } digest || action.Find(WordsName) is not { } wordsDigest
            || FindContents(wordsDigest) is not { } words || FindContents(digest) is not { } found
            || !found.AsSpan().StartsWith("\0asm"u8))
        {
            return null;
        }

        var text = CachedText.Decode(words);
        (module, stdout, stderr) = (found, action.Stdout, action.Stderr);
        Outcome = new CacheOutcome("hit", key, null);
        return new CachedRun
        {
            OutputByteLength = digest.ByteLength,
            OutputHash = Convert.FromHexString(digest.Hash),
            Text = text,
            Inputs = answers,
        };
    }

    private ActionResult? FindAction(string key)
    {
        if (_store.Get(CacheMap.Actions, key, MaxWordsByteLength) is not { } bytes)
        {
            return null;
        }

        try
        {
            return ActionResult.Decode(bytes);
        }
        catch (InvalidDataException)
        {
            _store.Remove(CacheMap.Actions, key);
            return null;
        }
    }

    private byte[]? FindContents(Digest digest)
    {
        if (digest.ByteLength > Array.MaxLength || _store.Get(CacheMap.Contents, digest.Hash, digest.ByteLength) is not { } bytes)
        {
            return null;
        }

        if (bytes.Length == digest.ByteLength && Convert.ToHexStringLower(ContentHash.Of(bytes)) == digest.Hash)
        {
            return bytes;
        }

        _store.Remove(CacheMap.Contents, digest.Hash);
        return null;
    }

    private Digest PutContents(IReadOnlyList<ReadOnlyMemory<byte>> content)
    {
        long byteLength = content.Sum(static part => (long)part.Length);
        using var hash = new ContentHash(byteLength);
        foreach (ReadOnlyMemory<byte> part in content)
        {
            hash.Append(part.Span);
        }

        var digest = new Digest(Convert.ToHexStringLower(hash.Finish()), byteLength);
        _store.Put(CacheMap.Contents, digest.Hash, content);
        return digest;
    }

    // What would not happen again, or not be the same, if the run came from a cache.
    private string? FindObstacle(RunReport report)
    {
        if (report.InputProblem is not null || _problem is not null)
        {
            return report.InputProblem ?? _problem;
        }

        if (report.ChangedPaths.Count != 0)
        {
            return $"the module changed `{report.ChangedPaths[0]}`";
        }

        foreach (RunInput input in report.Inputs)
        {
            if (input.Kind == InputKind.StandardInput)
            {
                return "the module read its standard input";
            }
        }

        return null;
    }

    private void Fail(string reason)
    {
        Outcome = new CacheOutcome("failed", null, reason);
        _warn(new Warning(DiagnosticCode.CacheUnused, $"the cache {_store.Name} is not used: {reason}"));
    }

    private sealed class Sink(RunCache cache, IModuleSink inner) : IModuleSink
    {
        public void Write(ModuleSlices module)
        {
            inner.Write(module);
            if (cache.Outcome.Result != "failed")
            {
                try
                {
                    cache._module = cache.PutContents(module);
                }
                catch (CacheException error)
                {
                    cache.Fail(error.Message);
                }
            }
        }
    }
}
