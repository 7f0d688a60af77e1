using Wizer.Binary;

namespace Wizer.TestSupport.Scripts;

/// <summary>What kind of value an argument or a result pattern is about.</summary>
public enum ScriptValueKind
{
    I32,
    I64,
    F32,
    F64,
    V128,

    /// <summary>A null reference: <c>(ref.null func)</c>.</summary>
    RefNull,

    /// <summary>An external reference the host made: <c>(ref.extern 7)</c>.</summary>
    RefExtern,

    /// <summary>The same, internalized: <c>(ref.host 7)</c>.</summary>
    RefHost,
}

/// <summary>An argument of an <c>invoke</c>.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Low">The bits, narrower numbers zero-extended; the low half of a vector; the number of a reference.</param>
/// <param name="High">The high half of a vector.</param>
/// <param name="HeapType">The heap type of a null reference; a type index never occurs.</param>
public readonly record struct ScriptValue(ScriptValueKind Kind, ulong Low, ulong High = 0, HeapType HeapType = default)
{
    /// <summary>How many slots of the engine the value takes.</summary>
    public int SlotCount => Kind == ScriptValueKind.V128 ? 2 : 1;
}

/// <summary>What a result of an <c>assert_return</c> must look like.</summary>
public abstract record ResultPattern;

/// <summary>Exactly these bits, or exactly this reference.</summary>
public sealed record ExactPattern(ScriptValue Value) : ResultPattern;

/// <summary>What a floating-point number or lane must be.</summary>
public enum FloatExpectation : byte
{
    /// <summary>Exactly the given bits.</summary>
    Bits,

    /// <summary><c>nan:canonical</c>: a NaN whose payload is only the top bit; either sign.</summary>
    CanonicalNaN,

    /// <summary><c>nan:arithmetic</c>: a NaN whose payload has the top bit set; either sign.</summary>
    ArithmeticNaN,
}

/// <summary>A NaN pattern for <c>f32</c> or <c>f64</c>.</summary>
public sealed record NaNPattern(ScriptValueKind Kind, FloatExpectation Expectation) : ResultPattern;

/// <summary>A vector of floats of which some lanes are NaN patterns.</summary>
/// <param name="LaneKind"><see cref="ScriptValueKind.F32"/> (four lanes) or <see cref="ScriptValueKind.F64"/> (two).</param>
/// <param name="Lanes">In order; the bits count only where the expectation is <see cref="FloatExpectation.Bits"/>.</param>
public sealed record FloatLanesPattern(ScriptValueKind LaneKind, IReadOnlyList<(FloatExpectation Expectation, ulong Bits)> Lanes) : ResultPattern;

/// <summary>A null reference of any type: <c>(ref.null)</c>.</summary>
public sealed record AnyNullPattern : ResultPattern;

/// <summary>
/// A non-null reference that is a member of an abstract heap type, whatever it refers to: <c>(ref.func)</c>,
/// <c>(ref.struct)</c>, <c>(ref.extern)</c>, <c>(ref.eq)</c>, …
/// </summary>
public sealed record RefTypePattern(HeapType Type) : ResultPattern;

/// <summary><c>(either p…)</c>: one of these.</summary>
public sealed record EitherPattern(IReadOnlyList<ResultPattern> Alternatives) : ResultPattern;
