using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Takes the names of dropped segments out of a <c>name</c> section, so that the new segments at their indices do not get them, and lets
/// those of element segments follow. Everything else in it stays byte for byte. Core 3.0, Appendix: Custom Sections, Data Names; Element
/// Names.
/// </summary>
internal sealed class SegmentNameRewriter
{
    private const byte ElementSubsection = 8;
    private const byte DataSubsection = 9;

    private readonly ModuleInfo _module;
    private readonly uint _dataCount;
    private readonly ElementChanges? _elements;
    private readonly List<Piece> _pieces = [];
    private int _length;

    private SegmentNameRewriter(ModuleInfo module, uint dataCount, ElementChanges? elements)
    {
        _module = module;
        _dataCount = dataCount;
        _elements = elements is { Renumbers: true } ? elements : null;
    }

    /// <summary>Writes a custom section; all but <c>name</c> as they are.</summary>
    /// <param name="module">The input.</param>
    /// <param name="section">A custom section of it.</param>
    /// <param name="dataCount">How many data segments keep their names.</param>
    /// <param name="elements">Which element segments do; null for all.</param>
    /// <param name="output">The module that is put together.</param>
    internal static void Write(ModuleInfo module, in SectionInfo section, uint dataCount, ElementChanges? elements, ModuleAssembler output)
    {
        var rewriter = new SegmentNameRewriter(module, dataCount, elements);
        if (!section.Name.Of(module.Bytes.Span).SequenceEqual("name"u8) || !rewriter.Cut(section))
        {
            output.AddSection(section);
            return;
        }

        output.Writer.WriteByte((byte)SectionId.Custom);
        output.Writer.WriteU32((uint)rewriter._length);
        foreach (Piece piece in rewriter._pieces)
        {
            if (piece.Written is null)
            {
                output.AddInput(piece.Range);
            }
            else
            {
                output.Writer.WriteBytes(piece.Written);
            }
        }
    }

    /// <summary>Cuts the section into what stays and what does not; what follows something malformed is nobody's to read.</summary>
    /// <returns>Whether there is something that does not stay.</returns>
    private bool Cut(in SectionInfo section)
    {
        ByteRange range = Between(section.Name.End, section.Contents.End);
        var reader = new WasmReader(range.Of(_module.Bytes.Span), range.Offset);
        int kept = section.Contents.Offset;
        try
        {
            while (!reader.IsAtEnd)
            {
                int start = (int)reader.Offset;
                byte id = reader.ReadByte();
                ByteRange names = reader.ReadByteVector();
                bool isData = id == DataSubsection && _dataCount < _module.DataSegments.Length;
                if (isData || (id == ElementSubsection && _elements is not null))
                {
                    Add(new Piece(Between(kept, start), null));
                    byte[] written = Rewrite(id, names);
                    Add(new Piece(default, written));
                    kept = names.End;
                }
            }
        }
        catch (WasmFormatException)
        {
            // As everywhere, the names before it are good.
        }

        Add(new Piece(Between(kept, section.Contents.End), null));
        return _pieces.Count > 1;
    }

    private void Add(Piece piece)
    {
        _pieces.Add(piece);
        _length += piece.Written?.Length ?? piece.Range.Length;
    }

    /// <summary>
    /// Writes a subsection without what goes, or nothing when nothing is left. From an entry on that is malformed or out of order nothing
    /// is kept, because nobody can tell what it names.
    /// </summary>
    private byte[] Rewrite(byte id, ByteRange names)
    {
        using var entries = new PooledBuffer();
        var writer = new WasmWriter(entries);
        var reader = new WasmReader(names.Of(_module.Bytes.Span), names.Offset);
        uint kept = 0;
        uint removed = 0;
        uint seen = 0;
        try
        {
            uint count = reader.ReadU32();
            for (uint next = 0; count > 0; count--)
            {
                int start = (int)reader.Offset;
                uint index = reader.ReadU32();
                if (index < next || index >= (id == DataSubsection ? _dataCount : (uint)_module.ElementSegments.Length))
                {
                    break;
                }

                ByteRange name = reader.ReadName();
                for (; seen < index && id == ElementSubsection; seen++)
                {
                    removed += _elements!.IsRemoved((int)seen) ? 1u : 0;
                }

                if (id == DataSubsection || !_elements!.IsRemoved((int)index))
                {
                    if (removed == 0)
                    {
                        writer.WriteBytes(Between(start, name.End).Of(_module.Bytes.Span));
                    }
                    else
                    {
                        writer.WriteU32(index - removed);
                        writer.WriteByteVector(name.Of(_module.Bytes.Span));
                    }

                    kept++;
                }

                next = index + 1;
            }
        }
        catch (WasmFormatException)
        {
            // The entries before it stay.
        }

        if (kept == 0)
        {
            return [];
        }

        using var subsection = new PooledBuffer();
        writer = new WasmWriter(subsection);
        writer.WriteByte(id);
        int size = writer.BeginSized();
        writer.WriteU32(kept);
        writer.WriteBytes(entries.WrittenSpan);
        writer.EndSized(size);
        return subsection.ToArray();
    }

    private static ByteRange Between(int start, int end) => new(start, end - start);

    // No struct: lists of those are compiled at run time.
    private sealed record Piece(ByteRange Range, byte[]? Written);
}
