using Microsoft.Win32.SafeHandles;
using Wizer.Engine.Platform;
using Wizer.Pipeline;

namespace Wizer.Wasmtime;

/// <summary>
/// Compiled code in a directory, a file for each module. Nothing that a file could say makes it safe to run: whoever can write one can
/// have anything done. So the directory belongs to this user alone, or is not used; the hash in a file finds what was cut off or
/// damaged, and no more than that.
/// </summary>
internal sealed class CodeCache
{
    private readonly string _directory;

    private CodeCache(string directory) => _directory = directory;

    private static ReadOnlySpan<byte> Magic => "wizercw1"u8;

    private static int HeaderByteLength => Magic.Length + ContentHash.ByteLength;

    /// <summary>Finds a directory, or makes it.</summary>
    /// <exception cref="WizerException">It is not this user's alone, or cannot be made.</exception>
    internal static CodeCache Open(string directory)
    {
        try
        {
            PrivateFiles.CreateDirectory(directory);
            return new CodeCache(directory);
        }
        catch (Exception error) when (HostFiles.IsError(error))
        {
            throw new WizerException(
                WizerError.EnvironmentUnusable, $"failed to use the directory `{directory}` for compiled code", error);
        }
    }

    /// <summary>The code of a key; null when there is none, or it is damaged.</summary>
    internal byte[]? TryRead(string key)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(PathOf(key), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (!PrivateFiles.IsPrivate(file))
            {
                return null;
            }

            long byteLength = RandomAccess.GetLength(file) - HeaderByteLength;
            if (byteLength <= 0 || byteLength > Array.MaxLength)
            {
                return null;
            }

            Span<byte> header = stackalloc byte[HeaderByteLength];
            byte[] code = GC.AllocateUninitializedArray<byte>((int)byteLength);
            return RandomAccess.Read(file, header, 0) == header.Length
                && header.StartsWith(Magic)
                && ReadAll(file, code)
                && ContentHash.Of(code).AsSpan().SequenceEqual(header[Magic.Length..])
                    ? code
                    : null;
        }
        catch (Exception error) when (HostFiles.IsError(error))
        {
            return null;
        }
    }

    /// <summary>
    /// Keeps the code of a key, instead of what was there. It is complete or not there; where it cannot be, the run goes on.
    /// </summary>
    internal void Write(string key, byte[] code)
    {
        string path = PathOf(key);
        string beside = PrivateFiles.NameBeside(path);
        try
        {
            using (var file = new FileStream(beside, PrivateFiles.NewFile()))
            {
                file.Write(Magic);
                file.Write(ContentHash.Of(code));
                file.Write(code);
            }

            File.Move(beside, path, overwrite: true);
        }
        catch (Exception error) when (HostFiles.IsError(error))
        {
            TryDelete(beside);
        }
    }

    /// <summary>Where the code of a key is.</summary>
    internal string PathOf(string key) => Path.Combine(_directory, key + ".cwasm");

    private static bool ReadAll(SafeFileHandle file, Span<byte> code)
    {
        long at = HeaderByteLength;
        while (!code.IsEmpty)
        {
            int count = RandomAccess.Read(file, code, at);
            if (count == 0)
            {
                return false;
            }

            at += count;
            code = code[count..];
        }

        return true;
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (HostFiles.IsError(error))
        {
            // It is in the way of nobody.
        }
    }
}
