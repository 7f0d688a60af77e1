using System.Globalization;
using System.Text;
using Wizer.Binary;

namespace Wizer.Wasmtime.Tests;

/// <summary>
/// Makes modules whose initialization computes with whatever the instruction table has, and leaves it where a snapshot finds it: in
/// memories and globals. Those of <c>tests/differential</c> change tables and objects, which a foreign engine's snapshot does not hold.
/// </summary>
internal sealed class ModuleGenerator
{
    private static readonly string[] s_types = ["i32", "i64", "f32", "f64", "v128"];
    private static readonly ILookup<string, Opcode> s_operators = Operators(ImmediateKind.None, ImmediateKind.Lane, ImmediateKind.Shuffle);
    private static readonly ILookup<string, Opcode> s_accesses = Operators(ImmediateKind.MemArg, ImmediateKind.MemArgLane);

    private static readonly string[] s_floats =
        ["0", "-0", "1", "-1.5", "0x1p-1070", "inf", "-inf", "nan", "-nan", "nan:0x200001", "3.4e38", "-2147483649", "1.8e19", "0.1"];

    private readonly Random _random;
    private readonly StringBuilder _text = new();
    private readonly bool[] _is64;
    private readonly int _functionCount;
    private int _function;
    private int _labels;

    private ModuleGenerator(int seed)
    {
        _random = new Random(seed);
        _is64 = new bool[_random.Next(1, 4)];
        for (int i = 0; i < _is64.Length; i++)
        {
            _is64[i] = Chance(30);
        }

        _functionCount = _random.Next(2, 6);
    }

    /// <summary>The same module for the same seed, until the generator or the instruction table is changed.</summary>
    public static string Generate(int seed) => new ModuleGenerator(seed).Write();

    private string Write()
    {
        _text.Append("(module\n  (type $f (func))\n");
        for (int i = 0; i < _is64.Length; i++)
        {
            _text.Append($"  (memory $m{i} {(_is64[i] ? "i64 " : "")}{_random.Next(1, 4)} {_random.Next(4, 9)})\n");
        }

        _text.Append($"  (table $t {_functionCount} funcref)\n  (elem (table $t) (i32.const 0) func");
        for (int i = 0; i < _functionCount; i++)
        {
            _text.Append($" $f{i}");
        }

        _text.Append(")\n  (data $passive \"passive data\")\n");
        for (int i = _random.Next(6); i > 0; i--)
        {
            int memory = _random.Next(_is64.Length);
            _text.Append($"  (data (memory $m{memory}) ({Address(memory)}.const {_random.Next(65000)}) \"{new string('x', _random.Next(500))}\")\n");
        }

        foreach (string type in s_types)
        {
            _text.Append($"  (global ${type} (mut {type}) ({Constant(type)}))\n");
        }

        // Later functions call earlier ones, so that nothing is recursive.
        for (_function = 0; _function < _functionCount; _function++)
        {
            WriteFunction($"$f{_function}", "");
        }

        if (Chance(30))
        {
            WriteFunction("$reactor", "(export \"_initialize\")");
        }

        if (Chance(30))
        {
            _text.Append("  (start $f0)\n");
        }

        WriteFunction("$init", "(export \"wizer-initialize\")");
        return _text.Append(')').ToString();
    }

    private void WriteFunction(string name, string export)
    {
        _text.Append($"  (func {name} {export} (local $i i32)");
        foreach (string type in s_types)
        {
            _text.Append($" (local ${type} {type})");
        }

        _text.Append('\n');
        for (int i = _random.Next(4, 14); i > 0; i--)
        {
            _text.Append($"    {Statement(2)}\n");
        }

        _text.Append("  )\n");
    }

    private string Statement(int depth)
    {
        int memory = _random.Next(_is64.Length);
        string type = Pick(s_types);
        switch (_random.Next(depth > 0 ? 12 : 8))
        {
            case 0:
                return $"(global.set ${type} {Value(type, 3)})";
            case 1:
                return $"(local.set ${type} {Value(type, 3)})";
            case 2:
                return $"(memory.fill $m{memory} {Place(memory, 1)} {Value("i32", 1)} {Length(memory)})";
            case 3:
                int source = _random.Next(_is64.Length);
                string length = _is64[memory] && _is64[source] ? "i64" : "i32";
                return $"(memory.copy $m{memory} $m{source} {Place(memory, 1)} {Place(source, 1)} ({length}.const {_random.Next(300)}))";
            case 4:
                return $"(memory.init $m{memory} $passive {Place(memory, 1)} (i32.const {_random.Next(6)}) (i32.const {_random.Next(6)}))";
            case 5 when _function > 0:
                return $"(call $f{_random.Next(_function)})";
            case 6 when _function > 0:
                return $"(call_indirect $t (type $f) (i32.const {_random.Next(_function)}))";
            case < 8:
                return Access(Pick([.. s_accesses["-"]]), 3);
            case < 10:
                return $"(if {Value("i32", 2)} (then {Statement(depth - 1)}) (else {Statement(depth - 1)}))";
            case 10:
                string label = $"$l{_labels++}";
                return $"(local.set $i (i32.const {_random.Next(1, 20)})) (loop {label} {Statement(0)} {Statement(0)}"
                    + $" (br_if {label} (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))";
            default:
                return $"(drop (memory.grow $m{memory} ({Address(memory)}.const {_random.Next(3)})))";
        }
    }

    private string Value(string type, int depth)
    {
        if (depth == 0)
        {
            return _random.Next(3) switch
            {
                0 => $"({Constant(type)})",
                1 => $"(global.get ${type})",
                _ => $"(local.get ${type})",
            };
        }

        switch (_random.Next(10))
        {
            case 0:
                return Value(type, 0);
            case 1:
                return $"(select (result {type}) {Value(type, depth - 1)} {Value(type, depth - 1)} {Value("i32", depth - 1)})";
            case < 4:
                return Access(Pick([.. s_accesses[type]]), depth);
            default:
                Opcode opcode = Pick([.. s_operators[type]]);

                // A trap is an end like any other, but of little use in every module.
                return OpcodeTable.Family(opcode) is OpcodeFamily.Divide or OpcodeFamily.Truncate && !Chance(2)
                    ? Value(type, depth - 1)
                    : $"({OpcodeTable.Mnemonic(opcode)}{Lanes(opcode)}{Operands(opcode, 0, depth)})";
        }
    }

    private string Access(Opcode opcode, int depth)
    {
        int memory = _random.Next(_is64.Length);
        string lane = OpcodeTable.Immediates(opcode) == ImmediateKind.MemArgLane
            ? $" {_random.Next(16 / OpcodeTable.Width(opcode))}"
            : "";
        return $"({OpcodeTable.Mnemonic(opcode)} $m{memory} offset={16 * _random.Next(1000)}{lane} {Place(memory, depth - 1)}{Operands(opcode, 1, depth)})";
    }

    private string Operands(Opcode opcode, int from, int depth)
    {
        OpcodeSignature signature = OpcodeTable.Signature(opcode);
        byte[] operands = [signature.Operand0, signature.Operand1, signature.Operand2];
        var text = new StringBuilder();
        for (int i = from; i < signature.OperandCount; i++)
        {
            text.Append(' ').Append(Value(NameOf(operands[i]), depth - 1));
        }

        return text.ToString();
    }

    // Within the smallest memory, and a multiple of sixteen.
    private string Place(int memory, int depth) =>
        $"({Address(memory)}.and {Value(Address(memory), Math.Max(depth, 0))} ({Address(memory)}.const 0x7ff0))";

    private string Length(int memory) => $"({Address(memory)}.const {_random.Next(3000)})";

    private string Lanes(Opcode opcode)
    {
        string mnemonic = OpcodeTable.Mnemonic(opcode);
        switch (OpcodeTable.Immediates(opcode))
        {
            case ImmediateKind.Lane:
                int count = int.Parse(mnemonic.AsSpan(mnemonic.IndexOf('x') + 1, mnemonic.IndexOf('.') - mnemonic.IndexOf('x') - 1), CultureInfo.InvariantCulture);
                return $" {_random.Next(count)}";
            case ImmediateKind.Shuffle:
                return string.Concat(Enumerable.Range(0, 16).Select(_ => $" {_random.Next(32)}"));
            default:
                return "";
        }
    }

    private string Constant(string type) => type switch
    {
        "v128" => $"v128.const i64x2 {Integer()} {Integer()}",
        "f32" or "f64" => $"{type}.const {(Chance(70) ? Pick(s_floats) : _random.Next(-1000, 1000).ToString(CultureInfo.InvariantCulture))}",
        "i32" => $"i32.const {(int)Integer()}",
        _ => $"i64.const {Integer()}",
    };

    private long Integer() => _random.Next(4) switch
    {
        0 => _random.Next(-4, 20),
        1 => 1L << _random.Next(64),
        2 => (1L << _random.Next(64)) - 1,
        _ => _random.NextInt64(long.MinValue, long.MaxValue),
    };

    private string Address(int memory) => _is64[memory] ? "i64" : "i32";

    private bool Chance(int percent) => _random.Next(100) < percent;

    private T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    private static string NameOf(byte type) => type switch
    {
        0x7f => "i32",
        0x7e => "i64",
        0x7d => "f32",
        0x7c => "f64",
        0x7b => "v128",
        _ => "-",
    };

    // By result; a wait needs another thread, and drop no generator.
    private static ILookup<string, Opcode> Operators(params ImmediateKind[] immediates) =>
        Enumerable.Range(0, OpcodeTable.Size).Select(code => (Opcode)code)
            .Where(opcode => OpcodeTable.IsDefined(opcode) && immediates.Contains(OpcodeTable.Immediates(opcode))
                && OpcodeTable.Signature(opcode).IsRegular && OpcodeTable.Signature(opcode).OperandCount > 0
                && (OpcodeTable.Signature(opcode).Result != OpcodeSignature.Nothing || OpcodeTable.Immediates(opcode) >= ImmediateKind.MemArg)
                && IsNumeric(OpcodeTable.Signature(opcode))
                && opcode is not (Opcode.MemoryAtomicWait32 or Opcode.MemoryAtomicWait64))
            .ToLookup(opcode => NameOf(OpcodeTable.Signature(opcode).Result));

    private static bool IsNumeric(OpcodeSignature signature) => new[] { signature.Operand0, signature.Operand1, signature.Operand2, signature.Result }
        .All(type => type is OpcodeSignature.Nothing or OpcodeSignature.Address or (>= 0x7b and <= 0x7f));
}
