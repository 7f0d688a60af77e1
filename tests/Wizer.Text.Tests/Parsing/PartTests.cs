using System.Text;
using Wizer.Binary;
using Xunit;

namespace Wizer.Text.Tests.Parsing;

/// <summary>The parts of the parser, each by itself: what it takes from the text, and what it then knows.</summary>
public sealed class PartTests
{
    private readonly ModuleNames _names = new();
    private readonly Identifiers _identifiers;

    public PartTests() => _identifiers = new Identifiers(_names);

    [Fact]
    public void Identifiers_FindWhatWasBound_ByNameAndByNumber()
    {
        TokenCursor cursor = At("$a (;none;) i32 $c | 1 $c $\"a\" 7");
        _identifiers.Bind(ref cursor, _names.Funcs);
        _identifiers.Bind(ref cursor, _names.Funcs);
        cursor.Take();
        _identifiers.Bind(ref cursor, _names.Funcs);
        cursor.Take();
        Assert.Equal(3u, _names.Funcs.Count);

        // A number is taken as it is: whether there is such an entry is a question of validity.
        Assert.Equal(1u, _identifiers.TakeIndex(ref cursor, _names.Funcs));
        Assert.Equal(2u, _identifiers.TakeIndex(ref cursor, _names.Funcs));
        Assert.Equal(0u, _identifiers.TakeIndex(ref cursor, _names.Funcs));
        Assert.Equal(7u, _identifiers.TakeIndex(ref cursor, _names.Funcs));
        Assert.Equal(0u, _identifiers.TakeOptionalIndex(ref cursor, _names.Funcs));
    }

    [Theory]
    [InlineData("$a $a", "duplicate global $a")]
    [InlineData("$a $b", "")]
    public void Identifiers_AreBoundOnce(string text, string error) => Fails(error, () =>
    {
        TokenCursor cursor = At(text);
        _identifiers.Bind(ref cursor, _names.Globals);
        _identifiers.Bind(ref cursor, _names.Globals);
    });

    [Fact]
    public void Identifiers_OfOneSpace_MeanNothingInAnother() => Fails("unknown table $a", () =>
    {
        TokenCursor cursor = At("$a $a");
        _identifiers.Bind(ref cursor, _names.Memories);
        _identifiers.TakeIndex(ref cursor, _names.Tables);
    });

    [Fact]
    public void Labels_AreCountedFromTheInnermost_WhichHidesOthersOfItsName()
    {
        var labels = new LabelScope(_identifiers, _names);
        TokenCursor cursor = At("$x $y $x | $x $y 5 | $x");
        for (int i = 0; i < 3; i++)
        {
            labels.Push(labels.Take(ref cursor, out int name), name);
        }

        cursor.Take();
        Assert.Equal(0u, labels.TakeIndex(ref cursor));
        Assert.Equal(1u, labels.TakeIndex(ref cursor));
        Assert.Equal(5u, labels.TakeIndex(ref cursor));
        cursor.Take();
        labels.Pop();
        Assert.Equal(1u, labels.TakeIndex(ref cursor));
    }

    [Fact]
    public void Labels_HaveNames_InFunctionsOnly()
    {
        var labels = new LabelScope(_identifiers, _names);
        TokenCursor cursor = At("$a | $b");
        labels.Begin(func: 3);
        labels.Push(Identifiers.NoSymbol, Identifiers.NoSymbol);
        labels.Push(labels.Take(ref cursor, out int name), name);
        labels.End();
        cursor.Take();
        labels.Push(labels.Take(ref cursor, out name), name);
        Assert.Equal([(3u, 1u)], _names.LabelNames.Select(label => (label.Func, label.Label)));
    }

    [Theory]
    [InlineData("(param i32) (result i64)", 0u, 1u)] // as the one that is there
    [InlineData("(type 0)", 0u, 1u)]
    [InlineData("(result i64)", 1u, 2u)] // new
    [InlineData("", 1u, 2u)]
    public void TypeUses_AddATypeThatIsNew(string text, uint expected, uint count)
    {
        using var sections = new ModuleSections();
        TypeEncoder types = Types(sections);
        TokenCursor first = At("(param i32) (result i64)");
        types.TakeTypeUse(ref first);
        TokenCursor cursor = At(text);
        Assert.Equal(expected, types.TakeTypeUse(ref cursor));
        Assert.Equal(count, types.Count);
        Assert.Equal(count, sections.CountOf(SectionId.Type));
    }

    [Fact]
    public void FoldedInstructions_StandBehindTheirOperands()
    {
        using var sections = new ModuleSections();
        using InstructionEncoder instructions = Instructions(sections);
        using var output = new PooledBuffer();
        TokenCursor cursor = At("(i32.add (i32.const 1) (i32.mul (i32.const 2) (i32.const 3)))");
        instructions.EncodeFoldedConstExpr(ref cursor, new WasmWriter(output));
        Assert.Equal([0x41, 1, 0x41, 2, 0x41, 3, 0x6c, 0x6a, 0x0b], output.ToArray());
        Assert.Equal(TokenKind.End, cursor.Kind);
    }

    [Fact]
    public void Hints_AreForTheInstructionBehind_ByItsPlaceInTheBody()
    {
        using var sections = new ModuleSections();
        using InstructionEncoder instructions = Instructions(sections, out BranchHints hints);
        using var output = new PooledBuffer();
        TokenCursor cursor = At("block nop i32.const 0 (@metadata.code.branch_hint \"\\01\") br_if 0 end)");
        instructions.EncodeBody(ref cursor, new WasmWriter(output), 7, 0);
        hints.WriteTo(sections);
        using var module = new PooledBuffer();
        sections.WriteTo(new WasmWriter(module));

        // One function, the seventh, with one hint: at byte 5, of one byte, which says "likely".
        Assert.EndsWith("01" + "07" + "01" + "05" + "01" + "01", Convert.ToHexString(module.WrittenSpan), StringComparison.Ordinal);
    }

    private TypeEncoder Types(ModuleSections sections) =>
        new(_identifiers, new ValTypeReader(_identifiers, _names), _names, sections);

    private InstructionEncoder Instructions(ModuleSections sections) => Instructions(sections, out _);

    private InstructionEncoder Instructions(ModuleSections sections, out BranchHints hints)
    {
        hints = new BranchHints();
        var labels = new LabelScope(_identifiers, _names);
        var valTypes = new ValTypeReader(_identifiers, _names);
        var immediates = new ImmediateEncoder(_identifiers, valTypes, Types(sections), labels, _names, sections);
        return new InstructionEncoder(_identifiers, immediates, labels, hints, _names);
    }

    private static TokenCursor At(string text) => WatParser.Open(Encoding.UTF8.GetBytes(text), "test.wat");

    private static void Fails(string error, Action action)
    {
        if (error.Length == 0)
        {
            action();
        }
        else
        {
            Assert.Contains(error, Assert.Throws<WatException>(action).Message, StringComparison.Ordinal);
        }
    }
}
