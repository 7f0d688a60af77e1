using Wizer.Binary;
using Wizer.Engine.Layout;
using Xunit;

namespace Wizer.Engine.Tests.Runtime;

public sealed class TypeRegistryTests
{
    [Theory]
    [InlineData("(type (func (param i32)))", "(type (func)) (type (func (param i32)))", 0, 1, true)]
    [InlineData("(type (func (param i32)))", "(type (func (result i32)))", 0, 0, false)]
    [InlineData("(type (func (param i32 i64)))", "(type (func (param i32) (result i64)))", 0, 0, false)]
    [InlineData("(type (func (param i32)))", "(rec (type (func (param i32))))", 0, 0, true)]
    [InlineData("(type (func (param i32)))", "(rec (type (func (param i32))) (type (func)))", 0, 0, false)]
    [InlineData("(type (func))", "(type (sub (func)))", 0, 0, false)]
    [InlineData("(type (sub final (func)))", "(type (func))", 0, 0, true)]
    [InlineData("(rec (type $a (func (param (ref $a)))))", "(type (func)) (rec (type $b (func (param (ref $b)))))", 0, 1, true)]
    [InlineData("(rec (type $a (func (param (ref $b)))) (type $b (func)))", "(rec (type $a (func (param (ref $a)))) (type $b (func)))", 0, 0, false)]
    [InlineData("(type $s (struct (field i8))) (type (func (param (ref $s))))", "(type $s (struct (field i16))) (type (func (param (ref $s))))", 1, 1, false)]
    [InlineData("(type $s (struct (field i8))) (type (func (param (ref $s))))", "(type (func)) (type $s (struct (field i8))) (type (func (param (ref $s))))", 1, 2, true)]
    [InlineData("(type (struct (field (mut i32))))", "(type (struct (field i32)))", 0, 0, false)]
    [InlineData("(type (array i32))", "(type (struct (field i32)))", 0, 0, false)]
    public void Types_AreOne_WhenTheirGroupsAreEqual(string left, string right, int leftIndex, int rightIndex, bool same)
    {
        var registry = new TypeRegistry();
        uint a = registry.Register(Guest.Module($"(module {left})"))[leftIndex];
        uint b = registry.Register(Guest.Module($"(module {right})"))[rightIndex];
        Assert.Equal(same, a == b);
    }

    [Fact]
    public void DeclaredSubtypes_Match_AndOthersDoNot()
    {
        var registry = new TypeRegistry();
        uint[] ids = registry.Register(Guest.Module("""
            (module
              (type $a (sub (func)))
              (type $b (sub $a (func)))
              (type $c (sub $b (func)))
              (type $d (sub $a (func (param) (result)))))
            """));
        Assert.True(registry.IsSubtype(ids[2], ids[0]));
        Assert.True(registry.IsSubtype(ids[2], ids[2]));
        Assert.False(registry.IsSubtype(ids[0], ids[2]));
        Assert.Equal(ids[1], ids[3]);
        Assert.True(registry.Matches(Ref(ids[2], nullable: false), Ref(ids[0], nullable: true)));
        Assert.False(registry.Matches(Ref(ids[2], nullable: true), Ref(ids[0], nullable: false)));
        Assert.True(registry.Matches(Ref(ids[2], nullable: true), ValType.FuncRef));
        Assert.False(registry.Matches(ValType.FuncRef, Ref(ids[2], nullable: true)));
        Assert.True(registry.Matches(ValType.Ref(HeapType.NoFunc, nullable: true), Ref(ids[2], nullable: true)));
        Assert.False(registry.Matches(ValType.Ref(HeapType.None, nullable: true), Ref(ids[2], nullable: true)));
        Assert.True(registry.Matches(ValType.Ref(HeapType.I31, nullable: false), ValType.Ref(HeapType.Any, nullable: true)));
        Assert.False(registry.Matches(ValType.I32, ValType.I64));
    }

    [Fact]
    public void Registry_KnowsAModule_TheSecondTime()
    {
        var registry = new TypeRegistry();
        ModuleInfo module = Guest.Module("(module (type (func)) (rec (type (func (param i32))) (type (struct))) (type (func)))");
        uint[] first = registry.Register(module);
        int count = registry.Count;
        Assert.Equal(first, registry.Register(module));
        Assert.Equal(count, registry.Count);
        Assert.Equal(first[0], first[3]);
        Assert.Equal(first[0], registry.Register(new FuncType([], [])));
    }

    private static ValType Ref(uint typeId, bool nullable) => ValType.Ref(new HeapType((int)typeId), nullable);
}
