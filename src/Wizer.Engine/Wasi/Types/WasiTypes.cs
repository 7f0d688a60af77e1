using System.Buffers.Binary;

namespace Wizer.Engine.Wasi.Types;

/// <summary>What a descriptor or a directory entry is.</summary>
internal enum FileType : byte
{
    Unknown = 0,
    BlockDevice = 1,
    CharacterDevice = 2,
    Directory = 3,
    RegularFile = 4,
    SocketStream = 6,
    SymbolicLink = 7,
}

/// <summary>How an open file behaves.</summary>
[Flags]
internal enum FdFlags : ushort
{
    None = 0,
    Append = 1,
    Dsync = 2,
    Nonblock = 4,
    Rsync = 8,
    Sync = 16,
    All = 31,
}

/// <summary>What <c>path_open</c> does beside opening.</summary>
[Flags]
internal enum OpenFlags : ushort
{
    None = 0,
    Create = 1,
    Directory = 2,
    Exclusive = 4,
    Truncate = 8,
    All = 15,
}

/// <summary>Which times of a file to set, and from where.</summary>
[Flags]
internal enum TimeFlags : ushort
{
    None = 0,
    Access = 1,
    AccessNow = 2,
    Modification = 4,
    ModificationNow = 8,
    All = 15,
}

/// <summary>What a seek is relative to.</summary>
internal enum Whence : byte
{
    Start = 0,
    Current = 1,
    End = 2,
}

/// <summary>The new times of a file, in nanoseconds since 1970, as the flags say.</summary>
internal readonly struct FileTimes(ulong access, ulong modification, TimeFlags flags)
{
    public ulong Access { get; } = access;

    public ulong Modification { get; } = modification;

    public TimeFlags Flags { get; } = flags;

    /// <summary>Unknown flags, or both a value and "now" for the same time, are an error.</summary>
    public bool IsValid =>
        (Flags & ~TimeFlags.All) == 0
        && (Flags & (TimeFlags.Access | TimeFlags.AccessNow)) != (TimeFlags.Access | TimeFlags.AccessNow)
        && (Flags & (TimeFlags.Modification | TimeFlags.ModificationNow)) != (TimeFlags.Modification | TimeFlags.ModificationNow);
}

/// <summary>What is known about a file; times in nanoseconds since 1970.</summary>
internal struct Filestat
{
    /// <summary>The size of its encoding in guest memory.</summary>
    public const int ByteLength = 64;

    public ulong Device;
    public ulong Inode;
    public FileType Type;
    public ulong LinkCount;
    public ulong Size;
    public ulong AccessTime;
    public ulong ModificationTime;
    public ulong ChangeTime;

    /// <summary>
    /// Writes the fields. The bytes between them keep what they hold, here and in every other structure that a call returns: they
    /// would become part of a snapshot, and the original leaves them alone.
    /// </summary>
    public readonly void Write(Span<byte> destination)
    {
        destination = destination[..ByteLength];
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Device);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Inode);
        destination[16] = (byte)Type;
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], LinkCount);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[32..], Size);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[40..], AccessTime);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[48..], ModificationTime);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[56..], ChangeTime);
    }
}
