using Wizer.Binary;

namespace Wizer.Text;

/// <summary>
/// Encodes types: those that are defined, and those that are used and may be defined by that. Core 3.0, Text Format: Types, Type Uses.
/// </summary>
/// <param name="identifiers">Finds the types that are named.</param>
/// <param name="valTypes">Takes what they consist of.</param>
/// <param name="names">All index spaces; parameters become locals.</param>
/// <param name="sections">Where types go.</param>
/// <param name="sharesInlineTypes">Whether inline types that are alike are one type, as in modules.</param>
internal sealed class TypeEncoder(
    Identifiers identifiers, ValTypeReader valTypes, ModuleNames names, ModuleSections sections, bool sharesInlineTypes = true)
{
    private readonly TypeTable _types = new();

    // Parameters and results, reused for one type at a time.
    private readonly List<ValType> _parameters = [];
    private readonly List<ValType> _results = [];

    /// <summary>How many types there are by now.</summary>
    internal uint Count => _types.Count;

    /// <summary>Adds a type that is defined elsewhere.</summary>
    internal void AddUnknown() => _types.Add(func: null, isPlain: false);

    internal void EncodeRec(ref TokenCursor cursor)
    {
        WasmWriter output = sections.Add(SectionId.Type);
        uint count = 0;
        int start = cursor.Position;
        while (cursor.AtGroup("type"u8))
        {
            cursor.SkipGroup();
            count++;
        }

        cursor.Position = start;

        // A type outside of any group is a group of its own: the same as a group of one, and shorter.
        bool isAlone = count == 1;
        if (!isAlone)
        {
            output.WriteByte(0x4e);
            output.WriteU32(count);
        }

        while (cursor.TryOpen("type"u8))
        {
            EncodeType(ref cursor, output, isAlone);
            cursor.Close();
        }
    }

    internal void EncodeType(ref TokenCursor cursor, WasmWriter output, bool isAlone)
    {
        cursor.SkipId();
        if (!cursor.TryOpen("sub"u8))
        {
            _types.Add(EncodeComposite(ref cursor, output), isPlain: isAlone);
            return;
        }

        bool isFinal = cursor.TryTakeKeyword("final"u8);
        int start = cursor.Position;
        uint supertypeCount = 0;
        for (; cursor.AtIndex; supertypeCount++)
        {
            cursor.Take();
        }

        // Final and without supertypes is what the short form means.
        bool isShort = isFinal && supertypeCount == 0;
        if (!isShort)
        {
            output.WriteByte(isFinal ? (byte)0x4f : (byte)0x50);
            output.WriteU32(supertypeCount);
        }

        cursor.Position = start;
        while (cursor.AtIndex)
        {
            output.WriteU32(identifiers.TakeIndex(ref cursor, names.Types));
        }

        _types.Add(EncodeComposite(ref cursor, output), isPlain: isAlone && isShort);
        cursor.Close();
    }

    /// <summary>Encodes a composite type; the result is null when it is no function type.</summary>
    private FuncType? EncodeComposite(ref TokenCursor cursor, WasmWriter output)
    {
        FuncType? func = null;
        if (cursor.TryOpen("func"u8))
        {
            TakeParameters(ref cursor, mayHaveNames: true, bind: false);
            TakeResults(ref cursor);
            func = new FuncType([.. _parameters], [.. _results]);
            output.WriteFuncType(func.Parameters, func.Results);
        }
        else if (cursor.TryOpen("struct"u8))
        {
            EncodeStructFields(ref cursor, output);
        }
        else if (cursor.TryOpen("array"u8))
        {
            output.WriteByte(0x5e);
            EncodeFieldType(ref cursor, output);
        }
        else
        {
            cursor.UnexpectedGroup();
        }

        cursor.Close();
        return func;
    }

    private void EncodeStructFields(ref TokenCursor cursor, WasmWriter output)
    {
        output.WriteByte(0x5f);
        int start = cursor.Position;
        uint count = 0;
        while (cursor.TryOpen("field"u8))
        {
            cursor.SkipId();
            for (; cursor.Kind is not (TokenKind.RightParen or TokenKind.End); count++)
            {
                cursor.SkipOne();
            }

            cursor.Close();
        }

        cursor.Position = start;
        output.WriteU32(count);
        while (cursor.TryOpen("field"u8))
        {
            bool isSingle = cursor.TryTake(TokenKind.Id, out _);
            while (isSingle || cursor.Kind != TokenKind.RightParen)
            {
                EncodeFieldType(ref cursor, output);
                if (isSingle)
                {
                    break;
                }
            }

            cursor.Close();
        }
    }

    private void EncodeFieldType(ref TokenCursor cursor, WasmWriter output)
    {
        bool isMutable = cursor.TryOpen("mut"u8);
        if (cursor.TryTakeKeyword("i8"u8))
        {
            output.WriteValType(ValType.I8);
        }
        else if (cursor.TryTakeKeyword("i16"u8))
        {
            output.WriteValType(ValType.I16);
        }
        else
        {
            output.WriteValType(valTypes.TakeValType(ref cursor));
        }

        output.WriteByte(isMutable ? (byte)1 : (byte)0);
        if (isMutable)
        {
            cursor.Close();
        }
    }

    /// <summary>Takes <c>(type x)? (param …)* (result …)*</c>; adds the type when it is inline and new.</summary>
    /// <param name="cursor">Where the text goes on.</param>
    /// <param name="bind">Whether parameters become locals and may have names.</param>
    internal uint TakeTypeUse(ref TokenCursor cursor, bool bind = false)
    {
        uint? index = null;
        if (cursor.TryOpen("type"u8))
        {
            index = identifiers.TakeIndex(ref cursor, names.Types);
            cursor.Close();
        }

        int inlineStart = cursor.Position;
        TakeParameters(ref cursor, bind, bind);
        TakeResults(ref cursor);
        if (index is not { } typeIndex)
        {
            return IndexOfInlineType();
        }

        FuncType? func = _types.FuncAt(typeIndex);
        if (cursor.Position == inlineStart)
        {
            if (bind)
            {
                names.Locals.Add((uint)(func?.Parameters.Length ?? 0));
            }
        }
        else if (typeIndex >= _types.Count)
        {
            cursor.Position = inlineStart;
            cursor.Fail($"unknown type {typeIndex}");
        }
        else if (func is null || !func.HasSameShape(new FuncType([.. _parameters], [.. _results])))
        {
            cursor.Position = inlineStart;
            cursor.Fail("inline function type does not match the type it comes with");
        }

        return typeIndex;
    }

    private uint IndexOfInlineType()
    {
        var func = new FuncType([.. _parameters], [.. _results]);
        if (!_types.TryFind(func, out uint index))
        {
            index = _types.Add(func, sharesInlineTypes);
            sections.Add(SectionId.Type).WriteFuncType(func.Parameters, func.Results);
        }

        return index;
    }

    /// <summary>Takes the type of a block: like a type use, but with a short form for no or one result.</summary>
    internal void EncodeBlockType(ref TokenCursor cursor, WasmWriter output)
    {
        int start = cursor.Position;
        if (!cursor.AtGroup("type"u8))
        {
            TakeParameters(ref cursor, mayHaveNames: false, bind: false);
            TakeResults(ref cursor);
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

            cursor.Position = start;
        }

        output.WriteS33(TakeTypeUse(ref cursor));
    }

    private void TakeParameters(ref TokenCursor cursor, bool mayHaveNames, bool bind)
    {
        _parameters.Clear();
        while (cursor.TryOpen("param"u8))
        {
            bool isSingle = bind
                ? identifiers.TryBindSingle(ref cursor, names.Locals)
                : mayHaveNames && cursor.TryTake(TokenKind.Id, out _);
            int before = _parameters.Count;
            valTypes.TakeValTypes(ref cursor, _parameters, isSingle);
            if (bind && !isSingle)
            {
                names.Locals.Add((uint)(_parameters.Count - before));
            }
        }
    }

    private void TakeResults(ref TokenCursor cursor)
    {
        _results.Clear();
        while (cursor.TryOpen("result"u8))
        {
            valTypes.TakeValTypes(ref cursor, _results, isSingle: false);
        }

        if (cursor.AtGroup("param"u8))
        {
            cursor.UnexpectedGroup();
        }
    }

    /// <summary>Takes the results behind <c>select</c>, with their number before them.</summary>
    internal void EncodeSelectTypes(ref TokenCursor cursor, WasmWriter output)
    {
        TakeResults(ref cursor);
        output.WriteU32((uint)_results.Count);
        foreach (ValType type in _results)
        {
            output.WriteValType(type);
        }
    }
}
