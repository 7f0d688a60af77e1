using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Layout;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>
/// Modules that have the means to change tables, references and objects are accepted as long as a run leaves them as instantiation
/// makes them; otherwise the error says what is different.
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
    [InlineData("(table.set (i32.const 17) (ref.func $f))", "`table.set` instruction: table 0, element 17 has changed")]
    [InlineData("(table.set (i32.const 2) (ref.func $f))", "`table.set` instruction: table 0, element 2 has changed")]
    [InlineData("(table.set (i32.const 2) (ref.null func))", "`table.set` instruction: table 0, element 2 has changed")]
    [InlineData("(table.fill (i32.const 3) (ref.func $f) (i32.const 2))", "`table.fill` instruction: table 0, element 3 has changed")]
    [InlineData("(table.copy (i32.const 5) (i32.const 2) (i32.const 1))", "`table.copy` instruction: table 0, element 5 has changed")]
    [InlineData("(table.init $e (i32.const 19) (i32.const 0) (i32.const 1))", "`table.init` instruction: table 0, element 19 has changed")]
    [InlineData("(table.set (i32.const 1) (ref.func $f)) (table.copy (i32.const 5) (i32.const 1) (i32.const 1))",
        "`table.set` or `table.copy` instruction: table 0, element 1 has changed")]
    [InlineData("(drop (table.grow (ref.null func) (i32.const 3)))", "`table.grow` instruction: table 0 has grown from 20 to 23 elements")]
    [InlineData("(table.set $u (i32.const 1) (call $host))", "`table.set` instruction: table 1, element 1 has changed")]
    [InlineData("(table.set $u (i32.const 0) (extern.convert_any (ref.i31 (i32.const 4))))", "`table.set` instruction: table 1, element 0 has changed")]
    public void Run_SaysWhichElementChanged(string instructions, string message) => AssertUnsupported(
        $"""
        (import "host" "object" (func $host (result externref)))
        (table 20 funcref) (table $u 2 externref (extern.convert_any (ref.i31 (i32.const 3))))
        (elem (i32.const 2) $g) (elem $e func $f) (func $f) (func $g)
        (func (export "wizer-initialize") {instructions})
        """,
        "unsupported " + message);

    [Theory]
    [InlineData("(mut funcref) (ref.null func)", "(ref.func $f)")]
    [InlineData("(mut funcref) (ref.func $f)", "(ref.null func)")]
    [InlineData("(mut externref) (ref.null extern)", "(extern.convert_any (ref.i31 (i32.const 1)))")]
    [InlineData("(mut i31ref) (ref.i31 (i32.const 1))", "(ref.i31 (i32.const 2))")]
    [InlineData("(mut anyref) (ref.i31 (i32.const 1))", "(array.new_fixed $bytes 0)")]
    [InlineData("(mut (ref $twin)) (struct.new $twin (i32.const 1))", "(struct.new $twin (i32.const 2))")]
    public void Run_SaysWhichGlobalChanged(string global, string value)
    {
        string fields = $"{Types} (func $f) (elem declare func $f) (global i32 (i32.const 0)) (global $g {global})";
        AssertUnsupported(
            $"{fields} (func (export \"wizer-initialize\") (global.set $g {value}))",
            $"unsupported mutable global containing a reference type: global 1{(value.Contains("$twin", StringComparison.Ordinal) ? ", field 0" : "")} has changed");
        byte[] module = Modules.Compile($"(module {fields} (func (export \"set\") (global.set $g {value})) (func (export \"wizer-initialize\")))");
        Assert.Equal(Modules.Section(module, SectionId.Global), Modules.Section(new PreInitializer().Run(module), SectionId.Global));
    }

    [Theory]
    [InlineData("(struct.set $s $a (global.get $one) (i32.const 9))", "`struct.set` instruction: global 0, field 0 has changed")]
    [InlineData("(struct.set $s $next (global.get $one) (global.get $one))", "`struct.set` instruction: global 0, field 1 has changed")]
    [InlineData("(struct.set $s $a (struct.get $s $next (global.get $two)) (i32.const 9))", "`struct.set` instruction: global 0, field 0 has changed")]
    [InlineData("(struct.set $s $next (global.get $two) (struct.new $s (i32.const 1) (ref.null $s)))", "`struct.set` instruction: global 1, field 1 has changed")]
    [InlineData("(array.set $bytes (global.get $bytes) (i32.const 3) (i32.const 1))", "`array.set` instruction: global 2, element 3 has changed")]
    [InlineData("(array.fill $words (global.get $words) (i32.const 1) (v128.const i64x2 7 9) (i32.const 1))", "`array.fill` instruction: global 3, element 1 has changed")]
    [InlineData("(array.set $list (global.get $list) (i32.const 0) (ref.i31 (i32.const 6)))", "`array.set` instruction: global 4, element 0 has changed")]
    [InlineData("(array.set $bytes (ref.cast (ref $bytes) (array.get $list (global.get $list) (i32.const 1))) (i32.const 0) (i32.const 2))",
        "`array.set` instruction: global 4, element 1, element 0 has changed")]
    [InlineData("(struct.set $s $a (ref.cast (ref $s) (table.get $t (i32.const 1))) (i32.const 9))", "`struct.set` instruction: table 0, element 0, field 0 has changed")]
    [InlineData("(table.init $t $e (i32.const 1) (i32.const 0) (i32.const 1))", "`table.init` instruction: table 0, element 1 has changed")]
    [InlineData("(table.set $t (i32.const 1) (struct.new $s (i32.const 5) (ref.null $s)))", "`table.set` instruction: table 0, element 1 has changed")]
    [InlineData("(table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1)) (table.init $t $e (i32.const 1) (i32.const 0) (i32.const 1))",
        "`table.init` instruction: element segment 0, item 0 has changed")]
    public void Run_SaysWhichObjectChanged(string instructions, string message) => AssertUnsupported(
        Objects + $"(func (export \"wizer-initialize\") {instructions})", "unsupported " + message);

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
    public void Run_SeesWhatAPreloadedModuleDoesToAnObject()
    {
        const string Type = "(type $s (struct (field (mut i32))))";
        byte[] preload = Modules.Compile($"(module {Type} (func (export \"f\") (param (ref $s)) (struct.set $s 0 (local.get 0) (i32.const 1))))");
        byte[] module = Modules.Compile($"""
            (module {Type} (import "p" "f" (func $f (param (ref $s)))) (global $s (ref $s) (struct.new $s (i32.const 0)))
              (func (export "wizer-initialize") (call $f (global.get $s))))
            """);
        var environment = new InitEnvironment { Preloads = [new PreloadModule("p", preload)] };
        WizerException error = Assert.Throws<WizerException>(() => new PreInitializer().Run(module, environment));
        Assert.Equal("unsupported change from outside: global 0, field 0 has changed", error.Message);
    }

    [Fact]
    public void Run_RefusesToGuessWhichImportIsMeant()
    {
        // Both are one function here, and may be two where the new module runs.
        byte[] preload = Modules.Compile("(module (func $f (export \"a\") (export \"b\")))");
        byte[] module = Modules.Compile("""
            (module (import "p" "a" (func $a)) (import "p" "b" (func $b)) (table 1 funcref) (elem (i32.const 0) $a)
              (elem declare func $b) (func (export "wizer-initialize") (table.set (i32.const 0) (ref.func $b))))
            """);
        var environment = new InitEnvironment { Preloads = [new PreloadModule("p", preload)] };
        WizerException error = Assert.Throws<WizerException>(() => new PreInitializer().Run(module, environment));
        Assert.Equal(
            "unsupported `table.set` instruction: table 0, element 0 refers to a function that is imported under several names", error.Message);
    }

    [Fact]
    public void Run_ComparesWithInstantiation_BeforeTheStartFunction()
    {
        // The new module has no start function, so what that did has to be seen, too.
        const string Fields = "(table 1 funcref) (func $f (table.set (i32.const 0) (ref.func $f))) (elem declare func $f)";
        AssertUnsupported(
            Fields + "(start $f) (func (export \"wizer-initialize\"))", "unsupported `table.set` instruction: table 0, element 0 has changed");
    }

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

    private static void AssertUnsupported(string fields, string message)
    {
        var environment = new InitEnvironment
        {
            DefineImports = static (_, linker) => linker.DefineFunction(
                "host", "object", new FuncType([], [ValType.ExternRef]), static (_, slots) => slots[0] = ReferenceHandle.OfHost(7)),
        };
        WizerException error = Assert.Throws<WizerException>(() => new PreInitializer().Run(Modules.Compile($"(module {fields})"), environment));
        Assert.Equal(message, error.Message);
        Assert.Equal(WizerError.UnsupportedModule, error.Error);
    }
}
