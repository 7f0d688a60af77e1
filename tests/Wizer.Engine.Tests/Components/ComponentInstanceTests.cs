using Wizer.Engine.Components;
using Xunit;

namespace Wizer.Engine.Tests.Components;

/// <summary>Instances of components and what goes wrong with them.</summary>
public sealed class ComponentInstanceTests
{
    private const string Adder = """
        (core module $M (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
          (func (export "trap") unreachable))
        (core instance $m (instantiate $M))
        (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $m "add")))
        (func (export "trap") (canon lift (core func $m "trap")))
        """;

    [Fact]
    public void Function_IsCalled()
    {
        using var guest = new ComponentGuest();
        ComponentInstance instance = guest.Instantiate(Adder);

        Assert.Equal(ComponentValue.Of(5u), instance.Invoke("add", ComponentValue.Of(2u), ComponentValue.Of(3u)));
        Assert.Equal(["add", "trap"], instance.Exports.Names);
        Assert.Equal(["a", "b"], instance.Exports.FindFunction("add")!.ParameterNames);
        Assert.Null(instance.Exports.FindInstance("add"));
    }

    [Fact]
    public void CompiledComponent_IsInstantiatedInSeveralStores()
    {
        CompiledComponent component = ComponentGuest.Compile(Adder);
        for (int i = 0; i < 2; i++)
        {
            using var guest = new ComponentGuest();
            ComponentInstance instance = guest.Linker.Instantiate(guest.Store, component);
            Assert.Equal(ComponentValue.Of(3u), instance.Invoke("add", ComponentValue.Of(1u), ComponentValue.Of(2u)));
        }
    }

    [Fact]
    public void ArgumentsThatDoNotFit_AreRejected_AndNothingIsPoisoned()
    {
        using var guest = new ComponentGuest();
        ComponentInstance instance = guest.Instantiate(Adder);

        Assert.Contains("no function `sub`", Assert.Throws<ArgumentException>(() => instance.Invoke("sub")).Message, StringComparison.Ordinal);
        Assert.Contains(
            "`add` takes 2 arguments, not 1", Assert.Throws<ArgumentException>(() => instance.Invoke("add", ComponentValue.Of(1u))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "`b` of `add` does not have its type: expected u32, found string",
            Assert.Throws<ArgumentException>(() => instance.Invoke("add", ComponentValue.Of(1u), ComponentValue.Of("x"))).Message,
            StringComparison.Ordinal);
        Assert.Equal(ComponentValue.Of(3u), instance.Invoke("add", ComponentValue.Of(1u), ComponentValue.Of(2u)));
    }

    [Fact]
    public void InstanceThatTrapped_IsNotEnteredAgain()
    {
        using var guest = new ComponentGuest();
        ComponentInstance instance = guest.Instantiate(Adder);

        Assert.Equal(TrapKind.Unreachable, Assert.Throws<WasmTrapException>(() => instance.Invoke("trap")).Kind);
        var trap = Assert.Throws<WasmTrapException>(() => instance.Invoke("add", ComponentValue.Of(1u), ComponentValue.Of(2u)));
        Assert.Equal("cannot enter component instance", trap.Message);
    }

    [Fact]
    public void HostFunction_CannotCallBack()
    {
        using var guest = new ComponentGuest();
        guest.Linker.DefineFunction(null, "f", (caller, _) => caller.Invoke("g"));
        ComponentInstance instance = guest.Instantiate("""
            (import "f" (func $f))
            (core func $f' (canon lower (func $f)))
            (core module $M (import "" "f" (func $f)) (func (export "g") (call $f)))
            (core instance $m (instantiate $M (with "" (instance (export "f" (func $f'))))))
            (func (export "g") (canon lift (core func $m "g")))
            """);

        Assert.Equal("cannot enter component instance", Assert.Throws<WasmTrapException>(() => instance.Invoke("g")).Message);
    }

    [Fact]
    public void HostFunction_WithAResultOfAnotherType_IsReported()
    {
        using var guest = new ComponentGuest();
        guest.Linker.DefineFunction("i", "f", (_, _) => ComponentValue.Of(true));
        ComponentInstance instance = guest.Instantiate("""
            (import "i" (instance $i (export "f" (func (result u32)))))
            (core func $f (canon lower (func $i "f")))
            (core module $M (import "" "f" (func $f (result i32))) (func (export "g") (result i32) (call $f)))
            (core instance $m (instantiate $M (with "" (instance (export "f" (func $f))))))
            (func (export "g") (result u32) (canon lift (core func $m "g")))
            """);

        Assert.Equal(
            "the result of the host's function `i`, `f` does not have its type: expected u32, found bool",
            Assert.Throws<InvalidOperationException>(() => instance.Invoke("g")).Message);
    }

    [Fact]
    public void MissingImports_AreReported_OrTrap()
    {
        const string Importing = """
            (import "f" (func $f))
            (import "r" (type $r (sub resource)))
            (core func $f' (canon lower (func $f)))
            (core module $M (import "" "f" (func $f)) (func (export "g") (call $f)))
            (core instance $m (instantiate $M (with "" (instance (export "f" (func $f'))))))
            (func (export "g") (canon lift (core func $m "g")))
            """;
        using var guest = new ComponentGuest();
        const string Missing = "component imports function `f`, but a matching implementation was not found in the linker";

        Assert.Equal(
            "component imports 2 items that nobody provides: function `f`, resource `r`",
            Assert.Throws<WasmLinkException>(() => guest.Instantiate(Importing)).Message);
        guest.Linker.DefineResource(null, "r", new ComponentResourceType("r"));
        Assert.Equal(Missing, Assert.Throws<WasmLinkException>(() => guest.Instantiate(Importing)).Message);
        guest.Linker.UnknownImportsTrap = true;
        Assert.Equal(Missing, Assert.Throws<WasmTrapException>(() => guest.Instantiate(Importing).Invoke("g")).Message);
    }

    [Theory]
    [InlineData("bool", "false")]
    [InlineData("s64", "0")]
    [InlineData("f32", "0")]
    [InlineData("char", "'\\u{0}'")]
    [InlineData("string", "\"\"")]
    [InlineData("(list u8)", "[]")]
    [InlineData("(list string)", "[]")]
    [InlineData("(tuple u8 string)", "(0, \"\")")]
    [InlineData("(option u32)", "none")]
    [InlineData("(result u32 (error string))", "ok(0)")]
    [InlineData("(result (error string))", "ok")]
    [InlineData("$record", "{a: 0, b: none}")]
    [InlineData("$variant", "first(0)")]
    [InlineData("$enum", "one")]
    [InlineData("$flags", "{}")]
    [InlineData("(own $r)", "<own of a resource>")]
    public void FunctionsThatNobodyProvides_ReturnDefaults(string type, string expected)
    {
        using var guest = new ComponentGuest();
        guest.Linker.UnknownImportsReturnDefaults = true;
        ComponentInstance instance = guest.Instantiate($$"""
            (import "r" (type $r (sub resource)))
            (type $record' (record (field "a" u8) (field "b" (option string))))
            (import "record" (type $record (eq $record')))
            (type $variant' (variant (case "first" u8) (case "second")))
            (import "variant" (type $variant (eq $variant')))
            (type $enum' (enum "one" "two"))
            (import "enum" (type $enum (eq $enum')))
            (type $flags' (flags "x" "y"))
            (import "flags" (type $flags (eq $flags')))
            (import "f" (func $f (result {{type}})))
            (import "nothing" (func $nothing))
            (export "f" (func $f))
            (export "nothing" (func $nothing))
            """);
        Assert.Equal(expected, instance.Invoke("f").ToString());
        Assert.Null(instance.Invoke("nothing"));
    }

    [Fact]
    public void ImportsThatOnlyComponentsProvide_AreReported() =>
        Assert.Equal(
            "the component imports a module, `m`: only components can provide one",
            Assert.Throws<WasmLinkException>(() => ComponentGuest.Compile("(import \"m\" (core module))")).Message);

    [Fact]
    public void ManyInstances_AreReported()
    {
        // Each component instantiates the one before it twice.
        var fields = new System.Text.StringBuilder("(component $c0)");
        for (int i = 1; i <= 20; i++)
        {
            fields.Append(System.Globalization.CultureInfo.InvariantCulture, $"""
                (component $c{i} (alias outer 1 $c{i - 1} (component $c)) (instance (instantiate $c)) (instance (instantiate $c)))
                """);
        }

        string text = fields.Append("(instance (instantiate $c20))").ToString();
        Assert.Equal(
            "the component comes to too many instances: at most 10000 are supported",
            Assert.Throws<WasmLinkException>(() => ComponentGuest.Compile(text)).Message);
    }

    [Fact]
    public void AsynchronousBuiltin_SaysThatItIsNotSupported()
    {
        using var guest = new ComponentGuest();
        ComponentInstance instance = guest.Instantiate("""
            (type $s (stream u8))
            (canon stream.cancel-read $s (core func $b))
            (core module $M (import "" "b" (func $b (param i32) (result i32))) (func (export "g") (drop (call $b (i32.const 0)))))
            (core instance $m (instantiate $M (with "" (instance (export "b" (func $b))))))
            (func (export "g") (canon lift (core func $m "g")))
            """);

        Assert.Equal(
            "the built-in `stream.cancel-read` is not supported yet", Assert.Throws<WasmTrapException>(() => instance.Invoke("g")).Message);
    }

    [Fact]
    public void Start_IsCalled()
    {
        using var guest = new ComponentGuest();
        int calls = 0;
        guest.Linker.DefineFunction(null, "f", (_, _) =>
        {
            calls++;
            return null;
        });
        guest.Instantiate("(import \"f\" (func $f)) (start $f)");

        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData(0x1000_0000, 0, "list is too long: at most 268435455 bytes are allowed")]
    [InlineData(0x0fff_ffff, 0, "list pointer/length out of bounds of memory")]
    [InlineData(1, 0x10000, "list pointer/length out of bounds of memory")]
    public void ListBeyondItsLimits_Traps(int length, int address, string expected)
    {
        using var guest = new ComponentGuest();
        ComponentInstance instance = guest.Instantiate($$"""
            (core module $M (memory (export "mem") 1)
              (func (export "f") (result i32)
                (i32.store (i32.const 8) (i32.const {{address}}))
                (i32.store (i32.const 12) (i32.const {{length}}))
                (i32.const 8)))
            (core instance $m (instantiate $M))
            (func (export "f") (result (list u8)) (canon lift (core func $m "f") (memory (core memory $m "mem"))))
            """);

        Assert.Equal(expected, Assert.Throws<WasmTrapException>(() => instance.Invoke("f")).Message);
    }

    [Fact]
    public void MemoryWith64BitAddresses_IsReadAndWritten()
    {
        using var guest = new ComponentGuest();
        ComponentInstance instance = guest.Instantiate("""
            (core module $M (memory (export "mem") i64 1)
              (func (export "realloc") (param i64 i64 i64 i64) (result i64) (i64.const 64))
              (func (export "f") (param i64 i64) (result i64)
                (i64.store (i64.const 8) (local.get 0)) (i64.store (i64.const 16) (local.get 1)) (i64.const 8)))
            (core instance $m (instantiate $M))
            (func (export "f") (param "x" string) (result string)
              (canon lift (core func $m "f") (memory (core memory $m "mem")) (realloc (core func $m "realloc"))))
            """);

        Assert.Equal(ComponentValue.Of("hö"), instance.Invoke("f", ComponentValue.Of("hö")));
    }

    [Fact]
    public void ManyValues_Trap()
    {
        // Lists of lists without anything in them take eight bytes here, and three times that and an object there.
        using var guest = new ComponentGuest();
        ComponentInstance instance = guest.Instantiate("""
            (core module $M (memory (export "mem") 2049)
              (func (export "f") (result i32)
                (i32.store (i32.const 8) (i32.const 16))
                (i32.store (i32.const 12) (i32.const 0x1000001))
                (i32.const 8)))
            (core instance $m (instantiate $M))
            (func (export "f") (result (list (list u8))) (canon lift (core func $m "f") (memory (core memory $m "mem"))))
            """);

        Assert.Equal(
            "a call passes too many values: at most 16777216 are supported",
            Assert.Throws<WasmTrapException>(() => instance.Invoke("f")).Message);
    }
}
