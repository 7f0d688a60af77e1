using System.Text;
using Wizer.Binary;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>Divisions by constants, of which unsigned ones become multiplications, and operands in the registers that a division takes.</summary>
public sealed class DivisionTests
{
    private const int FunctionsOfAModule = 400;

    private static IEnumerable<uint> Divisors
    {
        get
        {
            for (uint i = 1; i <= 300; i++)
            {
                yield return i;
                yield return uint.MaxValue - i + 1;
            }

            for (int log2 = 8; log2 < 32; log2++)
            {
                for (int delta = -3; delta <= 3; delta++)
                {
                    yield return (uint)((1L << log2) + delta);
                }
            }

            var random = new Random(1);
            for (int i = 0; i < 400; i++)
            {
                yield return (uint)random.NextInt64(1, 1L << 32) >> random.Next(24) | 1;
            }
        }
    }

    // The dividends where a rounded inverse goes wrong first: around multiples, the largest ones above all.
    private static IEnumerable<uint> DividendsOf(uint divisor)
    {
        uint largest = uint.MaxValue / divisor * divisor;
        uint[] middles = [0, divisor, 2 * divisor, largest, largest - divisor, 1u << 31, uint.MaxValue / 2 / divisor * divisor, uint.MaxValue];
        return middles.SelectMany(static middle => new[] { middle - 1, middle, middle + 1 });
    }

    [Fact]
    public void DivisionsByConstants_AreExact()
    {
        foreach (uint[] divisors in Divisors.Distinct().Chunk(FunctionsOfAModule))
        {
            var wat = new StringBuilder("(module\n");
            foreach (uint divisor in divisors)
            {
                wat.Append($"""
                    (func (export "{divisor}") (param i32) (result i32 i32 i32 i32)
                      (i32.div_u (local.get 0) (i32.const {divisor})) (i32.rem_u (local.get 0) (i32.const {divisor}))
                      (i32.div_s (local.get 0) (i32.const {divisor})) (i32.rem_s (local.get 0) (i32.const {divisor})))

                    """);
            }

            ModuleInfo module = ModuleReader.Parse(Wat.Compile(wat.Append(')').ToString()));
            using var store = new Store(EngineForm.Machine.Options());
            Instance instance = new Linker().Instantiate(store, module);
            foreach (uint divisor in divisors)
            {
                Function function = instance.FindFunction($"{divisor}")!;
                foreach (uint dividend in DividendsOf(divisor))
                {
                    if (divisor == uint.MaxValue && dividend == 1u << 31)
                    {
                        Assert.Throws<WasmTrapException>(() => function.Invoke(dividend));
                        continue;
                    }

                    int signed = (int)divisor;
                    ulong[] expected =
                    [
                        dividend / divisor, dividend % divisor,
                        (uint)((long)(int)dividend / signed), (uint)((long)(int)dividend % signed),
                    ];
                    Assert.Equal(expected, function.Invoke(dividend));
                }
            }
        }
    }

    // What is on the stack, or an operand itself, is in rdx, rcx or rax.
    [Theory]
    [InlineData("i32", "div_s")]
    [InlineData("i32", "rem_u")]
    [InlineData("i64", "div_u")]
    [InlineData("i64", "rem_s")]
    [InlineData("i32", "rotl")]
    [InlineData("i64", "rotr")]
    public void OperandsInTheRegistersOfTheOperation_AreKept(string type, string operation)
    {
        for (int below = 0; below < 6; below++)
        {
            for (int above = 0; above < 6; above++)
            {
                var wat = new StringBuilder($"(module (func (export \"f\") (param {type} {type}) (result {type})\n");
                for (int i = 0; i < below; i++)
                {
                    wat.Append($"({type}.add (local.get 0) ({type}.const {i + 1}))\n");
                }

                // Operands that are computed while others wait.
                wat.Append($"({type}.sub (local.get 0) ({type}.const 3))\n");
                for (int i = 0; i < above; i++)
                {
                    wat.Append($"({type}.xor (local.get 1) ({type}.const {i + 7}))\n");
                }

                wat.Insert(wat.Length, $"{type}.add\n", Math.Max(0, above - 1));
                wat.Append(above == 0 ? $"(local.get 1) {type}.{operation}\n" : $"{type}.{operation}\n");
                wat.Insert(wat.Length, $"{type}.sub\n", below);
                MachineGuest.Call(wat.Append("))").ToString(), 1_000_000_007, 12);
            }
        }
    }
}
