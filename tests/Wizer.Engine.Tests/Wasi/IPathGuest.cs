using Wizer.Engine.Tests.Wasi.Preview2;
using Wizer.Engine.Wasi;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Tests.Wasi;

/// <summary>A guest of either edition of WASI that has a directory, and what both can do with paths in it.</summary>
internal interface IPathGuest : IDisposable
{
    /// <summary>The path of the directory on the host.</summary>
    string HostPath { get; }

    /// <summary>The path of a directory beside it, which the guest must never see.</summary>
    string OutsidePath { get; }

    Errno Open(
        string path,
        out uint fd,
        OpenFlags flags = OpenFlags.None,
        Rights rights = Rights.FdRead,
        bool follow = true,
        uint directory = WasiGuest.Root);

    Errno Read(uint fd, int byteLength, out string text);

    void Close(uint fd);

    /// <summary>Calls a function of preview 1 that takes a directory and a path and nothing else, or what there is in its place.</summary>
    Errno CallPath(string function, string path);

    Errno Symlink(string target, string path);

    Errno Rename(string oldPath, string newPath);

    Errno Link(string oldPath, string newPath);

    Errno StatPath(string path) => StatPath(path, out _);

    /// <param name="path">In the directory.</param>
    /// <param name="modificationTime">In nanoseconds since 1970.</param>
    Errno StatPath(string path, out ulong modificationTime);

    /// <summary>Writes at the beginning.</summary>
    Errno Write(uint fd, string text);

    /// <summary>Sets the time of modification to now.</summary>
    Errno SetTimes(string path);

    Errno ReadLink(string path, out string target);
}

/// <summary>Makes guests.</summary>
internal static class Guests
{
    /// <summary>A guest with an empty directory.</summary>
    public static IPathGuest WithDirectory(Edition edition, bool portable) =>
        edition == Edition.Preview1 ? WasiGuest.WithDirectory(portable) : Preview2Guest.WithDirectory(portable);
}

/// <summary>The editions of WASI.</summary>
public enum Edition
{
    Preview1,
    Preview2,
}
