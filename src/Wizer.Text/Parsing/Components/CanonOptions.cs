using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>How canonical options are spelled. Component Model, Explainer: Canonical ABI.</summary>
internal static class CanonOptions
{
    // The reader does not know these two yet, which only components of the garbage collection proposal have.
    private const CanonOptionKind CoreType = (CanonOptionKind)0x08;
    private const CanonOptionKind Gc = (CanonOptionKind)0x09;

    /// <summary>Options that are one word.</summary>
    internal static bool TryParseKeyword(ReadOnlySpan<byte> keyword, out CanonOptionKind kind)
    {
        int code = keyword.SequenceEqual("string-encoding=utf8"u8) ? (int)CanonOptionKind.Utf8
            : keyword.SequenceEqual("string-encoding=utf16"u8) ? (int)CanonOptionKind.Utf16
            : keyword.SequenceEqual("string-encoding=latin1+utf16"u8) ? (int)CanonOptionKind.Latin1Utf16
            : keyword.SequenceEqual("async"u8) ? (int)CanonOptionKind.Async
            : keyword.SequenceEqual("gc"u8) ? (int)Gc
            : -1;
        kind = (CanonOptionKind)code;
        return code >= 0;
    }

    /// <summary>Options that are a group with an index.</summary>
    internal static bool TryParseGroup(ReadOnlySpan<byte> keyword, out CanonOptionKind kind)
    {
        int code = keyword.SequenceEqual("memory"u8) ? (int)CanonOptionKind.Memory
            : keyword.SequenceEqual("realloc"u8) ? (int)CanonOptionKind.Realloc
            : keyword.SequenceEqual("post-return"u8) ? (int)CanonOptionKind.PostReturn
            : keyword.SequenceEqual("callback"u8) ? (int)CanonOptionKind.Callback
            : keyword.SequenceEqual("core-type"u8) ? (int)CoreType
            : -1;
        kind = (CanonOptionKind)code;
        return code >= 0;
    }

    /// <summary>What the index of an option means.</summary>
    internal static Sort SortOf(CanonOptionKind kind) => kind switch
    {
        CanonOptionKind.Memory => Sort.CoreMemory,
        CoreType => Sort.CoreType,
        _ => Sort.CoreFunc,
    };

    /// <summary>How an option is spelled.</summary>
    internal static string NameOf(CanonOptionKind kind) => kind switch
    {
        CanonOptionKind.Utf8 => "string-encoding=utf8",
        CanonOptionKind.Utf16 => "string-encoding=utf16",
        CanonOptionKind.Latin1Utf16 => "string-encoding=latin1+utf16",
        CanonOptionKind.Memory => "memory",
        CanonOptionKind.Realloc => "realloc",
        CanonOptionKind.PostReturn => "post-return",
        CanonOptionKind.Async => "async",
        CanonOptionKind.Callback => "callback",
        CoreType => "core-type",
        _ => "gc",
    };

    /// <summary>Whether an option is a group with an index.</summary>
    internal static bool IsGroup(CanonOptionKind kind) =>
        kind is CanonOptionKind.Memory or CanonOptionKind.Realloc or CanonOptionKind.PostReturn or CanonOptionKind.Callback or CoreType;
}
