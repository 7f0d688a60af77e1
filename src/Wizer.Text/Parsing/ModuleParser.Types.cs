using Wizer.Binary;

namespace Wizer.Text;

/// <summary>Types, defined and used. Core 3.0, Text Format: Types.</summary>
internal ref partial struct ModuleParser
{
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
            output.WriteValType(_valTypes.TakeValType(ref _cursor));
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
            _valTypes.TakeValTypes(ref _cursor, _parameters, isSingle);
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
            _valTypes.TakeValTypes(ref _cursor, _results, isSingle: false);
        }

        if (_cursor.AtGroup("param"u8))
        {
            _cursor.UnexpectedGroup();
        }
    }
}
