namespace Wizer.Engine.Components;

/// <summary>How strings are encoded in a memory. Component Model, Canonical ABI: Loading.</summary>
internal enum StringEncoding : byte
{
    /// <summary>As whoever takes the string would have it: a string of the host.</summary>
    Any,

    Utf8,

    Utf16,

    /// <summary><c>latin1+utf16</c>, where it is Latin-1.</summary>
    Latin1,

    /// <summary><c>latin1+utf16</c>, where it is UTF-16.</summary>
    TaggedUtf16,
}

/// <summary>
/// How a string was encoded where it comes from, and its length there: by these, whoever takes it guesses how much memory it will need,
/// which its allocator can see. Component Model, Canonical ABI: Storing.
/// </summary>
/// <param name="Encoding">The encoding.</param>
/// <param name="CodeUnits">The length.</param>
internal readonly record struct StringSource(StringEncoding Encoding, uint CodeUnits)
{
    internal static StringSource FromBits(ulong bits) => new((StringEncoding)(bits >> 32), (uint)bits);

    internal ulong ToBits() => ((ulong)Encoding << 32) | CodeUnits;
}
