using Microsoft.Win32.SafeHandles;

namespace Wizer.Pipeline;

/// <summary>
/// Gives a file that stays where it is other bytes. Room for all of them is there before the first old one is lost, so that a full
/// disk, a quota and a limit on the size of files leave the file as it was. A device that fails, or an end of the process, does not.
/// </summary>
internal static class FileOverwriting
{
    /// <summary>Overwrites a file from its first byte on, and cuts it to the new length.</summary>
    /// <param name="file">Open for writing, and regular.</param>
    /// <param name="byteLength">How many bytes are written.</param>
    /// <param name="write">Writes them.</param>
    public static void Overwrite(SafeFileHandle file, long byteLength, Action<SafeFileHandle> write)
    {
        long before = RandomAccess.GetLength(file);
        try
        {
            if (!HostFiles.TryAllocate(file, byteLength))
            {
                Fill(file, before, byteLength);
            }
        }
        catch (Exception error) when (HostFiles.IsError(error))
        {
            if (RandomAccess.GetLength(file) != before)
            {
                RandomAccess.SetLength(file, before);
            }

            throw;
        }

        write(file);
        if (before > byteLength)
        {
            RandomAccess.SetLength(file, byteLength);
        }
    }

    // Zeros behind the end of the file take the same room as what will be there.
    private static void Fill(SafeFileHandle file, long from, long to)
    {
        byte[] zeros = new byte[(int)Math.Clamp(to - from, 0, SliceBlocks.BlockByteLength)];
        for (long at = from; at < to; at += zeros.Length)
        {
            RandomAccess.Write(file, zeros.AsSpan(0, (int)Math.Min(zeros.Length, to - at)), at);
        }
    }
}
