namespace Wizer.Binary.Components;

// Types. Component Model, Explainer: Type Definitions; Binary Format: Type Definitions.
internal sealed partial class ComponentChecker
{
    private ResolvedType Resolve(DefType type) => type switch
    {
        DefValType value => Resolve(value),
        ComponentFuncType func => Resolve(func),
        ComponentType component => Resolve(component),
        InstanceType instance => Resolve(instance),
        _ => Resolve((ResourceType)type),
    };

    private ResolvedResourceType Resolve(ResourceType type)
    {
        if (_scope.Kind != ScopeKind.Component)
        {
            Invalid("resources can only be defined within a concrete component");
        }

        if (type.Representation != ValType.I32)
        {
            Invalid($"resources can only be represented by `i32`, not `{type.Representation}`");
        }

        if (type.Destructor is uint destructor && !HasSignature(CoreFuncAt(destructor), s_i32, s_none))
        {
            Invalid($"core function {destructor} has wrong signature for a destructor");
        }

        Resource resource = _factory.NewResource(_scope);
        _scope.DefinedResources.Add(new BoundResource(resource, []));
        return new ResolvedResourceType(resource);
    }

    private ResolvedFuncType Resolve(ComponentFuncType type)
    {
        string[] labels = new string[type.Parameters.Length];
        var parameters = new ResolvedValType[type.Parameters.Length];
        var names = new UniqueNames();
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = CheckLabel(type.Parameters[i].Label, names, "function parameter name", "parameter name");
            parameters[i] = ValTypeAt(type.Parameters[i].Type);
        }

        ResolvedValType? result = ValTypeAt(type.Result);
        if (result is { HasBorrow: true })
        {
            Invalid("function result cannot contain a `borrow` type");
        }

        return _factory.FuncType(type.IsAsync, labels, parameters, result, _offset);
    }

    private ResolvedValType Resolve(DefValType type)
    {
        switch (type)
        {
            case PrimitiveDefType primitive:
                return _factory.Primitive(primitive.Type).Rename();
            case RecordType record:
                return Resolve(record);
            case VariantType variant:
                return Resolve(variant);
            case ListType { Length: uint length } list:
                if (length == 0)
                {
                    Invalid("fixed-length lists must have at least one element");
                }

                return _factory.ValType(ValTypeKind.FixedList, [], [ValTypeAt(list.Element)], length, _offset);
            case ListType list:
                return Make(ValTypeKind.List, ValTypeAt(list.Element));
            case TupleType tuple:
                if (tuple.Elements.Length == 0)
                {
                    Invalid("tuple type must have at least one type");
                }

                var elements = new ResolvedValType[tuple.Elements.Length];
                for (int i = 0; i < elements.Length; i++)
                {
                    elements[i] = ValTypeAt(tuple.Elements[i]);
                }

                return Make(ValTypeKind.Tuple, elements);
            case FlagsType flags:
                if (flags.Labels.Length == 0)
                {
                    Invalid("flags must have at least one entry");
                }

                if (flags.Labels.Length > ComponentLimits.MaxFlags)
                {
                    Invalid($"cannot have more than {ComponentLimits.MaxFlags} flags");
                }

                return _factory.ValType(
                    ValTypeKind.Flags, CheckLabels(flags.Labels, "flag name", "flag name"), [], 0, _offset);
            case EnumType @enum:
                if (@enum.Labels.Length == 0)
                {
                    Invalid("enum type must have at least one variant");
                }

                return _factory.ValType(
                    ValTypeKind.Enum, CheckLabels(@enum.Labels, "enum tag name", "tag name"), [], 0, _offset);
            case OptionType option:
                // The case without a value is part of the type, so that it is laid out like any variant.
                return Make(ValTypeKind.Option, ValTypeAt(option.Element));
            case ResultType result:
                return Make(ValTypeKind.Result, ValTypeAt(result.Ok), ValTypeAt(result.Error));
            case MapType map:
                ResolvedValType key = ValTypeAt(map.Key);
                if (key.Kind != ValTypeKind.Primitive
                    || key.Primitive is PrimitiveValType.F32 or PrimitiveValType.F64 or PrimitiveValType.ErrorContext)
                {
                    Invalid("invalid map key type: it must be an integer, `bool`, `char` or `string`");
                }

                return Make(ValTypeKind.Map, key, ValTypeAt(map.Value));
            case OwnType own:
                return _factory.Handle(ValTypeKind.Own, ResourceAt(own.ResourceIndex));
            case BorrowType borrow:
                return _factory.Handle(ValTypeKind.Borrow, ResourceAt(borrow.ResourceIndex));
            case StreamType stream:
                ResolvedValType? element = ValTypeAt(stream.Element);
                if (element is { Kind: ValTypeKind.Primitive, Primitive: PrimitiveValType.Char })
                {
                    Invalid("`stream<char>` is not valid at this time");
                }

                CheckHasNoBorrow(element, "stream");
                return Make(ValTypeKind.Stream, element);
            default:
                element = ValTypeAt(((FutureType)type).Element);
                CheckHasNoBorrow(element, "future");
                return Make(ValTypeKind.Future, element);
        }
    }

    private void CheckHasNoBorrow(ResolvedValType? element, string what)
    {
        if (element is { HasBorrow: true })
        {
            Invalid($"{what} element cannot contain a `borrow` type");
        }
    }

    private ResolvedValType Make(ValTypeKind kind, params ResolvedValType?[] elements) =>
        _factory.ValType(kind, [], elements, 0, _offset);

    private ResolvedValType Resolve(RecordType record)
    {
        if (record.Fields.Length == 0)
        {
            Invalid("record type must have at least one field");
        }

        string[] labels = new string[record.Fields.Length];
        var elements = new ResolvedValType?[labels.Length];
        var names = new UniqueNames();
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = CheckLabel(record.Fields[i].Label, names, "record field name", "field name");
            elements[i] = ValTypeAt(record.Fields[i].Type);
        }

        return _factory.ValType(ValTypeKind.Record, labels, elements, 0, _offset);
    }

    private ResolvedValType Resolve(VariantType variant)
    {
        if (variant.Cases.Length == 0)
        {
            Invalid("variant type must have at least one case");
        }

        string[] labels = new string[variant.Cases.Length];
        var elements = new ResolvedValType?[labels.Length];
        var names = new UniqueNames();
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = CheckLabel(variant.Cases[i].Label, names, "variant case name", "case name");
            elements[i] = ValTypeAt(variant.Cases[i].Type);
        }

        return _factory.ValType(ValTypeKind.Variant, labels, elements, 0, _offset);
    }

    private string[] CheckLabels(ByteRange[] ranges, string what, string previousWhat)
    {
        var names = new UniqueNames();
        string[] labels = new string[ranges.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = CheckLabel(ranges[i], names, what, previousWhat);
        }

        return labels;
    }

    private string CheckLabel(ByteRange range, UniqueNames names, string what, string previousWhat)
    {
        string label = Text(range);
        if (label.Length == 0)
        {
            Invalid($"{what} cannot be empty");
        }

        if (!Names.IsLabel(label))
        {
            Invalid($"{what} `{label}` is not in kebab case");
        }

        if (!names.Add(ParsedName.Lower(label), label, out string? previous))
        {
            Invalid($"{what} `{label}` conflicts with previous {previousWhat} `{previous}`");
        }

        return label;
    }

    private ResolvedComponentType Resolve(ComponentType type)
    {
        Scope scope = CheckDeclarations(ScopeKind.ComponentType, type.Declarations);
        return TypeFactory.ComponentType(
            scope.Imports, scope.Exports, [.. scope.ImportedResources], [.. scope.DefinedResources], _offset);
    }

    private ResolvedInstanceType Resolve(InstanceType type)
    {
        Scope scope = CheckDeclarations(ScopeKind.InstanceType, type.Declarations);
        return TypeFactory.InstanceType(scope.Exports, [.. scope.DefinedResources], _offset);
    }

    private Scope CheckDeclarations(ScopeKind kind, Definition[] declarations)
    {
        Scope parent = _scope;
        int offset = _offset;
        var scope = new Scope(kind, parent);
        _scope = scope;
        foreach (Definition declaration in declarations)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _offset = declaration.Offset;
            Check(declaration);
        }

        _scope = parent;
        _offset = offset;
        return scope;
    }

    private bool HasSignature(int typeId, ValType[] parameters, ValType[] results) =>
        _coreTypes.FuncTypeOf(typeId) is { } type
        && FuncType.AreEqual(type.ParameterArray, parameters)
        && FuncType.AreEqual(type.ResultArray, results);
}
