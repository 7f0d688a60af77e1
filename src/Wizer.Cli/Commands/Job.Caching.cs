using System.Runtime.CompilerServices;
using Wizer.Engine;
using Wizer.Pipeline;

namespace Wizer.Cli;

// With a cache, of which others must not pay for anything.
internal sealed partial class Job
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    private RunCache? OpenCache(string address, ref InitEnvironment environment)
    {
        ICacheStore store;
        try
        {
            store = CacheChoice.Open(address, _arguments);
        }
        catch (CacheException error)
        {
            _outcome.Cache = new CacheOutcome("failed", null, error.Message);
            Warn(new Warning(DiagnosticCode.CacheUnused, $"the cache is not used: {error.Message}"));
            return null;
        }

        var cache = new RunCache(
            store, CacheKey.OfRun(_arguments, _outcome.Input!.Value, environment), environment.Wasi, Warn);
        _owned.Add(cache);
        environment = environment with
        {
            RecordsInputs = true,
            Wasi = environment.Wasi is { } wasi && _arguments.InheritStdio
                ? wasi with
                {
                    Stdout = cache.Tee(isError: false, bytes => WriteGuestOutput(bytes, isError: false)),
                    Stderr = cache.Tee(isError: true, bytes => WriteGuestOutput(bytes, isError: true)),
                }
                : environment.Wasi,
        };
        return cache;
    }

    /// <summary>Does what the run would do, when it is in the cache.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryFind(RunCache? cache, OutputFile output)
    {
        if (cache is null)
        {
            return false;
        }

        _timeline.Begin("look up");
        CachedRun? run = cache.Find(out byte[] module, out byte[] stdout, out byte[] stderr);
        _outcome.Cache = cache.Outcome;
        if (run is null)
        {
            return false;
        }

        Replay(stdout, isError: false);
        Replay(stderr, isError: true);
        _timeline.Begin("write");
        output.Write(module);
        if (_arguments.Report is not null)
        {
            _outcome.Module = ModuleText.ToBinary(_outcome.Input!.Value, _arguments.Input ?? InputFile.StandardInputName);
            _outcome.SectionsAfter = SectionSizes.Of([module]);
        }

        _outcome.Cached = run;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Store(RunCache? cache, RunReport run)
    {
        if (cache is not null)
        {
            _timeline.Begin("store");
            byte[] report = ReportWriter.FormatRun(_arguments, _timeline, run);
            cache.Store(run, CachedText.Encode(Result(run), Warnings.Of(run), Summary.Describe(run), report));
            _outcome.Cache = cache.Outcome;
        }
    }

    private void WriteGuestOutput(ReadOnlySpan<byte> bytes, bool isError)
    {
        if (!_host.IsProcess)
        {
            _host.Append(bytes);
            return;
        }

        _progress?.StepAside();
        if (isError)
        {
            StandardStreams.WriteErrorOutput(bytes);
        }
        else
        {
            StandardStreams.WriteOutput(bytes);
        }
    }

    // A guest would have been told that nobody reads; nobody else has to know.
    private void Replay(byte[] bytes, bool isError)
    {
        try
        {
            if (bytes.Length != 0)
            {
                WriteGuestOutput(bytes, isError);
            }
        }
        catch (IOException)
        {
        }
    }
}
