namespace Wizer.Binary.Components;

/// <summary>
/// What a type definition defines, as it is written: it refers to other types by index.
/// Component Model, Binary Format: Type Definitions (<c>deftype</c>).
/// </summary>
public abstract record DefType;

/// <summary>A type of values. Component Model, Binary Format: Type Definitions (<c>defvaltype</c>).</summary>
public abstract record DefValType : DefType;

/// <summary>A primitive type under an index of its own.</summary>
/// <param name="Type">Which one.</param>
public sealed record PrimitiveDefType(PrimitiveValType Type) : DefValType;

/// <summary>A name and a type: a field of a record or a parameter.</summary>
/// <param name="Label">The name.</param>
/// <param name="Type">The type.</param>
public readonly record struct LabelValType(ByteRange Label, ComponentValType Type);

/// <summary>A case of a variant.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Type">The type of its payload, or null.</param>
public readonly record struct VariantCase(ByteRange Label, ComponentValType? Type);

/// <summary><c>record</c>.</summary>
/// <param name="Fields">In order.</param>
public sealed record RecordType(LabelValType[] Fields) : DefValType;

/// <summary><c>variant</c>.</summary>
/// <param name="Cases">In order.</param>
public sealed record VariantType(VariantCase[] Cases) : DefValType;

/// <summary><c>list</c>.</summary>
/// <param name="Element">The type of the elements.</param>
/// <param name="Length">How many there are when the type says so.</param>
public sealed record ListType(ComponentValType Element, uint? Length) : DefValType;

/// <summary><c>tuple</c>.</summary>
/// <param name="Elements">In order.</param>
public sealed record TupleType(ComponentValType[] Elements) : DefValType;

/// <summary><c>flags</c>.</summary>
/// <param name="Labels">In order.</param>
public sealed record FlagsType(ByteRange[] Labels) : DefValType;

/// <summary><c>enum</c>.</summary>
/// <param name="Labels">In order.</param>
public sealed record EnumType(ByteRange[] Labels) : DefValType;

/// <summary><c>option</c>.</summary>
/// <param name="Element">What there may be.</param>
public sealed record OptionType(ComponentValType Element) : DefValType;

/// <summary><c>result</c>.</summary>
/// <param name="Ok">The type of the value of success, or null.</param>
/// <param name="Error">The type of the value of failure, or null.</param>
public sealed record ResultType(ComponentValType? Ok, ComponentValType? Error) : DefValType;

/// <summary><c>map</c>.</summary>
/// <param name="Key">The type of the keys.</param>
/// <param name="Value">The type of the values.</param>
public sealed record MapType(ComponentValType Key, ComponentValType Value) : DefValType;

/// <summary><c>own</c>.</summary>
/// <param name="ResourceIndex">The type index of the resource.</param>
public sealed record OwnType(uint ResourceIndex) : DefValType;

/// <summary><c>borrow</c>.</summary>
/// <param name="ResourceIndex">The type index of the resource.</param>
public sealed record BorrowType(uint ResourceIndex) : DefValType;

/// <summary><c>stream</c>.</summary>
/// <param name="Element">The type of the elements, or null.</param>
public sealed record StreamType(ComponentValType? Element) : DefValType;

/// <summary><c>future</c>.</summary>
/// <param name="Element">The type of the value, or null.</param>
public sealed record FutureType(ComponentValType? Element) : DefValType;

/// <summary>The type of a component function. Component Model, Binary Format: Type Definitions (<c>functype</c>).</summary>
/// <param name="IsAsync">Whether the function is <c>async</c>.</param>
/// <param name="Parameters">In order.</param>
/// <param name="Result">The type of the result, or null.</param>
public sealed record ComponentFuncType(bool IsAsync, LabelValType[] Parameters, ComponentValType? Result) : DefType;

/// <summary>The type of a component. Component Model, Binary Format: Type Definitions (<c>componenttype</c>).</summary>
/// <param name="Declarations">In order: types, core types, aliases, imports and exports.</param>
public sealed record ComponentType(Definition[] Declarations) : DefType;

/// <summary>The type of an instance. Component Model, Binary Format: Type Definitions (<c>instancetype</c>).</summary>
/// <param name="Declarations">In order: types, core types, aliases and exports.</param>
public sealed record InstanceType(Definition[] Declarations) : DefType;

/// <summary>A resource type. Component Model, Binary Format: Type Definitions (<c>resourcetype</c>).</summary>
/// <param name="Representation">The core type of its representation: <c>i32</c>.</param>
/// <param name="Destructor">The index of the core function that ends a resource, or null.</param>
public sealed record ResourceType(ValType Representation, uint? Destructor) : DefType;

/// <summary>What a core type definition defines. Component Model, Binary Format: Type Definitions (<c>core:deftype</c>).</summary>
public abstract record CoreDefType;

/// <summary>A recursion group of core types, which mostly is a single function type.</summary>
/// <param name="Types">Its types.</param>
/// <param name="IsGroup">Whether it is written as a group, and thus may have any number of types.</param>
public sealed record CoreRecType(SubType[] Types, bool IsGroup) : CoreDefType;

/// <summary>The type of a core module. Component Model, Binary Format: Type Definitions (<c>core:moduletype</c>).</summary>
/// <param name="Declarations">In order: core types, outer aliases of core types, imports and exports.</param>
public sealed record CoreModuleType(Definition[] Declarations) : CoreDefType;
