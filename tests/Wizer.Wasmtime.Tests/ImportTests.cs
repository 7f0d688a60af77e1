using Wizer.Pipeline;
using Wizer.Pipeline.Tests;
using Xunit;

namespace Wizer.Wasmtime.Tests;

/// <summary>Imported memories, tables and globals: both engines give the same module.</summary>
public class ImportTests
{
    [Theory]
    [InlineData("(import \"e\" \"m\" (memory 1 9))", "(drop (memory.grow (i32.const 1))) (i32.store (i32.const 70000) (i32.const 1))")]
    [InlineData("(import \"e\" \"m\" (memory i64 1)) (data (i64.const 9) \"abc\")", "(i32.store (i64.const 70) (i32.const 1))")]
    [InlineData("(import \"e\" \"t\" (table 4 9 funcref)) (elem (i32.const 1) $f) (func $f)", "(nop)")]
    [InlineData("(import \"e\" \"t\" (table 4 externref))", "(nop)")]
    [InlineData("(import \"e\" \"g\" (global $g (mut i32))) (import \"e\" \"h\" (global $h (mut i64)))", "(global.set $g (i32.const 1)) (global.set $h (i64.const -1))")]
    [InlineData("(import \"e\" \"g\" (global $g (mut f32))) (import \"e\" \"h\" (global $h (mut f64)))", "(global.set $g (f32.const 1)) (global.set $h (f64.const -1))")]
    [InlineData("(import \"e\" \"g\" (global $g (mut v128)))", "(global.set $g (v128.const i64x2 1 2))")]
    public void ImportedState_BecomesTheSameOnBothEngines(string fields, string instructions)
    {
        byte[] module = Modules.Compile($"(module {fields} (func (export \"wizer-initialize\") {instructions}))");
        foreach (ImportPolicy policy in (ImportPolicy[])[ImportPolicy.Fresh, ImportPolicy.Define])
        {
            var wizer = new PreInitializer(
                new WizerOptions { ImportedMemories = policy, ImportedTables = policy, ImportedGlobals = policy });
            Assert.Equal(wizer.Run(module), Engines.Runner.Run(wizer, module));
        }
    }

    [Fact]
    public void Wasi_WorksOnTheMemoryThatIsImported_UnlessOneIsExportedForIt()
    {
        var wizer = new PreInitializer(new WizerOptions { ImportedMemories = ImportPolicy.Fresh });
        var environment = new InitEnvironment { Wasi = new Engine.WasiOptions { Environment = [new Engine.WasiVariable("A", "b")] } };
        foreach ((string memories, int index) in ((string, int)[])
            [("", 0), ("(memory (export \"memory\") 1)", 1)])
        {
            byte[] module = Modules.Compile($"""
                (module (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
                  (import "env" "m" (memory 1)) {memories}
                  (func (export "wizer-initialize") (drop (call $sizes (i32.const 16) (i32.const 20)))))
                """);
            byte[] output = wizer.Run(module, environment);
            Assert.Equal((uint)index, Binary.ModuleReader.Parse(output).DataSegments[0].MemoryIndex);
            Assert.Equal(output, Engines.Runner.Run(wizer, module, environment));
        }
    }

    [Theory]
    [InlineData("(table i64 1 funcref)")]
    [InlineData("(memory 1 (pagesize 1))")]
    public void WhatTheLibraryCannotMake_IsAnError(string type)
    {
        byte[] module = Modules.Compile($"(module (import \"e\" \"x\" {type}) (func (export \"wizer-initialize\")))");
        WizerOptions options = new() { ImportedMemories = ImportPolicy.Fresh, ImportedTables = ImportPolicy.Fresh };
        WizerException error = Assert.Throws<WizerException>(() => Engines.Runner.Run(new PreInitializer(options), module));
        Assert.Equal(
            "the engine `wasmtime` cannot run a module with an import of a size that `e::x` has: a table of 64 bits, or pages that are not of"
            + " 64 KiB",
            error.Message);
        WizerOptions define = new() { ImportedMemories = ImportPolicy.Define, ImportedTables = ImportPolicy.Define };
        Assert.Equal(new PreInitializer(define).Run(module), Engines.Runner.Run(new PreInitializer(define), module));
    }
}
