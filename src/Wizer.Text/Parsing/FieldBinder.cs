namespace Wizer.Text;

/// <summary>The first walk: which fields there are, and which index and name each one gets.</summary>
/// <param name="identifiers">Gives them.</param>
/// <param name="names">All index spaces.</param>
/// <param name="customs">Encodes what stands between fields.</param>
internal sealed class FieldBinder(Identifiers identifiers, ModuleNames names, CustomSectionEncoder customs)
{
    internal List<Field> BindFields(ref TokenCursor cursor)
    {
        List<Field> fields = [];
        string? definedBefore = null;
        TakeModuleAnnotations(ref cursor, isFirst: true);
        while (cursor.Kind == TokenKind.LeftParen)
        {
            int start = cursor.Position;
            cursor.Take();
            if (cursor.Kind != TokenKind.Keyword || !FieldKinds.TryParse(cursor.Text, out FieldKind kind))
            {
                // `( @a)` is no annotation, and `(param)` no field.
                cursor.Unexpected();
                break;
            }

            Token keyword = cursor.Take();
            fields.Add(new Field(kind, cursor.Position));
            bool isImport = BindField(ref cursor, kind, out IndexSpace? defines);
            if (isImport && definedBefore is not null)
            {
                cursor.Fail($"import after {definedBefore}", keyword);
            }

            if (!isImport && defines is not null)
            {
                definedBefore ??= defines.Category;
            }

            cursor.Position = start;
            cursor.SkipGroup();
            TakeModuleAnnotations(ref cursor, isFirst: false);
        }

        return fields;
    }

    /// <summary>Binds what one field defines. Whatever is wrong otherwise, the walk that encodes it reports.</summary>
    /// <param name="cursor">Where the text goes on.</param>
    /// <param name="kind">What field it is; the cursor stands behind its keyword.</param>
    /// <param name="defines">The index space, when imports of that kind must come before.</param>
    /// <returns>Whether it is an import.</returns>
    private bool BindField(ref TokenCursor cursor, FieldKind kind, out IndexSpace? defines)
    {
        defines = null;
        switch (kind)
        {
            case FieldKind.Type:
                BindType(ref cursor);
                return false;
            case FieldKind.Rec:
                BindRec(ref cursor);
                return false;
            case FieldKind.Import:
                BindImport(ref cursor);
                return true;
            case FieldKind.Elem:
                identifiers.Bind(ref cursor, names.Elems);
                return false;
            case FieldKind.Data:
                identifiers.Bind(ref cursor, names.Datas);
                return false;
            case FieldKind.Export or FieldKind.Start:
                return false;
        }

        defines = SpaceOf(kind);
        identifiers.Bind(ref cursor, defines);
        while (cursor.AtGroup("export"u8))
        {
            cursor.SkipGroup();
        }

        bool isImport = cursor.AtGroup("import"u8);
        if (!isImport && kind == FieldKind.Table && HasGroup(ref cursor, "elem"u8))
        {
            names.Elems.Add();
        }

        if (!isImport && kind == FieldKind.Memory && HasGroup(ref cursor, "data"u8))
        {
            names.Datas.Add();
        }

        return isImport;
    }

    private IndexSpace SpaceOf(FieldKind kind) => kind switch
    {
        FieldKind.Func => names.Funcs,
        FieldKind.Table => names.Tables,
        FieldKind.Memory => names.Memories,
        FieldKind.Global => names.Globals,
        _ => names.Tags,
    };

    private void BindType(ref TokenCursor cursor)
    {
        uint index = names.Types.Count;
        identifiers.Bind(ref cursor, names.Types);
        BindStructFields(ref cursor, index);
    }

    private void BindRec(ref TokenCursor cursor)
    {
        while (cursor.Kind == TokenKind.LeftParen)
        {
            int start = cursor.Position;
            if (cursor.TryOpen("type"u8))
            {
                BindType(ref cursor);
            }

            cursor.Position = start;
            cursor.SkipGroup();
        }
    }

    /// <summary>Gives the fields of a struct type their indices; the cursor stands before the type's definition.</summary>
    private void BindStructFields(ref TokenCursor cursor, uint typeIndex)
    {
        if (cursor.TryOpen("sub"u8))
        {
            cursor.TryTakeKeyword("final"u8);
            while (cursor.AtIndex)
            {
                cursor.Take();
            }
        }

        if (!cursor.TryOpen("struct"u8))
        {
            return;
        }

        IndexSpace? space = null;
        uint count = 0;
        while (cursor.TryOpen("field"u8))
        {
            if (cursor.TryTake(TokenKind.Id, out Token id))
            {
                if (space is null)
                {
                    space = new IndexSpace("field");
                    names.Fields.Add(typeIndex, space);
                }

                space.Add(count - space.Count);
                identifiers.Bind(ref cursor, space, id);
            }

            for (; cursor.Kind is not (TokenKind.RightParen or TokenKind.End); count++)
            {
                cursor.SkipOne();
            }

            cursor.Close();
        }
    }

    private void BindImport(ref TokenCursor cursor)
    {
        cursor.Expect(TokenKind.String);
        if (cursor.TryTake(TokenKind.String, out _))
        {
            identifiers.Bind(ref cursor, SpaceOf(FieldKinds.TakeExtern(ref cursor)));
            return;
        }

        uint bareCount = 0;
        while (cursor.AtGroup("item"u8))
        {
            int start = cursor.Position;
            cursor.Position += 2;
            cursor.Expect(TokenKind.String);
            if (cursor.Kind == TokenKind.RightParen)
            {
                bareCount++;
            }
            else
            {
                identifiers.Bind(ref cursor, SpaceOf(FieldKinds.TakeExtern(ref cursor)));
            }

            cursor.Position = start;
            cursor.SkipGroup();
        }

        if (cursor.Kind == TokenKind.LeftParen)
        {
            IndexSpace space = SpaceOf(FieldKinds.TakeExtern(ref cursor));
            if (cursor.Kind == TokenKind.Id)
            {
                cursor.Fail("identifier not allowed: imports that share a type have none");
            }

            space.Add(bareCount);
        }
    }

    /// <summary>Whether a group with this keyword comes before the parenthesis that closes the field.</summary>
    private bool HasGroup(ref TokenCursor cursor, ReadOnlySpan<byte> keyword)
    {
        while (cursor.Kind is not (TokenKind.RightParen or TokenKind.End))
        {
            if (cursor.AtGroup(keyword))
            {
                return true;
            }

            cursor.SkipOne();
        }

        return false;
    }

    /// <summary>Takes the annotations between two fields.</summary>
    /// <param name="cursor">Where the text goes on.</param>
    /// <param name="isFirst">Whether no field has been seen; then the module can still be given its name.</param>
    private void TakeModuleAnnotations(ref TokenCursor cursor, bool isFirst)
    {
        while (cursor.TryTakeAnnotation(AnnotationKind.Custom, out Annotation? custom))
        {
            customs.Encode(ref cursor, custom);
        }

        if (isFirst && identifiers.TryTakeName(ref cursor, "module", out int symbol))
        {
            names.ModuleSymbol = symbol;
        }

        if (cursor.TryTakeAnnotation(AnnotationKind.BranchHint, out Annotation? hint))
        {
            AnnotationContents.Fail(cursor, hint, "not in a function");
        }
    }
}
