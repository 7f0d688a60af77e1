namespace Wizer.Engine.Layout;

/// <summary>
/// What the 64 bits of a reference say. 0 is null. Below <c>func</c> (and <c>exn</c>) they are the address of what is referred to.
/// Below <c>any</c> and <c>extern</c> the low three bits tell three things apart, so that converting between the two hierarchies
/// changes nothing: objects of the guest are addresses, multiples of 8; an i31 is odd; an object of the host has a number.
/// </summary>
/// <remarks>Equal references have equal bits, so that <c>ref.eq</c> compares them.</remarks>
internal static class ReferenceHandle
{
    private const ulong TagMask = 7;
    private const ulong HostTag = 2;

    /// <summary>The reference to the store's object of the host with that number.</summary>
    internal static ulong OfHost(ulong number) => (number << 3) | HostTag;

    /// <summary>The number that <see cref="OfHost"/> was given.</summary>
    internal static ulong HostNumber(ulong handle) => handle >> 3;

    /// <summary>Whether it refers to an object of the host.</summary>
    internal static bool IsHost(ulong handle) => (handle & TagMask) == HostTag;

    /// <summary>The i31 with the low 31 bits of a number, which follow a 1 bit; those above are 0.</summary>
    internal static ulong OfI31(uint value) => (value << 1) | 1;

    /// <summary>Whether it is an i31.</summary>
    internal static bool IsI31(ulong handle) => (handle & 1) != 0;

    /// <summary>Whether it refers to a struct or an array; it must not be null, nor a function or an exception.</summary>
    internal static bool IsObject(ulong handle) => (handle & TagMask) == 0;
}
