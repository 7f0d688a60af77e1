using System.Text;

namespace Wizer.TestSupport.Scripts;

/// <summary>A value of the component model, as scripts write it: an argument, or an expected result.</summary>
public abstract record ComponentValue;

/// <summary><c>(bool.const true)</c>.</summary>
public sealed record BoolValue(bool Value) : ComponentValue;

/// <summary><c>(u8.const 1)</c> and its like.</summary>
/// <param name="Type">What stands before <c>.const</c>: <c>u8</c> to <c>s64</c>.</param>
/// <param name="Bits">The value; a negative one with its sign extended.</param>
public sealed record IntegerValue(string Type, ulong Bits) : ComponentValue;

/// <summary><c>(f32.const 1.5)</c> or <c>(f64.const 1.5)</c>.</summary>
/// <param name="IsDouble">Whether it is an <c>f64</c>.</param>
/// <param name="Bits">Its bits.</param>
public sealed record FloatValue(bool IsDouble, ulong Bits) : ComponentValue;

/// <summary><c>(char.const "a")</c>.</summary>
public sealed record CharValue(Rune Value) : ComponentValue;

/// <summary><c>(str.const "…")</c>.</summary>
public sealed record StringValue(string Value) : ComponentValue;

/// <summary><c>(list.const value…)</c>.</summary>
public sealed record ListValue(IReadOnlyList<ComponentValue> Items) : ComponentValue;

/// <summary><c>(tuple.const value…)</c>.</summary>
public sealed record TupleValue(IReadOnlyList<ComponentValue> Items) : ComponentValue;

/// <summary><c>(record.const (field "name" value)…)</c>.</summary>
public sealed record RecordValue(IReadOnlyList<(string Name, ComponentValue Value)> Fields) : ComponentValue;

/// <summary><c>(variant.const "case" value?)</c>.</summary>
public sealed record VariantValue(string Case, ComponentValue? Payload) : ComponentValue;

/// <summary><c>(enum.const "case")</c>.</summary>
public sealed record EnumValue(string Case) : ComponentValue;

/// <summary><c>(flags.const "flag"…)</c>.</summary>
public sealed record FlagsValue(IReadOnlyList<string> Flags) : ComponentValue;

/// <summary><c>(option.some value)</c> or <c>(option.none)</c>.</summary>
public sealed record OptionValue(ComponentValue? Value) : ComponentValue;

/// <summary><c>(result.ok value?)</c> or <c>(result.err value?)</c>.</summary>
public sealed record ResultValue(bool IsOk, ComponentValue? Value) : ComponentValue;
