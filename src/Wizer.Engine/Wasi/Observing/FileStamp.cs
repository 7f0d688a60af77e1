using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Observing;

/// <summary>What tells that a file is no longer the one it was.</summary>
internal sealed record FileStamp(ulong Inode, ulong Size, ulong ModificationTime, ulong ChangeTime)
{
    public static FileStamp Of(in Filestat stat) => new(stat.Inode, stat.Size, stat.ModificationTime, stat.ChangeTime);
}
