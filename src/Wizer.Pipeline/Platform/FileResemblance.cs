using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Wizer.Engine;
using Wizer.Engine.Platform;

namespace Wizer.Pipeline;

/// <summary>
/// Makes a new file look like the one whose place it takes: owner, group, mode and extended attributes, access lists among them.
/// </summary>
internal static unsafe class FileResemblance
{
    // What the kernel allows for a list of names and for a value.
    private const int AttributeLimit = 64 << 10;

    private static ReadOnlySpan<byte> AccessList => "system.posix_acl_access"u8;

    /// <summary>Gives a file what another has.</summary>
    /// <param name="file">The new one, still empty.</param>
    /// <param name="path">The other, which is no link.</param>
    /// <param name="status">What is known about the other; null where the platform does not say.</param>
    /// <returns>False when the new file cannot have all of it.</returns>
    public static bool TryGive(SafeFileHandle file, string path, FileStatus? status)
    {
        if (status is { } wanted)
        {
            return TryGiveOwner(file, wanted) && TryGiveAttributes((int)file.DangerousGetHandle(), path) && TryGiveMode(file, wanted);
        }

        if (!OperatingSystem.IsWindows())
        {
            try
            {
                File.SetUnixFileMode(file, File.GetUnixFileMode(path));
            }
            catch (Exception error) when (HostFiles.IsError(error))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryGiveOwner(SafeFileHandle file, in FileStatus wanted) =>
        FileStatus.TryGet(file, out FileStatus status)
        && ((status.Owner == wanted.Owner && status.Group == wanted.Group)
            || LinuxLibC.fchown((int)file.DangerousGetHandle(), wanted.Owner, wanted.Group) == 0);

    // File systems without modes refuse to set any, but then a new file has the same as every other.
    private static bool TryGiveMode(SafeFileHandle file, in FileStatus wanted) =>
        FileStatus.TryGet(file, out FileStatus status)
        && (status.Permissions == wanted.Permissions
            || LinuxLibC.fchmod((int)file.DangerousGetHandle(), wanted.Permissions) == 0);

    private static bool TryGiveAttributes(int file, string path)
    {
        fixed (byte* original = PathBytes.Terminated(path))
        {
            nint wantedLength = LinuxLibC.llistxattr(original, null, 0);
            nint givenLength = LinuxLibC.flistxattr(file, null, 0);
            if (wantedLength <= 0 && givenLength <= 0)
            {
                return true; // also where there are none, or a sandbox does not know the call
            }

            byte[] wanted = new byte[AttributeLimit];
            byte[] given = new byte[AttributeLimit];
            fixed (byte* wantedNames = wanted)
            fixed (byte* givenNames = given)
            {
                wantedLength = LinuxLibC.llistxattr(original, wantedNames, AttributeLimit);
                givenLength = LinuxLibC.flistxattr(file, givenNames, AttributeLimit);
            }

            return wantedLength >= 0 && givenLength >= 0
                && TryCopyAttributes(file, original, wanted.AsSpan(0, (int)wantedLength))
                && TryRemoveAccessList(file, wanted.AsSpan(0, (int)wantedLength), given.AsSpan(0, (int)givenLength));
        }
    }

    private static bool TryCopyAttributes(int file, byte* original, ReadOnlySpan<byte> names)
    {
        byte[] wanted = new byte[AttributeLimit];
        byte[] given = new byte[AttributeLimit];
        for (ReadOnlySpan<byte> rest = names; !rest.IsEmpty; rest = rest[(rest.IndexOf((byte)0) + 1)..])
        {
            ReadOnlySpan<byte> name = rest[..rest.IndexOf((byte)0)];
            if (IsAboutContents(name))
            {
                continue;
            }

            // Safe: a name in the list is followed by its terminator.
            fixed (byte* nameBytes = rest)
            fixed (byte* wantedValue = wanted)
            fixed (byte* givenValue = given)
            {
                nint wantedLength = LinuxLibC.lgetxattr(original, nameBytes, wantedValue, AttributeLimit);
                nint givenLength = LinuxLibC.fgetxattr(file, nameBytes, givenValue, AttributeLimit);
                bool isGiven = wantedLength >= 0 && wantedLength == givenLength
                    && wanted.AsSpan(0, (int)wantedLength).SequenceEqual(given.AsSpan(0, (int)givenLength));
                if (!isGiven && (wantedLength < 0 || LinuxLibC.fsetxattr(file, nameBytes, wantedValue, wantedLength, 0) != 0))
                {
                    return false;
                }
            }
        }

        return true;
    }

    // A directory may give each new file an access list, which the file that is replaced need not have.
    private static bool TryRemoveAccessList(int file, ReadOnlySpan<byte> wanted, ReadOnlySpan<byte> given)
    {
        if (!Lists(given, AccessList) || Lists(wanted, AccessList))
        {
            return true;
        }

        fixed (byte* name = AccessList)
        {
            // Safe: a literal is followed by a zero.
            return LinuxLibC.fremovexattr(file, name) == 0;
        }
    }

    private static bool Lists(ReadOnlySpan<byte> names, ReadOnlySpan<byte> name)
    {
        for (; !names.IsEmpty; names = names[(names.IndexOf((byte)0) + 1)..])
        {
            if (names[..names.IndexOf((byte)0)].SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }

    // Signatures of the bytes that are replaced, and what the kernel takes from every file that is written.
    private static bool IsAboutContents(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("security.ima"u8) || name.SequenceEqual("security.evm"u8) || name.SequenceEqual("security.capability"u8);
}
