using System.Numerics;
using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Imports, exports and definitions. Core 3.0, Text Format: Modules.</summary>
internal ref partial struct ModuleParser
{
    /// <summary>Takes the identifier, the inline exports and the inline import of a field.</summary>
    /// <returns>Whether it was an import; then only the closing parenthesis is left.</returns>
    private bool TakeInlines(FieldKind kind, ExternKind externKind, uint index)
    {
        _cursor.SkipId();
        while (_cursor.TryOpen("export"u8))
        {
            WasmWriter exports = _sections.Add(SectionId.Export);
            WriteName(exports);
            exports.WriteByte((byte)externKind);
            exports.WriteU32(index);
            _cursor.Close();
        }

        if (!_cursor.TryOpen("import"u8))
        {
            return false;
        }

        WasmWriter output = _sections.Add(SectionId.Import);
        WriteName(output);
        WriteName(output);
        _cursor.Close();
        EncodeExternType(output, kind, count: 1);
        return true;
    }

    private void EncodeFunc()
    {
        if (TakeInlines(FieldKind.Func, ExternKind.Func, _nextFunc))
        {
            return;
        }

        uint funcIndex = _nextFunc++;
        _names.Locals.Clear();
        Token typeStart = _cursor.Current;
        uint typeIndex = _typeEncoder.TakeTypeUse(ref _cursor, bind: true);
        _sections.Add(SectionId.Function).WriteU32(typeIndex);

        WasmWriter code = _sections.Add(SectionId.Code);
        int mark = code.BeginSized();
        EncodeLocals(code);
        if (typeIndex >= _typeEncoder.Count && _names.Locals.Names.Count != 0)
        {
            // Without the type nobody knows how many parameters come before the first local.
            _cursor.Fail($"unknown type {typeIndex}", typeStart);
        }

        _instructions.EncodeBody(ref _cursor, code, funcIndex, mark);
        code.EndSized(mark);
        KeepLocalNames(funcIndex);
    }

    private readonly void KeepLocalNames(uint funcIndex)
    {
        foreach ((uint local, int symbol) in _names.Locals.Names)
        {
            _names.LocalNames.Add((funcIndex, local, symbol));
        }
    }

    private void EncodeLocals(WasmWriter code)
    {
        List<ValType> types = _localTypes;
        types.Clear();
        while (_cursor.TryOpen("local"u8))
        {
            bool isSingle = _identifiers.TryBindSingle(ref _cursor, _names.Locals);
            int before = types.Count;
            _valTypes.TakeValTypes(ref _cursor, types, isSingle);
            if (!isSingle)
            {
                _names.Locals.Add((uint)(types.Count - before));
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

    private void EncodeTable()
    {
        uint index = _nextTable;
        if (TakeInlines(FieldKind.Table, ExternKind.Table, index))
        {
            return;
        }

        _nextTable++;
        WasmWriter output = _sections.Add(SectionId.Table);
        bool is64 = TakeAddressType();
        if (_cursor.Kind != TokenKind.Nat)
        {
            // The table is as large as its elements are many.
            ValType element = _valTypes.TakeRefType(ref _cursor);
            uint count = _segments.EncodeInlineElem(ref _cursor, index, is64, element);
            output.WriteTableType(new TableType(element, new Limits(count, count, is64)));
            return;
        }

        Limits limits = TakeLimits(is64);
        var type = new TableType(_valTypes.TakeRefType(ref _cursor), limits);
        if (_cursor.Kind == TokenKind.RightParen)
        {
            output.WriteTableType(type);
            return;
        }

        output.WriteByte(0x40);
        output.WriteByte(0);
        output.WriteTableType(type);
        _instructions.EncodeConstExpr(ref _cursor, output);
    }

    private void EncodeMemory()
    {
        uint index = _nextMemory;
        if (TakeInlines(FieldKind.Memory, ExternKind.Memory, index))
        {
            return;
        }

        _nextMemory++;
        WasmWriter output = _sections.Add(SectionId.Memory);
        bool is64 = TakeAddressType();
        if (_cursor.Kind == TokenKind.Nat)
        {
            Limits limits = TakeLimits(is64);
            output.WriteMemoryType(new MemoryType(limits, TakePageSize()));
            return;
        }

        byte pageSizeLog2 = TakePageSize();
        if (!_cursor.TryOpen("data"u8))
        {
            _cursor.UnexpectedGroup();
        }

        ulong byteCount = _segments.EncodeInlineData(ref _cursor, index, is64);
        _cursor.Close();
        ulong pageCount = (byteCount + (1UL << pageSizeLog2) - 1) >> pageSizeLog2;
        output.WriteMemoryType(new MemoryType(new Limits(pageCount, pageCount, is64), pageSizeLog2));
    }

    private void EncodeGlobal()
    {
        if (TakeInlines(FieldKind.Global, ExternKind.Global, _nextGlobal))
        {
            return;
        }

        _nextGlobal++;
        WasmWriter output = _sections.Add(SectionId.Global);
        output.WriteGlobalType(TakeGlobalType());
        _instructions.EncodeConstExpr(ref _cursor, output);
    }

    private void EncodeTag()
    {
        if (TakeInlines(FieldKind.Tag, ExternKind.Tag, _nextTag))
        {
            return;
        }

        _nextTag++;
        WasmWriter output = _sections.Add(SectionId.Tag);
        output.WriteByte(0);
        _names.Locals.Clear();
        output.WriteU32(_typeEncoder.TakeTypeUse(ref _cursor, bind: true));
    }

    private void EncodeExport()
    {
        WasmWriter output = _sections.Add(SectionId.Export);
        WriteName(output);
        (ExternKind kind, IndexSpace? space) = _cursor.TryOpen("func"u8) ? (ExternKind.Func, _names.Funcs)
            : _cursor.TryOpen("table"u8) ? (ExternKind.Table, _names.Tables)
            : _cursor.TryOpen("memory"u8) ? (ExternKind.Memory, _names.Memories)
            : _cursor.TryOpen("global"u8) ? (ExternKind.Global, _names.Globals)
            : _cursor.TryOpen("tag"u8) ? (ExternKind.Tag, _names.Tags)
            : (default, null);
        if (space is null)
        {
            _cursor.UnexpectedGroup();
        }

        output.WriteByte((byte)kind);
        output.WriteU32(_identifiers.TakeIndex(ref _cursor, space!));
        _cursor.Close();
    }

    private void EncodeStart()
    {
        if (_sections.Start is not null)
        {
            _cursor.Fail("multiple start sections");
        }

        _sections.Start = _identifiers.TakeIndex(ref _cursor, _names.Funcs);
    }

    /// <summary>Takes the optional <c>i32</c> or <c>i64</c> of a memory or table.</summary>
    private bool TakeAddressType()
    {
        if (_cursor.TryTakeKeyword("i64"u8))
        {
            return true;
        }

        _cursor.TryTakeKeyword("i32"u8);
        return false;
    }

    private Limits TakeLimits(bool is64)
    {
        // Sizes too large for their address type are for validation to refuse.
        ulong minimum = TakeSize();
        ulong? maximum = _cursor.Kind == TokenKind.Nat ? TakeSize() : null;
        bool isShared = _cursor.TryTakeKeyword("shared"u8);
        if (!isShared)
        {
            _cursor.TryTakeKeyword("unshared"u8);
        }

        return new Limits(minimum, maximum, is64, isShared);
    }

    private ulong TakeSize() => (_features & WasmFeatures.Memory64) != 0
        ? _cursor.TakeUnsigned(64, "i64 constant out of range")
        : _cursor.TakeUnsigned(32, "i32 constant out of range");

    /// <summary>Takes an optional <c>(pagesize n)</c>.</summary>
    private byte TakePageSize()
    {
        if (!_cursor.TryOpen("pagesize"u8))
        {
            return 16;
        }

        Token token = _cursor.Current;
        ulong size = _cursor.TakeUnsigned(64, "i64 constant out of range");
        if (!BitOperations.IsPow2(size))
        {
            _cursor.Fail("invalid custom page size", token);
        }

        _cursor.Close();
        return (byte)BitOperations.Log2(size);
    }

    private GlobalType TakeGlobalType()
    {
        if (!_cursor.TryOpen("mut"u8))
        {
            return new GlobalType(_valTypes.TakeValType(ref _cursor), IsMutable: false);
        }

        var type = new GlobalType(_valTypes.TakeValType(ref _cursor), IsMutable: true);
        _cursor.Close();
        return type;
    }
}
