using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>What becomes of imported memories, tables and globals when they are not rejected.</summary>
public class ImportPolicyTests
{
    private static readonly WizerOptions s_fresh = new()
    {
        ImportedMemories = ImportPolicy.Fresh,
        ImportedTables = ImportPolicy.Fresh,
        ImportedGlobals = ImportPolicy.Fresh,
    };

    private static readonly WizerOptions s_define = new()
    {
        ImportedMemories = ImportPolicy.Define,
        ImportedTables = ImportPolicy.Define,
        ImportedGlobals = ImportPolicy.Define,
    };

    public static TheoryData<string, string> States => new()
    {
        { "(import \"env\" \"memory\" (memory 1))", "(i32.store (i32.const 8) (i32.const 7))" },
        { "(import \"env\" \"memory\" (memory 1 9)) (data (i32.const 3) \"abc\")", "(i32.store8 (i32.const 4) (i32.const 0))" },
        { "(import \"env\" \"memory\" (memory 1 9))", "(drop (memory.grow (i32.const 3))) (i32.store (i32.const 0x2fffc) (i32.const -1))" },
        { "(import \"env\" \"memory\" (memory i64 1))", "(i32.store (i64.const 8) (i32.const 7))" },
        { "(import \"a\" \"m\" (memory 1)) (import \"a\" \"n\" (memory 2)) (memory $o 1)",
            "(i32.store 1 (i32.const 8) (i32.const 7)) (i32.store $o (i32.const 9) (i32.const 7)) (drop (memory.grow 1 (i32.const 1)))" },
        { "(import \"env\" \"memory\" (memory 1)) (data $d \"abc\")",
            "(memory.init $d (i32.const 9) (i32.const 0) (i32.const 3)) (data.drop $d)" },
        { "(import \"env\" \"t\" (table 4 funcref)) (elem (i32.const 1) $f)", "(nop)" },
        { "(import \"env\" \"t\" (table 4 funcref)) (elem (i32.const 1) $f)", "(table.set (i32.const 2) (ref.func $f))" },
        { "(import \"env\" \"t\" (table 4 9 funcref))", "(drop (table.grow (ref.func $f) (i32.const 2)))" },
        { "(import \"env\" \"t\" (table 4 externref)) (table $u 3 funcref)",
            "(drop (table.grow (ref.null extern) (i32.const 2))) (table.set $u (i32.const 2) (ref.func $f))" },
        { "(import \"env\" \"t\" (table 1 (ref null $s))) (type $s (struct (field (mut i32))))", "(table.set (i32.const 0) (struct.new $s (i32.const 7)))" },
        { "(import \"env\" \"g\" (global $g (mut i32)))", "(global.set $g (i32.const -5))" },
        { "(import \"env\" \"g\" (global $g (mut i64)))", "(global.set $g (i64.const 0x8000000000000000))" },
        { "(import \"env\" \"g\" (global $g (mut f32)))", "(global.set $g (f32.const -0))" },
        { "(import \"env\" \"g\" (global $g (mut f64)))", "(global.set $g (f64.const nan:0x4000000000001))" },
        { "(import \"env\" \"g\" (global $g (mut v128)))", "(global.set $g (v128.const i64x2 0 1))" },
        { "(import \"env\" \"g\" (global $g (mut funcref)))", "(global.set $g (ref.func $f))" },
        { "(import \"env\" \"g\" (global $g (mut anyref))) (type $s (struct (field (mut i32) (mut anyref))))",
            "(global.set $g (struct.new $s (i32.const 1) (ref.i31 (i32.const 2))))" },
        { "(import \"env\" \"g\" (global $g (mut i32))) (import \"env\" \"h\" (global $h (mut anyref))) (type $s (struct (field (mut anyref))))"
            + " (global $k (mut i32) (i32.const 1))",
            "(global.set $g (i32.const 1)) (global.set $k (i32.const 3)) (global.set $h (struct.new $s (ref.null any)))"
            + " (struct.set $s 0 (ref.cast (ref $s) (global.get $h)) (global.get $h))" },
        { "(import \"env\" \"g\" (global $g (mut i32)))", "(nop)" },
    };

    [Theory]
    [MemberData(nameof(States))]
    public void FreshState_IsFilledInByTheModuleThatImportsIt(string fields, string instructions)
    {
        byte[] output = ImportRound.Check(Module(fields, instructions), s_fresh);
        Assert.Equal(ModuleReader.Parse(Modules.Compile(Module(fields, instructions))).Imports.Length, ModuleReader.Parse(output).Imports.Length);
    }

    [Theory]
    [MemberData(nameof(States))]
    public void DefinedState_IsTheModulesOwn(string fields, string instructions)
    {
        byte[] output = ImportRound.Check(Module(fields, instructions), s_define);
        Assert.Empty(ModuleReader.Parse(output).Imports);
    }

    [Fact]
    public void FreshMemory_IsImportedWithTheSizeThatItHas()
    {
        byte[] output = ImportRound.Check(
            Module("(import \"e\" \"f\" (func)) (import \"e\" \"m\" (memory 1 9)) (import \"e\" \"n\" (memory 1))", "(drop (memory.grow (i32.const 3)))"), s_fresh);
        ModuleInfo info = ModuleReader.Parse(output);
        Assert.Equal(new Limits(4, 9), info.Memories[0].Type.Limits);
        Assert.Equal(new Limits(1, null), info.Memories[1].Type.Limits);
        Assert.Equal(1, info.ImportedFuncCount);
    }

    [Fact]
    public void GroupsOfImports_AreWrittenOut_WhenOneOfThemChanges()
    {
        const string Fields = """
            (import "e" (item "f" (func (param i32))) (item "m" (memory 1)) (item "g" (global (mut i32))) (item "t" (tag (param i64))))
            (import "e" (item "n") (item "o") (memory 2 7))
            """;
        foreach (WizerOptions options in (WizerOptions[])[s_fresh, s_define])
        {
            byte[] output = ImportRound.Check(Module(Fields, "(drop (memory.grow 2 (i32.const 1)))"), options);
            ModuleInfo info = ModuleReader.Parse(output);
            Assert.Empty(info.ImportGroups);
            Assert.Equal([1UL, 2UL, 3UL], info.Memories.Select(memory => memory.Type.Limits.Minimum));
            Assert.Equal(options == s_fresh ? 6 : 2, info.Imports.Length);
            Assert.Equal(1, info.ImportedTagCount);
        }
    }

    [Fact]
    public void FreshImports_StayByteForByte_WhileNothingGrows()
    {
        byte[] module = Modules.Compile(Module("(import \"e\" \"m\" (memory 1 9))", "(i32.store (i32.const 0) (i32.const 1))"));
        byte[] output = new PreInitializer(s_fresh).Run(module);
        Assert.Equal(Modules.Section(module, SectionId.Import), Modules.Section(output, SectionId.Import));
        Assert.Null(ModuleReader.Parse(output).StartFunc);
    }

    [Fact]
    public void FreshGlobal_IsSetByAStartFunction_OnlyIfItHasChanged()
    {
        const string Import = "(import \"e\" \"g\" (global $g (mut i32)))";
        Assert.Null(ModuleReader.Parse(ImportRound.Check(Module(Import, "(nop)"), s_fresh)).StartFunc);
        Assert.NotNull(ModuleReader.Parse(ImportRound.Check(Module(Import, "(global.set $g (i32.const 1))"), s_fresh)).StartFunc);
    }

    [Fact]
    public void DefinedMemoriesAndTables_AreExportedUnderTheirNames_UnlessThoseAreTaken()
    {
        byte[] output = ImportRound.Check(
            Module(
                "(import \"e\" \"memory\" (memory 1)) (import \"f\" \"memory\" (memory 1)) (import \"e\" \"table\" (table 1 funcref))"
                + " (import \"e\" \"again\" (table 1 funcref))",
                "(nop)"),
            s_define);
        ModuleInfo info = ModuleReader.Parse(output);
        Assert.Equal(
            ["again Func 2", "memory Memory 0", "table Table 0"],
            info.Exports.Select(export => $"{info.NameAt(export.Name)} {export.Kind} {export.Index}"));
    }

    [Fact]
    public void SharedLibrary_IsInitializedAtItsBase()
    {
        // 100,000 bytes from 1024 on take two pages, and the stack one more; the table has to have five elements.
        const string Wat = """
            (module
              (@custom "dylink.0" (before first) "\01\06\a0\8d\06\04\02\00")
              (import "env" "memory" (memory 1))
              (import "env" "__indirect_function_table" (table 2 funcref))
              (import "env" "__memory_base" (global $memory i32))
              (import "env" "__table_base" (global $table i32))
              (import "env" "__stack_pointer" (global $stack (mut i32)))
              (import "GOT.mem" "x" (global $x (mut i32)))
              (global $end i32 (i32.add (global.get $memory) (i32.const 4)))
              (data (global.get $memory) "abcd")
              (elem (global.get $table) $f $f)
              (func $f)
              (func (export "__wasm_apply_data_relocs") (i32.store (global.get $end) (global.get $memory)))
              (func (export "wizer-initialize")
                (i32.store offset=8 (global.get $memory) (i32.load (global.get $end)))
                (global.set $stack (i32.sub (global.get $stack) (i32.const 16)))
                (i32.store (global.get $x) (i32.const 1)))
              (func (export "again")))
            """;
        WizerOptions options = s_define with
        {
            ImportedGlobals = ImportPolicy.Reject,
            DefinedGlobals =
            [
                new("env.__memory_base", "1024"),
                new("env.__table_base", "3"),
                new("env.__stack_pointer", "0x30000"),
                GlobalDefinition.Parse("GOT.mem.x=2048"),
            ],
        };
        byte[] output = new PreInitializer(options).Run(Modules.Compile(Wat));
        ModuleInfo info = ModuleReader.Parse(output);
        Assert.Empty(info.Imports);
        Assert.Equal("Type Function Table Memory Global Export Element Code Data", Modules.Outline(output));
        Assert.Equal((3UL, 5UL), (info.Memories[0].Type.Limits.Minimum, info.Tables[0].Type.Limits.Minimum));
        Assert.Equal(-1, info.FindExport("__wasm_apply_data_relocs"));
        using var store = new Store();
        Instance instance = new Linker().Instantiate(store, info);
        Assert.True(instance.FindMemory("memory")!.TryGetSpan(1024, 12, out Span<byte> data));
        Assert.Equal("abcd\0\u0004\0\0\0\u0004\0\0", string.Concat(data.ToArray().Select(value => (char)value)));
        Assert.NotEqual(0UL, instance.FindTable("__indirect_function_table")![4]);
        Assert.Equal(0x2fff0UL, instance.GlobalAt(2).Value);
    }

    [Fact]
    public void ConstantExpressions_ReadNoGlobalThatIsNoImportAnyMore()
    {
        // Before version 3 of the language they could read imported globals only.
        const string Fields = "(import \"e\" \"g\" (global $g i32)) (import \"e\" \"f\" (global $f funcref)) (import \"e\" \"t\" (table 9 funcref))"
            + " (global $h i32 (i32.add (global.get $g) (i32.const 1))) (elem (offset (global.get $g)) funcref (global.get $f) (ref.func $a))"
            + " (func $a) (memory 1) (data (offset (i32.mul (global.get $g) (i32.const 2))) \"x\")";
        byte[] output = ImportRound.Check(
            Module(Fields, "(i32.store (i32.const 100) (global.get $h))"),
            s_define with { DefinedGlobals = [new("e.g", "2"), new("e.f", "null")] });
        string text = Modules.Print(output);
        Assert.DoesNotContain("(global.get", text[..text.IndexOf("(func", StringComparison.Ordinal)]);
        Assert.Contains("(i32.const 2)", text);
        Assert.Empty(ModuleReader.Parse(output).Imports);
    }

    [Fact]
    public void MappedCode_StaysAtItsOffset_WhenImportsBecomeDefinitions()
    {
        // Also where a definition takes more than the import did, which only the start of the code can make up for.
        foreach (string import in (string[])["(import \"a_module\" \"memory\" (memory 1))", "(import \"\" \"\" (global (mut v128)))"])
        {
            byte[] module = Modules.Compile(
                $"(module {import} (func (export \"wizer-initialize\")) (func (export \"again\")) (@custom \"sourceMappingURL\" \"\\01x\"))");
            WizerOptions options = s_define with { KeepInitFunc = true };
            RunReport report = new PreInitializer(options).Run(module, new BufferWriterSink(new System.Buffers.ArrayBufferWriter<byte>()));
            byte[] output = new PreInitializer(options).Run(module);
            int before = ModuleReader.Parse(module).Bodies[0].Offset;
            Assert.Equal(ModuleReader.Parse(output).Bodies[0].Offset - before, report.Snapshot.CodeMove);
            Assert.Equal(import.Contains("v128"), report.Snapshot.CodeMove != 0);
        }
    }

    [Fact]
    public void Backtraces_HaveTheOffsetsOfTheInput()
    {
        byte[] module = Modules.Compile(
            "(module (import \"env\" \"memory\" (memory 1)) (func $f (unreachable)) (func (export \"wizer-initialize\") (call $f)))");
        WizerException error = Assert.Throws<WizerException>(() => new PreInitializer(s_define).Run(module));
        int at = ModuleReader.Parse(module).Bodies[0].Offset + 1;
        Assert.Equal(at, ((WasmTrapException)error.InnerException!).Backtrace[0].CodeOffset);
    }

    [Fact]
    public void PreparedModules_GetNewImportsForEachRun()
    {
        byte[] module = Modules.Compile(Module(
            "(import \"e\" \"m\" (memory 1))", "(i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))"));
        using PreparedModule fresh = new PreInitializer(s_fresh).Prepare(module);
        using PreparedModule defined = new PreInitializer(s_define).Prepare(module);
        foreach (PreparedModule prepared in (PreparedModule[])[fresh, defined])
        {
            var first = new System.Buffers.ArrayBufferWriter<byte>();
            var second = new System.Buffers.ArrayBufferWriter<byte>();
            prepared.Run(first);
            prepared.Run(second);
            Assert.Equal(first.WrittenSpan.ToArray(), second.WrittenSpan.ToArray());
        }
    }

    [Fact]
    public void OtherEngines_GetTheDefinitionsToo()
    {
        byte[] module = Modules.Compile(Module(
            "(import \"e\" \"m\" (memory 1)) (import \"e\" \"g\" (global $g (mut i32)))",
            "(i32.store (i32.const 4) (i32.const 1)) (global.set $g (i32.const 2))"));
        var wizer = new PreInitializer(s_define);
        FakeState state = ForeignRuntime.Initialize(wizer.Instrument(module, out ModuleContext context), "wizer-initialize");
        Assert.Equal(wizer.Run(module), wizer.Snapshot(context, state));
    }

    [Fact]
    public void EmbeddedProfiles_GoIntoTheInputAsItIs()
    {
        byte[] module = Modules.Compile(Module("(import \"e\" \"m\" (memory 1))", "(nop)"));
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        new PreInitializer(s_define).EmbedProfile(module, new byte[4], new BufferWriterSink(output));
        Assert.Equal(module, output.WrittenSpan[..module.Length].ToArray());
    }

    private static string Module(string fields, string instructions) => SnapshotRound.Module(
        fields + (fields.Contains("(func $f") ? "" : " (func $f) (elem declare func $f)"), instructions);
}
