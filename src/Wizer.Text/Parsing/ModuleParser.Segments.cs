using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Element and data segments. Core 3.0, Text Format: Element Segments, Data Segments.</summary>
internal ref partial struct ModuleParser
{
    /// <summary>What the flags at the head of a segment mean. Core 3.0, Binary Format: Element Section.</summary>
    [Flags]
    private enum SegmentFlags : byte
    {
        None = 0,
        NotActive = 1,

        /// <summary>On an active segment: the table or memory is named.</summary>
        HasIndex = 2,

        /// <summary>On one that is not active.</summary>
        Declarative = 2,
        HasExpressions = 4,
    }

    private void EncodeElem()
    {
        _cursor.SkipId();
        WasmWriter output = _sections.Add(SectionId.Element);
        if (_cursor.TryTakeKeyword("declare"u8))
        {
            EncodeElemList(output, SegmentFlags.NotActive | SegmentFlags.Declarative, mode: default);
            return;
        }

        if (_cursor.Kind is not (TokenKind.LeftParen or TokenKind.Nat) || _cursor.AtGroup("ref"u8))
        {
            EncodeElemList(output, SegmentFlags.NotActive, mode: default);
            return;
        }

        uint tableIndex = 0;
        bool hasTable = _cursor.TryOpen("table"u8);
        if (hasTable)
        {
            tableIndex = _identifiers.TakeIndex(ref _cursor, _names.Tables);
            _cursor.Close();
        }
        else if (_cursor.Kind == TokenKind.Nat)
        {
            // The first edition wrote the index like this, and some proposals' scripts still do.
            tableIndex = _identifiers.TakeIndex(ref _cursor, _names.Tables);
        }

        // The flags depend on the items, which come behind the offset: note where it is and come back.
        int offsetStart = _cursor.Position;
        if (_cursor.Kind != TokenKind.LeftParen)
        {
            _cursor.Unexpected();
        }

        _cursor.SkipGroup();
        EncodeElemList(output, tableIndex == 0 ? SegmentFlags.None : SegmentFlags.HasIndex, new ActiveMode(tableIndex, offsetStart));
    }

    /// <summary>Encodes a whole element segment from its list of elements on.</summary>
    /// <param name="output">The element section.</param>
    /// <param name="flags">All but <see cref="SegmentFlags.HasExpressions"/>.</param>
    /// <param name="mode">Table and offset of an active segment.</param>
    private void EncodeElemList(WasmWriter output, SegmentFlags flags, ActiveMode mode)
    {
        bool isActive = !flags.HasFlag(SegmentFlags.NotActive);
        bool hasFuncKeyword = _cursor.TryTakeKeyword("func"u8);
        if (hasFuncKeyword || (isActive && _cursor.Kind is TokenKind.RightParen or TokenKind.Nat or TokenKind.Id))
        {
            EncodeElemHead(output, flags, mode);
            if (flags != SegmentFlags.None)
            {
                output.WriteByte(0);
            }

            EncodeFuncIndices(output);
            return;
        }

        ValType type = _valTypes.TakeRefType(ref _cursor);
        int listStart = _cursor.Position;
        if (isActive && type != ValType.FuncRef)
        {
            flags |= SegmentFlags.HasIndex;
        }

        flags |= SegmentFlags.HasExpressions;
        EncodeElemHead(output, flags, mode);
        if (flags != SegmentFlags.HasExpressions)
        {
            output.WriteValType(type);
        }

        _cursor.Position = listStart;
        EncodeElemExprs(output);
    }

    private void EncodeElemHead(WasmWriter output, SegmentFlags flags, ActiveMode mode)
    {
        output.WriteU32((uint)flags);
        if (flags.HasFlag(SegmentFlags.NotActive))
        {
            return;
        }

        if (flags.HasFlag(SegmentFlags.HasIndex))
        {
            output.WriteU32(mode.Index);
        }

        int position = _cursor.Position;
        _cursor.Position = mode.OffsetStart;
        EncodeOffset(output);
        _cursor.Position = position;
    }

    private uint EncodeFuncIndices(WasmWriter output, bool asExpressions = false)
    {
        int start = _cursor.Position;
        uint count = 0;
        for (; _cursor.AtIndex; count++)
        {
            _cursor.Take();
        }

        _cursor.Position = start;
        output.WriteU32(count);
        while (_cursor.AtIndex)
        {
            if (asExpressions)
            {
                output.WriteByte((byte)Opcode.RefFunc);
            }

            output.WriteU32(_identifiers.TakeIndex(ref _cursor, _names.Funcs));
            if (asExpressions)
            {
                output.WriteByte((byte)Opcode.End);
            }
        }

        return count;
    }

    private uint EncodeElemExprs(WasmWriter output)
    {
        int start = _cursor.Position;
        uint count = 0;
        for (; _cursor.Kind == TokenKind.LeftParen; count++)
        {
            _cursor.SkipGroup();
        }

        _cursor.Position = start;
        output.WriteU32(count);
        for (uint i = 0; i < count; i++)
        {
            if (_cursor.TryOpen("item"u8))
            {
                _instructions.EncodeConstExpr(ref _cursor, output);
                _cursor.Close();
            }
            else
            {
                _instructions.EncodeFoldedConstExpr(ref _cursor, output);
            }
        }

        return count;
    }

    /// <summary>Encodes the elements that a table lists itself; returns how many.</summary>
    private uint EncodeInlineElem(uint tableIndex, bool is64, ValType element)
    {
        if (!_cursor.TryOpen("elem"u8))
        {
            _cursor.UnexpectedGroup();
        }

        WasmWriter output = _sections.Add(SectionId.Element);

        // Function indices make references of type (ref func), which is not what every table holds.
        bool hasIndices = _cursor.Kind != TokenKind.LeftParen;
        bool hasExpressions = !hasIndices || element.HeapType != HeapType.Func;
        bool needsIndex = tableIndex != 0 || (hasExpressions && element != ValType.FuncRef);
        output.WriteU32((uint)((needsIndex ? SegmentFlags.HasIndex : 0) | (hasExpressions ? SegmentFlags.HasExpressions : 0)));
        if (needsIndex)
        {
            output.WriteU32(tableIndex);
        }

        WriteZeroOffset(output, is64);
        uint count;
        if (hasExpressions)
        {
            if (needsIndex)
            {
                output.WriteValType(element);
            }

            count = hasIndices ? EncodeFuncIndices(output, asExpressions: true) : EncodeElemExprs(output);
        }
        else
        {
            if (needsIndex)
            {
                output.WriteByte(0);
            }

            count = EncodeFuncIndices(output);
        }

        _cursor.Close();
        return count;
    }

    private void EncodeData()
    {
        _cursor.SkipId();
        WasmWriter output = _sections.Add(SectionId.Data);
        uint memoryIndex = 0;
        bool hasMemory = _cursor.TryOpen("memory"u8);
        if (hasMemory || _cursor.Kind == TokenKind.Nat)
        {
            memoryIndex = _identifiers.TakeIndex(ref _cursor, _names.Memories);
            if (hasMemory)
            {
                _cursor.Close();
            }

            if (_cursor.Kind != TokenKind.LeftParen)
            {
                _cursor.Unexpected();
            }
        }

        if (_cursor.Kind == TokenKind.LeftParen)
        {
            output.WriteU32((uint)(memoryIndex == 0 ? SegmentFlags.None : SegmentFlags.HasIndex));
            if (memoryIndex != 0)
            {
                output.WriteU32(memoryIndex);
            }

            EncodeOffset(output);
        }
        else
        {
            output.WriteU32((uint)SegmentFlags.NotActive);
        }

        EncodeStrings(output);
    }

    /// <summary>Encodes the bytes that a memory lists itself; returns how many.</summary>
    private ulong EncodeInlineData(uint memoryIndex, bool is64)
    {
        WasmWriter output = _sections.Add(SectionId.Data);
        output.WriteU32((uint)(memoryIndex == 0 ? SegmentFlags.None : SegmentFlags.HasIndex));
        if (memoryIndex != 0)
        {
            output.WriteU32(memoryIndex);
        }

        WriteZeroOffset(output, is64);
        return EncodeStrings(output);
    }

    /// <summary>Takes strings and writes the bytes of all as one vector; returns how many.</summary>
    private ulong EncodeStrings(WasmWriter output)
    {
        int mark = output.BeginSized();
        while (_cursor.TryTake(TokenKind.String, out Token token))
        {
            ReadOnlySpan<byte> literal = token.Of(_cursor.Source);
            int length = StringLiteral.Decode(literal, output.Output.GetSpan(literal.Length));
            output.Output.Advance(length);
        }

        ulong byteCount = (ulong)(output.Length - mark);
        output.EndSized(mark);
        return byteCount;
    }

    /// <summary>Takes <c>(offset …)</c>, or one folded instruction.</summary>
    private void EncodeOffset(WasmWriter output)
    {
        if (_cursor.TryOpen("offset"u8))
        {
            _instructions.EncodeConstExpr(ref _cursor, output);
            _cursor.Close();
        }
        else
        {
            _instructions.EncodeFoldedConstExpr(ref _cursor, output);
        }
    }

    private static void WriteZeroOffset(WasmWriter output, bool is64)
    {
        output.WriteByte((byte)(is64 ? Opcode.I64Const : Opcode.I32Const));
        output.WriteByte(0);
        output.WriteByte((byte)Opcode.End);
    }

    private readonly record struct ActiveMode(uint Index, int OffsetStart);
}
