using Wizer.Binary.Components;
using Xunit;
using static Wizer.Binary.Tests.Components.ComponentBytes;

namespace Wizer.Binary.Tests.Components;

public sealed class ComponentReaderTests
{
    // What must come before a section that is about something else.
    private const string FuncType = Preamble + " 07 05 01 40 00 01 00 ";

    public static TheoryData<string, string> Malformed => new()
    {
        { "", "unexpected end-of-file (at offset 0x0)" },
        { "00 61 73 6d 0d 00", "unexpected end-of-file (at offset 0x6)" },
        { "00 61 73 6e 0d 00 01 00", "magic header not detected (at offset 0x0)" },
        { "00 61 73 6d 01 00 00 00", "expected a version header for a component (at offset 0x4)" },
        { "00 61 73 6d 0c 00 01 00", "unknown binary version (at offset 0x4)" },
        { Preamble + " 0d 00", "malformed section id (at offset 0x8)" },
        { Preamble + " 07", "unexpected end-of-file (at offset 0x9)" },
        { Preamble + " 07 05 00", "unexpected end-of-file (at offset 0x9)" },
        { Preamble + " 07 81 80 80 80 70 00", "integer too large (at offset 0xd)" },
        { Preamble + " 07 02 02 73", "unexpected end-of-file (at offset 0xc)" },
        { Preamble + " 07 03 01 73 73", "section size mismatch: unexpected data at the end of the section (at offset 0xc)" },
        { Preamble + " 00 03 02 ff fe", "malformed UTF-8 encoding (at offset 0xb)" },
        { Preamble + " 01 08 " + Preamble, "expected a version header for a module (at offset 0xe)" },
        { Preamble + " 01 0b 00 61 73 6d 01 00 00 00 01 01 01", "unexpected end-of-file (at offset 0x15)" },
        { Preamble + " 01 0e 00 61 73 6d 01 00 00 00 03 01 00 01 01 00", "section out of order (at offset 0x15)" },
        { Preamble + " 04 08 00 61 73 6d 01 00 00 00", "expected a version header for a component (at offset 0xe)" },
        { Preamble + " 02 02 01 02", "invalid leading byte (0x2) for core instance (at offset 0xb)" },
        { Preamble + " 02 06 01 00 00 01 00 11", "invalid leading byte (0x11) for instantiation arg kind (at offset 0xf)" },
        { Preamble + " 02 05 01 01 01 00 05", "invalid leading byte (0x5) for external kind (at offset 0xe)" },
        { Preamble + " 05 02 01 02", "invalid leading byte (0x2) for instance (at offset 0xb)" },
        { Preamble + " 05 07 01 00 00 01 00 06 00", "invalid leading byte (0x6) for component external kind (at offset 0xf)" },
        { Preamble + " 06 04 01 00 00 00", "invalid leading byte (0x0) for component external kind (at offset 0xb)" },
        { Preamble + " 06 04 01 00 11 01", "invalid leading byte (0x11) for core instance export kind (at offset 0xb)" },
        { Preamble + " 06 05 01 01 02 00 00", "invalid leading byte (0x1) for component outer alias kind (at offset 0xb)" },
        { Preamble + " 06 05 01 00 13 02 00", "invalid leading byte (0x13) for component outer alias kind (at offset 0xb)" },
        { Preamble + " 06 05 01 03 03 00 00", "invalid leading byte (0x3) for alias (at offset 0xc)" },
        { Preamble + " 07 02 01 62", "invalid leading byte (0x62) for component defined type (at offset 0xb)" },
        { Preamble + " 07 02 01 3e", "invalid leading byte (0x3e) for component defined type (at offset 0xb)" },
        { Preamble + " 07 03 01 70 60", "invalid leading byte (0x60) for component value type (at offset 0xc)" },
        { Preamble + " 07 07 01 71 01 01 63 00 01", "invalid leading byte (0x1) for zero byte required (at offset 0x10)" },
        { Preamble + " 07 04 01 6a 02 00", "invalid leading byte (0x2) for optional component value type (at offset 0xc)" },
        { Preamble + " 07 04 01 3f 7f 02", "invalid leading byte (0x2) for resource destructor (at offset 0xd)" },
        { Preamble + " 07 05 01 40 00 01 01", "invalid leading byte (0x1) for number of results (at offset 0xe)" },
        { Preamble + " 07 05 01 40 00 02 00", "invalid leading byte (0x2) for component function results (at offset 0xd)" },
        { Preamble + " 07 05 01 41 01 05 73", "invalid leading byte (0x5) for component or instance type declaration (at offset 0xd)" },
        { Preamble + " 07 05 01 42 01 03 73", "invalid leading byte (0x3) for component or instance type declaration (at offset 0xd)" },
        { Preamble + " 03 05 01 50 01 04 60", "invalid leading byte (0x4) for type definition (at offset 0xd)" },
        { Preamble + " 03 05 01 50 01 02 00", "invalid leading byte (0x0) for outer alias kind (at offset 0xe)" },
        { Preamble + " 03 06 01 50 01 02 10 00", "invalid leading byte (0x0) for outer alias target (at offset 0xf)" },
        { Preamble + " 03 03 01 00 60", "invalid leading byte (0x60) for non-final sub type (at offset 0xc)" },
        { Preamble + " 08 02 01 07", "invalid leading byte (0x7) for canonical function (at offset 0xb)" },
        { Preamble + " 08 03 01 00 01", "invalid leading byte (0x1) for canonical function lift (at offset 0xc)" },
        { Preamble + " 08 03 01 01 01", "invalid leading byte (0x1) for canonical function lower (at offset 0xc)" },
        { Preamble + " 08 06 01 01 00 00 01 08", "invalid leading byte (0x8) for canonical option (at offset 0xf)" },
        { Preamble + " 08 03 01 0c 02", "invalid boolean value (at offset 0xc)" },
        { FuncType + "0a 06 01 03 01 61 01 00", "invalid leading byte (0x3) for component name (at offset 0x12)" },
        { FuncType + "0a 08 01 02 01 61 01 03 00 00", "invalid leading byte (0x3) for name option (at offset 0x16)" },
        { FuncType + "0a 06 01 00 01 61 03 02", "invalid leading byte (0x2) for type bound (at offset 0x16)" },
        { FuncType + "0a 06 01 00 01 61 02 02", "invalid leading byte (0x2) for value bound (at offset 0x16)" },
        { FuncType + "0a 06 01 00 01 61 06 00", "invalid leading byte (0x6) for component external kind (at offset 0x15)" },
        { FuncType + "0a 06 01 00 01 61 00 00", "invalid leading byte (0x0) for component external kind (at offset 0x16)" },
        { FuncType + "0b 07 01 00 01 61 01 00 02", "invalid leading byte (0x2) for optional component export type (at offset 0x17)" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Parse_SaysWhatAndWhere(string hex, string expected)
    {
        WasmFormatException e = Assert.Throws<WasmFormatException>(() => ComponentReader.Parse(Bytes(hex)));
        Assert.Equal(expected, e.Message);
    }

    [Fact]
    public void Parse_TellsTheFilesOffset_OfWhatIsWrongInACoreModule()
    {
        // The section of the nested component begins at 8, of the module in it at 0x12, and its type section at 0x1c.
        byte[] module = [.. Bytes("00 61 73 6d 01 00 00 00"), .. Section(1, "01 61")];
        byte[] component = Component(Section(4, Component(Section(1, module))));
        WasmFormatException e = Assert.Throws<WasmFormatException>(() => ComponentReader.Parse(component));
        Assert.Equal("malformed definition type (at offset 0x1f)", e.Message);
        Assert.Equal(0x61, component[(int)e.Offset]);
    }

    [Fact]
    public void Parse_FindsEveryDefinition_InOrder()
    {
        ComponentInfo component = ComponentReader.Parse(Everything);
        Assert.Equal(Everything.Length, component.Range.Length);
        Assert.Equal(13, component.Sections.Length);
        Assert.Equal(
            component.Definitions.Length, component.Sections.Sum(section => section.DefinitionCount));
        Assert.Equal(2, component.SpaceOf(Sort.CoreType).Length - 1);
        Assert.Equal(21, component.SpaceOf(Sort.Type).Length);
        Assert.Equal(5 + 4, component.SpaceOf(Sort.CoreFunc).Length);

        var module = Assert.IsType<CoreModuleDefinition>(component.DefinitionOf(Sort.CoreModule, 0));
        Assert.Equal(CoreModule, module.Range.Of(component.Bytes.Span).ToArray());
        Assert.Equal(8, module.Module.Exports.Length);

        var nested = Assert.IsType<ComponentDefinition>(component.DefinitionOf(Sort.Component, 0)).Component;
        var import = Assert.IsType<ImportDefinition>(nested.Definitions[1]);
        Assert.Equal("x", nested.NameAt(import.Name.Name));
        Assert.Equal(Sort.Func, import.Type.Sort);

        var withAttributes = Assert.IsType<ImportDefinition>(component.DefinitionOf(Sort.Instance, 0));
        Assert.Equal("a:b/c", component.NameAt(withAttributes.Name.Implements!.Value));
        Assert.Equal("ext", component.NameAt(withAttributes.Name.ExternalId!.Value));
        Assert.Null(withAttributes.Name.VersionSuffix);

        var instantiation = Assert.IsType<Instantiation>(component.DefinitionOf(Sort.Instance, 1));
        Assert.Equal("x", component.NameAt(Assert.Single(instantiation.Arguments).Name));

        var export = Assert.IsType<ExportDefinition>(component.Definitions[^1]);
        Assert.Equal((Sort.Func, 2u, 16u), (export.Sort, export.Index, export.Type!.Value.Index));
    }

    [Fact]
    public void Parse_ReadsTypes()
    {
        ComponentInfo component = ComponentReader.Parse(Everything);
        DefType[] types = [.. component.Definitions.OfType<TypeDefinition>().Select(definition => definition.Type)];
        Assert.Equal(PrimitiveValType.String, Assert.IsType<PrimitiveDefType>(types[0]).Type);
        Assert.Equal(1u, Assert.IsType<ResourceType>(types[1]).Destructor);
        Assert.Equal(ComponentValType.Of(PrimitiveValType.U32), Assert.IsType<RecordType>(types[2]).Fields[0].Type);
        Assert.Null(Assert.IsType<VariantType>(types[3]).Cases[1].Type);
        Assert.Null(Assert.IsType<ListType>(types[4]).Length);
        Assert.Equal(4u, Assert.IsType<ListType>(types[5]).Length);
        Assert.Equal(2, Assert.IsType<TupleType>(types[6]).Elements.Length);
        Assert.Single(Assert.IsType<FlagsType>(types[7]).Labels);
        Assert.Single(Assert.IsType<EnumType>(types[8]).Labels);
        Assert.IsType<OptionType>(types[9]);
        Assert.Equal(ComponentValType.Of(PrimitiveValType.String), Assert.IsType<ResultType>(types[10]).Error);
        Assert.IsType<MapType>(types[11]);
        Assert.Equal(1u, Assert.IsType<OwnType>(types[12]).ResourceIndex);
        Assert.Equal(1u, Assert.IsType<BorrowType>(types[13]).ResourceIndex);
        Assert.NotNull(Assert.IsType<StreamType>(types[14]).Element);
        Assert.Null(Assert.IsType<FutureType>(types[15]).Element);
        Assert.Null(Assert.IsType<ComponentFuncType>(types[16]).Result);
        Assert.Single(Assert.IsType<ComponentFuncType>(types[17]).Parameters);
        Assert.True(Assert.IsType<ComponentFuncType>(types[18]).IsAsync);
        Assert.Equal(3, Assert.IsType<ComponentType>(types[19]).Declarations.Length);
        Assert.Single(Assert.IsType<InstanceType>(types[20]).Declarations);
    }

    [Fact]
    public void Parse_ReadsANonFinalSubType_BehindAZero_AndAModuleTypeWithoutOne()
    {
        ComponentInfo component = ComponentReader.Parse(Component(Section(3, "02  00 50 00 60 00 00  50 00")));
        CoreTypeDefinition[] types = [.. component.Definitions.Cast<CoreTypeDefinition>()];
        Assert.False(Assert.IsType<CoreRecType>(types[0].Type).Types[0].IsFinal);
        Assert.Empty(Assert.IsType<CoreModuleType>(types[1].Type).Declarations);
    }

    [Fact]
    public void Parse_RefusesAModuleTypeInAModuleType_AsInvalid()
    {
        byte[] component = Component(Section(3, "01  50 01 01 50 00"));
        WasmValidationException e = Assert.Throws<WasmValidationException>(() => ComponentReader.Parse(component));
        Assert.StartsWith("invalid leading byte (0x50)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_ReadsValuesAndStart()
    {
        ComponentInfo component = ComponentReader.Parse(Component(
            Section(12, "01  79 01 05"), Section(9, "00 01 00 02")));
        var value = Assert.IsType<ValueDefinition>(component.Definitions[0]);
        Assert.Equal([5], value.Value.Of(component.Bytes.Span).ToArray());
        var start = Assert.IsType<StartDefinition>(component.Definitions[1]);
        Assert.Equal([0u], start.Arguments);
        Assert.Equal(3, component.SpaceOf(Sort.Value).Length);
    }

    [Fact]
    public void Names_AreThoseOfTheSection()
    {
        ComponentInfo component = ComponentReader.Parse(Everything);
        ComponentNameSection names = ComponentNameSection.Read(component);
        Assert.Equal("c", names.Component);
        Assert.True(names.TryGetName(Sort.Func, 0, out string? name));
        Assert.Equal("im", name);
        Assert.False(names.TryGetName(Sort.Func, 1, out _));
        Assert.False(names.TryGetName(Sort.Type, 0, out _));
    }

    [Theory]
    [InlineData("0e 'component-name' ff fe 01")]
    [InlineData("0e 'component-name' 01 04 07 01 00 00")]
    [InlineData("0e 'component-name' 00 02 01 ff")]
    public void Names_ThatAreMalformed_AreLeftOut(string section)
    {
        ComponentNameSection names = ComponentNameSection.Read(ComponentReader.Parse(Component(Section(0, section))));
        Assert.Null(names.Component);
        Assert.False(names.TryGetName(Sort.Func, 0, out _));
    }
}
