using System.Buffers.Binary;
using System.Text;
using Wizer.Engine;
using Wizer.Engine.Platform;
using Wizer.Pipeline;

namespace Wizer.Cli;

/// <summary>A hash of texts and bytes, each with its length before it, so that no two lists of them are one.</summary>
internal sealed class CacheKey : IDisposable
{
    private readonly ContentHash _hash;

    private CacheKey(long expectedByteLength = 0) => _hash = new ContentHash(expectedByteLength);

    /// <summary>
    /// The key of what is known before a run: the version of the command, its options, and the files that they name. What the guest will
    /// look at is not.
    /// </summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="module">The input, as it was given.</param>
    /// <param name="environment">What was made of the command line.</param>
    public static string OfRun(Arguments arguments, ReadOnlyMemory<byte> module, InitEnvironment environment)
    {
        using var key = new CacheKey(module.Length);
        key.Add("wizer run 2");
        key.Add(ToolVersion.Exact);
        key.Add(module.Span);
        foreach (Option option in OptionTable.Options)
        {
            if (!option.IsNoPartOfKey)
            {
                key.Add(option, arguments.Given);
            }
        }

        foreach (PreloadModule preload in environment.Preloads)
        {
            key.Add(preload.Name);
            key.Add(preload.Module.Span);
        }

        // Of the directories, a guest knows the names that they have for it.
        key.Add("directories");
        foreach (WasiPreopen preopen in environment.Wasi?.Preopens ?? [])
        {
            key.Add(preopen.GuestPath);
        }

        // A profile changes nothing but whether there is something to say about it.
        key.Add("profile");
        key.Add(environment.Profile.Span);
        key.Add($"{environment.Deterministic!.UnixSeconds}");
        return key.Finish();
    }

    /// <summary>The key of a run that got certain answers.</summary>
    /// <param name="run">The key of what was known before.</param>
    /// <param name="answers">In the order of <see cref="QuestionSets"/>.</param>
    public static string OfAnswers(string run, IReadOnlyList<RunInput> answers)
    {
        using var key = new CacheKey();
        key.Add("wizer answers 1");
        key.Add(run);
        foreach (RunInput answer in answers)
        {
            key.Add($"{answer.Kind} {answer.Preopen}");
            key.Add(answer.Below ?? "");
            key.Add(answer.Answer ?? "");
        }

        return key.Finish();
    }

    public void Dispose() => _hash.Dispose();

    // Several of them add up, of the others the last one counts.
    private void Add(Option option, List<GivenOption> given)
    {
        string? last = null;
        bool isGiven = false;
        foreach (GivenOption use in given)
        {
            if (use.Option != option)
            {
                continue;
            }

            isGiven = true;
            last = use.Value ?? "";
            if (option.Repeatable)
            {
                Add(option.Flag);
                Add(last);
            }
        }

        if (isGiven && !option.Repeatable)
        {
            Add(option.Flag);
            Add(last!);
        }
    }

    private void Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    private void Add(ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        _hash.Append(length);
        _hash.Append(bytes);
    }

    private string Finish() => Convert.ToHexStringLower(_hash.Finish());
}
