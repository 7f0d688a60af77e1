using Wizer.TestSupport;
using Xunit;

namespace Wizer.Binary.Tests.Validation;

/// <summary>A module for every rule, and what it is rejected with. The official scripts have the rest.</summary>
public sealed class ModuleValidatorTests
{
    public static TheoryData<string, string> Rejected => new()
    {
        // Operands
        { "(func i32.add)", "type mismatch: instruction requires [i32 i32] but stack has []" },
        { "(func (drop (i32.add (i32.const 0) (i64.const 0))))", "type mismatch: instruction requires [i32 i32] but stack has [i32 i64]" },
        { "(func drop)", "type mismatch: instruction requires an operand but stack has []" },
        { "(func (i32.const 1))", "type mismatch: block requires [] but stack has [i32]" },
        { "(func (result i32))", "type mismatch: instruction requires [i32] but stack has []" },
        { "(func (result i32) (i64.const 1))", "type mismatch: instruction requires [i32] but stack has [i64]" },
        { "(func (i32.const 1) (block (drop)))", "type mismatch: instruction requires an operand but stack has []" },
        { "(func (drop (i32.load (i64.const 0)))) (memory 1)", "type mismatch: instruction requires [i32] but stack has [i64]" },
        { "(func (drop (i32.load (i32.const 0)))) (memory i64 1)", "type mismatch: instruction requires [i64] but stack has [i32]" },
        { "(func (unreachable) (i64.const 1) (i32.eqz) (drop))", "type mismatch: instruction requires [i32] but stack has [i64]" },

        // Locals and globals
        { "(func (param i32) (drop (local.get 1)))", "unknown local 1: the function has 1" },
        { "(func (local i32) (local.set 0 (f32.const 0)))", "type mismatch: instruction requires [i32] but stack has [f32]" },
        { "(func (drop (global.get 2)))", "unknown global 2: the module has 0" },
        { "(global i32 (i32.const 0)) (func (global.set 0 (i32.const 1)))", "immutable global 0" },
        { "(func (local (ref func)) (drop (local.get 0)))", "uninitialized local 0: (ref func) has no default value" },
        { "(func $f (export \"f\") (local (ref func)) (block (local.set 0 (ref.func $f))) (drop (local.get 0)))", "uninitialized local 0" },

        // Control
        { "(func (br 1))", "unknown label 1: there are 1" },
        { "(func (br_if 0))", "type mismatch: instruction requires [i32] but stack has []" },
        { "(func (if (result i32) (i32.const 0) (then (i32.const 1))) (drop))", "type mismatch: if without else requires [i32] but stack has []" },
        { "(func (block (result i32) (i32.const 1) (br_table 0 1 (i32.const 0))) (drop))", "type mismatch: label 0 takes 1 operands, the default label 0" },
        { "(func (loop (param i32) (drop)))", "type mismatch: instruction requires [i32] but stack has []" },
        { "(func (block (type 7)))", "unknown type 7: the module has 1" },
        { "(func (drop (select (ref.null func) (ref.null func) (i32.const 1))))", "type mismatch: select without a type requires two equal numbers" },
        { "(func (drop (select (i32.const 0) (i64.const 0) (i32.const 1))))", "type mismatch: select without a type requires two equal numbers" },
        { "(func (select (result) (i32.const 0) (i32.const 0) (i32.const 1)))", "invalid result arity: select of 0 types" },
        { "(func (call 3))", "unknown function 3: the module has 1" },
        { "(func (param i32)) (func (call 0))", "type mismatch: instruction requires [i32] but stack has []" },
        { "(func (call_indirect 0 (i32.const 0)))", "unknown table 0: the module has 0" },
        { "(table 1 externref) (func (call_indirect (i32.const 0)))", "type mismatch: indirect call through a table of externref" },
        { "(func (result i32) (return_call 1)) (func)", "type mismatch: tail call requires [i32] but stack has []" },
        { "(func (throw 0))", "unknown tag 0: the module has 0" },

        // Memory
        { "(func (drop (i32.load (i32.const 0))))", "unknown memory 0: the module has 0" },
        { "(memory 1) (func (drop (i32.load align=8 (i32.const 0))))", "alignment must not be larger than natural: 2^3 for 4 bytes" },
        { "(memory 1) (func (drop (i32.atomic.load align=2 (i32.const 0))))", "atomic alignment must be natural: 2^1 for 4 bytes" },
        { "(memory 1) (func (drop (i32.load offset=4294967296 (i32.const 0))))", "offset out of range: 4294967296" },
        { "(memory 1) (func (drop (memory.grow 1 (i32.const 0))))", "unknown memory 1: the module has 1" },
        { "(memory 1) (data \"\") (func (memory.init 1 (i32.const 0) (i32.const 0) (i32.const 0)))", "unknown data segment 1: the module has 1" },
        { "(memory 65537)", "memory size must be at most 65536 pages (4GiB)" },
        { "(memory 0 65537)", "memory size must be at most 65536 pages (4GiB)" },
        { "(memory i64 0x1_0000_0000_0001)", "memory size must be at most 2^48 pages (16EiB)" },
        { "(memory 2 1)", "size minimum must not be greater than maximum: 2 > 1" },
        { "(memory 1 shared)", "shared memory must have maximum" },
        { "(memory 1 (pagesize 4))", "invalid custom page size: 2^2" },
        { "(memory 1) (func (drop (i8x16.extract_lane_s 16 (v128.const i64x2 0 0))))", "invalid lane index 16: there are 16" },

        // Tables and segments
        { "(table 2 1 funcref)", "size minimum must not be greater than maximum: 2 > 1" },
        { "(table 1 (ref func))", "type mismatch: a table of non-nullable references needs an initializer" },
        { "(func (drop (table.get 0 (i32.const 0))))", "unknown table 0: the module has 0" },
        { "(table 1 funcref) (table 1 externref) (func (table.copy 0 1 (i32.const 0) (i32.const 0) (i32.const 0)))", "type mismatch: elements of type externref for a table of funcref" },
        { "(table 1 funcref) (func (table.init 0 (i32.const 0) (i32.const 0) (i32.const 0)))", "unknown elem segment 0: the module has 0" },
        { "(elem (i32.const 0) func)", "unknown table 0: the module has 0" },
        { "(table 1 externref) (func) (elem (i32.const 0) func 0)", "type mismatch: elements of type (ref func) for a table of externref" },
        { "(elem func 3)", "unknown function 3: the module has 0" },
        { "(data (i32.const 0) \"\")", "unknown memory 0: the module has 0" },
        { "(memory 1) (data (i64.const 0) \"\")", "type mismatch: instruction requires [i32] but stack has [i64]" },

        // Constant expressions
        { "(global i32 (i32.ctz (i32.const 0)))", "constant expression required: i32.ctz is not constant" },
        { "(global i32 (i64.const 0))", "type mismatch: instruction requires [i32] but stack has [i64]" },
        { "(global i32)", "type mismatch: instruction requires [i32] but stack has []" },
        { "(global i32 (i32.const 0) (i32.const 0))", "type mismatch: block requires [i32] but stack has [i32]" },
        { "(global i32 (global.get 0))", "unknown global 0: 0 are defined before it" },
        { "(import \"\" \"\" (global (mut i32))) (global i32 (global.get 0))", "constant expression required: global 0 is mutable" },
        { "(global funcref (ref.func 1))", "unknown function 1: the module has 0" },

        // References
        { "(func (drop (ref.func 0)))", "undeclared function reference: function 0" },
        { "(func (drop (ref.is_null (i32.const 0))))", "type mismatch: instruction requires a reference but stack has [i32]" },
        { "(func (drop (ref.null 3)))", "unknown type 3: the module has 1" },
        { "(type (struct (field i32))) (func (param (ref 0)) (struct.set 0 0 (local.get 0) (i32.const 0)))", "immutable field 0 of type 0" },
        { "(type (array i8)) (func (param (ref 0)) (drop (array.get 0 (local.get 0) (i32.const 0))))", "type mismatch: i8 is packed and needs a sign" },

        // Exports, start, tags, types
        { "(func) (export \"a\" (func 0)) (export \"a\" (func 0))", "duplicate export name \"a\"" },
        { "(export \"a\" (memory 0))", "unknown memory 0: the module has 0" },
        { "(func (param i32)) (start 0)", "start function must have type [] -> [], found [i32] -> []" },
        { "(start 1)", "unknown function 1: the module has 0" },
        { "(type (func (result i32))) (tag (type 0))", "non-empty tag result type: [] -> [i32]" },
        { "(type (sub (func))) (type (sub 0 (func (param i32))))", "sub type 1 does not match super type 0" },
        { "(type (func)) (type (sub 0 (func)))", "sub type 1 does not match super type 0, which is final" },
        { "(type (func (param (ref 1)))) (type (func))", "unknown type 1: the module has 2" },
    };

    public static TheoryData<string> Accepted => new()
    {
        "",
        "(func (unreachable) (i32.add) (drop))",
        "(func (unreachable) (select) (drop))",
        "(func (result i32) (br 0 (i64.const 2) (i32.const 1)))",
        "(func (result i32) (block (result i32) (unreachable)))",
        "(func (loop (br 0)))",
        "(func (param i32) (result i32) (local.get 0) (if (param) (result i32) (then (i32.const 1)) (else (i32.const 2))) (i32.const 0) (br_table 0 0))",
        "(func (block (result i32 i64) (i32.const 1) (i64.const 2)) (drop) (drop))",
        "(func (i32.const 1) (block (param i32) (drop)))",
        "(func (i32.const 7) (loop (param i32) (result i32) (br_if 0 (i32.const 0))) (drop))",
        "(memory 1) (memory i64 1) (func (memory.copy 0 1 (i32.const 0) (i64.const 0) (i32.const 0)))",
        "(memory 65536 65536)",
        "(memory i64 0x1_0000_0000_0000)",
        "(memory 0xffff_ffff (pagesize 1))",
        "(table i64 1 funcref) (func (call_indirect (i64.const 0)))",
        "(import \"\" \"\" (global i32)) (global i32 (i32.add (global.get 0) (i32.const 1))) (global i32 (i32.mul (global.get 1) (global.get 0)))",
        "(func $f) (global funcref (ref.func $f)) (func (drop (ref.func $f)))",
        "(func $f (export \"f\") (local (ref func)) (local.set 0 (ref.func $f)) (block (drop (local.get 0))))",
        "(rec (type $a (struct (field (ref null $b)))) (type $b (struct (field (ref null $a))))) (func (param (ref $a)) (result (ref null $b)) (struct.get $a 0 (local.get 0)))",
        "(type (sub (struct (field i32)))) (type (sub 0 (struct (field i32) (field i64)))) (func (param (ref 1)) (result (ref 0)) (local.get 0))",
        "(rec (type $a (func)) (type (struct))) (rec (type $b (func)) (type (struct))) (func (param (ref $a)) (result (ref $b)) (local.get 0))",
        "(tag (param i32)) (func (result i32) (block (result i32) (try_table (catch 0 0) (throw 0 (i32.const 1))) (unreachable)))",
        "(func (param i64 i64 i64 i64) (result i64 i64) (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))",
    };

    [Theory]
    [MemberData(nameof(Rejected))]
    public void Validate_SaysWhatTheScriptsSay_AndMore(string fields, string expected)
    {
        ModuleInfo module = Parse(fields);
        WasmValidationException e = Assert.Throws<WasmValidationException>(() => ModuleValidator.Validate(module));
        Assert.StartsWith(expected, e.Reason, StringComparison.Ordinal);
        Assert.InRange(e.Offset, 8, module.Bytes.Length);
        Assert.EndsWith($" (at offset 0x{e.Offset:x})", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public void Validate_Accepts(string fields)
    {
        ModuleValidator.Validate(Parse(fields));
    }

    [Fact]
    public void Validate_ErrorsStandAtTheInstruction()
    {
        // Bytes 0 to 7 preamble; type section 8..d; function section e..11; code section 12; body size 15, locals 16.
        ModuleInfo module = Parse("(func (nop) (drop))");
        WasmValidationException e = Assert.Throws<WasmValidationException>(() => ModuleValidator.Validate(module));
        Assert.Equal((byte)Opcode.Drop, module.Bytes.Span[(int)e.Offset]);
    }

    [Fact]
    public void Validate_SectionsComeFirst_InFileOrder()
    {
        // Wrong: the data segment, the global, the body. Globals come first in the file.
        ModuleInfo module = Parse("(func (drop)) (global i32 (i64.const 0)) (data (i32.const 0) \"\")");
        WasmValidationException e = Assert.Throws<WasmValidationException>(() => ModuleValidator.Validate(module));
        Assert.StartsWith("type mismatch: instruction requires [i32] but stack has [i64]", e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void DataInstructions_NeedADataCount()
    {
        var bytes = new ModuleBytes();
        bytes.Func(bytes.FuncType([], []), [0xfc, 0x09, 0x00]); // data.drop 0
        WasmFormatException e = Assert.Throws<WasmFormatException>(() => ModuleValidator.Validate(ModuleReader.Parse(bytes.ToArray())));
        Assert.StartsWith("data count section required", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x0b, 0x01 }, "END opcode expected: instructions after the end of the function")]
    [InlineData(new byte[] { 0x05, 0x0b }, "END opcode expected: else outside of an if")]
    [InlineData(new byte[] { 0x19, 0x0b }, "END opcode expected: catch outside of a try")]
    [InlineData(new byte[] { 0x18, 0x00, 0x0b }, "END opcode expected: delegate outside of a try")]
    [InlineData(new byte[] { 0x01 }, "unexpected end of section or function")]
    [InlineData(new byte[] { 0x41 }, "unexpected end of section or function")]
    [InlineData(new byte[] { 0x27, 0x0b }, "illegal opcode 27")]
    public void MalformedBodies_AreMalformed(byte[] instructions, string expected)
    {
        var bytes = new ModuleBytes();
        bytes.FuncWithLocals(bytes.FuncType([], []), [0], instructions);
        WasmFormatException e = Assert.Throws<WasmFormatException>(() => ModuleValidator.Validate(ModuleReader.Parse(bytes.ToArray())));
        Assert.StartsWith(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Result_KnowsTheFirstUseOfEveryOpcode()
    {
        ModuleInfo module = Parse(
            """
            (table 1 funcref) (memory 1)
            (func (drop (i32.const 1)))
            (func (table.copy (i32.const 0) (i32.const 0) (i32.const 0)) (table.copy (i32.const 0) (i32.const 0) (i32.const 0)))
            (global i64 (i64.const 1))
            """);
        ValidationResult result = ModuleValidator.Validate(module);
        Assert.True(result.TryGetFirstUse(Opcode.TableCopy, out long offset));
        Assert.Equal(module.Bodies[1].Offset + 1 + 3 * 2, offset);
        Assert.True(result.TryGetFirstUse(Opcode.I32Const, out offset));
        Assert.Equal(module.Bodies[0].Offset + 1, offset);
        Assert.False(result.TryGetFirstUse(Opcode.TableFill, out _));
        Assert.False(result.Uses(Opcode.I64Const)); // only in a constant expression
        Assert.True(result.Uses(Opcode.End));
    }

    private static ModuleInfo Parse(string fields) => ModuleReader.Parse(Wat.Compile($"(module {fields})"));
}
