using Wizer.Binary;

namespace Wizer.Text;

/// <summary>The first walk: which fields there are, and which index and name each one gets.</summary>
internal ref partial struct ModuleParser
{
    private enum FieldKind : byte
    {
        Type,
        Rec,
        Import,
        Func,
        Table,
        Memory,
        Global,
        Tag,
        Export,
        Start,
        Elem,
        Data,
    }

    /// <param name="Kind">What its keyword says.</param>
    /// <param name="Position">The index of the token behind the keyword.</param>
    private readonly record struct Field(FieldKind Kind, int Position);

    private List<Field> BindFields()
    {
        List<Field> fields = [];
        string? definedBefore = null;
        TakeModuleAnnotations(isFirst: true);
        while (_cursor.Kind == TokenKind.LeftParen)
        {
            int start = _cursor.Position;
            _cursor.Take();
            if (_cursor.Kind != TokenKind.Keyword || !TryParseFieldKind(_cursor.Text, out FieldKind kind))
            {
                // `( @a)` is no annotation, and `(param)` no field.
                _cursor.Unexpected();
                break;
            }

            Token keyword = _cursor.Take();
            fields.Add(new Field(kind, _cursor.Position));
            bool isImport = BindField(kind, out IndexSpace? defines);
            if (isImport && definedBefore is not null)
            {
                _cursor.Fail($"import after {definedBefore}", keyword);
            }

            if (!isImport && defines is not null)
            {
                definedBefore ??= defines.Category;
            }

            _cursor.Position = start;
            _cursor.SkipGroup();
            TakeModuleAnnotations(isFirst: false);
        }

        return fields;
    }

    private static bool TryParseFieldKind(ReadOnlySpan<byte> keyword, out FieldKind kind)
    {
        int index = keyword.SequenceEqual("type"u8) ? (int)FieldKind.Type
            : keyword.SequenceEqual("rec"u8) ? (int)FieldKind.Rec
            : keyword.SequenceEqual("import"u8) ? (int)FieldKind.Import
            : keyword.SequenceEqual("func"u8) ? (int)FieldKind.Func
            : keyword.SequenceEqual("table"u8) ? (int)FieldKind.Table
            : keyword.SequenceEqual("memory"u8) ? (int)FieldKind.Memory
            : keyword.SequenceEqual("global"u8) ? (int)FieldKind.Global
            : keyword.SequenceEqual("tag"u8) ? (int)FieldKind.Tag
            : keyword.SequenceEqual("export"u8) ? (int)FieldKind.Export
            : keyword.SequenceEqual("start"u8) ? (int)FieldKind.Start
            : keyword.SequenceEqual("elem"u8) ? (int)FieldKind.Elem
            : keyword.SequenceEqual("data"u8) ? (int)FieldKind.Data
            : -1;
        kind = (FieldKind)index;
        return index >= 0;
    }

    /// <summary>Binds what one field defines. Whatever is wrong otherwise, the walk that encodes it reports.</summary>
    /// <param name="kind">What field it is; the cursor stands behind its keyword.</param>
    /// <param name="defines">The index space, when imports of that kind must come before.</param>
    /// <returns>Whether it is an import.</returns>
    private bool BindField(FieldKind kind, out IndexSpace? defines)
    {
        defines = null;
        switch (kind)
        {
            case FieldKind.Type:
                BindType();
                return false;
            case FieldKind.Rec:
                BindRec();
                return false;
            case FieldKind.Import:
                BindImport();
                return true;
            case FieldKind.Elem:
                _identifiers.Bind(ref _cursor, _names.Elems);
                return false;
            case FieldKind.Data:
                _identifiers.Bind(ref _cursor, _names.Datas);
                return false;
            case FieldKind.Export or FieldKind.Start:
                return false;
        }

        defines = SpaceOf(kind);
        _identifiers.Bind(ref _cursor, defines);
        while (_cursor.AtGroup("export"u8))
        {
            _cursor.SkipGroup();
        }

        bool isImport = _cursor.AtGroup("import"u8);
        if (!isImport && kind == FieldKind.Table && HasGroup("elem"u8))
        {
            _names.Elems.Add();
        }

        if (!isImport && kind == FieldKind.Memory && HasGroup("data"u8))
        {
            _names.Datas.Add();
        }

        return isImport;
    }

    private readonly IndexSpace SpaceOf(FieldKind kind) => kind switch
    {
        FieldKind.Func => _names.Funcs,
        FieldKind.Table => _names.Tables,
        FieldKind.Memory => _names.Memories,
        FieldKind.Global => _names.Globals,
        _ => _names.Tags,
    };

    private void BindType()
    {
        uint index = _names.Types.Count;
        _identifiers.Bind(ref _cursor, _names.Types);
        BindStructFields(index);
    }

    private void BindRec()
    {
        while (_cursor.Kind == TokenKind.LeftParen)
        {
            int start = _cursor.Position;
            if (_cursor.TryOpen("type"u8))
            {
                BindType();
            }

            _cursor.Position = start;
            _cursor.SkipGroup();
        }
    }

    /// <summary>Gives the fields of a struct type their indices; the cursor stands before the type's definition.</summary>
    private void BindStructFields(uint typeIndex)
    {
        if (_cursor.TryOpen("sub"u8))
        {
            _cursor.TryTakeKeyword("final"u8);
            while (_cursor.AtIndex)
            {
                _cursor.Take();
            }
        }

        if (!_cursor.TryOpen("struct"u8))
        {
            return;
        }

        IndexSpace? space = null;
        uint count = 0;
        while (_cursor.TryOpen("field"u8))
        {
            if (_cursor.TryTake(TokenKind.Id, out Token id))
            {
                if (space is null)
                {
                    space = new IndexSpace("field");
                    _names.Fields.Add(typeIndex, space);
                }

                space.Add(count - space.Count);
                _identifiers.Bind(ref _cursor, space, id);
            }

            for (; _cursor.Kind is not (TokenKind.RightParen or TokenKind.End); count++)
            {
                _cursor.SkipOne();
            }

            _cursor.Close();
        }
    }

    /// <summary>Whether a group with this keyword comes before the parenthesis that closes the field.</summary>
    private bool HasGroup(ReadOnlySpan<byte> keyword)
    {
        while (_cursor.Kind is not (TokenKind.RightParen or TokenKind.End))
        {
            if (_cursor.AtGroup(keyword))
            {
                return true;
            }

            _cursor.SkipOne();
        }

        return false;
    }
}
