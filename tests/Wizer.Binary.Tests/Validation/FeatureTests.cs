using Wizer.TestSupport;
using Xunit;

namespace Wizer.Binary.Tests.Validation;

public sealed class FeatureTests
{
    /// <summary>What uses a feature, and how it is refused without it.</summary>
    public static TheoryData<WasmFeatures, string, string> Uses => new()
    {
        { WasmFeatures.MutableGlobals, "(global (export \"g\") (mut i32) (i32.const 0))", "mutable global" },
        { WasmFeatures.SatConversions, "(func (drop (i32.trunc_sat_f32_s (f32.const 0))))", "saturating float to int conversions" },
        { WasmFeatures.SignExtension, "(func (drop (i32.extend8_s (i32.const 0))))", "sign extension operations" },
        { WasmFeatures.MultiValue, "(type (func (result i32 i32)))", "multi-value" },
        { WasmFeatures.MultiValue, "(func (i32.const 0) (block (param i32) (drop)))", "multi-value" },
        { WasmFeatures.BulkMemory, "(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))", "bulk memory" },
        { WasmFeatures.BulkMemory, "(data \"\")", "bulk memory" },
        { WasmFeatures.BulkMemory, "(func) (elem func 0)", "bulk memory" },
        { WasmFeatures.ReferenceTypes, "(func (param externref))", "reference types" },
        { WasmFeatures.ReferenceTypes, "(func (local funcref))", "reference types" },
        { WasmFeatures.ReferenceTypes, "(table 1 funcref) (func (drop (table.size)))", "reference types" },
        { WasmFeatures.ReferenceTypes, "(table 1 funcref) (table 1 funcref)", "multiple tables: reference types" },
        { WasmFeatures.Simd, "(func (param v128))", "SIMD" },
        { WasmFeatures.Simd, "(func (drop (i8x16.splat (i32.const 0))))", "SIMD" },
        { WasmFeatures.RelaxedSimd, "(func (param v128) (drop (f32x4.relaxed_min (local.get 0) (local.get 0))))", "relaxed SIMD" },
        { WasmFeatures.MultiMemory, "(memory 1) (memory 1)", "multiple memories: multi-memory" },
        { WasmFeatures.ExtendedConst, "(global i32 (i32.add (i32.const 0) (i32.const 0)))", "extended constant expressions" },
        { WasmFeatures.TailCall, "(func (return_call 0))", "tail calls" },
        { WasmFeatures.FunctionReferences | WasmFeatures.Gc, "(type (func)) (func (param (ref 0)) (call_ref 0 (local.get 0)))", "function references" },
        { WasmFeatures.Gc, "(type (struct))", "gc" },
        { WasmFeatures.Gc, "(func (param anyref))", "gc" },
        { WasmFeatures.Gc, "(rec (type (func)) (type (func)))", "gc" },
        { WasmFeatures.Exceptions | WasmFeatures.LegacyExceptions, "(tag)", "exceptions" },
        { WasmFeatures.Exceptions, "(func (try_table))", "exceptions" },
        { WasmFeatures.Memory64, "(memory i64 1)", "memory64" },
        { WasmFeatures.Threads, "(memory 1 1 shared)", "threads" },
        { WasmFeatures.Threads, "(func (atomic.fence))", "threads" },
        { WasmFeatures.CustomPageSizes, "(memory 1 (pagesize 1))", "custom page sizes" },
        { WasmFeatures.WideArithmetic, "(func (i64.mul_wide_s (i64.const 0) (i64.const 0)) (drop) (drop))", "wide arithmetic" },
        { WasmFeatures.CompactImports, "(import \"a\" (item \"b\" (func)))", "compact imports" },
        { WasmFeatures.CompactImports, "(import \"a\" (item \"b\") (item \"c\") (global i32))", "compact imports" },
        { WasmFeatures.CompactImports, "(import \"a\")", "compact imports" },
    };

    [Theory]
    [MemberData(nameof(Uses))]
    public void Disabled_IsRefusedByName_AndNothingElseIsNeeded(WasmFeatures features, string fields, string name)
    {
        ModuleInfo module = ModuleReader.Parse(Wat.Compile($"(module {fields})"));
        ModuleValidator.Validate(module);
        WasmValidationException e = Assert.Throws<WasmValidationException>(
            () => ModuleValidator.Validate(module, WasmFeatures.All & ~features));
        Assert.Equal($"{name} support is not enabled", e.Reason);
    }

    [Theory]
    [InlineData("(func (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))) (memory 1) (table 1 funcref) (elem (i32.const 0) 0)")]
    [InlineData("(global (mut i32) (i32.const 0)) (func (block (br_if 0 (i32.const 0))) (global.set 0 (i32.const 0)))")]
    public void FirstEdition_NeedsNoFeature(string fields)
    {
        ModuleValidator.Validate(ModuleReader.Parse(Wat.Compile($"(module {fields})")), WasmFeatures.None);
    }
}
