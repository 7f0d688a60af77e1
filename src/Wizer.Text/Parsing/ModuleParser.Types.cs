using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Types, defined and used. Core 3.0, Text Format: Types.</summary>
internal ref partial struct ModuleParser
{
    // What the binary format, and ValType with it, can hold; an index that large is unknown to every module.
    private const uint MaxTypeIndex = (1 << 23) - 1;

    private void EncodeTypes(List<Field> fields)
    {
        foreach (Field field in fields)
        {
            _cursor.Position = field.Position;
            if (field.Kind == FieldKind.Type)
            {
                EncodeType(_sections.Add(SectionId.Type), isAlone: true);
                _cursor.Close();
            }
            else if (field.Kind == FieldKind.Rec)
            {
                EncodeRec();
                _cursor.Close();
            }
        }
    }

    private void EncodeRec()
    {
        WasmWriter output = _sections.Add(SectionId.Type);
        uint count = 0;
        int start = _cursor.Position;
        while (_cursor.AtGroup("type"u8))
        {
            _cursor.SkipGroup();
            count++;
        }

        _cursor.Position = start;

        // A type outside of any group is a group of its own: the same as a group of one, and shorter.
        bool isAlone = count == 1;
        if (!isAlone)
        {
            output.WriteByte(0x4e);
            output.WriteU32(count);
        }

        while (_cursor.TryOpen("type"u8))
        {
            EncodeType(output, isAlone);
            _cursor.Close();
        }
    }

    private void EncodeType(WasmWriter output, bool isAlone)
    {
        _cursor.SkipId();
        if (!_cursor.TryOpen("sub"u8))
        {
            _types.Add(EncodeComposite(output), isPlain: isAlone);
            return;
        }

        bool isFinal = _cursor.TryTakeKeyword("final"u8);
        int start = _cursor.Position;
        uint supertypeCount = 0;
        for (; _cursor.AtIndex; supertypeCount++)
        {
            _cursor.Take();
        }

        // Final and without supertypes is what the short form means.
        bool isShort = isFinal && supertypeCount == 0;
        if (!isShort)
        {
            output.WriteByte(isFinal ? (byte)0x4f : (byte)0x50);
            output.WriteU32(supertypeCount);
        }

        _cursor.Position = start;
        while (_cursor.AtIndex)
        {
            output.WriteU32(_identifiers.TakeIndex(ref _cursor, _names.Types));
        }

        _types.Add(EncodeComposite(output), isPlain: isAlone && isShort);
        _cursor.Close();
    }

    /// <summary>Encodes a composite type; the result is null when it is no function type.</summary>
    private FuncType? EncodeComposite(WasmWriter output)
    {
        FuncType? func = null;
        if (_cursor.TryOpen("func"u8))
        {
            TakeParameters(mayHaveNames: true, bind: false);
            TakeResults();
            func = new FuncType([.. _parameters], [.. _results]);
            output.WriteFuncType(func.Parameters, func.Results);
        }
        else if (_cursor.TryOpen("struct"u8))
        {
            EncodeStructFields(output);
        }
        else if (_cursor.TryOpen("array"u8))
        {
            output.WriteByte(0x5e);
            EncodeFieldType(output);
        }
        else
        {
            _cursor.UnexpectedGroup();
        }

        _cursor.Close();
        return func;
    }

    private void EncodeStructFields(WasmWriter output)
    {
        output.WriteByte(0x5f);
        int start = _cursor.Position;
        uint count = 0;
        while (_cursor.TryOpen("field"u8))
        {
            _cursor.SkipId();
            for (; _cursor.Kind is not (TokenKind.RightParen or TokenKind.End); count++)
            {
                _cursor.SkipOne();
            }

            _cursor.Close();
        }

        _cursor.Position = start;
        output.WriteU32(count);
        while (_cursor.TryOpen("field"u8))
        {
            bool isSingle = _cursor.TryTake(TokenKind.Id, out _);
            while (isSingle || _cursor.Kind != TokenKind.RightParen)
            {
                EncodeFieldType(output);
                if (isSingle)
                {
                    break;
                }
            }

            _cursor.Close();
        }
    }

    private void EncodeFieldType(WasmWriter output)
    {
        bool isMutable = _cursor.TryOpen("mut"u8);
        if (_cursor.TryTakeKeyword("i8"u8))
        {
            output.WriteValType(ValType.I8);
        }
        else if (_cursor.TryTakeKeyword("i16"u8))
        {
            output.WriteValType(ValType.I16);
        }
        else
        {
            output.WriteValType(TakeValType());
        }

        output.WriteByte(isMutable ? (byte)1 : (byte)0);
        if (isMutable)
        {
            _cursor.Close();
        }
    }

    /// <summary>Takes <c>(type x)? (param …)* (result …)*</c>; adds the type when it is inline and new.</summary>
    /// <param name="bind">Whether parameters become locals and may have names.</param>
    private uint TakeTypeUse(bool bind = false)
    {
        uint? index = null;
        if (_cursor.TryOpen("type"u8))
        {
            index = _identifiers.TakeIndex(ref _cursor, _names.Types);
            _cursor.Close();
        }

        int inlineStart = _cursor.Position;
        TakeParameters(bind, bind);
        TakeResults();
        if (index is not { } typeIndex)
        {
            return IndexOfInlineType();
        }

        FuncType? func = _types.FuncAt(typeIndex);
        if (_cursor.Position == inlineStart)
        {
            if (bind)
            {
                _names.Locals.Add((uint)(func?.Parameters.Length ?? 0));
            }
        }
        else if (typeIndex >= _types.Count)
        {
            _cursor.Position = inlineStart;
            _cursor.Fail($"unknown type {typeIndex}");
        }
        else if (func is null || !func.HasSameShape(new FuncType([.. _parameters], [.. _results])))
        {
            _cursor.Position = inlineStart;
            _cursor.Fail("inline function type does not match the type it comes with");
        }

        return typeIndex;
    }

    private readonly uint IndexOfInlineType()
    {
        var func = new FuncType([.. _parameters], [.. _results]);
        if (!_types.TryFind(func, out uint index))
        {
            index = _types.Add(func, isPlain: true);
            _sections.Add(SectionId.Type).WriteFuncType(func.Parameters, func.Results);
        }

        return index;
    }

    /// <summary>Takes the type of a block: like a type use, but with a short form for no or one result.</summary>
    private void EncodeBlockType(WasmWriter output)
    {
        int start = _cursor.Position;
        if (!_cursor.AtGroup("type"u8))
        {
            TakeParameters(mayHaveNames: false, bind: false);
            TakeResults();
            if (_parameters.Count == 0 && _results.Count <= 1)
            {
                if (_results.Count == 0)
                {
                    output.WriteByte(0x40);
                }
                else
                {
                    output.WriteValType(_results[0]);
                }

                return;
            }

            _cursor.Position = start;
        }

        output.WriteS33(TakeTypeUse());
    }

    private void TakeParameters(bool mayHaveNames, bool bind)
    {
        _parameters.Clear();
        while (_cursor.TryOpen("param"u8))
        {
            bool isSingle = bind ? _identifiers.TryBindSingle(ref _cursor, _names.Locals) : mayHaveNames && _cursor.TryTake(TokenKind.Id, out _);
            int before = _parameters.Count;
            TakeValTypes(_parameters, isSingle);
            if (bind && !isSingle)
            {
                _names.Locals.Add((uint)(_parameters.Count - before));
            }
        }
    }

    private void TakeResults()
    {
        _results.Clear();
        while (_cursor.TryOpen("result"u8))
        {
            TakeValTypes(_results, isSingle: false);
        }

        if (_cursor.AtGroup("param"u8))
        {
            _cursor.UnexpectedGroup();
        }
    }

    /// <summary>Takes value types and the parenthesis behind them.</summary>
    private void TakeValTypes(List<ValType> types, bool isSingle)
    {
        while (isSingle || _cursor.Kind != TokenKind.RightParen)
        {
            types.Add(TakeValType());
            if (isSingle)
            {
                break;
            }
        }

        _cursor.Close();
    }

    private ValType TakeValType()
    {
        if (!TryTakeValType(out ValType type))
        {
            _cursor.UnexpectedGroup();
        }

        return type;
    }

    private ValType TakeRefType()
    {
        Token token = _cursor.Current;
        ValType type = TakeValType();
        if (!type.IsRef)
        {
            _cursor.Unexpected(token);
        }

        return type;
    }

    private bool TryTakeValType(out ValType type)
    {
        if (_cursor.TryOpen("ref"u8))
        {
            bool isNullable = _cursor.TryTakeKeyword("null"u8);
            type = ValType.Ref(TakeHeapType(), isNullable);
            _cursor.Close();
            return true;
        }

        type = default;
        if (_cursor.Kind != TokenKind.Keyword || !TryParseValType(_cursor.Text, out type))
        {
            return false;
        }

        _cursor.Take();
        return true;
    }

    private static bool TryParseValType(ReadOnlySpan<byte> keyword, out ValType type)
    {
        type = keyword.SequenceEqual("i32"u8) ? ValType.I32
            : keyword.SequenceEqual("i64"u8) ? ValType.I64
            : keyword.SequenceEqual("f32"u8) ? ValType.F32
            : keyword.SequenceEqual("f64"u8) ? ValType.F64
            : keyword.SequenceEqual("v128"u8) ? ValType.V128
            : keyword.SequenceEqual("nullref"u8) ? ValType.Ref(HeapType.None, nullable: true)
            : keyword.SequenceEqual("nullfuncref"u8) ? ValType.Ref(HeapType.NoFunc, nullable: true)
            : keyword.SequenceEqual("nullexternref"u8) ? ValType.Ref(HeapType.NoExtern, nullable: true)
            : keyword.SequenceEqual("nullexnref"u8) ? ValType.Ref(HeapType.NoExn, nullable: true)
            : keyword.EndsWith("ref"u8) && TryParseHeapType(keyword[..^3], out HeapType heapType) && !IsBottom(heapType)
                ? ValType.Ref(heapType, nullable: true)
                : ValType.Bottom;
        return !type.IsBottom;
    }

    private static bool IsBottom(HeapType type) =>
        type == HeapType.None || type == HeapType.NoFunc || type == HeapType.NoExtern || type == HeapType.NoExn;

    private HeapType TakeHeapType()
    {
        if (_cursor.AtIndex)
        {
            return new HeapType((int)Math.Min(_identifiers.TakeIndex(ref _cursor, _names.Types), MaxTypeIndex));
        }

        if (_cursor.Kind != TokenKind.Keyword || !TryParseHeapType(_cursor.Text, out HeapType type))
        {
            _cursor.Unexpected();
            return default;
        }

        _cursor.Take();
        return type;
    }

    /// <summary>Parses the keyword of an abstract heap type.</summary>
    internal static bool TryParseHeapType(ReadOnlySpan<byte> keyword, out HeapType type)
    {
        type = keyword.SequenceEqual("func"u8) ? HeapType.Func
            : keyword.SequenceEqual("extern"u8) ? HeapType.Extern
            : keyword.SequenceEqual("any"u8) ? HeapType.Any
            : keyword.SequenceEqual("eq"u8) ? HeapType.Eq
            : keyword.SequenceEqual("i31"u8) ? HeapType.I31
            : keyword.SequenceEqual("struct"u8) ? HeapType.Struct
            : keyword.SequenceEqual("array"u8) ? HeapType.Array
            : keyword.SequenceEqual("exn"u8) ? HeapType.Exn
            : keyword.SequenceEqual("none"u8) ? HeapType.None
            : keyword.SequenceEqual("nofunc"u8) ? HeapType.NoFunc
            : keyword.SequenceEqual("noextern"u8) ? HeapType.NoExtern
            : keyword.SequenceEqual("noexn"u8) ? HeapType.NoExn
            : HeapType.Bottom;
        return type != HeapType.Bottom;
    }
}
