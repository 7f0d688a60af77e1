using System.Runtime.InteropServices;
using Wizer.Engine.Platform;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Host;

/// <summary>Linux's error numbers, the same on all the processors that .NET runs on, in the guest's terms.</summary>
internal static class LinuxErrno
{
    /// <summary>What went wrong in the last call.</summary>
    public static Errno LastError() => ToWasi(Marshal.GetLastPInvokeError());

    public static Errno ToWasi(int errno) => errno switch
    {
        0 => Errno.Io, // a failed call that set nothing
        1 => Errno.Perm,
        2 => Errno.Noent,
        LinuxLibC.EINTR => Errno.Intr,
        5 => Errno.Io,
        6 => Errno.Nxio,
        7 => Errno.TooBig,
        9 => Errno.Badf,
        11 => Errno.Again,
        12 => Errno.Nomem,
        13 => Errno.Acces,
        16 => Errno.Busy,
        17 => Errno.Exist,
        18 => Errno.Xdev,
        19 => Errno.Nodev,
        20 => Errno.Notdir,
        21 => Errno.Isdir,
        22 => Errno.Inval,
        23 => Errno.Nfile,
        24 => Errno.Mfile,
        25 => Errno.Notty,
        26 => Errno.Txtbsy,
        27 => Errno.Fbig,
        28 => Errno.Nospc,
        29 => Errno.Spipe,
        30 => Errno.Rofs,
        31 => Errno.Mlink,
        32 => Errno.Pipe,
        34 => Errno.Range,
        36 => Errno.Nametoolong,
        38 => Errno.Nosys,
        39 => Errno.Notempty,
        40 => Errno.Loop,
        75 => Errno.Overflow,
        84 => Errno.Ilseq,
        95 => Errno.Notsup,
        110 => Errno.Timedout,
        116 => Errno.Stale,
        122 => Errno.Dquot,
        _ => Errno.Io,
    };
}
