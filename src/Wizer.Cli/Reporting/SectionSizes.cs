using System.Globalization;
using System.Text;
using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Cli;

/// <summary>A section of a module or component.</summary>
/// <param name="Name">What it is called; a custom section by its own name, in quotes.</param>
/// <param name="Module">
/// Where in a component the module or component is that has it: <c>core module 1</c>; null for the file itself.
/// </param>
/// <param name="ByteLength">The size of all of it.</param>
internal sealed record SectionSize(string Name, string? Module, long ByteLength);

/// <summary>
/// Lists the sections of a file that is there in slices, and of a component also those of what is within, without looking into any.
/// What does not look like sections ends the list.
/// </summary>
internal sealed class SectionSizes
{
    // Of more, all others together are one.
    private const int MaxCount = 1000;
    private const int MaxNameByteLength = 200;
    private const int PreambleByteLength = 8;
    private const int MaxDepth = 16;

    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _slices;
    private readonly List<SectionSize> _sections = [];
    private long _byteLengthOfOthers;
    private int _slice;
    private int _offset;
    private long _position;

    private SectionSizes(IReadOnlyList<ReadOnlyMemory<byte>> slices) => _slices = slices;

    /// <summary>The sections of a module or component in their order.</summary>
    public static IReadOnlyList<SectionSize> Of(IReadOnlyList<ReadOnlyMemory<byte>> slices)
    {
        long byteLength = 0;
        foreach (ReadOnlyMemory<byte> slice in slices)
        {
            byteLength += slice.Length;
        }

        var sizes = new SectionSizes(slices);
        try
        {
            sizes.ReadAll(byteLength, null, 0);
        }
        catch (EndOfStreamException)
        {
            // Whoever reads it as a module says what is wrong.
        }

        if (sizes._byteLengthOfOthers > 0)
        {
            sizes._sections.Add(new SectionSize("others", null, sizes._byteLengthOfOthers));
        }

        return sizes._sections;
    }

    private void ReadAll(long end, string? path, int depth)
    {
        Skip(PreambleByteLength - 2);
        bool isComponent = ReadByte() == 1;
        Skip(1);
        int moduleCount = 0;
        int componentCount = 0;
        while (_position < end)
        {
            long start = _position;
            byte id = ReadByte();
            long contents = ReadU32();
            long contentsEnd = _position + contents;
            if (contentsEnd > end)
            {
                throw new EndOfStreamException();
            }

            if (isComponent && depth < MaxDepth && contents >= PreambleByteLength
                && id is ((byte)ComponentSectionId.CoreModule or (byte)ComponentSectionId.Component))
            {
                bool isModule = id == (byte)ComponentSectionId.CoreModule;
                int number = isModule ? moduleCount++ : componentCount++;
                ReadAll(contentsEnd, PathOf(path, isModule ? "core module" : "component", number), depth + 1);
            }
            else
            {
                Add(NameOf(id, isComponent), path, contentsEnd - start);
            }

            Skip(contentsEnd - _position);
        }
    }

    private void Add(string name, string? path, long byteLength)
    {
        if (_sections.Count < MaxCount)
        {
            _sections.Add(new SectionSize(name, path, byteLength));
        }
        else
        {
            _byteLengthOfOthers += byteLength;
        }
    }

    private static string PathOf(string? path, string kind, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}{(path is null ? "" : ", ")}{kind} {number}");

    private string NameOf(byte id, bool isComponent)
    {
        if (id != (byte)SectionId.Custom)
        {
            return isComponent ? SectionWords.Of((ComponentSectionId)id) : SectionWords.Of((SectionId)id);
        }

        var name = new byte[Math.Min(ReadU32(), MaxNameByteLength)];
        for (int i = 0; i < name.Length; i++)
        {
            name[i] = ReadByte();
        }

        return $"\"{Encoding.UTF8.GetString(name)}\"";
    }

    private byte ReadByte()
    {
        while (_slice < _slices.Count && _offset == _slices[_slice].Length)
        {
            _slice++;
            _offset = 0;
        }

        if (_slice == _slices.Count)
        {
            throw new EndOfStreamException();
        }

        _position++;
        return _slices[_slice].Span[_offset++];
    }

    private uint ReadU32()
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte next = ReadByte();
            value |= (uint)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new EndOfStreamException();
    }

    private void Skip(long byteLength)
    {
        while (byteLength > 0)
        {
            if (_slice == _slices.Count)
            {
                throw new EndOfStreamException();
            }

            int step = (int)Math.Min(byteLength, _slices[_slice].Length - _offset);
            _offset += step;
            _position += step;
            byteLength -= step;
            if (_offset == _slices[_slice].Length)
            {
                _slice++;
                _offset = 0;
            }
        }
    }
}
