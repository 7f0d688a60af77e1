using Wizer.Engine.Components;
using Xunit;

namespace Wizer.Engine.Tests.Components;

/// <summary>Resources between components and the host.</summary>
public sealed class ComponentResourceTests
{
    // Makes resources, looks at them, and counts those that are there.
    private const string Maker = """
        (core module $Dtor (table (export "t") 1 funcref) (type $d (func (param i32)))
          (func (export "dtor") (param i32) (call_indirect (type $d) (local.get 0) (i32.const 0))))
        (core instance $dtor (instantiate $Dtor))
        (type $R' (resource (rep i32) (dtor (core func $dtor "dtor"))))
        (export $R "r" (type $R'))
        (canon resource.new $R' (core func $new))
        (canon resource.drop $R' (core func $drop))
        (core module $M
          (import "" "t" (table 1 funcref))
          (import "" "new" (func $new (param i32) (result i32)))
          (import "" "drop" (func $drop (param i32)))
          (global $live (mut i32) (i32.const 0))
          (func $dtor (param i32) (global.set $live (i32.sub (global.get $live) (i32.const 1))))
          (elem (i32.const 0) $dtor)
          (func (export "make") (param i32) (result i32)
            (global.set $live (i32.add (global.get $live) (i32.const 1)))
            (call $new (local.get 0)))
          (func (export "look") (param i32) (result i32) (local.get 0))
          (func (export "take") (param i32) (call $drop (local.get 0)))
          (func (export "live") (result i32) (global.get $live)))
        (core instance $m (instantiate $M (with "" (instance
          (export "t" (table $dtor "t")) (export "new" (func $new)) (export "drop" (func $drop))))))
        (func (export "make") (param "x" u32) (result (own $R)) (canon lift (core func $m "make")))
        (func (export "look") (param "r" (borrow $R)) (result u32) (canon lift (core func $m "look")))
        (func (export "take") (param "r" (own $R)) (canon lift (core func $m "take")))
        (func (export "live") (result u32) (canon lift (core func $m "live")))
        """;

    [Fact]
    public void Host_OwnsLendsAndDropsResourcesOfAComponent()
    {
        using var guest = new ComponentGuest();
        ComponentInstance instance = guest.Instantiate(Maker);
        ComponentResource first = instance.Invoke("make", ComponentValue.Of(7u))!.Value.AsResource;
        ComponentResource second = instance.Invoke("make", ComponentValue.Of(8u))!.Value.AsResource;

        Assert.Equal(ComponentValue.Of(7u), instance.Invoke("look", ComponentValue.Borrow(first)));
        Assert.Equal(ComponentValue.Of(2u), instance.Invoke("live"));
        first.Drop();
        Assert.Equal(ComponentValue.Of(1u), instance.Invoke("live"));
        instance.Invoke("take", ComponentValue.Own(second));
        Assert.Equal(ComponentValue.Of(0u), instance.Invoke("live"));
        Assert.True(second.IsGone);
        Assert.Contains(
            "passed on or dropped",
            Assert.Throws<ArgumentException>(() => instance.Invoke("look", ComponentValue.Borrow(second))).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(first.Drop);
    }

    [Fact]
    public void ResourceOfAnotherInstance_IsRejected()
    {
        using var guest = new ComponentGuest();
        ComponentResource resource = guest.Instantiate(Maker).Invoke("make", ComponentValue.Of(7u))!.Value.AsResource;

        Assert.Contains(
            "the resource is of another type",
            Assert.Throws<ArgumentException>(() => guest.Instantiate(Maker).Invoke("look", ComponentValue.Borrow(resource))).Message,
            StringComparison.Ordinal);
    }

    // Uses a resource of the host: gets one, lends it and drops it, or does not.
    private const string User = """
        (import "h" (instance $h
          (export "r" (type $r (sub resource)))
          (export "get" (func (result (own $r))))
          (export "look" (func (param "r" (borrow $r)) (result u32)))))
        (alias export $h "r" (type $r))
        (canon resource.drop $r (core func $drop))
        (canon lower (func $h "get") (core func $get))
        (canon lower (func $h "look") (core func $look))
        (core module $M
          (import "" "drop" (func $drop (param i32)))
          (import "" "get" (func $get (result i32)))
          (import "" "look" (func $look (param i32) (result i32)))
          (func (export "run") (result i32) (local i32)
            (local.set 0 (call $get)) (call $look (local.get 0)) (call $drop (local.get 0)))
          (func (export "keep") (param i32))
          (func (export "give") (param i32) (call $drop (local.get 0))))
        (core instance $m (instantiate $M (with "" (instance
          (export "drop" (func $drop)) (export "get" (func $get)) (export "look" (func $look))))))
        (func (export "run") (result u32) (canon lift (core func $m "run")))
        (func (export "keep") (param "r" (borrow $r)) (canon lift (core func $m "keep")))
        (func (export "give") (param "r" (borrow $r)) (canon lift (core func $m "give")))
        """;

    [Fact]
    public void Component_UsesResourcesOfTheHost()
    {
        using var guest = new ComponentGuest();
        List<uint> dropped = [];
        var type = new ComponentResourceType("r", dropped.Add);
        ComponentResource? lent = null;
        guest.Linker.DefineResource("h", "r", type)
            .DefineFunction("h", "get", (_, _) => ComponentValue.Own(new ComponentResource(type, 40)))
            .DefineFunction("h", "look", (_, arguments) =>
            {
                lent = arguments[0].AsResource;
                return ComponentValue.Of(lent.Representation + 2);
            });
        ComponentInstance instance = guest.Instantiate(User);

        Assert.Equal(ComponentValue.Of(42u), instance.Invoke("run"));
        Assert.Equal([40u], dropped);
        Assert.False(lent!.IsOwned);
        Assert.Throws<InvalidOperationException>(lent.Drop);
    }

    [Fact]
    public void BorrowThatIsNotGivenBack_Traps()
    {
        using var guest = new ComponentGuest();
        var type = new ComponentResourceType("r");
        guest.Linker.UnknownImportsTrap = true;
        guest.Linker.DefineResource("h", "r", type);
        ComponentInstance instance = guest.Instantiate(User);
        ComponentValue value = ComponentValue.Borrow(new ComponentResource(type, 1));

        instance.Invoke("give", value);
        Assert.Equal(
            "borrow handles still remain at the end of the call", Assert.Throws<WasmTrapException>(() => instance.Invoke("keep", value)).Message);
    }

    [Fact]
    public void Handles_AreLimited_AndUsedAgain()
    {
        var table = new HandleTable();
        var type = new ComponentResourceType("r");
        for (uint i = 1; i <= HandleTable.MaxCount; i++)
        {
            Assert.Equal(i, table.Add(new ResourceHandle(type, i, borrower: null)));
        }

        Assert.Contains(
            "too many handles", Assert.Throws<WasmTrapException>(() => table.Add(new ResourceHandle(type, 0, borrower: null))).Message,
            StringComparison.Ordinal);
        table.Remove(5, type);
        table.Remove(3, type);
        Assert.Equal(3u, table.Add(new ResourceHandle(type, 0, borrower: null)));
        Assert.Equal(5u, table.Add(new ResourceHandle(type, 0, borrower: null)));
        Assert.Equal(HandleTable.MaxCount, table.Count);
    }
}
