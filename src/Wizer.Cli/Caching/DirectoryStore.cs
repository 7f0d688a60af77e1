using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Wizer.Cli;

/// <summary>
/// A cache in a directory, which any number of processes may use at a time: <c>ac/KEY</c> and <c>cas/HASH</c>, which appear complete by
/// being renamed, and <c>size</c>, which says how much they take.
/// </summary>
internal sealed class DirectoryStore : ICacheStore
{
    /// <summary>How much it may take unless told otherwise.</summary>
    public const long DefaultByteLimit = 4L << 30;

    // Of the limit is left, so that not every run has to make room.
    private const double KeptPart = 0.9;

    private static int s_temporaryCount;

    private readonly string _path;
    private readonly long _byteLimit;

    /// <param name="path">Made when it is not there.</param>
    /// <param name="byteLimit">How much it may take.</param>
    public DirectoryStore(string path, long byteLimit)
    {
        _path = path;
        _byteLimit = byteLimit;
    }

    public string Name => _path;

    public byte[]? Get(CacheMap map, string key, long maxByteLength)
    {
        string path = PathOf(map, key);
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            long length = RandomAccess.GetLength(file);
            if (length > maxByteLength)
            {
                return null;
            }

            byte[] bytes = new byte[length];
            for (int count = 0; count < bytes.Length;)
            {
                int read = RandomAccess.Read(file, bytes.AsSpan(count), count);
                if (read == 0)
                {
                    return null;
                }

                count += read;
            }

            UseTimes.Touch(path);
            return bytes;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (FileError.Is(error))
        {
            throw Failed(error, path);
        }
    }

    public void Put(CacheMap map, string key, IReadOnlyList<ReadOnlyMemory<byte>> content)
    {
        string path = PathOf(map, key);
        string temporary = Path.Combine(
            DirectoryOf(map), $".{Environment.ProcessId}-{Interlocked.Increment(ref s_temporaryCount)}.tmp");
        try
        {
            // Written even where it is: what is there may be damaged.
            Directory.CreateDirectory(DirectoryOf(map));
            var replaced = new FileInfo(path);
            long replacedByteLength = replaced.Exists ? replaced.Length : 0;
            long byteLength = 0;
            try
            {
                using (SafeFileHandle file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
                {
                    foreach (ReadOnlyMemory<byte> part in content)
                    {
                        RandomAccess.Write(file, part.Span, byteLength);
                        byteLength += part.Length;
                    }
                }

                File.Move(temporary, path, overwrite: true);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }

            Grow(byteLength - replacedByteLength);
        }
        catch (Exception error) when (FileError.Is(error))
        {
            throw Failed(error, path);
        }
    }

    public void Remove(CacheMap map, string key)
    {
        try
        {
            File.Delete(PathOf(map, key));
        }
        catch (Exception error) when (FileError.Is(error))
        {
            // It will be found to be wrong again.
        }
    }

    public void Dispose()
    {
    }

    private string DirectoryOf(CacheMap map) => Path.Combine(_path, map == CacheMap.Actions ? "ac" : "cas");

    private string PathOf(CacheMap map, string key) => Path.Combine(DirectoryOf(map), key);

    private static CacheException Failed(Exception error, string path) => new(FileError.Describe(error, path));

    // The size is an estimate when somebody else holds it, or was ended in between: it is counted anew whenever it is too large.
    private void Grow(long byteLength)
    {
        try
        {
            using var file = new FileStream(
                Path.Combine(_path, "size"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            Span<byte> text = stackalloc byte[20];
            int length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            bool isKnown = long.TryParse(text[..length], NumberStyles.None, CultureInfo.InvariantCulture, out long size);
            size += byteLength;
            if (!isKnown || size > _byteLimit)
            {
                size = MakeRoom();
            }

            file.SetLength(0);
            file.Position = 0;
            file.Write(System.Text.Encoding.ASCII.GetBytes(size.ToString(CultureInfo.InvariantCulture)));
        }
        catch (Exception error) when (FileError.Is(error))
        {
            // Somebody else is at it.
        }
    }

    // What was not used for longest goes.
    private long MakeRoom()
    {
        var files = new List<FileInfo>();
        long size = 0;
        foreach (CacheMap map in (CacheMap[])[CacheMap.Actions, CacheMap.Contents])
        {
            var directory = new DirectoryInfo(DirectoryOf(map));
            if (directory.Exists)
            {
                files.AddRange(directory.EnumerateFiles());
            }
        }

        foreach (FileInfo file in files)
        {
            size += file.Length;
        }

        if (size <= _byteLimit)
        {
            return size;
        }

        files.Sort(static (a, b) => a.LastWriteTimeUtc != b.LastWriteTimeUtc
            ? a.LastWriteTimeUtc.CompareTo(b.LastWriteTimeUtc)
            : string.CompareOrdinal(a.Name, b.Name));
        foreach (FileInfo file in files)
        {
            if (size <= _byteLimit * KeptPart)
            {
                break;
            }

            size -= file.Length;
            file.Delete();
        }

        return size;
    }
}
