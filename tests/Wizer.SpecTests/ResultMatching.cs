using System.Globalization;
using Wizer.Engine;
using Wizer.Engine.Layout;
using Wizer.TestSupport.Scripts;

namespace Wizer.SpecTests;

/// <summary>Compares the slots that a call left with what a script expects.</summary>
internal static class ResultMatching
{
    /// <summary>The bits of an argument, with its number as the object of the host that a reference refers to.</summary>
    internal static ulong HandleOf(in ScriptValue value) =>
        value.Kind is ScriptValueKind.RefExtern or ScriptValueKind.RefHost ? ReferenceHandle.OfHost(value.Low) : value.Low;

    /// <summary>Null when everything matches, otherwise what does not.</summary>
    internal static string? Mismatch(Store store, IReadOnlyList<ResultPattern> expected, ReadOnlySpan<ulong> actual)
    {
        int slot = 0;
        for (int i = 0; i < expected.Count; i++)
        {
            int slots = SlotCount(expected[i]);
            if (slot + slots > actual.Length)
            {
                return $"{expected.Count} results expected, {actual.Length} slots returned";
            }

            if (!Matches(store, expected[i], actual.Slice(slot, slots)))
            {
                return string.Create(
                    CultureInfo.InvariantCulture, $"result {i} is 0x{actual[slot]:x}{(slots > 1 ? $" 0x{actual[slot + 1]:x}" : "")}, not {expected[i]}");
            }

            slot += slots;
        }

        return slot == actual.Length ? null : $"{expected.Count} results expected, {actual.Length} slots returned";
    }

    private static int SlotCount(ResultPattern pattern) => pattern switch
    {
        ExactPattern exact => exact.Value.SlotCount,
        FloatLanesPattern => 2,
        EitherPattern either => SlotCount(either.Alternatives[0]),
        _ => 1,
    };

    private static bool Matches(Store store, ResultPattern pattern, ReadOnlySpan<ulong> actual)
    {
        switch (pattern)
        {
            case ExactPattern exact:
                ScriptValue value = exact.Value;
                return value.Kind switch
                {
                    ScriptValueKind.V128 => actual[0] == value.Low && actual[1] == value.High,
                    ScriptValueKind.RefNull => actual[0] == 0,
                    _ => actual[0] == HandleOf(value),
                };
            case NaNPattern nan:
                return nan.Kind == ScriptValueKind.F32
                    ? MatchesF32(nan.Expectation, 0, actual[0])
                    : MatchesF64(nan.Expectation, 0, actual[0]);
            case FloatLanesPattern lanes when lanes.LaneKind == ScriptValueKind.F32:
                for (int i = 0; i < 4; i++)
                {
                    if (!MatchesF32(lanes.Lanes[i].Expectation, lanes.Lanes[i].Bits, (uint)(actual[i / 2] >> (32 * (i % 2)))))
                    {
                        return false;
                    }
                }

                return true;
            case FloatLanesPattern lanes:
                return MatchesF64(lanes.Lanes[0].Expectation, lanes.Lanes[0].Bits, actual[0])
                    && MatchesF64(lanes.Lanes[1].Expectation, lanes.Lanes[1].Bits, actual[1]);
            case AnyNullPattern:
                return actual[0] == 0;
            case RefTypePattern reference:
                return store.IsReferenceTo(reference.Type, actual[0]);
            case EitherPattern either:
                foreach (ResultPattern alternative in either.Alternatives)
                {
                    if (Matches(store, alternative, actual))
                    {
                        return true;
                    }
                }

                return false;
            default:
                return false;
        }
    }

    private static bool MatchesF32(FloatExpectation expectation, ulong bits, ulong actual) => expectation switch
    {
        FloatExpectation.CanonicalNaN => (actual & 0x7fff_ffff) == 0x7fc0_0000,
        FloatExpectation.ArithmeticNaN => (actual & 0x7fc0_0000) == 0x7fc0_0000,
        _ => actual == bits,
    };

    private static bool MatchesF64(FloatExpectation expectation, ulong bits, ulong actual) => expectation switch
    {
        FloatExpectation.CanonicalNaN => (actual & 0x7fff_ffff_ffff_ffff) == 0x7ff8_0000_0000_0000,
        FloatExpectation.ArithmeticNaN => (actual & 0x7ff8_0000_0000_0000) == 0x7ff8_0000_0000_0000,
        _ => actual == bits,
    };
}
