using System.Globalization;
using System.Text;

namespace Wizer.Engine.Tests.Machine;

/// <summary>
/// Writes a module with one function whose expressions are deep, whose locals are many, and which assigns locals while older
/// values of theirs wait on the stack: what the registers of a compiler can be wrong about.
/// </summary>
internal sealed class RandomBody(uint seed)
{
    private const int MaxDepth = 7;
    private const int LocalsOfAType = 9;

    private static readonly string[] s_types = ["i32", "i64", "f32", "f64"];

    private static readonly string[] s_integerConstants =
        ["0", "1", "-1", "2", "7", "10", "255", "4096", "65537", "0x7fffffff", "0x80000000", "100", "-8", "641", "31", "33"];

    private static readonly string[] s_wideConstants = ["0x7fffffffffffffff", "0x8000000000000000", "0x123456789abcdef0", "0xffffffff", "0x100000000", "-2147483649", "63"];

    private static readonly string[] s_floatConstants =
        ["0", "-0", "1", "-1.5", "nan", "-nan", "inf", "-inf", "1e30", "0x1p-149", "2147483648", "-2147483649", "4294967296", "9.3e18", "0.1"];

    private static readonly string[] s_comparisons = ["eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"];
    private static readonly string[] s_floatComparisons = ["eq", "ne", "lt", "gt", "le", "ge"];
    private static readonly string[] s_integerOperators = ["add", "sub", "mul", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr"];
    private static readonly string[] s_divisions = ["div_s", "div_u", "rem_s", "rem_u"];
    private static readonly string[] s_floatOperators = ["add", "sub", "mul", "div", "min", "max", "copysign"];
    private static readonly string[] s_integerUnary = ["clz", "ctz", "popcnt", "extend8_s", "extend16_s"];
    private static readonly string[] s_floatUnary = ["abs", "neg", "ceil", "floor", "trunc", "nearest", "sqrt"];
    private static readonly string[] s_loads32 = ["load", "load8_s", "load8_u", "load16_s", "load16_u"];
    private static readonly string[] s_loads64 = ["load", "load8_s", "load8_u", "load16_s", "load16_u", "load32_s", "load32_u"];

    private readonly StringBuilder _text = new();
    private uint _state = (seed * 2654435761) | 1;
    private int _loops;
    private int _budget;

    /// <summary>The module; it exports <c>f</c>, of two parameters and a result of each type, and <c>memory</c>.</summary>
    internal string Write()
    {
        string locals = string.Concat(s_types.Select(static type => $"(local {string.Concat(Enumerable.Repeat(type + " ", LocalsOfAType - 2))})"));
        _text.Append("""
            (module
              (memory (export "memory") 1 2)
              (global $i32 (mut i32) (i32.const 5)) (global $i64 (mut i64) (i64.const -5))
              (global $f32 (mut f32) (f32.const 0.5)) (global $f64 (mut f64) (f64.const -0.5))
              (global $fuel (mut i32) (i32.const 200))
              (type $t (func (param i32 i64) (result i32)))
              (table funcref (elem $i32 $other $i32))
              (func $i32 (param i32 i64) (result i32) (i32.xor (local.get 0) (i32.wrap_i64 (local.get 1))))
              (func $other (param i32 i64) (result i32) (global.set $i64 (local.get 1)) (i32.sub (local.get 0) (i32.const 3)))
              (func $f64 (param f64 i32) (result f64) (f64.add (local.get 0) (f64.convert_i32_s (local.get 1))))
              (func $many (param i32 i64 f32 f64) (result f64 f32 i64 i32)
                (local.get 3) (local.get 2) (local.get 1) (local.get 0))
              (func (export "f") (param i32 i32 i64 i64 f32 f32 f64 f64) (result i32 i64 f32 f64)

            """);
        _text.Append("    ").Append(locals).Append('\n');
        _budget = 700;
        Statements(0, 12);
        foreach (string type in s_types)
        {
            Expression(type, 1);
        }

        return _text.Append("))").ToString();
    }

    private uint Next()
    {
        _state ^= _state << 13;
        _state ^= _state >> 17;
        _state ^= _state << 5;
        return _state;
    }

    private int Next(int count) => (int)(Next() % (uint)count);

    private string Pick(string[] values) => values[Next(values.Length)];

    // Parameters come first, two of each type.
    private string Local(string type)
    {
        int kind = Array.IndexOf(s_types, type);
        int number = Next(LocalsOfAType);
        int index = number < 2 ? (2 * kind) + number : (2 * s_types.Length) + (kind * (LocalsOfAType - 2)) + number - 2;
        return index.ToString(CultureInfo.InvariantCulture);
    }

    private void Statements(int depth, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Statement(depth);
        }
    }

    private void Statement(int depth)
    {
        string type = Pick(s_types);
        switch (Next(depth > MaxDepth - 2 ? 4 : 10))
        {
            case 0 or 1:
                Open($"local.set {Local(type)}");
                Expression(type, depth);
                Close();
                break;
            case 2:
                Store(depth);
                break;
            case 3:
                Open($"global.set ${type}");
                Expression(type, depth);
                Close();
                break;
            case 4:
                Open("if");
                Expression("i32", depth + 1);
                Open("then");
                Statements(depth + 2, 1 + Next(3));
                Close();
                if (Next(2) == 0)
                {
                    Open("else");
                    Statements(depth + 2, 1 + Next(2));
                    Close();
                }

                Close();
                break;
            case 5:
                Loop(depth);
                break;
            case 6:
                Open("block");
                Statements(depth + 2, 1 + Next(3));
                Open("br_if 0");
                Expression("i32", depth + 2);
                Close();
                Statements(depth + 2, 1 + Next(3));
                Close();
                break;
            case 7:
                Switch(depth);
                break;
            case 8:
                // All results to locals, the last one first.
                foreach (string parameter in s_types)
                {
                    Expression(parameter, depth + 2);
                }

                _text.Append($"(call $many) (local.set {Local("i32")}) (local.set {Local("i64")}) (local.set {Local("f32")}) (local.set {Local("f64")})\n");
                break;
            default:
                Open("drop");
                Expression(type, depth);
                Close();
                break;
        }
    }

    // With a parameter now and then, and all loops together end some time.
    private void Loop(int depth)
    {
        string label = $"$l{_loops++}";
        string type = Pick(s_types);
        bool hasParameter = Next(2) == 0;
        if (hasParameter)
        {
            Expression(type, depth + 2);
        }

        Open(hasParameter ? $"loop {label} (param {type}) (result {type})" : $"loop {label}");
        if (hasParameter)
        {
            _text.Append($"(local.set {Local(type)})\n");
        }

        Statements(depth + 2, 1 + Next(3));
        _text.Append("(global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))\n");
        if (hasParameter)
        {
            Expression(type, depth + 2);
        }

        Open($"br_if {label} (i32.and (i32.gt_s (global.get $fuel) (i32.const 0))");
        Expression("i32", depth + 3);
        Close();
        Close();
        Close();
        if (hasParameter)
        {
            _text.Append($"(local.set {Local(type)})\n");
        }
    }

    private void Switch(int depth)
    {
        string type = Pick(s_types);
        _text.Append($"(block (result {type}) (block (result {type}) (block (result {type})\n");
        Expression(type, depth + 3);
        Expression("i32", depth + 3);
        _text.Append("(br_table 0 2 1 1 0))\n");
        _text.Append($"(local.tee {Local(type)}))\n");
        if (Next(2) == 0)
        {
            _text.Append($"(drop) (local.get {Local(type)})\n");
        }

        _text.Append($") (local.set {Local(type)})\n");
    }

    private void Store(int depth)
    {
        string type = Pick(s_types);
        string store = type[0] == 'f' ? "store" : Pick(type == "i32" ? ["store", "store8", "store16"] : ["store", "store8", "store16", "store32"]);
        Open($"{type}.{store} offset={Next(300)}");
        Address(depth);
        Expression(type, depth + 1);
        Close();
    }

    private void Address(int depth)
    {
        if (Next(500) == 0)
        {
            Expression("i32", depth + 1);
            return;
        }

        Open("i32.and (i32.const 0xfff)");
        Expression("i32", depth + 1);
        Close();
    }

    private void Expression(string type, int depth)
    {
        if (depth >= MaxDepth || --_budget < 0)
        {
            Leaf(type);
            return;
        }

        switch (Next(16))
        {
            case 0:
                Leaf(type);
                break;
            case 1:
                Unary(type, depth);
                break;
            case 2:
                Convert(type, depth);
                break;
            case 3:
                Open("select");
                Expression(type, depth + 1);
                Expression(type, depth + 1);
                Expression("i32", depth + 1);
                Close();
                break;
            case 4:
                Open($"{type}.{(type == "i32" ? Pick(s_loads32) : type == "i64" ? Pick(s_loads64) : "load")} offset={Next(300)}");
                Address(depth);
                Close();
                break;
            case 5:
                Open($"local.tee {Local(type)}");
                Expression(type, depth + 1);
                Close();
                break;
            case 6:
                Open($"block (result {type})");
                Statements(depth + 2, 1 + Next(2));
                Expression(type, depth + 1);
                Open("br_if 0");
                Expression("i32", depth + 2);
                Close();
                if (Next(2) == 0)
                {
                    _text.Append($"(local.set {Local(type)})\n");
                    Statements(depth + 3, 1);
                    Expression(type, depth + 2);
                }

                Close();
                break;
            case 7:
                Open($"if (result {type})");
                Expression("i32", depth + 1);
                Open("then");
                Statements(depth + 3, Next(2));
                Expression(type, depth + 2);
                Close();
                Open("else");
                Expression(type, depth + 2);
                Close();
                Close();
                break;
            case 8 when type == "i32":
                bool isIndirect = Next(2) == 0;
                Open(isIndirect ? "call_indirect (type $t)" : Next(2) == 0 ? "call $i32" : "call $other");
                Expression("i32", depth + 1);
                Expression("i64", depth + 1);
                if (isIndirect)
                {
                    Open("i32.rem_u");
                    Expression("i32", depth + 2);
                    _text.Append("(i32.const 3)");
                    Close();
                }

                Close();
                break;
            case 8 when type == "f64":
                Open("call $f64");
                Expression("f64", depth + 1);
                Expression("i32", depth + 1);
                Close();
                break;
            case 9 when type == "i32":
                Compare(depth);
                break;
            default:
                Binary(type, depth);
                break;
        }
    }

    private void Leaf(string type)
    {
        if (Next(4) != 0)
        {
            _text.Append(Next(8) == 0 ? $"(global.get ${type})\n" : $"(local.get {Local(type)})\n");
            return;
        }

        string constant = type[0] == 'f' ? Pick(s_floatConstants)
            : type == "i64" && Next(2) == 0 ? Pick(s_wideConstants)
            : Pick(s_integerConstants);
        _text.Append($"({type}.const {constant})\n");
    }

    private void Unary(string type, int depth)
    {
        string name = type[0] == 'f' ? Pick(s_floatUnary) : Pick(s_integerUnary);
        Open($"{type}.{name}");
        Expression(type, depth + 1);
        Close();
    }

    private void Compare(int depth)
    {
        string type = Pick(s_types);
        if (type[0] == 'i' && Next(5) == 0)
        {
            Open($"{type}.eqz");
            Expression(type, depth + 1);
            Close();
            return;
        }

        Open($"{type}.{Pick(type[0] == 'f' ? s_floatComparisons : s_comparisons)}");
        Expression(type, depth + 1);
        Expression(type, depth + 1);
        Close();
    }

    private void Convert(string type, int depth)
    {
        (string name, string from) = type switch
        {
            "i32" => Next(5) switch
            {
                0 => ("i32.wrap_i64", "i64"),
                1 => ("i32.reinterpret_f32", "f32"),
                2 => ("i32.trunc_sat_f64_u", "f64"),
                3 => ("i32.eqz", "i32"),
                _ => ("i32.wrap_i64", "i64"),
            },
            "i64" => Next(5) switch
            {
                0 => ("i64.extend_i32_s", "i32"),
                1 => ("i64.reinterpret_f64", "f64"),
                2 => ("i64.trunc_sat_f32_s", "f32"),
                3 => ("i64.extend32_s", "i64"),
                _ => ("i64.extend_i32_u", "i32"),
            },
            "f32" => Next(4) switch
            {
                0 => ("f32.demote_f64", "f64"),
                1 => ("f32.convert_i32_u", "i32"),
                2 => ("f32.convert_i64_u", "i64"),
                _ => ("f32.reinterpret_i32", "i32"),
            },
            _ => Next(4) switch
            {
                0 => ("f64.promote_f32", "f32"),
                1 => ("f64.convert_i32_s", "i32"),
                2 => ("f64.convert_i64_s", "i64"),
                _ => ("f64.reinterpret_i64", "i64"),
            },
        };
        Open(name);
        Expression(from, depth + 1);
        Close();
    }

    private void Binary(string type, int depth)
    {
        if (type[0] == 'f')
        {
            Open($"{type}.{Pick(s_floatOperators)}");
            Expression(type, depth + 1);
            Expression(type, depth + 1);
            Close();
            return;
        }

        if (Next(5) != 0)
        {
            Open($"{type}.{Pick(s_integerOperators)}");
            Expression(type, depth + 1);
            Expression(type, depth + 1);
            Close();
            return;
        }

        Open($"{type}.{Pick(s_divisions)}");
        Expression(type, depth + 1);
        switch (Next(200))
        {
            case 0:
                Expression(type, depth + 1);
                break;
            case < 90:
                Open($"{type}.or ({type}.const 2)");
                Expression(type, depth + 1);
                Close();
                break;
            default:
                _text.Append(CultureInfo.InvariantCulture, $"({type}.const {Math.Max(1, Next() >> Next(32))})\n");
                break;
        }

        Close();
    }

    private void Open(string instruction) => _text.Append('(').Append(instruction).Append('\n');

    private void Close() => _text.Append(")\n");
}
