using Wizer.Binary;

namespace Wizer.Text;

/// <summary>
/// The third walk: encodes imports, exports and definitions. Core 3.0, Text Format: Modules.
/// </summary>
/// <remarks>
/// Imports stand alone and in groups: <c>(import "m" "n" type)</c>; <c>(import "m" (item "n" type) …)</c>, which share the module; and
/// <c>(import "m" (item "n") … type)</c>, which share the type as well and so cannot have identifiers. Core 3.0, Text Format:
/// Imports; compact import section proposal.
/// </remarks>
/// <param name="identifiers">Finds what is named.</param>
/// <param name="valTypes">Takes types.</param>
/// <param name="types">Encodes the types of functions and tags.</param>
/// <param name="instructions">Encodes bodies and constant expressions.</param>
/// <param name="segments">Encodes segments, those too that tables and memories list themselves.</param>
/// <param name="externTypes">Encodes the types of imports.</param>
/// <param name="names">All index spaces.</param>
/// <param name="sections">Where everything goes.</param>
internal sealed class FieldEncoder(
    Identifiers identifiers,
    ValTypeReader valTypes,
    TypeEncoder types,
    InstructionEncoder instructions,
    SegmentEncoder segments,
    ExternTypeEncoder externTypes,
    ModuleNames names,
    ModuleSections sections)
{
    // The locals of one function at a time.
    private readonly List<ValType> _localTypes = [];

    // The next index of each kind, in the order of the fields: the first walk counted the same way.
    private uint _nextFunc;
    private uint _nextTable;
    private uint _nextMemory;
    private uint _nextGlobal;
    private uint _nextTag;

    // In the place of a kind, behind an empty name.
    private const byte SharedModule = 0x7f;
    private const byte SharedType = 0x7e;

    /// <summary>Encodes a field, but for types, of which that is done already.</summary>
    internal void Encode(ref TokenCursor cursor, FieldKind kind)
    {
        switch (kind)
        {
            case FieldKind.Type or FieldKind.Rec:
                // Done already.
                return;
            case FieldKind.Import:
                EncodeImport(ref cursor);
                break;
            case FieldKind.Func:
                EncodeFunc(ref cursor);
                break;
            case FieldKind.Table:
                EncodeTable(ref cursor);
                break;
            case FieldKind.Memory:
                EncodeMemory(ref cursor);
                break;
            case FieldKind.Global:
                EncodeGlobal(ref cursor);
                break;
            case FieldKind.Tag:
                EncodeTag(ref cursor);
                break;
            case FieldKind.Export:
                EncodeExport(ref cursor);
                break;
            case FieldKind.Start:
                EncodeStart(ref cursor);
                break;
            case FieldKind.Elem:
                segments.EncodeElem(ref cursor);
                break;
            case FieldKind.Data:
                segments.EncodeData(ref cursor);
                break;
        }

        cursor.Close();
    }

    /// <summary>Takes the identifier, the inline exports and the inline import of a field.</summary>
    /// <returns>Whether it was an import; then only the closing parenthesis is left.</returns>
    private bool TakeInlines(ref TokenCursor cursor, FieldKind kind, ExternKind externKind, uint index)
    {
        cursor.SkipId();
        while (cursor.TryOpen("export"u8))
        {
            WasmWriter exports = sections.Add(SectionId.Export);
            NameTokens.Write(ref cursor, exports);
            exports.WriteByte((byte)externKind);
            exports.WriteU32(index);
            cursor.Close();
        }

        if (!cursor.TryOpen("import"u8))
        {
            return false;
        }

        WasmWriter output = sections.Add(SectionId.Import);
        NameTokens.Write(ref cursor, output);
        NameTokens.Write(ref cursor, output);
        cursor.Close();
        EncodeExternType(ref cursor, output, kind, count: 1);
        return true;
    }

    private void EncodeFunc(ref TokenCursor cursor)
    {
        if (TakeInlines(ref cursor, FieldKind.Func, ExternKind.Func, _nextFunc))
        {
            return;
        }

        uint funcIndex = _nextFunc++;
        names.Locals.Clear();
        Token typeStart = cursor.Current;
        uint typeIndex = types.TakeTypeUse(ref cursor, bind: true);
        sections.Add(SectionId.Function).WriteU32(typeIndex);

        WasmWriter code = sections.Add(SectionId.Code);
        int mark = code.BeginSized();
        EncodeLocals(ref cursor, code);
        if (typeIndex >= types.Count && names.Locals.Names.Count != 0)
        {
            // Without the type nobody knows how many parameters come before the first local.
            cursor.Fail($"unknown type {typeIndex}", typeStart);
        }

        instructions.EncodeBody(ref cursor, code, funcIndex, mark);
        code.EndSized(mark);
        KeepLocalNames(funcIndex);
    }

    private void KeepLocalNames(uint funcIndex)
    {
        foreach ((uint local, int symbol) in names.Locals.Names)
        {
            names.LocalNames.Add((funcIndex, local, symbol));
        }
    }

    private void EncodeLocals(ref TokenCursor cursor, WasmWriter code)
    {
        List<ValType> types = _localTypes;
        types.Clear();
        while (cursor.TryOpen("local"u8))
        {
            bool isSingle = identifiers.TryBindSingle(ref cursor, names.Locals);
            int before = types.Count;
            valTypes.TakeValTypes(ref cursor, types, isSingle);
            if (!isSingle)
            {
                names.Locals.Add((uint)(types.Count - before));
            }
        }

        uint runCount = 0;
        for (int i = 0; i < types.Count; i++)
        {
            runCount += i == 0 || types[i] != types[i - 1] ? 1u : 0u;
        }

        code.WriteU32(runCount);
        for (int i = 0; i < types.Count;)
        {
            int start = i;
            while (i < types.Count && types[i] == types[start])
            {
                i++;
            }

            code.WriteU32((uint)(i - start));
            code.WriteValType(types[start]);
        }
    }

    private void EncodeTable(ref TokenCursor cursor)
    {
        uint index = _nextTable;
        if (TakeInlines(ref cursor, FieldKind.Table, ExternKind.Table, index))
        {
            return;
        }

        _nextTable++;
        WasmWriter output = sections.Add(SectionId.Table);
        bool is64 = ExternTypeEncoder.TakeAddressType(ref cursor);
        if (cursor.Kind != TokenKind.Nat)
        {
            // The table is as large as its elements are many.
            ValType element = valTypes.TakeRefType(ref cursor);
            uint count = segments.EncodeInlineElem(ref cursor, index, is64, element);
            output.WriteTableType(new TableType(element, new Limits(count, count, is64)));
            return;
        }

        Limits limits = externTypes.TakeLimits(ref cursor, is64);
        var type = new TableType(valTypes.TakeRefType(ref cursor), limits);
        if (cursor.Kind == TokenKind.RightParen)
        {
            output.WriteTableType(type);
            return;
        }

        output.WriteByte(0x40);
        output.WriteByte(0);
        output.WriteTableType(type);
        instructions.EncodeConstExpr(ref cursor, output);
    }

    private void EncodeMemory(ref TokenCursor cursor)
    {
        uint index = _nextMemory;
        if (TakeInlines(ref cursor, FieldKind.Memory, ExternKind.Memory, index))
        {
            return;
        }

        _nextMemory++;
        WasmWriter output = sections.Add(SectionId.Memory);
        bool is64 = ExternTypeEncoder.TakeAddressType(ref cursor);
        if (cursor.Kind == TokenKind.Nat)
        {
            Limits limits = externTypes.TakeLimits(ref cursor, is64);
            output.WriteMemoryType(new MemoryType(limits, ExternTypeEncoder.TakePageSize(ref cursor)));
            return;
        }

        byte pageSizeLog2 = ExternTypeEncoder.TakePageSize(ref cursor);
        if (!cursor.TryOpen("data"u8))
        {
            cursor.UnexpectedGroup();
        }

        ulong byteCount = segments.EncodeInlineData(ref cursor, index, is64);
        cursor.Close();
        ulong pageCount = (byteCount + (1UL << pageSizeLog2) - 1) >> pageSizeLog2;
        output.WriteMemoryType(new MemoryType(new Limits(pageCount, pageCount, is64), pageSizeLog2));
    }

    private void EncodeGlobal(ref TokenCursor cursor)
    {
        if (TakeInlines(ref cursor, FieldKind.Global, ExternKind.Global, _nextGlobal))
        {
            return;
        }

        _nextGlobal++;
        WasmWriter output = sections.Add(SectionId.Global);
        output.WriteGlobalType(externTypes.TakeGlobalType(ref cursor));
        instructions.EncodeConstExpr(ref cursor, output);
    }

    private void EncodeTag(ref TokenCursor cursor)
    {
        if (TakeInlines(ref cursor, FieldKind.Tag, ExternKind.Tag, _nextTag))
        {
            return;
        }

        _nextTag++;
        WasmWriter output = sections.Add(SectionId.Tag);
        output.WriteByte(0);
        names.Locals.Clear();
        output.WriteU32(types.TakeTypeUse(ref cursor, bind: true));
    }

    private void EncodeExport(ref TokenCursor cursor)
    {
        WasmWriter output = sections.Add(SectionId.Export);
        NameTokens.Write(ref cursor, output);
        (ExternKind kind, IndexSpace? space) = cursor.TryOpen("func"u8) ? (ExternKind.Func, names.Funcs)
            : cursor.TryOpen("table"u8) ? (ExternKind.Table, names.Tables)
            : cursor.TryOpen("memory"u8) ? (ExternKind.Memory, names.Memories)
            : cursor.TryOpen("global"u8) ? (ExternKind.Global, names.Globals)
            : cursor.TryOpen("tag"u8) ? (ExternKind.Tag, names.Tags)
            : (default, null);
        if (space is null)
        {
            cursor.UnexpectedGroup();
        }

        output.WriteByte((byte)kind);
        output.WriteU32(identifiers.TakeIndex(ref cursor, space!));
        cursor.Close();
    }

    private void EncodeStart(ref TokenCursor cursor)
    {
        if (sections.Start is not null)
        {
            cursor.Fail("multiple start sections");
        }

        sections.Start = identifiers.TakeIndex(ref cursor, names.Funcs);
    }

    private void EncodeImport(ref TokenCursor cursor)
    {
        WasmWriter output = sections.Add(SectionId.Import);
        NameTokens.Write(ref cursor, output);
        if (cursor.Kind == TokenKind.String)
        {
            NameTokens.Write(ref cursor, output);
            EncodeExternType(ref cursor, output, count: 1);
            return;
        }

        int items = cursor.Position;
        uint count = 0;
        for (; cursor.AtGroup("item"u8); count++)
        {
            cursor.SkipGroup();
        }

        output.WriteU32(0);
        bool sharesType = cursor.Kind == TokenKind.LeftParen;
        output.WriteByte(sharesType ? SharedType : SharedModule);
        if (sharesType)
        {
            EncodeExternType(ref cursor, output, count);
        }

        int end = cursor.Position;
        output.WriteU32(count);
        cursor.Position = items;
        while (cursor.TryOpen("item"u8))
        {
            NameTokens.Write(ref cursor, output);
            if (!sharesType)
            {
                EncodeExternType(ref cursor, output, count: 1);
            }

            cursor.Close();
        }

        cursor.Position = end;
    }

    private void EncodeExternType(ref TokenCursor cursor, WasmWriter output, uint count)
    {
        FieldKind kind = FieldKinds.TakeExtern(ref cursor);
        cursor.SkipId();
        EncodeExternType(ref cursor, output, kind, count);
        cursor.Close();
    }

    /// <summary>Takes the type of imports, which as many indices of its kind are used up for.</summary>
    private void EncodeExternType(ref TokenCursor cursor, WasmWriter output, FieldKind kind, uint count)
    {
        names.Locals.Clear();
        externTypes.Encode(ref cursor, output, kind);
        switch (kind)
        {
            case FieldKind.Func:
                if (count == 1)
                {
                    // Of several functions, none in particular has parameters with these names.
                    KeepLocalNames(_nextFunc);
                }

                _nextFunc += count;
                break;
            case FieldKind.Table:
                _nextTable += count;
                break;
            case FieldKind.Memory:
                _nextMemory += count;
                break;
            case FieldKind.Global:
                _nextGlobal += count;
                break;
            default:
                _nextTag += count;
                break;
        }
    }
}
