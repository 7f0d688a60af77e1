using System.Diagnostics.CodeAnalysis;

namespace Wizer.Binary.Components;

/// <summary>
/// The parser of one file. Components in it, and types in types, are read by recursion, which the limit of the format for
/// nesting keeps from overflowing the stack. Component Model, Binary Format: Component Definitions.
/// </summary>
internal sealed partial class ComponentParser(ReadOnlyMemory<byte> file, List<IndexSite>? sites)
{
    private const int PreambleLength = 8;

    // How many components and types enclose what is being read, the one it stands in included.
    private int _scopes;

    private static ReadOnlySpan<byte> Magic => "\0asm"u8;

    private static ReadOnlySpan<byte> ComponentVersion => [0x0d, 0, 1, 0];

    private static ReadOnlySpan<byte> ModuleVersion => [1, 0, 0, 0];

    internal ComponentInfo Parse()
    {
        try
        {
            return ReadComponent(new ByteRange(0, file.Length));
        }
        catch (WasmFormatException e) when (
            e.Reason is "unexpected end" or "unexpected end of section or function" or "length out of bounds")
        {
            // The scripts for components have one word for all of these.
            throw new WasmFormatException("unexpected end-of-file", e.Offset);
        }
    }

    private ComponentInfo ReadComponent(ByteRange range)
    {
        EnterScope(range.Offset);
        WasmReader reader = Open(range);
        ReadPreamble(ref reader);
        var body = new ComponentBody();
        while (!reader.IsAtEnd)
        {
            int offset = (int)reader.Offset;
            byte id = reader.ReadByte();
            if (id > (byte)ComponentSectionId.Value)
            {
                Throw.Malformed("malformed section id", offset);
            }

            ByteRange contents = reader.ReadByteVector();
            int first = body.Definitions.Count;
            ByteRange name = ReadSection((ComponentSectionId)id, contents, body);
            body.Sections.Add(new ComponentSectionInfo(
                (ComponentSectionId)id, offset, contents, name, first, body.Definitions.Count - first));
        }

        _scopes--;
        return body.ToInfo(file, range);
    }

    private static void ReadPreamble(ref WasmReader reader)
    {
        ReadOnlySpan<byte> bytes = reader.Bytes;
        if (!bytes.StartsWith(Magic[..Math.Min(bytes.Length, Magic.Length)]))
        {
            Throw.Malformed("magic header not detected", reader.Offset);
        }

        if (bytes.Length < PreambleLength)
        {
            Throw.UnexpectedEnd(reader.Offset + bytes.Length);
        }

        ReadOnlySpan<byte> version = bytes[Magic.Length..PreambleLength];
        if (!version.SequenceEqual(ComponentVersion))
        {
            Throw.Malformed(
                version.SequenceEqual(ModuleVersion) ? "expected a version header for a component" : "unknown binary version",
                reader.Offset + Magic.Length);
        }

        reader.Position = PreambleLength;
    }

    /// <summary>Reads the contents of a section.</summary>
    /// <returns>The name of a custom section.</returns>
    private ByteRange ReadSection(ComponentSectionId id, ByteRange contents, ComponentBody body)
    {
        WasmReader reader = Open(contents);
        switch (id)
        {
            case ComponentSectionId.Custom:
                return reader.ReadName();
            case ComponentSectionId.CoreModule:
                body.Add(new CoreModuleDefinition(contents, ReadModule(contents)));
                return default;
            case ComponentSectionId.Component:
                body.Add(new ComponentDefinition(contents, ReadComponent(contents)));
                return default;
            case ComponentSectionId.Start:
                body.Add(ReadStart(ref reader));
                break;
            default:
                int count = reader.ReadCount();
                for (int i = 0; i < count; i++)
                {
                    body.Add(ReadDefinition(id, ref reader));
                }

                break;
        }

        if (!reader.IsAtEnd)
        {
            Throw.Malformed("section size mismatch: unexpected data at the end of the section", reader.Offset);
        }

        return default;
    }

    private Definition ReadDefinition(ComponentSectionId id, ref WasmReader reader) => id switch
    {
        ComponentSectionId.CoreInstance => ReadCoreInstance(ref reader),
        ComponentSectionId.CoreType => ReadCoreType(ref reader),
        ComponentSectionId.Instance => ReadInstance(ref reader),
        ComponentSectionId.Alias => ReadAlias(ref reader),
        ComponentSectionId.Type => ReadType(ref reader),
        ComponentSectionId.Canon => ReadCanon(ref reader),
        ComponentSectionId.Import => ReadImport(ref reader),
        ComponentSectionId.Export => ReadExport(ref reader),
        _ => ReadValue(ref reader),
    };

    // Core modules know nothing of the file they stand in: their offsets count from their own start, but errors tell the file's.
    private ModuleInfo ReadModule(ByteRange range)
    {
        ReadOnlyMemory<byte> module = range.Of(file);
        if (ModuleReader.IsComponent(module.Span))
        {
            Throw.Malformed("expected a version header for a module", range.Offset + Magic.Length);
        }

        try
        {
            return ModuleReader.Parse(module);
        }
        catch (WasmFormatException e)
        {
            // The scripts for components tell an order that is wrong from one section too many.
            string reason = e.Reason == "unexpected content after last section" ? "section out of order" : e.Reason;
            throw new WasmFormatException(reason, e.Offset + range.Offset);
        }
        catch (WasmValidationException e)
        {
            throw new WasmValidationException(e.Reason, e.Offset + range.Offset);
        }
    }

    private CoreInstanceDefinition ReadCoreInstance(ref WasmReader reader)
    {
        int start = (int)reader.Offset;
        byte code = reader.ReadByte();
        switch (code)
        {
            case 0x00:
                uint module = ReadIndex(ref reader, Sort.CoreModule);
                var arguments = new CoreInstantiateArg[reader.ReadCount(ComponentLimits.MaxArguments, "instantiation arguments")];
                for (int i = 0; i < arguments.Length; i++)
                {
                    int at = (int)reader.Offset;
                    ByteRange name = ReadName(ref reader);
                    long kindAt = reader.Offset;
                    byte kind = reader.ReadByte();
                    if (kind != 0x12)
                    {
                        InvalidLeadingByte(kind, "instantiation arg kind", kindAt);
                    }

                    arguments[i] = new CoreInstantiateArg(name, ReadIndex(ref reader, Sort.CoreInstance), at);
                }

                return new CoreInstantiation(RangeFrom(start, ref reader), module, arguments);

            case 0x01:
                var exports = new CoreInlineExport[reader.ReadCount(ComponentLimits.MaxExports, "exports")];
                for (int i = 0; i < exports.Length; i++)
                {
                    int at = (int)reader.Offset;
                    ByteRange name = ReadName(ref reader);
                    long sortAt = reader.Offset;
                    byte sortCode = reader.ReadByte();
                    if (!Sorts.TryGetCore(sortCode, out Sort sort) || sort > Sort.CoreTag)
                    {
                        InvalidLeadingByte(sortCode, "external kind", sortAt);
                    }

                    exports[i] = new CoreInlineExport(name, sort, ReadIndex(ref reader, sort), at);
                }

                return new CoreInlineExports(RangeFrom(start, ref reader), exports);

            default:
                InvalidLeadingByte(code, "core instance", start);
                return null;
        }
    }

    private InstanceDefinition ReadInstance(ref WasmReader reader)
    {
        int start = (int)reader.Offset;
        byte code = reader.ReadByte();
        switch (code)
        {
            case 0x00:
                uint component = ReadIndex(ref reader, Sort.Component);
                var arguments = new InstantiateArg[reader.ReadCount(ComponentLimits.MaxArguments, "instantiation arguments")];
                for (int i = 0; i < arguments.Length; i++)
                {
                    int at = (int)reader.Offset;
                    ByteRange name = ReadName(ref reader);
                    Sort sort = ReadSort(ref reader);
                    arguments[i] = new InstantiateArg(name, sort, ReadIndex(ref reader, sort), at);
                }

                return new Instantiation(RangeFrom(start, ref reader), component, arguments);

            case 0x01:
                var exports = new InlineExport[reader.ReadCount(ComponentLimits.MaxExports, "exports")];
                for (int i = 0; i < exports.Length; i++)
                {
                    int at = (int)reader.Offset;
                    ExternName name = ReadExternName(ref reader);
                    Sort sort = ReadSort(ref reader);
                    exports[i] = new InlineExport(name, sort, ReadIndex(ref reader, sort), at);
                }

                return new InlineExports(RangeFrom(start, ref reader), exports);

            default:
                InvalidLeadingByte(code, "instance", start);
                return null;
        }
    }

    private AliasDefinition ReadAlias(ref WasmReader reader)
    {
        int start = (int)reader.Offset;
        byte code = reader.ReadByte();
        byte core = code == 0x00 ? reader.ReadByte() : (byte)0;
        long targetAt = reader.Offset;
        byte target = reader.ReadByte();
        Sort sort;
        bool isSort = code == 0x00 ? Sorts.TryGetCore(core, out sort) : Sorts.TryGet(code, out sort);
        byte blamed = code == 0x00 ? core : code;
        switch (target)
        {
            case 0x00:
                if (!isSort || (code == 0x00 && sort != Sort.CoreModule))
                {
                    InvalidLeadingByte(blamed, "component external kind", start);
                }

                uint instance = ReadIndex(ref reader, Sort.Instance);
                ByteRange name = ReadName(ref reader);
                return new ExportAlias(RangeFrom(start, ref reader), sort, instance, name);

            case 0x01:
                if (!isSort || code != 0x00 || sort > Sort.CoreTag)
                {
                    InvalidLeadingByte(blamed, "core instance export kind", start);
                }

                instance = ReadIndex(ref reader, Sort.CoreInstance);
                name = ReadName(ref reader);
                return new CoreExportAlias(RangeFrom(start, ref reader), sort, instance, name);

            case 0x02:
                if (!isSort || sort is not (Sort.CoreType or Sort.CoreModule or Sort.Type or Sort.Component))
                {
                    InvalidLeadingByte(blamed, "component outer alias kind", start);
                }

                (uint count, uint index) = ReadOuter(ref reader, sort);
                return new OuterAlias(RangeFrom(start, ref reader), sort, count, index);

            default:
                InvalidLeadingByte(target, "alias", targetAt);
                return null;
        }
    }

    private StartDefinition ReadStart(ref WasmReader reader)
    {
        int start = (int)reader.Offset;
        uint func = ReadIndex(ref reader, Sort.Func);
        var arguments = new uint[reader.ReadCount(ComponentLimits.MaxParameters, "start function arguments")];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = ReadIndex(ref reader, Sort.Value);
        }

        long at = reader.Offset;
        uint results = reader.ReadU32();
        if (results > ComponentLimits.MaxParameters)
        {
            Throw.Malformed($"too many start function results: {results}, at most {ComponentLimits.MaxParameters} are supported", at);
        }

        return new StartDefinition(RangeFrom(start, ref reader), func, arguments, results);
    }

    private ImportDefinition ReadImport(ref WasmReader reader)
    {
        int start = (int)reader.Offset;
        ExternName name = ReadExternName(ref reader);
        ExternType type = ReadExternType(ref reader);
        return new ImportDefinition(RangeFrom(start, ref reader), name, type);
    }

    private ExportDefinition ReadExport(ref WasmReader reader)
    {
        int start = (int)reader.Offset;
        ExternName name = ReadExternName(ref reader);
        Sort sort = ReadSort(ref reader);
        uint index = ReadIndex(ref reader, sort);
        ExternType? type = ReadIsPresent(ref reader, "optional component export type") ? ReadExternType(ref reader) : null;
        return new ExportDefinition(RangeFrom(start, ref reader), name, sort, index, type);
    }

    private ValueDefinition ReadValue(ref WasmReader reader)
    {
        int start = (int)reader.Offset;
        ComponentValType type = ReadValType(ref reader);
        ByteRange value = reader.ReadByteVector();
        return new ValueDefinition(RangeFrom(start, ref reader), type, value);
    }

    private static ExternName ReadExternName(ref WasmReader reader)
    {
        long at = reader.Offset;
        byte prefix = reader.ReadByte();
        if (prefix > 0x02)
        {
            InvalidLeadingByte(prefix, "component name", at);
        }

        ByteRange name = ReadName(ref reader);
        if (prefix != 0x02)
        {
            return new ExternName(prefix, name, ItemList<NameAttribute>.Empty);
        }

        int count = reader.ReadCount();
        var attributes = new ItemList<NameAttribute>(Math.Min(count, 4));
        for (int i = 0; i < count; i++)
        {
            at = reader.Offset;
            byte kind = reader.ReadByte();
            if (kind > (byte)NameAttributeKind.ExternalId)
            {
                InvalidLeadingByte(kind, "name option", at);
            }

            attributes.Add(new NameAttribute((NameAttributeKind)kind, ReadName(ref reader)));
        }

        return new ExternName(prefix, name, attributes.ToArray());
    }

    // What components import, export and pass to each other: of the core sorts only modules.
    private static Sort ReadSort(ref WasmReader reader)
    {
        long at = reader.Offset;
        byte code = reader.ReadByte();
        Sort sort;
        if (code != 0x00)
        {
            if (!Sorts.TryGet(code, out sort))
            {
                InvalidLeadingByte(code, "component external kind", at);
            }

            return sort;
        }

        at = reader.Offset;
        code = reader.ReadByte();
        if (!Sorts.TryGetCore(code, out sort) || sort != Sort.CoreModule)
        {
            InvalidLeadingByte(code, "component external kind", at);
        }

        return sort;
    }

    private ExternType ReadExternType(ref WasmReader reader)
    {
        int start = (int)reader.Offset;
        Sort sort = ReadSort(ref reader);
        switch (sort)
        {
            case Sort.Value:
                long at = reader.Offset;
                byte bound = reader.ReadByte();
                switch (bound)
                {
                    case 0x00:
                        return new ExternType(sort, ExternBound.Eq, ReadIndex(ref reader, Sort.Value), default, start);
                    case 0x01:
                        return new ExternType(sort, ExternBound.None, 0, ReadValType(ref reader), start);
                    default:
                        InvalidLeadingByte(bound, "value bound", at);
                        return default;
                }

            case Sort.Type:
                at = reader.Offset;
                bound = reader.ReadByte();
                switch (bound)
                {
                    case 0x00:
                        return new ExternType(sort, ExternBound.Eq, ReadIndex(ref reader, Sort.Type), default, start);
                    case 0x01:
                        return new ExternType(sort, ExternBound.SubResource, 0, default, start);
                    default:
                        InvalidLeadingByte(bound, "type bound", at);
                        return default;
                }

            default:
                Sort typeSort = sort == Sort.CoreModule ? Sort.CoreType : Sort.Type;
                return new ExternType(sort, ExternBound.None, ReadIndex(ref reader, typeSort), default, start);
        }
    }

    private void EnterScope(long offset)
    {
        if (++_scopes > ComponentLimits.MaxNesting)
        {
            Throw.Malformed($"nesting is too deep: at most {ComponentLimits.MaxNesting} components and types are supported", offset);
        }
    }

    private WasmReader Open(ByteRange range) => new(range.Of(file.Span), range.Offset);

    private static ByteRange RangeFrom(int start, ref WasmReader reader) => new(start, (int)reader.Offset - start);

    private static ByteRange ReadName(ref WasmReader reader)
    {
        long at = reader.Offset;
        ByteRange name = reader.ReadName();
        if (name.Length > ComponentLimits.MaxNameLength)
        {
            Throw.Malformed($"string size out of bounds: {name.Length}, at most {ComponentLimits.MaxNameLength} are supported", at);
        }

        return name;
    }

    private uint ReadIndex(ref WasmReader reader, Sort sort) => ReadIndex(ref reader, sort, 0, default);

    private (uint Count, uint Index) ReadOuter(ref WasmReader reader, Sort sort)
    {
        int start = (int)reader.Offset;
        uint count = reader.ReadU32();
        return (count, ReadIndex(ref reader, sort, count, RangeFrom(start, ref reader)));
    }

    private uint ReadIndex(ref WasmReader reader, Sort sort, uint count, ByteRange countRange)
    {
        int start = (int)reader.Offset;
        uint index = reader.ReadU32();
        if (sites is not null && count < (uint)_scopes)
        {
            int scope = _scopes - 1 - (int)count;
            sites.Add(new IndexSite(RangeFrom(start, ref reader), sort, index, scope, IsSigned: false, countRange));
        }

        return index;
    }

    private static bool ReadIsPresent(ref WasmReader reader, string what)
    {
        long at = reader.Offset;
        byte code = reader.ReadByte();
        if (code > 1)
        {
            InvalidLeadingByte(code, what, at);
        }

        return code == 1;
    }

    private static bool ReadFlag(ref WasmReader reader)
    {
        long at = reader.Offset;
        byte code = reader.ReadByte();
        if (code > 1)
        {
            Throw.Malformed("invalid boolean value", at);
        }

        return code == 1;
    }

    [DoesNotReturn]
    private static void InvalidLeadingByte(byte code, string what, long offset) =>
        Throw.Malformed($"invalid leading byte (0x{code:x}) for {what}", offset);

    /// <summary>What has been read of a component.</summary>
    private sealed class ComponentBody
    {
        internal ItemList<Definition> Definitions = new(16);
        internal ItemList<ComponentSectionInfo> Sections = new(16);

        private readonly ItemList<int>[] _spaces = new ItemList<int>[Sorts.Count];

        internal ComponentBody()
        {
            for (int i = 0; i < _spaces.Length; i++)
            {
                _spaces[i] = new ItemList<int>(0);
            }
        }

        internal void Add(Definition definition)
        {
            int index = Definitions.Count;
            Definitions.Add(definition);
            switch (definition)
            {
                case CoreTypeDefinition { Type: CoreRecType group }:
                    AddIndices(Sort.CoreType, index, group.Types.Length);
                    break;
                case StartDefinition start:
                    AddIndices(Sort.Value, index, (int)start.ResultCount);
                    break;
                default:
                    AddIndices(SortOf(definition), index, 1);
                    break;
            }
        }

        internal ComponentInfo ToInfo(ReadOnlyMemory<byte> file, ByteRange range)
        {
            var spaces = new int[Sorts.Count][];
            for (int i = 0; i < spaces.Length; i++)
            {
                spaces[i] = _spaces[i].ToArray();
            }

            return new ComponentInfo(file, range, Sections.ToArray(), Definitions.ToArray(), spaces);
        }

        private void AddIndices(Sort sort, int definition, int count)
        {
            for (int i = 0; i < count; i++)
            {
                _spaces[(int)sort].Add(definition);
            }
        }

        private static Sort SortOf(Definition definition) => definition switch
        {
            CoreModuleDefinition => Sort.CoreModule,
            CoreInstanceDefinition => Sort.CoreInstance,
            CoreTypeDefinition => Sort.CoreType,
            ComponentDefinition => Sort.Component,
            InstanceDefinition => Sort.Instance,
            AliasDefinition alias => alias.Sort,
            TypeDefinition => Sort.Type,
            CanonDefinition canon => canon.Kind == CanonKind.Lift ? Sort.Func : Sort.CoreFunc,
            ImportDefinition import => import.Type.Sort,
            ExportDefinition export => export.Sort,
            _ => Sort.Value,
        };
    }
}
