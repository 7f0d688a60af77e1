using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Encodes element and data segments. Core 3.0, Text Format: Element Segments, Data Segments.</summary>
/// <param name="identifiers">Finds what is named.</param>
/// <param name="valTypes">Takes the types of elements.</param>
/// <param name="instructions">Encodes offsets and elements.</param>
/// <param name="names">All index spaces.</param>
/// <param name="sections">Where segments go.</param>
internal sealed class SegmentEncoder(
    Identifiers identifiers, ValTypeReader valTypes, InstructionEncoder instructions, ModuleNames names, ModuleSections sections)
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

    private readonly record struct ActiveMode(uint Index, int OffsetStart);

    internal void EncodeElem(ref TokenCursor cursor)
    {
        cursor.SkipId();
        WasmWriter output = sections.Add(SectionId.Element);
        if (cursor.TryTakeKeyword("declare"u8))
        {
            EncodeElemList(ref cursor, output, SegmentFlags.NotActive | SegmentFlags.Declarative, mode: default);
            return;
        }

        if (cursor.Kind is not (TokenKind.LeftParen or TokenKind.Nat) || cursor.AtGroup("ref"u8))
        {
            EncodeElemList(ref cursor, output, SegmentFlags.NotActive, mode: default);
            return;
        }

        uint tableIndex = 0;
        bool hasTable = cursor.TryOpen("table"u8);
        if (hasTable)
        {
            tableIndex = identifiers.TakeIndex(ref cursor, names.Tables);
            cursor.Close();
        }
        else if (cursor.Kind == TokenKind.Nat)
        {
            // The first edition wrote the index like this, and some proposals' scripts still do.
            tableIndex = identifiers.TakeIndex(ref cursor, names.Tables);
        }

        // The flags depend on the items, which come behind the offset: note where it is and come back.
        int offsetStart = cursor.Position;
        if (cursor.Kind != TokenKind.LeftParen)
        {
            cursor.Unexpected();
        }

        cursor.SkipGroup();
        EncodeElemList(
            ref cursor, output, tableIndex == 0 ? SegmentFlags.None : SegmentFlags.HasIndex, new ActiveMode(tableIndex, offsetStart));
    }

    /// <summary>Encodes a whole element segment from its list of elements on.</summary>
    /// <param name="cursor">Where the text goes on.</param>
    /// <param name="output">The element section.</param>
    /// <param name="flags">All but <see cref="SegmentFlags.HasExpressions"/>.</param>
    /// <param name="mode">Table and offset of an active segment.</param>
    private void EncodeElemList(ref TokenCursor cursor, WasmWriter output, SegmentFlags flags, ActiveMode mode)
    {
        bool isActive = !flags.HasFlag(SegmentFlags.NotActive);
        bool hasFuncKeyword = cursor.TryTakeKeyword("func"u8);
        if (hasFuncKeyword || (isActive && cursor.Kind is TokenKind.RightParen or TokenKind.Nat or TokenKind.Id))
        {
            EncodeElemHead(ref cursor, output, flags, mode);
            if (flags != SegmentFlags.None)
            {
                output.WriteByte(0);
            }

            EncodeFuncIndices(ref cursor, output);
            return;
        }

        ValType type = valTypes.TakeRefType(ref cursor);
        int listStart = cursor.Position;
        if (isActive && type != ValType.FuncRef)
        {
            flags |= SegmentFlags.HasIndex;
        }

        flags |= SegmentFlags.HasExpressions;
        EncodeElemHead(ref cursor, output, flags, mode);
        if (flags != SegmentFlags.HasExpressions)
        {
            output.WriteValType(type);
        }

        cursor.Position = listStart;
        EncodeElemExprs(ref cursor, output);
    }

    private void EncodeElemHead(ref TokenCursor cursor, WasmWriter output, SegmentFlags flags, ActiveMode mode)
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

        int position = cursor.Position;
        cursor.Position = mode.OffsetStart;
        EncodeOffset(ref cursor, output);
        cursor.Position = position;
    }

    private uint EncodeFuncIndices(ref TokenCursor cursor, WasmWriter output, bool asExpressions = false)
    {
        int start = cursor.Position;
        uint count = 0;
        for (; cursor.AtIndex; count++)
        {
            cursor.Take();
        }

        cursor.Position = start;
        output.WriteU32(count);
        while (cursor.AtIndex)
        {
            if (asExpressions)
            {
                output.WriteByte((byte)Opcode.RefFunc);
            }

            output.WriteU32(identifiers.TakeIndex(ref cursor, names.Funcs));
            if (asExpressions)
            {
                output.WriteByte((byte)Opcode.End);
            }
        }

        return count;
    }

    private uint EncodeElemExprs(ref TokenCursor cursor, WasmWriter output)
    {
        int start = cursor.Position;
        uint count = 0;
        for (; cursor.Kind == TokenKind.LeftParen; count++)
        {
            cursor.SkipGroup();
        }

        cursor.Position = start;
        output.WriteU32(count);
        for (uint i = 0; i < count; i++)
        {
            if (cursor.TryOpen("item"u8))
            {
                instructions.EncodeConstExpr(ref cursor, output);
                cursor.Close();
            }
            else
            {
                instructions.EncodeFoldedConstExpr(ref cursor, output);
            }
        }

        return count;
    }

    /// <summary>Encodes the elements that a table lists itself; returns how many.</summary>
    internal uint EncodeInlineElem(ref TokenCursor cursor, uint tableIndex, bool is64, ValType element)
    {
        if (!cursor.TryOpen("elem"u8))
        {
            cursor.UnexpectedGroup();
        }

        WasmWriter output = sections.Add(SectionId.Element);

        // Function indices make references of type (ref func), which is not what every table holds.
        bool hasIndices = cursor.Kind != TokenKind.LeftParen;
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

            count = hasIndices ? EncodeFuncIndices(ref cursor, output, asExpressions: true) : EncodeElemExprs(ref cursor, output);
        }
        else
        {
            if (needsIndex)
            {
                output.WriteByte(0);
            }

            count = EncodeFuncIndices(ref cursor, output);
        }

        cursor.Close();
        return count;
    }

    internal void EncodeData(ref TokenCursor cursor)
    {
        cursor.SkipId();
        WasmWriter output = sections.Add(SectionId.Data);
        uint memoryIndex = 0;
        bool hasMemory = cursor.TryOpen("memory"u8);
        if (hasMemory || cursor.Kind == TokenKind.Nat)
        {
            memoryIndex = identifiers.TakeIndex(ref cursor, names.Memories);
            if (hasMemory)
            {
                cursor.Close();
            }

            if (cursor.Kind != TokenKind.LeftParen)
            {
                cursor.Unexpected();
            }
        }

        if (cursor.Kind == TokenKind.LeftParen)
        {
            output.WriteU32((uint)(memoryIndex == 0 ? SegmentFlags.None : SegmentFlags.HasIndex));
            if (memoryIndex != 0)
            {
                output.WriteU32(memoryIndex);
            }

            EncodeOffset(ref cursor, output);
        }
        else
        {
            output.WriteU32((uint)SegmentFlags.NotActive);
        }

        EncodeStrings(ref cursor, output);
    }

    /// <summary>Encodes the bytes that a memory lists itself; returns how many.</summary>
    internal ulong EncodeInlineData(ref TokenCursor cursor, uint memoryIndex, bool is64)
    {
        WasmWriter output = sections.Add(SectionId.Data);
        output.WriteU32((uint)(memoryIndex == 0 ? SegmentFlags.None : SegmentFlags.HasIndex));
        if (memoryIndex != 0)
        {
            output.WriteU32(memoryIndex);
        }

        WriteZeroOffset(output, is64);
        return EncodeStrings(ref cursor, output);
    }

    /// <summary>Takes strings and writes the bytes of all as one vector; returns how many.</summary>
    private ulong EncodeStrings(ref TokenCursor cursor, WasmWriter output)
    {
        int mark = output.BeginSized();
        while (cursor.TryTake(TokenKind.String, out Token token))
        {
            ReadOnlySpan<byte> literal = token.Of(cursor.Source);
            int length = StringLiteral.Decode(literal, output.Output.GetSpan(literal.Length));
            output.Output.Advance(length);
        }

        ulong byteCount = (ulong)(output.Length - mark);
        output.EndSized(mark);
        return byteCount;
    }

    /// <summary>Takes <c>(offset …)</c>, or one folded instruction.</summary>
    private void EncodeOffset(ref TokenCursor cursor, WasmWriter output)
    {
        if (cursor.TryOpen("offset"u8))
        {
            instructions.EncodeConstExpr(ref cursor, output);
            cursor.Close();
        }
        else
        {
            instructions.EncodeFoldedConstExpr(ref cursor, output);
        }
    }

    private static void WriteZeroOffset(WasmWriter output, bool is64)
    {
        output.WriteByte((byte)(is64 ? Opcode.I64Const : Opcode.I32Const));
        output.WriteByte(0);
        output.WriteByte((byte)Opcode.End);
    }
}
