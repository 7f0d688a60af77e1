using System.Text;
using Wizer.Binary;
using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Tests.Runtime;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>
/// Every vector instruction is compiled to machine code, and computes what the interpreter does, bit for bit: wherever its
/// operands are, and wherever its result goes.
/// </summary>
public sealed class VectorAgreementTests
{
    private const int PageByteLength = 65536;

    private static readonly (ulong Low, ulong High)[] s_vectors =
    [
        (0, 0),
        (ulong.MaxValue, ulong.MaxValue),
        (0x8000_0000_8000_0000, 0x8000_0000_0000_0000),
        (0x0102_0304_0506_0708, 0x0910_1112_ff7f_80f0),
        (0x7fff_8000_7f80_80ff, 0x8000_8000_7fff_0001),
        (0x7fa0_0123_7fc0_0456, 0xffa0_0789_ffc0_0abc), // NaNs of 32 bits
        (0x7ff0_0000_0000_0123, 0xfff8_0000_0000_0456), // and of 64
        (0x3f80_0000_bf80_0000, 0x7f80_0000_ff80_0000), // 1, -1 and infinities
        (0x3ff8_0000_0000_0000, 0xc1e0_0000_0020_0000), // 1.5 and a bit less than -2^31
        (0x4f00_0000_4f80_0000, 0xcf00_0000_4eff_ffff), // the limits of i32 and u32
        (0x41ef_ffff_fff0_0000, 0x41df_ffff_ffe0_0000),
        (0x7ff0_0000_0000_0000, 0xfff0_0000_0000_0000),
        (0x0000_0001_8000_0001, 0xffff_ff81_00ff_ff01),
        (0x3f00_0000_4020_0000, 0x4060_0000_c020_0000), // ties
    ];

    private static readonly ulong[] s_integers = [0, 1, 7, 8, 9, 15, 31, 33, 63, 64, 0x7f80, 0xffff_ffff, 0x8000_0000];

    private static readonly string[] s_shuffles =
    [
        "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
        "16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31",
        "12 13 14 15 8 9 10 11 4 5 6 7 0 1 2 3",
        "3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3",
        "31 30 29 28 27 26 25 24 23 22 21 20 19 18 17 16",
        "0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23",
        "8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31",
        "16 17 18 19 0 1 2 3 20 21 22 23 4 5 6 7",
        "8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31",
        "5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20",
        "21 22 23 24 25 26 27 28 29 30 31 0 1 2 3 4",
        "0 1 18 19 4 5 22 23 8 9 10 11 28 29 14 15",
        "0 17 2 19 4 21 6 7 8 9 26 27 28 13 30 15",
        "0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27",
        "28 29 30 31 16 17 18 19 4 5 6 7 0 1 2 3",
        "1 30 7 7 16 0 22 13 4 31 31 2 9 20 5 18",
    ];

    public static TheoryData<string> Instructions()
    {
        var data = new TheoryData<string>();
        foreach (Opcode opcode in Enum.GetValues<Opcode>())
        {
            if (OpcodeTable.Proposal(opcode) is Proposal.Simd or Proposal.RelaxedSimd)
            {
                data.Add(OpcodeTable.Mnemonic(opcode));
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Instructions))]
    public void Results_AreTheInterpreters(string mnemonic)
    {
        Opcode opcode = Parse(mnemonic);
        (string module, int functionCount) = Module(opcode, mnemonic);
        foreach ((bool isDeterministic, bool canonicalizes) in (ReadOnlySpan<(bool, bool)>)[(true, false), (false, false), (true, true)])
        {
            string expected = Run(EngineForm.Threaded, module, functionCount, opcode, isDeterministic, canonicalizes, out _);
            foreach (EngineForm form in (ReadOnlySpan<EngineForm>)[EngineForm.Machine, EngineForm.MachineReplaced])
            {
                string actual = Run(form, module, functionCount, opcode, isDeterministic, canonicalizes, out (int Machine, int All) compiled);
                Assert.Equal(expected, actual);
                if (MachineCode.IsSupported && form == EngineForm.Machine)
                {
                    Assert.Equal(functionCount, compiled.Machine);
                    Assert.Equal(functionCount, compiled.All);
                }
            }
        }
    }

    // A load may be the operand of the next instruction: the trap is still the load's.
    [Theory]
    [InlineData(EngineForm.Machine)]
    [InlineData(EngineForm.MachineReplaced)]
    public void LoadsThatAreOperands_TrapWhereTheyAre(EngineForm form)
    {
        const string Module = """
            (module (memory 1)
              (func (export "f") (param i32 v128) (result v128)
                (f32x4.add (v128.not (local.get 1)) (v128.load offset=8 (local.get 0)))))
            """;
        Assert.Equal(Outcome(EngineForm.Threaded), Outcome(form));

        static string Outcome(EngineForm form)
        {
            using var store = new Store(form.Options());
            Function function = Guest.Instantiate(store, Module).FindFunction("f")!;
            Assert.Equal(2, function.Invoke(PageByteLength - 24, 1, 2).Length);
            WasmTrapException trap = Assert.Throws<WasmTrapException>(() => function.Invoke(PageByteLength - 23, 1, 2));
            return $"{trap.Kind} at {trap.Backtrace[0].CodeOffset:x}";
        }
    }

    private static Opcode Parse(string mnemonic)
    {
        Assert.True(OpcodeTable.TryParse(Encoding.ASCII.GetBytes(mnemonic), out Opcode opcode));
        return opcode;
    }

    private static string Run(
        EngineForm form, string module, int functionCount, Opcode opcode, bool isDeterministic, bool canonicalizes, out (int Machine, int All) compiled)
    {
        using var store = new Store(form.Options() with { IsRelaxedSimdDeterministic = isDeterministic, CanonicalizeNaNs = canonicalizes });
        Instance instance = Guest.Instantiate(store, module);
        var text = new StringBuilder();
        for (int i = 0; i < functionCount; i++)
        {
            for (int j = 0; j < s_vectors.Length * s_vectors.Length; j++)
            {
                ulong[] arguments = Arguments(opcode, j);
                text.Append($"f{i}({string.Join(' ', arguments.Select(static a => a.ToString("x")))}) = ");
                try
                {
                    text.AppendLine(string.Join(' ', instance.Invoke($"f{i}", arguments).Select(static r => r.ToString("x"))));
                }
                catch (WasmTrapException trap)
                {
                    text.AppendLine($"{trap.Kind} at {trap.Backtrace[0].CodeOffset:x}");
                }
            }
        }

        compiled = (store.Machine?.FunctionCount ?? 0, store.CompiledMethodCount);
        return text.ToString();
    }

    private static string[] Types(Opcode opcode)
    {
        OpcodeSignature signature = OpcodeTable.Signature(opcode);
        return [.. ((byte[])[signature.Operand0, signature.Operand1, signature.Operand2]).Take(signature.OperandCount).Select(TypeOf)];
    }

    private static string TypeOf(byte code) => code switch
    {
        0x7f or OpcodeSignature.Address => "i32",
        0x7e => "i64",
        0x7d => "f32",
        0x7c => "f64",
        _ => "v128",
    };

    private static ulong[] Arguments(Opcode opcode, int round)
    {
        var result = new List<ulong>();
        string[] types = Types(opcode);
        bool isAccess = OpcodeTable.Immediates(opcode) is ImmediateKind.MemArg or ImmediateKind.MemArgLane;
        for (int i = 0; i < types.Length; i++)
        {
            int choice = i == 0 ? round % s_vectors.Length : i == 1 ? round / s_vectors.Length : (round * 5 / 3) % s_vectors.Length;
            (ulong low, ulong high) = s_vectors[choice];
            switch (types[i])
            {
                case "v128":
                    result.AddRange(low, high);
                    break;
                case "i32" when isAccess:
                    int width = OpcodeTable.Width(opcode);
                    result.Add((uint)(choice switch { 0 => 0, 1 => PageByteLength - width, 2 => PageByteLength - width - 1, 3 => -1, _ => choice * 3 }));
                    break;
                case "i32":
                    result.Add(s_integers[choice % s_integers.Length]);
                    break;
                case "f32":
                    result.Add((uint)(low >> (round & 32)));
                    break;
                default:
                    result.Add(low);
                    break;
            }
        }

        return [.. result];
    }

    private static (string Module, int FunctionCount) Module(Opcode opcode, string mnemonic)
    {
        string[] types = Types(opcode);
        byte code = OpcodeTable.Signature(opcode).Result;
        string result = code == OpcodeSignature.Nothing ? "" : TypeOf(code);
        int width = OpcodeTable.Width(opcode);
        string[] instructions = OpcodeTable.Immediates(opcode) switch
        {
            ImmediateKind.V128 => [.. s_vectors.Select(v => $"{mnemonic} i64x2 {(long)v.Low} {(long)v.High}")],
            ImmediateKind.Shuffle => [.. s_shuffles.Select(lanes => $"{mnemonic} {lanes}")],
            ImmediateKind.Lane => [.. Enumerable.Range(0, 16 / width).Select(lane => $"{mnemonic} {lane}")],
            ImmediateKind.MemArgLane => [$"{mnemonic} 0", $"{mnemonic} offset=1 {(16 / width) - 1}"],
            ImmediateKind.MemArg => [mnemonic, $"{mnemonic} offset=1"],
            _ => [mnemonic],
        };
        var text = new StringBuilder();
        int count = 0;
        foreach (string instruction in instructions)
        {
            string[] gets = [.. types.Select(static (_, i) => $"(local.get {i})")];
            Add($"({instruction} {string.Join(' ', gets)})");
            Add($"({instruction} {string.Join(' ', types.Select(static (type, i) => type == "v128" ? $"(v128.load (i32.const {(16 * i) + 3}))" : $"(local.get {i})"))})");
            Add($"({instruction} {string.Join(' ', types.Select(static (type, i) => $"(block (result {type}) (local.get {i}))"))})");
            Add($"({instruction} {string.Join(' ', types.Select(static (type, i) => type == "v128" ? $"(v128.not (v128.not (local.get {i})))" : $"(local.get {i})"))})");
            if (result.Length != 0)
            {
                Add($"(local.set $r ({instruction} {string.Join(' ', gets)})) (local.get $r)");
            }

            if (types.Length > 0 && types.All(type => type == result))
            {
                Add($"(local.set 0 ({instruction} {string.Join(' ', gets)})) (local.get 0)");
                Add($"(local.set {types.Length - 1} ({instruction} {string.Join(' ', gets)})) (local.get {types.Length - 1})");
                Add($"({instruction} {string.Join(' ', types.Select(static _ => "(local.get 0)"))})");

                // All registers for temporaries are taken, and what is on the stack keeps its value when the local changes.
                Add($"""
                    (v128.not (local.get 0)) (v128.not (local.get 0)) (v128.not (local.get 0)) (v128.not (local.get 0)) (local.get 0)
                    (local.set 0 ({instruction} {string.Join(' ', types.Select(static (_, i) => $"(v128.not (local.get {i}))"))}))
                    (v128.xor) (v128.and) (v128.xor) (i64x2.sub) (local.get 0) (v128.xor)
                    """);
            }

            // Constants, each in its turn.
            if (types.Contains("v128"))
            {
                foreach ((ulong low, ulong high) in s_vectors.AsSpan(2, 4))
                {
                    for (int i = 0; i < types.Length; i++)
                    {
                        string[] operands = [.. gets];
                        operands[i] = types[i] == "v128" ? $"(v128.const i64x2 {(long)low} {(long)high})" : types[i] == "i32" ? "(i32.const 5)" : gets[i];
                        Add($"({instruction} {string.Join(' ', operands)})");
                    }
                }
            }

            if (result == "i32")
            {
                Add($"(if (result i32) ({instruction} {string.Join(' ', gets)}) (then (i32.const 5)) (else (i32.const 6)))");
                Add($"(if (result i32) (i32.eqz ({instruction} {string.Join(' ', gets)})) (then (i32.const 5)) (else (i32.const 6)))");
                Add($"(select (i32.const 5) (i32.const 6) ({instruction} {string.Join(' ', gets)}))");
            }
        }

        return ($"""
            (module (memory 1)
              (data (i32.const 0) "\01\82\03\84\c5\06\7f\80\ff\fe\0b\0c\0d\0e\8f\10\11\12\93\14\15\16\17\18\a0\b1\c2\d3\e4\f5\66\77")
              (data (i32.const 65519) "\91\82\73\64\c5\06\7f\80\ff\fe\0b\0c\0d\0e\8f\10\11"){text})
            """, count);

        void Add(string body)
        {
            string parameters = string.Join(' ', types);
            string results = result.Length == 0 ? "v128 v128 i64" : result;
            string rest = result.Length == 0 ? "(v128.load (i32.const 0)) (v128.load (i32.const 24)) (i64.load (i32.const 65528))" : "";
            string local = result.Length == 0 ? "" : $"(local $r {result})";
            text.Append($"\n  (func (export \"f{count++}\") (param {parameters}) (result {results}) {local} {body} {rest})");
        }
    }
}
