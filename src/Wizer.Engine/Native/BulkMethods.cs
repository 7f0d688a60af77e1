using System.Runtime.InteropServices;

namespace Wizer.Engine.Native;

/// <summary>The C library's ways to move many bytes, for machine code, which calls them without the runtime's knowing.</summary>
internal static class BulkMethods
{
    /// <summary>What they are asked to move at a time: less than a tenth of a millisecond's worth.</summary>
    internal const int MaxByteLength = 256 << 10;

    /// <summary><c>memmove</c>; 0 when it is not to be had.</summary>
    internal static readonly nint Move = Find("memmove");

    /// <summary><c>memset</c>; 0 when it is not to be had.</summary>
    internal static readonly nint Fill = Find("memset");

    // By its name in what is loaded, since the library's own name is another one everywhere.
    private static nint Find(string name) =>
        NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), name, out nint address) ? address : 0;
}
