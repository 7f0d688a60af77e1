namespace Wizer.Engine.Wasi;

/// <summary>What a descriptor may be used for. Guests see them in <c>fdstat</c>, and older C libraries check them.</summary>
[Flags]
internal enum Rights : ulong
{
    None = 0,
    FdDatasync = 1 << 0,
    FdRead = 1 << 1,
    FdSeek = 1 << 2,
    FdFdstatSetFlags = 1 << 3,
    FdSync = 1 << 4,
    FdTell = 1 << 5,
    FdWrite = 1 << 6,
    FdAdvise = 1 << 7,
    FdAllocate = 1 << 8,
    PathCreateDirectory = 1 << 9,
    PathCreateFile = 1 << 10,
    PathLinkSource = 1 << 11,
    PathLinkTarget = 1 << 12,
    PathOpen = 1 << 13,
    FdReaddir = 1 << 14,
    PathReadlink = 1 << 15,
    PathRenameSource = 1 << 16,
    PathRenameTarget = 1 << 17,
    PathFilestatGet = 1 << 18,
    PathFilestatSetSize = 1 << 19,
    PathFilestatSetTimes = 1 << 20,
    FdFilestatGet = 1 << 21,
    FdFilestatSetSize = 1 << 22,
    FdFilestatSetTimes = 1 << 23,
    PathSymlink = 1 << 24,
    PathRemoveDirectory = 1 << 25,
    PathUnlinkFile = 1 << 26,
    PollFdReadwrite = 1 << 27,

    SockShutdown = 1 << 28,
    SockAccept = 1 << 29,

    // What the original says of each kind, to the bit: C libraries keep it in memory, and so it gets into snapshots. It is more
    // than makes sense; what does not is refused by the descriptor itself.

    /// <summary>A standard stream that is read.</summary>
    Input = FdRead,

    /// <summary>A standard stream that is written. Neither seeks, so C libraries may call it a terminal.</summary>
    Output = FdWrite,

    /// <summary>A file that is read and written.</summary>
    File = (1 << 30) - 1,

    /// <summary>A directory that the guest opened.</summary>
    Directory = File & ~(FdSeek | FdWrite | PathFilestatSetSize | FdFilestatSetSize),

    /// <summary>A directory that the guest finds open.</summary>
    Preopen = PathCreateDirectory | PathCreateFile | PathLinkSource | PathLinkTarget | PathOpen | FdReaddir | PathReadlink
        | PathRenameSource | PathRenameTarget | PathFilestatGet | PathFilestatSetTimes | FdFilestatGet | FdFilestatSetTimes
        | PathSymlink | PathRemoveDirectory | PathUnlinkFile,

    /// <summary>What may be opened in one.</summary>
    PreopenInheriting = File & ~(PathFilestatSetSize | SockShutdown | SockAccept),
}
