using System.Buffers;

namespace Wizer.Engine.Platform;

/// <summary>What the system reads into the names of files, beyond what the framework evens out.</summary>
internal static class HostNames
{
    private static readonly SearchValues<char> s_forbiddenOnWindows = SearchValues.Create("\\/:*?\"<>|");

    /// <summary>Whether a name means nothing but the entry of that name.</summary>
    internal static bool IsPlain(string name) => !OperatingSystem.IsWindows() || IsPlainOnWindows(name);

    /// <summary>Windows reads more into a name than other systems: devices, streams, trailing dots.</summary>
    internal static bool IsPlainOnWindows(string name)
    {
        if (name.AsSpan().ContainsAny(s_forbiddenOnWindows) || name.AsSpan().ContainsAnyInRange('\0', '\x1f') || name[^1] is '.' or ' ')
        {
            return false;
        }

        string stem = name.Split('.')[0].TrimEnd(' ').ToUpperInvariant();
        bool isNumbered = stem.Length == 4
            && (stem.StartsWith("COM", StringComparison.Ordinal) || stem.StartsWith("LPT", StringComparison.Ordinal));
        return stem is not ("CON" or "PRN" or "AUX" or "NUL" or "CONIN$" or "CONOUT$") && !isNumbered;
    }

    /// <summary>What a link leads to, with slashes; what is rooted in any way is a slash, so that it looks absolute to everybody.</summary>
    internal static string ToSlashes(string link) => !OperatingSystem.IsWindows() ? link
        : Path.IsPathRooted(link) ? "/"
        : link.Replace('\\', '/');

    /// <summary>Deletes a link. Windows knows links to directories from links to files.</summary>
    internal static void DeleteLink(string path)
    {
        if (OperatingSystem.IsWindows() && (File.GetAttributes(path) & FileAttributes.Directory) != 0)
        {
            Directory.Delete(path);
        }
        else
        {
            File.Delete(path);
        }
    }
}
