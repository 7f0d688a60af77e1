using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Wizer.Engine.Components;

/// <summary>Reads the strings of a guest, which must be well-formed. Component Model, Canonical ABI: Loading.</summary>
internal static class StringDecoding
{
    internal static string Decode(ReadOnlySpan<byte> bytes, StringEncoding encoding)
    {
        switch (encoding)
        {
            case StringEncoding.Utf8:
                CheckUtf8(bytes);
                return Encoding.UTF8.GetString(bytes);
            case StringEncoding.Latin1:
                return Encoding.Latin1.GetString(bytes);
            default:
                string text = new(MemoryMarshal.Cast<byte, char>(bytes));
                if (FindSurrogate(text) is int at and >= 0)
                {
                    throw new WasmTrapException($"unpaired surrogate found: {(int)text[at]:x}");
                }

                return text;
        }
    }

    /// <summary>Where a surrogate stands that is no half of a pair, or -1.</summary>
    internal static int FindSurrogate(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
            {
                return i;
            }

            i++;
        }

        return -1;
    }

    private static void CheckUtf8(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return;
        }

        int at = 0;
        OperationStatus status;
        int consumed;
        while ((status = Rune.DecodeFromUtf8(bytes[at..], out _, out consumed)) == OperationStatus.Done)
        {
            at += consumed;
        }

        throw new WasmTrapException(status == OperationStatus.NeedMoreData
            ? $"incomplete utf-8 byte sequence from index {at}"
            : $"invalid utf-8 sequence of {consumed} bytes from index {at}");
    }
}
