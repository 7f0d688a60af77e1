using System.Buffers;
using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Puts a module together from what stays as it is in the input, what is written anew, and what lies in a guest's memory.
/// Only the second is held here, in one pooled buffer; the rest is remembered by place.
/// </summary>
/// <param name="input">The module that is rewritten.</param>
internal sealed class ModuleAssembler(ReadOnlyMemory<byte> input) : IDisposable
{
    private readonly PooledBuffer _buffer = new(4096);
    private Piece[] _pieces = new Piece[16];
    private int _pieceCount;
    private IModulePart? _part;
    private int _flushed;
    private long _pieceByteLength;

    private enum Source : byte
    {
        Input,
        Buffer,
        Guest,
        Part,
    }

    /// <summary>Writes what comes next.</summary>
    internal WasmWriter Writer => new(_buffer);

    /// <summary>How long the module is so far.</summary>
    internal long ByteLength => _pieceByteLength + _buffer.Length - _flushed;

    /// <summary>Goes on with a part of the input.</summary>
    internal void AddInput(ByteRange range)
    {
        Flush();
        AddPiece(Source.Input, range.Offset, range.Length, default);
    }

    /// <summary>
    /// Goes on with a section of the input. Its contents are the input's byte for byte; a size that was written with more
    /// bytes than it needs gets shorter, as in everything else that is written.
    /// </summary>
    internal void AddSection(in SectionInfo section)
    {
        int headerLength = 1 + WasmWriter.SizeOfU32((uint)section.Contents.Length);
        if (section.Contents.Offset - section.Offset == headerLength)
        {
            AddInput(section.Whole);
            return;
        }

        Writer.WriteByte((byte)section.Id);
        Writer.WriteU32((uint)section.Contents.Length);
        AddInput(section.Contents);
    }

    /// <summary>Goes on with bytes that stay where they are until the module has been written out.</summary>
    internal void AddBytes(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length <= ModuleSlices.MaxCopied)
        {
            Writer.WriteBytes(bytes.Span);
            return;
        }

        Flush();
        AddPiece(Source.Guest, 0, bytes.Length, bytes);
    }

    /// <summary>Goes on with a part that is made when the module is written.</summary>
    internal void AddPart(IModulePart part)
    {
        if (part.ByteLength == 0)
        {
            return;
        }

        Flush();
        _part = part;
        _pieceByteLength += part.ByteLength;
        Append(new Piece(Source.Part, 0, 0, default));
    }

    /// <summary>The module. Good until this object is disposed, and as long as the input and the guest's memory are.</summary>
    internal ModuleSlices Finish()
    {
        Flush();
        ReadOnlyMemory<byte> written = _buffer.WrittenMemory;
        var slices = new ModuleSlices();
        for (int i = 0; i < _pieceCount; i++)
        {
            ref readonly Piece piece = ref _pieces[i];
            if (piece.Source == Source.Part)
            {
                slices.Add(_part!);
                continue;
            }

            slices.Add(piece.Source switch
            {
                Source.Input => input.Slice(piece.Offset, piece.Length),
                Source.Buffer => written.Slice(piece.Offset, piece.Length),
                _ => piece.Guest,
            });
        }

        return slices;
    }

    public void Dispose() => _buffer.Dispose();

    private void Flush()
    {
        if (_buffer.Length > _flushed)
        {
            int start = _flushed;
            _flushed = _buffer.Length;
            AddPiece(Source.Buffer, start, _flushed - start, default);
        }
    }

    private void AddPiece(Source source, int offset, int length, ReadOnlyMemory<byte> guest)
    {
        if (length == 0)
        {
            return;
        }

        _pieceByteLength += length;
        if (source == Source.Input && _pieceCount > 0)
        {
            // Neighbouring sections that both stay become one slice.
            ref Piece last = ref _pieces[_pieceCount - 1];
            if (last.Source == Source.Input && last.Offset + last.Length == offset)
            {
                last = new Piece(Source.Input, last.Offset, last.Length + length, default);
                return;
            }
        }

        Append(new Piece(source, offset, length, guest));
    }

    private void Append(in Piece piece)
    {
        if (_pieceCount == _pieces.Length)
        {
            var grown = new Piece[_pieceCount * 2];
            Array.Copy(_pieces, grown, _pieceCount);
            _pieces = grown;
        }

        _pieces[_pieceCount++] = piece;
    }

    private readonly record struct Piece(Source Source, int Offset, int Length, ReadOnlyMemory<byte> Guest);
}
