using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Wizer.Binary;

namespace Wizer.Differential.Execution;

/// <summary>How values and memories are written, the same for every engine.</summary>
internal static class Notation
{
    internal const int PageSize = 1 << 16;

    /// <summary>Integers in hexadecimal, as wide as their types, separated by commas.</summary>
    internal static string Hex(ReadOnlySpan<ulong> slots, ReadOnlySpan<ValType> types)
    {
        var cells = new string[slots.Length];
        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] = types[i] == ValType.I32
                ? ((uint)slots[i]).ToString("x8", CultureInfo.InvariantCulture)
                : slots[i].ToString("x16", CultureInfo.InvariantCulture);
        }

        return string.Join(',', cells);
    }

    /// <summary>FNV-1a over the 32-bit words of a page: quick in JavaScript, too.</summary>
    internal static string Hash(ReadOnlySpan<byte> page)
    {
        uint hash = 0x811c9dc5;
        foreach (uint word in MemoryMarshal.Cast<byte, uint>(page))
        {
            hash = (hash ^ (BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word))) * 0x01000193;
        }

        return hash.ToString("x8", CultureInfo.InvariantCulture);
    }

    /// <summary>The indices of a table's elements, - for null.</summary>
    internal static string Elements(IEnumerable<int> indices) =>
        string.Join(',', indices.Select(static index => index < 0 ? "-" : index.ToString(CultureInfo.InvariantCulture)));
}
