using Wizer.Binary;
using Xunit;

namespace Wizer.Engine.Tests.Runtime;

public sealed class TableTests
{
    [Fact]
    public void Grow_KeepsElements_AndFillsTheNewOnes()
    {
        using var store = new Store();
        var table = new Table(store, new TableType(ValType.ExternRef, new Limits(2, 100)), init: 5);
        table[1] = 6;
        Assert.Equal(2, table.Grow(3, 7));
        Assert.Equal(5, table.Grow(1));
        ulong[] elements = [table[0], table[1], table[2], table[3], table[4], table[5]];
        Assert.Equal([5, 6, 7, 7, 7, 0], elements);
    }

    [Fact]
    public void Grow_StopsAtTheMaximum_AndAtTheStoresLimit()
    {
        using var store = new Store(new EngineOptions { MaxTableElementCount = 10 });
        var bounded = new Table(store, new TableType(ValType.FuncRef, new Limits(1, 3)));
        Assert.Equal(-1, bounded.Grow(3));
        Assert.Equal(1, bounded.Grow(2));
        var unbounded = new Table(store, new TableType(ValType.FuncRef, new Limits(1, null)));
        Assert.Equal(-1, unbounded.Grow(0xffff_ffff));
        Assert.Equal(1, unbounded.Grow(6));
        Assert.Equal(-1, unbounded.Grow(1));
        var error = Assert.Throws<WasmLimitException>(() => new Table(store, new TableType(ValType.FuncRef, new Limits(1, null))));
        Assert.Equal("table minimum size of 1 elements exceeds the table limit: 0 of 10 are left", error.Message);
        Assert.Equal(EngineLimit.TableElementCount, error.Limit);
    }

    [Fact]
    public void Grow_StopsWhereSpansEnd_WhateverTheStoresLimit()
    {
        using var store = new Store(new EngineOptions { MaxTableElementCount = ulong.MaxValue });
        var table = new Table(store, new TableType(ValType.FuncRef, new Limits(1, null)));
        Assert.Equal(-1, table.Grow(0x8000_0000));
        Assert.Equal(-1, table.Grow(0xffff_ffff));
        Assert.Equal(1UL, table.Length);
    }

    [Fact]
    public void Indexer_RefusesWhatIsBeyond()
    {
        using var store = new Store();
        var table = new Table(store, new TableType(ValType.FuncRef, new Limits(1, null)));
        Assert.Throws<ArgumentOutOfRangeException>(() => table[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => table[1] = 0);
    }

    [Fact]
    public void Element_StandsForItsFunction()
    {
        using var store = new Store();
        var table = new Table(store, new TableType(ValType.FuncRef, new Limits(2, null)));
        var function = new Function(store, new FuncType([], [ValType.I32]), static (_, slots) => slots[0] = 42);
        table[0] = function.Handle;
        Function? found = store.FunctionOf(table[0]);
        Assert.Equal(function, found);
        Assert.Equal([42UL], found!.Invoke());
        Assert.Null(store.FunctionOf(table[1]));
    }
}
