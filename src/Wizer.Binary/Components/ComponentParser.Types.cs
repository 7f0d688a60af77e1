namespace Wizer.Binary.Components;

// Component Model, Binary Format: Type Definitions.
internal sealed partial class ComponentParser
{
    private const byte ModuleTypeCode = 0x50;

    private CoreTypeDefinition ReadCoreType(ref WasmReader reader)
    {
        int start = (int)reader.Offset;
        reader.TryPeek(out byte code);
        CoreDefType type;
        if (code == ModuleTypeCode)
        {
            reader.ReadByte();
            type = ReadModuleType(ref reader, start);
        }
        else
        {
            type = ReadRecType(ref reader);
        }

        return new CoreTypeDefinition(RangeFrom(start, ref reader), type);
    }

    // The byte of a module type is also that of a sub type that is not final, which is written with a zero before it.
    private static CoreRecType ReadRecType(ref WasmReader reader)
    {
        if (reader.TryPeek(out byte code) && code == 0x00)
        {
            reader.ReadByte();
            long at = reader.Offset;
            if (reader.TryPeek(out code) && code != ModuleTypeCode)
            {
                InvalidLeadingByte(code, "non-final sub type", at);
            }
        }

        SubType[] types = TypeSection.ReadRecType(ref reader, out bool isGroup);
        return new CoreRecType(types, isGroup);
    }

    private CoreModuleType ReadModuleType(ref WasmReader reader, int start)
    {
        EnterScope(start);
        int count = reader.ReadCount(ComponentLimits.MaxDeclarations, "module type declarations");
        var declarations = new ItemList<Definition>(count);
        for (int i = 0; i < count; i++)
        {
            declarations.Add(ReadModuleDeclaration(ref reader));
        }

        _scopes--;
        return new CoreModuleType(declarations.ToArray());
    }

    private Definition ReadModuleDeclaration(ref WasmReader reader)
    {
        long at = reader.Offset;
        byte code = reader.ReadByte();
        int start = (int)reader.Offset;
        switch (code)
        {
            case 0x00:
                ByteRange module = ReadName(ref reader);
                ByteRange name = ReadName(ref reader);
                CoreExternType type = ReadCoreExternType(ref reader);
                return new CoreExternDeclaration(RangeFrom(start, ref reader), module, name, type);
            case 0x01:
                if (reader.TryPeek(out byte typeCode) && typeCode == ModuleTypeCode)
                {
                    // Well-formed, but modules do not nest.
                    Throw.Invalid($"invalid leading byte (0x{typeCode:x}) for a type in a module type", start);
                }

                CoreRecType group = ReadRecType(ref reader);
                return new CoreTypeDefinition(RangeFrom(start, ref reader), group);
            case 0x02:
                return ReadCoreOuterAlias(ref reader, start);
            case 0x03:
                name = ReadName(ref reader);
                type = ReadCoreExternType(ref reader);
                return new CoreExternDeclaration(RangeFrom(start, ref reader), null, name, type);
            default:
                InvalidLeadingByte(code, "type definition", at);
                return null;
        }
    }

    private OuterAlias ReadCoreOuterAlias(ref WasmReader reader, int start)
    {
        byte code = reader.ReadByte();
        if (!Sorts.TryGetCore(code, out Sort sort) || sort != Sort.CoreType)
        {
            InvalidLeadingByte(code, "outer alias kind", start);
        }

        long at = reader.Offset;
        byte target = reader.ReadByte();
        if (target != 0x01)
        {
            InvalidLeadingByte(target, "outer alias target", at);
        }

        (uint count, uint index) = ReadOuter(ref reader, Sort.CoreType);
        return new OuterAlias(RangeFrom(start, ref reader), Sort.CoreType, count, index);
    }

    private static CoreExternType ReadCoreExternType(ref WasmReader reader)
    {
        ImportSection.ImportType type = ImportSection.ReadType(ref reader);
        return new CoreExternType(type.Kind, type.TypeIndex, type.Table, type.Memory, type.Global);
    }

    private TypeDefinition ReadType(ref WasmReader reader)
    {
        int start = (int)reader.Offset;
        DefType type = ReadDefType(ref reader, start);
        return new TypeDefinition(RangeFrom(start, ref reader), type);
    }

    private DefType ReadDefType(ref WasmReader reader, int start)
    {
        byte code = reader.ReadByte();
        switch (code)
        {
            case 0x3f:
                ValType representation = TypeReader.ReadValType(ref reader);
                uint? destructor = ReadIsPresent(ref reader, "resource destructor") ? ReadIndex(ref reader, Sort.CoreFunc) : null;
                return new ResourceType(representation, destructor);
            case 0x40:
            case 0x43:
                LabelValType[] parameters = ReadLabelValTypes(ref reader, ComponentLimits.MaxParameters, "function parameters");
                return new ComponentFuncType(IsAsync: code == 0x43, parameters, ReadResultList(ref reader));
            case 0x41:
                return new ComponentType(ReadDeclarations(ref reader, start, isComponent: true));
            case 0x42:
                return new InstanceType(ReadDeclarations(ref reader, start, isComponent: false));
            default:
                return ReadDefValType(code, ref reader, start);
        }
    }

    private Definition[] ReadDeclarations(ref WasmReader reader, int start, bool isComponent)
    {
        EnterScope(start);
        int count = reader.ReadCount(ComponentLimits.MaxDeclarations, "type declarations");
        var declarations = new ItemList<Definition>(count);
        for (int i = 0; i < count; i++)
        {
            long at = reader.Offset;
            byte code = reader.ReadByte();
            switch (code)
            {
                case 0x00:
                    declarations.Add(ReadCoreType(ref reader));
                    break;
                case 0x01:
                    declarations.Add(ReadType(ref reader));
                    break;
                case 0x02:
                    declarations.Add(ReadAlias(ref reader));
                    break;
                case 0x03 when isComponent:
                    declarations.Add(ReadImport(ref reader));
                    break;
                case 0x04:
                    int exportStart = (int)reader.Offset;
                    ExternName name = ReadExternName(ref reader);
                    ExternType type = ReadExternType(ref reader);
                    declarations.Add(new ExportDeclaration(RangeFrom(exportStart, ref reader), name, type));
                    break;
                default:
                    InvalidLeadingByte(code, "component or instance type declaration", at);
                    break;
            }
        }

        _scopes--;
        return declarations.ToArray();
    }

    private DefValType ReadDefValType(byte code, ref WasmReader reader, int start)
    {
        switch (code)
        {
            case 0x72:
                return new RecordType(ReadLabelValTypes(ref reader, ComponentLimits.MaxLabels, "record fields"));
            case 0x71:
                return new VariantType(ReadCases(ref reader));
            case 0x70:
                return new ListType(ReadValType(ref reader), null);
            case 0x6f:
                return new TupleType(ReadValTypes(ref reader));
            case 0x6e:
                return new FlagsType(ReadLabels(ref reader, "flags"));
            case 0x6d:
                return new EnumType(ReadLabels(ref reader, "enum cases"));
            case 0x6b:
                return new OptionType(ReadValType(ref reader));
            case 0x6a:
                ComponentValType? ok = ReadOptionalValType(ref reader);
                return new ResultType(ok, ReadOptionalValType(ref reader));
            case 0x69:
                return new OwnType(ReadIndex(ref reader, Sort.Type));
            case 0x68:
                return new BorrowType(ReadIndex(ref reader, Sort.Type));
            case 0x67:
                ComponentValType element = ReadValType(ref reader);
                return new ListType(element, reader.ReadU32());
            case 0x66:
                return new StreamType(ReadOptionalValType(ref reader));
            case 0x65:
                return new FutureType(ReadOptionalValType(ref reader));
            case 0x63:
                ComponentValType key = ReadValType(ref reader);
                return new MapType(key, ReadValType(ref reader));
            default:
                if (!IsPrimitive(code))
                {
                    InvalidLeadingByte(code, "component defined type", start);
                }

                return new PrimitiveDefType((PrimitiveValType)code);
        }
    }

    private static bool IsPrimitive(byte code) =>
        code is (>= (byte)PrimitiveValType.String and <= (byte)PrimitiveValType.Bool) or (byte)PrimitiveValType.ErrorContext;

    private ComponentValType ReadValType(ref WasmReader reader)
    {
        int start = (int)reader.Offset;
        if (reader.TryPeek(out byte code) && code is >= 0x40 and < 0x80)
        {
            reader.ReadByte();
            if (!IsPrimitive(code))
            {
                InvalidLeadingByte(code, "component value type", start);
            }

            return ComponentValType.Of((PrimitiveValType)code);
        }

        long index = reader.ReadS33();
        if (index < 0)
        {
            Throw.Malformed("malformed component value type", start);
        }

        sites?.Add(new IndexSite(RangeFrom(start, ref reader), Sort.Type, (uint)index, _scopes - 1, IsSigned: true));
        return ComponentValType.Of((uint)index);
    }

    private ComponentValType? ReadOptionalValType(ref WasmReader reader) =>
        ReadIsPresent(ref reader, "optional component value type") ? ReadValType(ref reader) : null;

    private ComponentValType? ReadResultList(ref WasmReader reader)
    {
        long at = reader.Offset;
        byte code = reader.ReadByte();
        switch (code)
        {
            case 0x00:
                return ReadValType(ref reader);
            case 0x01:
                at = reader.Offset;
                byte count = reader.ReadByte();
                if (count != 0x00)
                {
                    InvalidLeadingByte(count, "number of results", at);
                }

                return null;
            default:
                InvalidLeadingByte(code, "component function results", at);
                return null;
        }
    }

    private LabelValType[] ReadLabelValTypes(ref WasmReader reader, int most, string what)
    {
        int count = reader.ReadCount(most, what);
        var types = new ItemList<LabelValType>(count);
        for (int i = 0; i < count; i++)
        {
            ByteRange label = ReadName(ref reader);
            types.Add(new LabelValType(label, ReadValType(ref reader)));
        }

        return types.ToArray();
    }

    private VariantCase[] ReadCases(ref WasmReader reader)
    {
        int count = reader.ReadCount(ComponentLimits.MaxLabels, "variant cases");
        var cases = new ItemList<VariantCase>(count);
        for (int i = 0; i < count; i++)
        {
            ByteRange label = ReadName(ref reader);
            ComponentValType? type = ReadOptionalValType(ref reader);
            long at = reader.Offset;
            byte refines = reader.ReadByte();
            if (refines != 0x00)
            {
                InvalidLeadingByte(refines, "zero byte required", at);
            }

            cases.Add(new VariantCase(label, type));
        }

        return cases.ToArray();
    }

    private ComponentValType[] ReadValTypes(ref WasmReader reader)
    {
        int count = reader.ReadCount(ComponentLimits.MaxLabels, "tuple types");
        var types = new ItemList<ComponentValType>(count);
        for (int i = 0; i < count; i++)
        {
            types.Add(ReadValType(ref reader));
        }

        return types.ToArray();
    }

    private static ByteRange[] ReadLabels(ref WasmReader reader, string what)
    {
        int count = reader.ReadCount(ComponentLimits.MaxLabels, what);
        var labels = new ItemList<ByteRange>(count);
        for (int i = 0; i < count; i++)
        {
            labels.Add(ReadName(ref reader));
        }

        return labels.ToArray();
    }
}
