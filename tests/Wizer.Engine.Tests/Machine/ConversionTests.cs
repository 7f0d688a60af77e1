using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>Floats as integers and the other way round, at the ends of what an integer can be.</summary>
public sealed class ConversionTests
{
    public static TheoryData<string, string> Truncations
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string to in (string[])["i32", "i64"])
            {
                foreach (string from in (string[])["f32", "f64"])
                {
                    foreach (string sign in (string[])["s", "u"])
                    {
                        data.Add($"{to}.trunc_{from}_{sign}", from);
                        data.Add($"{to}.trunc_sat_{from}_{sign}", from);
                    }
                }
            }

            return data;
        }
    }

    private static IEnumerable<double> Doubles
    {
        get
        {
            double[] ends = [0, 1, 0.5, 1e-300, 1L << 31, 1L << 32, 1L << 62, 2.0 * (1L << 62), 4.0 * (1L << 62), 1e30];
            foreach (double end in ends)
            {
                foreach (double near in (double[])[end, Math.BitIncrement(end), Math.BitDecrement(end), end + 1, end - 1, end - 0.5])
                {
                    yield return near;
                    yield return -near;
                }
            }

            foreach (double other in (double[])[double.NaN, double.PositiveInfinity, double.MaxValue])
            {
                yield return other;
                yield return -other;
            }

            var random = new Random(7);
            for (int i = 0; i < 100; i++)
            {
                yield return BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
                yield return (random.NextDouble() - 0.5) * Math.Pow(2, random.Next(70));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Truncations))]
    public void Truncations_AgreeOnEveryForm(string instruction, string from)
    {
        string to = instruction[..3];
        ulong[][] arguments =
        [
            .. Doubles.Select(value => new[]
            {
                from == "f64" ? BitConverter.DoubleToUInt64Bits(value) : BitConverter.SingleToUInt32Bits((float)value),
            }),
        ];

        // Into a local, and while all temporary registers are in use.
        MachineGuest.Outcomes(
            $"""
            (module
              (func (export "f") (param $x {from}) (result {to})
                (local $r {to})
                (local.set $r ({instruction} (local.get $x)))
                (local.get $r)))
            """, true, arguments);
        string sum = $"({to}.add ({to}.const 1) (local.get $r))";
        MachineGuest.Outcomes(
            $"""
            (module
              (func (export "f") (param $x {from}) (result {to})
                (local $r {to})
                (local.set $r ({to}.const 5))
                ({to}.add {sum} ({to}.add {sum} ({to}.add {sum} ({to}.add {sum}
                  ({to}.xor ({instruction} ({from}.add (local.get $x) ({from}.const 0))) ({instruction} (local.get $x)))))))))
            """, true, arguments);
    }

    [Theory]
    [InlineData("f32")]
    [InlineData("f64")]
    public void UnsignedIntegers_AreRoundedOnce(string type)
    {
        var random = new Random(3);
        ulong[] ends =
            [0, 1, 1UL << 24, 1UL << 53, 1UL << 63, ulong.MaxValue, 0x8000_0080_0000_0000, 0x8000_0000_0000_0400, 0xffff_ff80_0000_0000];
        ulong[][] arguments =
        [
            .. ends.SelectMany(static end => new ulong[][] { [end - 1], [end], [end + 1], [end + 0x400], [end - 0x400] }),
            .. Enumerable.Range(0, 200).Select(_ => new[] { (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(40) }),
        ];
        string[] outcomes = MachineGuest.Outcomes(
            $"""
            (module
              (func (export "f") (param $x i64) (result {type} {type})
                (local $r {type})
                (local.set $r ({type}.convert_i64_u (local.get $x)))
                (local.get $r)
                ({type}.convert_i64_u (i64.add (local.get $x) (i64.const 1)))))
            """, true, arguments);
        for (int i = 0; i < arguments.Length; i++)
        {
            ulong value = arguments[i][0];
            string expected = type == "f64"
                ? $"0x{BitConverter.DoubleToUInt64Bits(value):x}"
                : $"0x{BitConverter.SingleToUInt32Bits(value):x}";
            Assert.StartsWith(expected + " ", outcomes[i], StringComparison.Ordinal);
        }
    }
}
