using System.Text;
using Wizer.Engine.Compiler.X64;

namespace Wizer.Engine.Tests.Interpreting;

/// <summary>
/// Writes valid programs by chance, of the shapes that superinstructions are made of: address arithmetic, loads that feed loads,
/// read-modify-write, tests and branches, locals set and read around all of it. They always end.
/// </summary>
internal sealed class RandomProgram(int seed)
{
    private const int LocalCount = 5;

    private readonly Random _random = new(seed);
    private readonly StringBuilder _text = new();
    private int _depth;
    private int _loops;

    /// <summary>A module whose function `f` takes and returns an i64, and whose memory says the rest.</summary>
    internal string Write()
    {
        _text.Append("(module (memory (export \"memory\") 1) (global $g (mut i32) (i32.const 5)) (global $h (mut i64) (i64.const 7))\n");
        _text.Append("(func $callee (param i32 i64) (result i32) (i32.add (local.get 0) (i32.wrap_i64 (local.get 1))))\n");
        _text.Append("(func (export \"f\") (param $p i64) (result i64)");
        for (int i = 0; i < LocalCount; i++)
        {
            _text.Append($" (local $a{i} i32) (local $b{i} i64)");
        }

        for (int i = 0; i < 8; i++)
        {
            _text.Append($" (local $n{i} i32)");
        }

        _text.Append("\n(local.set $b0 (local.get $p)) (local.set $a0 (i32.wrap_i64 (local.get $p)))\n");
        Statements(12);
        _text.Append("(i64.add ").Append(I64(3)).Append(" (i64.extend_i32_u ").Append(I32(3)).Append("))))");
        return _text.ToString();
    }

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];

    private void Statements(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Statement();
        }
    }

    private void Statement()
    {
        switch (_random.Next(_depth > 3 ? 6 : 11))
        {
            case 0:
                _text.Append($"(local.set {A()} {I32(3)})\n");
                break;
            case 1:
                _text.Append($"(local.set {B()} {I64(3)})\n");
                break;
            case 2:
                _text.Append($"({Pick("i32.store", "i32.store8", "i32.store16")} offset={_random.Next(3) * 4} {Address(2)} {I32(3)})\n");
                break;
            case 3:
                _text.Append($"({Pick("i64.store", "i64.store8", "i64.store32")} offset={_random.Next(3) * 4} {Address(2)} {I64(3)})\n");
                break;
            case 4:
                string address = Address(1);
                _text.Append($"(i32.store {address} (i32.add (i32.load {address}) {I32(1)}))\n");
                break;
            case 5:
                _text.Append($"(global.set $g (i32.add (global.get $g) (i32.const {_random.Next(-9, 9)})))\n");
                break;
            case 6:
                Nested("(block $l{0}\n", ")\n", $"(br_if $l{{0}} {Condition()})\n");
                break;
            case 7 when _loops < 8:
                int counter = _loops++;
                string left = $"(local.tee $n{counter} (i32.sub (local.get $n{counter}) (i32.const 1)))";
                string test = Pick(left, $"(i32.ne (i32.const 0) {left})");
                Nested($"(local.set $n{counter} (i32.const {_random.Next(1, 6)}))\n(loop $l{{0}}\n", $"(br_if $l{{0}} {test}))\n", "");
                break;
            case 8:
                Nested($"(if {Condition()} (then\n", $"))\n", "");
                break;
            case 9:
                _text.Append($"(block (block (block (br_table 0 1 2 1 {I32(2)})) (local.set {A()} {I32(2)})) (local.set {B()} {I64(2)}))\n");
                break;
            default:
                _text.Append($"(local.set {A()} (call $callee {I32(2)} {I64(2)}))\n");
                break;
        }
    }

    // {0} is the label, of which there is one at each depth.
    private void Nested(string start, string end, string middle)
    {
        string label = _depth++.ToString();
        _text.Append(start.Replace("{0}", label));
        Statements(_random.Next(1, 5));
        _text.Append(middle.Replace("{0}", label));
        Statements(_random.Next(0, 3));
        _text.Append(end.Replace("{0}", label));
        _depth--;
    }

    private string A() => $"$a{_random.Next(LocalCount)}";

    private string B() => $"$b{_random.Next(LocalCount)}";

    private string Constant32() => $"(i32.const {Pick("0", "1", "-1", "4", "8", "255", "-2147483648", "65535", "16")})";

    private string Constant64() => $"(i64.const {Pick("0", "1", "-1", "32", "0xffff000000000000", "0x8000000000000000", "0x7fffffff", "-131072")})";

    // Mostly within the memory.
    private string Address(int depth) => _random.Next(12) == 0
        ? $"(i32.shl {I32(depth - 1)} (i32.const 3))"
        : $"(i32.and {I32(depth)} (i32.const {Pick("0xfff8", "0xff0", "252")}))";

    private string Condition() => _random.Next(6) switch
    {
        0 => I32(2),
        1 => $"(i32.eqz {I32(2)})",
        2 => $"(i64.eqz {I64(2)})",
        3 => $"(i32.eqz ({Comparison("i32")} {I32(2)} {I32(2)}))",
        4 => $"({Comparison("i64")} {I64(2)} {I64(2)})",
        _ => $"({Comparison("i32")} {I32(2)} {I32(2)})",
    };

    private string Comparison(string type) => $"{type}.{Pick("eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u")}";

    private string I32(int depth)
    {
        if (depth <= 0)
        {
            return Pick($"(local.get {A()})", Constant32(), $"(local.get {A()})");
        }

        return _random.Next(12) switch
        {
            0 => $"(local.get {A()})",
            1 => $"(local.tee {A()} {I32(depth - 1)})",
            2 => $"({Pick("i32.load", "i32.load8_u", "i32.load8_s", "i32.load16_u")} offset={_random.Next(3) * 4} {Address(depth - 1)})",
            3 => $"(i32.load {Address(depth)})",
            4 => $"(i32.wrap_i64 {I64(depth - 1)})",
            5 => $"(select {I32(depth - 1)} {I32(depth - 1)} {Condition()})",
            6 => Condition(),
            7 => "(global.get $g)",
            _ => $"(i32.{Pick("add", "add", "sub", "mul", "and", "or", "xor", "shl", "shr_u", "shr_s", "rotl")} {I32(depth - 1)} {I32(depth - 1)})",
        };
    }

    private string I64(int depth)
    {
        if (depth <= 0)
        {
            return Pick($"(local.get {B()})", Constant64());
        }

        return _random.Next(9) switch
        {
            0 => $"(local.get {B()})",
            1 => $"(local.tee {B()} {I64(depth - 1)})",
            2 => $"({Pick("i64.load", "i64.load32_u", "i64.load32_s", "i64.load8_u")} offset={_random.Next(3) * 4} {Address(depth - 1)})",
            3 => $"({Pick("i64.extend_i32_u", "i64.extend_i32_s")} {I32(depth - 1)})",
            4 => "(global.get $h)",
            _ => $"(i64.{Pick("add", "sub", "mul", "and", "or", "xor", "shl", "shr_u", "shr_s", "rotr")} {I64(depth - 1)} {I64(depth - 1)})",
        };
    }
}
