using Wizer.TestSupport;
using Xunit;

namespace Wizer.Binary.Tests.Validation;

/// <summary>Core 3.0, Validation: Matching.</summary>
public sealed class TypeSpaceTests
{
    [Fact]
    public void Groups_ThatLookAlike_AreOneType()
    {
        TypeSpace types = Types(
            """
            (type (func (param i32)))
            (type (func (param i32)))
            (rec (type $a (struct (field (ref null $b)))) (type $b (struct (field (ref null $a)))))
            (rec (type $c (struct (field (ref null $d)))) (type $d (struct (field (ref null $c)))))
            (rec (type $e (struct (field (ref null $e)))) (type $f (struct (field (ref null $e)))))
            (type (array (ref null $a)))
            (type (array (ref null $c)))
            (type (array (mut (ref null $a))))
            """);
        Assert.True(types.IsSame(0, 1));
        Assert.True(types.IsSame(2, 4));
        Assert.True(types.IsSame(3, 5));
        Assert.False(types.IsSame(2, 3)); // the same shape at another place of the group
        Assert.False(types.IsSame(2, 6));
        Assert.True(types.IsSame(8, 9));  // through types that are the same
        Assert.False(types.IsSame(8, 10));
    }

    [Fact]
    public void GroupsOfOne_DifferFromMembersOfLargerOnes()
    {
        TypeSpace types = Types("(type (func)) (rec (type (func)) (type (func))) (type (sub (func)))");
        Assert.False(types.IsSame(0, 1));
        Assert.False(types.IsSame(1, 2));
        Assert.False(types.IsSame(0, 3)); // not final
    }

    [Fact]
    public void Subtypes_FollowDeclarations_AndEqualTypes()
    {
        TypeSpace types = Types(
            """
            (type $a (sub (struct)))
            (type $b (sub $a (struct (field i32))))
            (type $c (sub $b (struct (field i32) (field i64))))
            (type $d (sub $a (struct (field i32))))
            (type $e (struct (field i32)))
            """);
        Assert.True(types.IsSubtype(Ref(2), Ref(0)));
        Assert.True(types.IsSubtype(Ref(2), Ref(1)));
        Assert.True(types.IsSubtype(Ref(2), Ref(3)));  // $d is $b
        Assert.False(types.IsSubtype(Ref(0), Ref(2)));
        Assert.False(types.IsSubtype(Ref(4), Ref(0))); // looks like it, but says nothing
    }

    /// <summary>Pairs of which the first matches the second and not the other way round.</summary>
    public static TheoryData<string, string> Matches => new()
    {
        { "none", "i31" }, { "none", "struct" }, { "none", "array" }, { "i31", "eq" }, { "struct", "eq" }, { "array", "eq" },
        { "eq", "any" }, { "none", "any" }, { "nofunc", "func" }, { "noextern", "extern" }, { "noexn", "exn" },
        { "0", "func" }, { "nofunc", "0" }, { "1", "struct" }, { "none", "1" }, { "2", "array" }, { "none", "2" }, { "1", "any" },
    };

    [Theory]
    [MemberData(nameof(Matches))]
    public void HeapTypes_MatchUpwards(string sub, string super)
    {
        TypeSpace types = Types("(type (func)) (type (struct)) (type (array i32))");
        Assert.True(types.IsSubtype(Heap(sub), Heap(super)));
        Assert.False(types.IsSubtype(Heap(super), Heap(sub)));
        Assert.True(types.IsSubtype(Heap(sub), Heap(sub)));

        Assert.True(types.IsSubtype(ValType.Ref(Heap(sub), false), ValType.Ref(Heap(super), true)));
        Assert.False(types.IsSubtype(ValType.Ref(Heap(sub), true), ValType.Ref(Heap(super), false)));
    }

    [Fact]
    public void Hierarchies_DoNotMix()
    {
        TypeSpace types = Types("(type (func)) (type (struct)) (type (array i32))");
        string[] tops = ["any", "func", "extern", "exn"];
        string[] members = ["any", "func", "extern", "exn", "none", "nofunc", "noextern", "noexn", "0", "1", "2"];
        foreach (string top in tops)
        {
            foreach (string member in members)
            {
                Assert.Equal(types.TopOf(Heap(member)) == Heap(top), types.IsSubtype(Heap(member), Heap(top)));
            }
        }
    }

    [Fact]
    public void AHundredThousandEqualTypes_TakeNoTime()
    {
        var bytes = new ModuleBytes();
        for (int i = 0; i < 100_000; i++)
        {
            bytes.FuncType([0x7f], []);
        }

        TypeSpace types = Types(ModuleReader.Parse(bytes.ToArray()));
        Assert.True(types.IsSame(0, 99_999));
    }

    private static HeapType Heap(string name) => name switch
    {
        "any" => HeapType.Any,
        "eq" => HeapType.Eq,
        "i31" => HeapType.I31,
        "struct" => HeapType.Struct,
        "array" => HeapType.Array,
        "none" => HeapType.None,
        "func" => HeapType.Func,
        "nofunc" => HeapType.NoFunc,
        "extern" => HeapType.Extern,
        "noextern" => HeapType.NoExtern,
        "exn" => HeapType.Exn,
        "noexn" => HeapType.NoExn,
        _ => new HeapType(name[0] - '0'),
    };

    private static ValType Ref(int typeIndex) => ValType.Ref(new HeapType(typeIndex), nullable: false);

    private static TypeSpace Types(string fields) => Types(ModuleReader.Parse(Wat.Compile($"(module {fields})")));

    private static TypeSpace Types(ModuleInfo module)
    {
        var types = new TypeSpace(module.Types, module.RecGroupStarts);
        for (int i = 0; i < module.RecGroupStarts.Length; i++)
        {
            types.AddGroup(i);
        }

        return types;
    }
}
