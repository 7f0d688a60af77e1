using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>References that a module imports in immutable globals are in the new module by their imports, wherever they went.</summary>
public class ImportedReferenceTests
{
    private const string Imports = "(import \"e\" \"x\" (global $x externref)) (import \"e\" \"y\" (global $y (ref extern)))"
        + " (import \"e\" \"f\" (global $f funcref))";

    [Theory]
    [InlineData("(global $g (mut externref) (ref.null extern))", "(global.set $g (global.get $y))")]
    [InlineData("(global $g (mut (ref extern)) (global.get $y))", "(nop)")]
    [InlineData("(global $g (mut externref) (global.get $x))", "(global.set $g (ref.null extern))")]
    [InlineData("(global $g (mut anyref) (ref.null any))", "(global.set $g (any.convert_extern (global.get $x)))")]
    [InlineData("(global $g (mut funcref) (ref.null func))", "(global.set $g (global.get $f))")]
    [InlineData("(table $t 3 externref) (elem (table $t) (i32.const 1) externref (global.get $x))", "(nop)")]
    [InlineData("(table $t 3 externref)", "(table.set $t (i32.const 1) (global.get $x)) (table.set $t (i32.const 2) (global.get $y))")]
    [InlineData("(table $t 3 funcref) (func $a) (elem declare func $a)", "(table.set $t (i32.const 1) (global.get $f)) (table.set $t (i32.const 2) (ref.func $a))")]
    [InlineData("(type $s (struct (field (mut externref)) (field anyref))) (global $g (mut (ref null $s)) (ref.null $s))",
        "(global.set $g (struct.new $s (global.get $y) (any.convert_extern (global.get $y))))")]
    [InlineData("(type $s (struct (field (mut externref)) (field (mut (ref null $s))))) (global $g (mut (ref null $s)) (ref.null $s))",
        "(global.set $g (struct.new $s (global.get $y) (ref.null $s))) (struct.set $s 1 (global.get $g) (global.get $g))")]
    public void Reference_IsWrittenByItsImport(string fields, string instructions)
    {
        byte[] output = ImportRound.Check(SnapshotRound.Module(Imports + fields, instructions), WizerOptions.Default);
        Assert.Equal(3, ModuleReader.Parse(output).ImportedGlobalCount);
    }

    [Fact]
    public void Function_IsThatOfTheImport()
    {
        byte[] output = new PreInitializer().Run(Modules.Compile(SnapshotRound.Module(
            Imports + "(table $t 1 funcref) (type $i (func (result i32)))"
            + " (func (export \"call\") (result i32) (call_indirect $t (type $i) (i32.const 0)))",
            "(table.set $t (i32.const 0) (global.get $f))")));
        using var store = new Store();
        var linker = new Linker();
        linker.Define("e", "x", new Global(store, new GlobalType(ValType.ExternRef, false), 0));
        linker.Define("e", "y", new Global(store, new GlobalType(ValType.Ref(HeapType.Extern, false), false), store.CreateExternRef("y")));
        var seven = new Function(store, new FuncType([], [ValType.I32]), (_, slots) => slots[0] = 7);
        linker.Define("e", "f", new Global(store, new GlobalType(ValType.FuncRef, false), seven.Handle));
        Assert.Equal([7UL], linker.Instantiate(store, ModuleReader.Parse(output)).FindFunction("call")!.Invoke());
    }

    [Fact]
    public void Function_CannotBeCalledYet()
    {
        WizerException error = Assert.Throws<WizerException>(() => new PreInitializer().Run(Modules.Compile(
            "(module (type $v (func)) (import \"e\" \"f\" (global $f (ref $v))) (func (export \"wizer-initialize\") (call_ref $v (global.get $f))))")));
        Assert.Contains("the function that the global `e.f` refers to is not there yet", error.InnerException!.Message);
    }

    [Fact]
    public void WiderReference_IsRefusedWhereANarrowOneBelongs()
    {
        WizerException error = Assert.Throws<WizerException>(() => new PreInitializer().Run(Modules.Compile(SnapshotRound.Module(
            Imports + "(global $g (mut (ref extern)) (global.get $y))", "(global.set $g (ref.as_non_null (global.get $x)))"))));
        Assert.Equal(
            "global 3: a snapshot cannot hold an imported reference in a place of another type than its import has", error.Message);
    }

    [Fact]
    public void HostsObjects_AreStillRefused_WhenTheyComeFromElsewhere()
    {
        var environment = new InitEnvironment
        {
            DefineImports = static (store, linker) => linker.DefineFunction(
                "e", "make", new FuncType([], [ValType.ExternRef]), (_, slots) => slots[0] = store.CreateExternRef("made")),
        };
        WizerException error = Assert.Throws<WizerException>(() => new PreInitializer().Run(
            Modules.Compile(SnapshotRound.Module(
                Imports + "(import \"e\" \"make\" (func $make (result externref))) (global $g (mut externref) (ref.null extern))",
                "(global.set $g (call $make))")),
            environment));
        Assert.Equal("global 3: a snapshot cannot hold an object of the host", error.Message);
    }
}
