using System.Text;
using Wizer.Binary;
using Wizer.Text;

namespace Wizer.Benchmarks.Inputs;

/// <summary>
/// What guests spend their time with, one kind of work each, as a compiler for C writes it: calls (<c>fib</c>), stores that are
/// far apart (<c>sieve</c>), doubles in nested loops (<c>matmul</c>), integers without memory (<c>mix</c>), a dispatch loop
/// (<c>bytecode</c>). Each exports <c>run</c>, which takes a number of rounds and returns what they computed.
/// </summary>
internal static class Kernels
{
    private const string Fib = """
        (module
          (func $fib (param i32) (result i32)
            (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
              (then (local.get 0))
              (else (i32.add
                (call $fib (i32.sub (local.get 0) (i32.const 1)))
                (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
          (func (export "run") (param $rounds i32) (result i32) (local $sum i32)
            (loop $more
              (local.set $sum (i32.add (local.get $sum) (call $fib (i32.const 20))))
              (br_if $more (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
            (local.get $sum)))
        """;

    private const string Sieve = """
        (module
          (memory 2)
          (func (export "run") (param $rounds i32) (result i32) (local $n i32) (local $m i32) (local $count i32)
            (loop $round
              (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536))
              (local.set $count (i32.const 0))
              (local.set $n (i32.const 2))
              (loop $next
                (if (i32.eqz (i32.load8_u (local.get $n)))
                  (then
                    (local.set $count (i32.add (local.get $count) (i32.const 1)))
                    (local.set $m (i32.shl (local.get $n) (i32.const 1)))
                    (block $done
                      (loop $cross
                        (br_if $done (i32.ge_u (local.get $m) (i32.const 65536)))
                        (i32.store8 (local.get $m) (i32.const 1))
                        (local.set $m (i32.add (local.get $m) (local.get $n)))
                        (br $cross)))))
                (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 65536))))
              (br_if $round (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
            (local.get $count)))
        """;

    private const string MatMul = """
        (module
          (memory 1)
          (func (export "run") (param $rounds i32) (result i32) (local $i i32) (local $j i32) (local $k i32) (local $sum f64)
            ;; a at 0, b at 8192, 32 by 32 doubles each; the trace of their product
            (local.set $i (i32.const 0))
            (loop $fill
              (f64.store (i32.shl (local.get $i) (i32.const 3)) (f64.convert_i32_u (i32.rem_u (local.get $i) (i32.const 7))))
              (f64.store offset=8192 (i32.shl (local.get $i) (i32.const 3)) (f64.convert_i32_u (i32.rem_u (local.get $i) (i32.const 5))))
              (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1024))))
            (loop $round
              (local.set $i (i32.const 0))
              (loop $row
                (local.set $j (i32.const 0))
                (loop $column
                  (local.set $sum (f64.const 0))
                  (local.set $k (i32.const 0))
                  (loop $inner
                    (local.set $sum (f64.add (local.get $sum) (f64.mul
                      (f64.load (i32.shl (i32.add (i32.shl (local.get $i) (i32.const 5)) (local.get $k)) (i32.const 3)))
                      (f64.load offset=8192 (i32.shl (i32.add (i32.shl (local.get $k) (i32.const 5)) (local.get $j)) (i32.const 3))))))
                    (br_if $inner (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 32))))
                  (f64.store offset=16384 (i32.shl (i32.add (i32.shl (local.get $i) (i32.const 5)) (local.get $j)) (i32.const 3)) (local.get $sum))
                  (br_if $column (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (i32.const 32))))
                (br_if $row (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 32))))
              (br_if $round (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
            (i32.trunc_f64_u (f64.load offset=16384 (i32.const 8184)))))
        """;

    private const string Mix = """
        (module
          (func (export "run") (param $rounds i32) (result i32) (local $n i32) (local $x i32)
            (loop $round
              (local.set $x (i32.const 1))
              (local.set $n (i32.const 10000))
              (loop $more
                (local.set $x (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 13))))
                (local.set $x (i32.xor (local.get $x) (i32.shr_u (local.get $x) (i32.const 17))))
                (local.set $x (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 5))))
                (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (br_if $round (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
            (local.get $x)))
        """;

    // An interpreter of its own: four instructions, of which a program of 64 is run a hundred times.
    private const string Bytecode = """
        (module
          (memory 1)
          (func (export "run") (param $rounds i32) (result i32) (local $pc i32) (local $a i32) (local $b i32) (local $times i32)
            (local.set $pc (i32.const 0))
            (loop $fill
              (i32.store8 (local.get $pc) (i32.rem_u (i32.mul (local.get $pc) (i32.const 7)) (i32.const 4)))
              (br_if $fill (i32.lt_u (local.tee $pc (i32.add (local.get $pc) (i32.const 1))) (i32.const 64))))
            (loop $round
              (local.set $a (i32.const 1))
              (local.set $b (i32.const 1))
              (local.set $times (i32.const 100))
              (loop $again
                (local.set $pc (i32.const 0))
                (loop $next
                  (block $end
                    (block $three (block $two (block $one (block $zero
                      (br_table $zero $one $two $three (i32.load8_u (local.get $pc))))
                      (local.set $a (i32.add (local.get $a) (local.get $b))) (br $end))
                      (local.set $b (i32.xor (local.get $a) (local.get $b))) (br $end))
                      (local.set $a (i32.mul (local.get $a) (i32.const 3))) (br $end))
                      (local.set $b (i32.sub (local.get $b) (i32.const 1))))
                  (br_if $next (i32.lt_u (local.tee $pc (i32.add (local.get $pc) (i32.const 1))) (i32.const 64))))
                (br_if $again (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
              (br_if $round (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
            (local.get $a)))
        """;

    internal static IEnumerable<string> Names => ["fib", "sieve", "matmul", "mix", "bytecode"];

    /// <summary>The parsed and validated module of a kernel.</summary>
    internal static ModuleInfo Load(string name)
    {
        string text = name switch
        {
            "fib" => Fib,
            "sieve" => Sieve,
            "matmul" => MatMul,
            "mix" => Mix,
            "bytecode" => Bytecode,
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
        };
        ModuleInfo module = ModuleReader.Parse(WatParser.ToBinary(Encoding.UTF8.GetBytes(text), name));
        ModuleValidator.Validate(module);
        return module;
    }

    /// <summary>The same work in C#: what it should come to, and how long this machine takes for it.</summary>
    internal static uint RunNative(string name, int rounds)
    {
        uint result = 0;
        for (int i = 0; i < rounds; i++)
        {
            result = name switch
            {
                "fib" => result + NativeFib(20),
                "sieve" => NativeSieve(),
                "matmul" => NativeMatMul(),
                "mix" => NativeMix(),
                "bytecode" => NativeBytecode(),
                _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
            };
        }

        return result;
    }

    private static uint NativeFib(uint n) => n < 2 ? n : NativeFib(n - 1) + NativeFib(n - 2);

    private static uint NativeSieve()
    {
        byte[] crossed = new byte[65536];
        uint count = 0;
        for (int n = 2; n < crossed.Length; n++)
        {
            if (crossed[n] == 0)
            {
                count++;
                for (int m = 2 * n; m < crossed.Length; m += n)
                {
                    crossed[m] = 1;
                }
            }
        }

        return count;
    }

    private static uint NativeMatMul()
    {
        const int Size = 32;
        double[] a = new double[Size * Size];
        double[] b = new double[Size * Size];
        double[] product = new double[Size * Size];
        for (int i = 0; i < a.Length; i++)
        {
            a[i] = i % 7;
            b[i] = i % 5;
        }

        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < Size; j++)
            {
                double sum = 0;
                for (int k = 0; k < Size; k++)
                {
                    sum += a[i * Size + k] * b[k * Size + j];
                }

                product[i * Size + j] = sum;
            }
        }

        return (uint)product[^1];
    }

    private static uint NativeMix()
    {
        uint x = 1;
        for (int n = 0; n < 10_000; n++)
        {
            x ^= x << 13;
            x ^= x >> 17;
            x ^= x << 5;
        }

        return x;
    }

    private static uint NativeBytecode()
    {
        uint a = 1;
        uint b = 1;
        for (int times = 0; times < 100; times++)
        {
            for (int pc = 0; pc < 64; pc++)
            {
                switch (pc * 7 % 4)
                {
                    case 0:
                        a += b;
                        break;
                    case 1:
                        b ^= a;
                        break;
                    case 2:
                        a *= 3;
                        break;
                    default:
                        b--;
                        break;
                }
            }
        }

        return a;
    }
}
