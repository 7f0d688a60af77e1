using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>
/// What has the means to change tables, references and objects and leaves them as instantiation makes them has the input's sections.
/// </summary>
public class ReferenceCheckTests
{
    private const string Types = """
        (type $s (struct (field $a (mut i32)) (field $next (mut (ref null $s)))))
        (type $twin (struct (field i32)))
        (type $bytes (array (mut i8))) (type $words (array (mut v128))) (type $list (array (mut anyref)))
        """;

    [Theory]
    [InlineData("(table.set (i32.const 0) (ref.null func))")]
    [InlineData("(table.set (i32.const 0) (ref.func $one)) (table.set (i32.const 0) (ref.null func))")]
    [InlineData("(table.set (i32.const 1) (ref.func $one))")]
    [InlineData("(table.set (i32.const 1) (ref.func $two)) (table.copy (i32.const 1) (i32.const 3) (i32.const 1))")]
    [InlineData("(table.fill (i32.const 4) (ref.null func) (i32.const 2))")]
    [InlineData("(table.init $e (i32.const 0) (i32.const 0) (i32.const 0))")]
    [InlineData("(table.init $e (i32.const 2) (i32.const 0) (i32.const 1))")]
    [InlineData("(drop (table.grow (ref.null func) (i32.const 0)))")]
    [InlineData("(drop (table.grow (ref.func $one) (i32.const 100)))")]
    [InlineData("(global.set $f (ref.func $one)) (global.set $f (ref.null func))")]
    public void Run_AcceptsChangesThatAreTakenBack(string instructions)
    {
        // Of two segments at one place the later one counts.
        string fields = $"""
            (table $t 6 8 funcref) (global $f (mut funcref) (ref.null func))
            (elem (i32.const 1) $two $two) (elem (i32.const 1) $one) (elem (i32.const 3) $one) (elem $e func $two)
            (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
            (func (export "call") (param i32) (result i32) (call_indirect $t (result i32) (local.get 0)))
            (func (export "wizer-initialize") {instructions})
            """;
        byte[] module = Modules.Compile($"(module {fields})");
        byte[] output = new PreInitializer().Run(module);
        Assert.Equal(Modules.Section(module, SectionId.Table), Modules.Section(output, SectionId.Table));
        Assert.Equal(Modules.Section(module, SectionId.Element), Modules.Section(output, SectionId.Element));
        Assert.Equal(Modules.Section(module, SectionId.Global), Modules.Section(output, SectionId.Global));
        using var store = new Store();
        Instance instance = new Linker().Instantiate(store, ModuleReader.Parse(output));
        Assert.Equal([1, 2, 1], new ulong[] { 1, 2, 3 }.Select(at => instance.Invoke("call", at)[0]));
    }

    [Theory]
    [InlineData("(struct.set $s $a (global.get $one) (i32.const 1))")]
    [InlineData("(struct.set $s $a (struct.new $s (i32.const 1) (global.get $one)) (i32.const 8))")]
    [InlineData("(array.set $bytes (global.get $bytes) (i32.const 3) (i32.const 0x100))")]
    [InlineData("(array.copy $list $list (global.get $list) (i32.const 0) (global.get $list) (i32.const 0) (i32.const 2))")]
    [InlineData("(table.copy $t $t (i32.const 1) (i32.const 0) (i32.const 1))")]
    [InlineData("(table.fill $t (i32.const 0) (struct.new $s (i32.const 5) (ref.null $s)) (i32.const 2))")]
    public void Run_AcceptsObjectsThatAreAsTheyWere(string instructions)
    {
        // Another object of the same contents in the place of the first is as good, if it takes all its places.
        byte[] module = Modules.Compile($"(module {Objects} (func (export \"wizer-initialize\") {instructions}))");
        byte[] output = new PreInitializer().Run(module);
        foreach (SectionId id in new[] { SectionId.Table, SectionId.Element, SectionId.Global, SectionId.Code })
        {
            Assert.Equal(Modules.Section(module, id), Modules.Section(output, id));
        }
    }

    private const string Objects = Types + """
        (global $one (ref $s) (struct.new $s (i32.const 1) (ref.null $s)))
        (global $two (ref $s) (struct.new $s (i32.const 2) (global.get $one)))
        (global $bytes (ref $bytes) (array.new_default $bytes (i32.const 4)))
        (global $words (ref $words) (array.new $words (v128.const i64x2 7 8) (i32.const 2)))
        (global $list (mut (ref $list)) (array.new_fixed $list 2 (ref.i31 (i32.const 5)) (array.new_fixed $bytes 1 (i32.const 0x101))))
        (table $t 2 anyref (struct.new $s (i32.const 5) (ref.null $s)))
        (elem $e (ref $s) (item (struct.new $s (i32.const 5) (ref.null $s))))
        """;

    [Fact]
    public void Run_AcceptsTablesForTheHost()
    {
        byte[] output = new PreInitializer().Run(Modules.Compile("""
            (module (table $objs (export "objs") 4 externref) (memory 1)
              (func (export "wizer-initialize") (i32.store (i32.const 8) (i32.const 77)))
              (func (export "put") (param i32 externref) (table.set $objs (local.get 0) (local.get 1)))
              (func (export "isnull") (param i32) (result i32) (ref.is_null (table.get $objs (local.get 0))))
              (func (export "get") (result i32) (i32.load (i32.const 8))))
            """));
        using var store = new Store();
        Instance instance = new Linker().Instantiate(store, ModuleReader.Parse(output));
        Assert.Equal([77], instance.Invoke("get"));
        Assert.Equal([1], instance.Invoke("isnull", 0));
    }

    [Fact]
    public void DetailedReport_LeavesOutGlobalsThatHoldReferences()
    {
        byte[] module = Modules.Compile("""
            (module (global (mut funcref) (ref.null func)) (global $n (mut i32) (i32.const 1)) (global (mut externref) (ref.null extern))
              (func (export "wizer-initialize") (global.set $n (i32.const 2))))
            """);
        RunReport report = new PreInitializer(new WizerOptions { DetailedReport = true }).Run(module, new System.Buffers.ArrayBufferWriter<byte>());
        Assert.Equal(1, report.Snapshot.GlobalCount);
        Assert.Equal([new GlobalReport(1, GlobalValue.I32(1), GlobalValue.I32(2))], report.Snapshot.Details!.ChangedGlobals);
    }
}
