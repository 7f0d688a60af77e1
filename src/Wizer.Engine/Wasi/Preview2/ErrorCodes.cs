using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi.Preview2;

/// <summary>The cases of <c>wasi:filesystem/types.error-code</c>.</summary>
internal static class ErrorCodes
{
    internal static string Of(Errno errno) => errno switch
    {
        Errno.Acces => "access",
        Errno.Again => "would-block",
        Errno.Badf => "bad-descriptor",
        Errno.Busy => "busy",
        Errno.Dquot => "quota",
        Errno.Exist => "exist",
        Errno.Fbig => "file-too-large",
        Errno.Ilseq => "illegal-byte-sequence",
        Errno.Intr => "interrupted",
        Errno.Inval => "invalid",
        Errno.Isdir => "is-directory",
        Errno.Loop => "loop",
        Errno.Mlink => "too-many-links",
        Errno.Nametoolong => "name-too-long",
        Errno.Nodev => "no-device",
        Errno.Noent => "no-entry",
        Errno.Nomem => "insufficient-memory",
        Errno.Nospc => "insufficient-space",
        Errno.Notdir => "not-directory",
        Errno.Notempty => "not-empty",
        Errno.Notsup or Errno.Nosys => "unsupported",
        Errno.Notty => "no-tty",
        Errno.Nxio => "no-such-device",
        Errno.Overflow => "overflow",
        Errno.Perm or Errno.Notcapable => "not-permitted",
        Errno.Pipe => "pipe",
        Errno.Rofs => "read-only",
        Errno.Spipe => "invalid-seek",
        Errno.Txtbsy => "text-file-busy",
        Errno.Xdev => "cross-device",

        // There is no case for the rest, among it too many open files.
        _ => "io",
    };
}
