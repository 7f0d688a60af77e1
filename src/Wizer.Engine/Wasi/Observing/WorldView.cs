using System.Text;
using Wizer.Engine.Platform;
using Wizer.Engine.Wasi.Host;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Observing;

/// <summary>
/// Answers questions about places as they are now, in the words of a log, and by the same steps: what a link leads out of is not
/// followed here either. Each place is looked at once. Used by one thread at a time.
/// </summary>
/// <param name="hostPaths">The directories that a guest would be given, in their order.</param>
internal sealed class WorldView(IReadOnlyList<string> hostPaths)
{
    private readonly Dictionary<string, Observation> _answers = [];

    /// <summary>The answer to a question; <see cref="Answers.Absent"/> also where the way to the place is not there.</summary>
    public Observation Ask(Question question, int preopen, string below)
    {
        string key = $"{question} {preopen} {below}";
        if (!_answers.TryGetValue(key, out Observation? answer))
        {
            answer = preopen < hostPaths.Count
                ? Look(question, new Place(preopen, hostPaths[preopen], below))
                : new Observation(question, new Place(preopen, "", below), Answers.Absent, null);
            _answers.Add(key, answer);
        }

        return answer;
    }

    private static Observation Look(Question question, Place place)
    {
        Errno errno = HostDirectory.Open(place.Root, out HostDirectory? directory);
        byte[] name = "."u8.ToArray();
        string[] steps = place.Below.Length == 0 ? [] : place.Below.Split('/');
        for (int i = 0; i < steps.Length && errno == Errno.Success; i++)
        {
            byte[] step = Encoding.UTF8.GetBytes(steps[i]);
            if (i == steps.Length - 1)
            {
                name = step;
                break;
            }

            HostDirectory above = directory!;
            errno = above.OpenDirectory(step, out directory);
            above.Dispose();
        }

        if (errno != Errno.Success)
        {
            return new Observation(question, place, Answers.Absent, null);
        }

        using (directory)
        {
            return Look(question, place, directory!, name);
        }
    }

    private static Observation Look(Question question, Place place, HostDirectory directory, ReadOnlySpan<byte> name)
    {
        long? count = null;
        string answer = question switch
        {
            Question.Status => StatusOf(directory, name),
            Question.Size => SizeOf(directory, name, out count),
            Question.Contents => HashOf(directory, name, out count),
            Question.Listing => EntriesOf(directory, name, out count),
            _ => TargetOf(directory, name),
        };
        return new Observation(question, place, answer, count);
    }

    private static string StatusOf(HostDirectory directory, ReadOnlySpan<byte> name)
    {
        Errno errno = directory.Stat(name, out Filestat stat);
        return errno == Errno.Success ? Answers.OfType(stat.Type) : Answers.OfError(errno);
    }

    private static string TargetOf(HostDirectory directory, ReadOnlySpan<byte> name)
    {
        Errno errno = directory.ReadLink(name, out byte[] target);
        return errno == Errno.Success ? Encoding.UTF8.GetString(target) : Answers.OfError(errno);
    }

    private static string SizeOf(HostDirectory directory, ReadOnlySpan<byte> name, out long? count)
    {
        Errno errno = directory.Stat(name, out Filestat stat);
        bool isFile = errno == Errno.Success && stat.Type == FileType.RegularFile;
        count = isFile ? (long)stat.Size : null;
        return isFile ? Answers.OfNumber(stat.Size) : errno == Errno.Success ? Answers.OfType(stat.Type) : Answers.OfError(errno);
    }

    private static string HashOf(HostDirectory directory, ReadOnlySpan<byte> name, out long? count)
    {
        count = null;

        // A pipe would be opened as well, and what it holds taken away from others.
        Errno errno = directory.Stat(name, out Filestat stat);
        if (errno != Errno.Success || stat.Type != FileType.RegularFile)
        {
            return errno == Errno.Success ? Answers.OfType(stat.Type) : Answers.OfError(errno);
        }

        errno = directory.Open(name, new OpenMode { Read = true }, out HostFile? file, out HostDirectory? opened);
        using (file)
        using (opened)
        {
            if (errno != Errno.Success || file is null)
            {
                return Answers.OfError(errno);
            }

            using var hash = new ContentHash((long)stat.Size);
            ulong byteLength = 0;
            errno = Answers.Append(file, hash, ref byteLength);
            count = (long)byteLength;
            return errno == Errno.Success ? Answers.OfHash(hash.Finish()) : Answers.OfError(errno);
        }
    }

    private static string EntriesOf(HostDirectory directory, ReadOnlySpan<byte> name, out long? count)
    {
        count = null;
        Errno errno = directory.Open(
            name, new OpenMode { Read = true, Open = OpenFlags.Directory }, out HostFile? file, out HostDirectory? opened);
        using (file)
        using (opened)
        {
            if (errno != Errno.Success || opened is null)
            {
                return Answers.OfError(errno);
            }

            errno = opened.List(out HostEntry[] entries);
            count = errno == Errno.Success ? entries.Length : null;
            return errno == Errno.Success ? Answers.OfEntries(entries) : Answers.OfError(errno);
        }
    }
}
