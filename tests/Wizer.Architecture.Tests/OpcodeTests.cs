using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Wizer.Architecture.Tests;

/// <summary>What an instruction or a type is, tables and names say: not the order of the opcodes, and not the bytes of the format.</summary>
public sealed class OpcodeTests
{
    // What is left reads the binary format.
    private const int MaxOrderCount = 9;

    private const string OpcodeType = "Wizer.Binary.Opcode";

    // Bytes that are type codes.
    private static readonly string[] s_codes =
    [
        "ValType.Kind", "OpcodeSignature.Operand0", "OpcodeSignature.Operand1", "OpcodeSignature.Operand2", "OpcodeSignature.Result",
    ];

    [Fact]
    public void HandWrittenCode_HardlyCountsOnTheOrderOfOpcodes()
    {
        string[] found = [.. Nodes("Opcode").Where(item => CountsOnOrder(item.Model, item.Node)).Select(item => PlaceOf(item.Node))];
        Assert.True(found.Length <= MaxOrderCount, $"columns of a table are the better form ({found.Length}):\n" + string.Join('\n', found));
    }

    [Fact]
    public void TypeCodes_AreNumbersInBinaryOnly()
    {
        string[] found =
        [
            .. Nodes("OpcodeSignature", ".Kind", ".Result", ".Operand")
                .Where(item => item.Project != "Binary" && IsCode(item.Model, item.Node) && MeetsNumber(item.Model, item.Node))
                .Select(item => PlaceOf(item.Node)),
        ];
        Assert.True(found.Length == 0, "ValTypeCode has names for these:\n" + string.Join('\n', found));
    }

    [Fact]
    public void Order_IsFoundHoweverItIsAsked()
    {
        (SemanticModel model, SyntaxNode root) = Compile("""
            static bool InRange(Opcode o) => o is >= Opcode.I32Load and <= Opcode.I64Store32;
            static bool Less(Opcode o, byte code) => o < Opcode.Br || code > (byte)Opcode.I32Eqz;
            static int Sum(Opcode o) => (o - Opcode.I32Eq) + (int)((uint)Opcode.V128Load + 1);
            static Opcode Step(Opcode o) { o++; o += 1; return o + 1; }
            static bool InTable(Opcode o) => (uint)o < OpcodeTable.Size && o != Opcode.Br;
            """);
        Assert.Equal(9, root.DescendantNodes().Count(node => CountsOnOrder(model, node)));
    }

    [Fact]
    public void TypeCode_IsFoundHoweverItIsAsked()
    {
        (SemanticModel model, SyntaxNode root) = Compile("""
            const byte Code = 0x7b;
            static bool Equal(ValType t, OpcodeSignature s) => t.Kind == 0x7f || Code != s.Result;
            static bool Test(OpcodeSignature s) => s.Operand0 is 0x7f or 0x7e;
            static int Choose(ValType t) { switch (t.Kind) { case 0x7d: return 1; default: return t.Kind switch { > 0x7b => 2, _ => 3 }; } }
            static bool ByName(OpcodeSignature s, ValType t) => s.Result != OpcodeSignature.Nothing && t.Kind == (byte)ValTypeCode.I32;
            """);
        Assert.Equal(5, root.DescendantNodes().Count(node => IsCode(model, node) && MeetsNumber(model, node)));
    }

    private static (SemanticModel Model, SyntaxNode Root) Compile(string members)
    {
        CSharpCompilation binary = SourceProject.All[0].Compilation;
        SyntaxTree tree = CSharpSyntaxTree.ParseText($"using Wizer.Binary; static class Sample {{ {members} }}");
        var compilation = CSharpCompilation.Create("Sample", [tree], [.. binary.References, binary.ToMetadataReference()]);
        return (compilation.GetSemanticModel(tree), tree.GetRoot());
    }

    // Of files that people wrote and that have one of the words.
    private static IEnumerable<(string Project, SemanticModel Model, SyntaxNode Node)> Nodes(params string[] words) =>
        from project in SourceProject.All
        from tree in project.Compilation.SyntaxTrees
        where !Path.GetRelativePath(SourceProject.Root, tree.FilePath).Split(Path.DirectorySeparatorChar).Contains("obj")
            && words.Any(word => tree.ToString().Contains(word, StringComparison.Ordinal))
        let model = project.Compilation.GetSemanticModel(tree)
        from node in tree.GetRoot().DescendantNodes()
        select (project.Name, model, node);

    // A comparison with an opcode that is less or greater, or a sum or a difference of opcodes.
    private static bool CountsOnOrder(SemanticModel model, SyntaxNode node) => node switch
    {
        RelationalPatternSyntax pattern => IsOpcode(model, pattern.Expression),
        BinaryExpressionSyntax
        {
            RawKind: (int)SyntaxKind.LessThanExpression or (int)SyntaxKind.LessThanOrEqualExpression
                or (int)SyntaxKind.GreaterThanExpression or (int)SyntaxKind.GreaterThanOrEqualExpression,
        } comparison => NamesOpcode(model, comparison.Left) || NamesOpcode(model, comparison.Right),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression or (int)SyntaxKind.SubtractExpression } sum =>
            IsOpcode(model, sum.Left) || IsOpcode(model, sum.Right),
        AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression or (int)SyntaxKind.SubtractAssignmentExpression } sum =>
            IsOpcode(model, sum.Left),
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression or (int)SyntaxKind.PostDecrementExpression } step =>
            IsOpcode(model, step.Operand),
        _ => false,
    };

    private static bool IsOpcode(SemanticModel model, ExpressionSyntax expression) =>
        model.GetTypeInfo(Bare(expression)).Type?.ToDisplayString() == OpcodeType;

    private static bool NamesOpcode(SemanticModel model, ExpressionSyntax expression) =>
        model.GetSymbolInfo(Bare(expression)).Symbol is IFieldSymbol field && field.ContainingType.ToDisplayString() == OpcodeType;

    private static ExpressionSyntax Bare(ExpressionSyntax expression) => expression switch
    {
        CastExpressionSyntax cast => Bare(cast.Expression),
        ParenthesizedExpressionSyntax parenthesized => Bare(parenthesized.Expression),
        _ => expression,
    };

    private static bool IsCode(SemanticModel model, SyntaxNode node) =>
        node is MemberAccessExpressionSyntax access
        && s_codes.Any(code => code.EndsWith("." + access.Name.Identifier.Text, StringComparison.Ordinal))
        && model.GetSymbolInfo(access).Symbol is IPropertySymbol property
        && s_codes.Contains($"{property.ContainingType.Name}.{property.Name}");

    // Compared with something that Wizer.Binary does not name.
    private static bool MeetsNumber(SemanticModel model, SyntaxNode code) => code.Parent switch
    {
        BinaryExpressionSyntax comparison =>
            IsNumber(model, comparison.Left == code ? comparison.Right : comparison.Left),
        IsPatternExpressionSyntax test => HasNumber(model, test.Pattern),
        SwitchExpressionSyntax choice => choice.Arms.Any(arm => HasNumber(model, arm.Pattern)),
        SwitchStatementSyntax choice => choice.Sections.SelectMany(section => section.Labels).Any(label => HasNumber(model, label)),
        _ => false,
    };

    private static bool HasNumber(SemanticModel model, SyntaxNode pattern) =>
        pattern.DescendantNodesAndSelf().OfType<ConstantPatternSyntax>().Any(constant => IsNumber(model, constant.Expression))
        || pattern.DescendantNodesAndSelf().OfType<CaseSwitchLabelSyntax>().Any(label => IsNumber(model, label.Value))
        || pattern.DescendantNodesAndSelf().OfType<RelationalPatternSyntax>().Any();

    private static bool IsNumber(SemanticModel model, ExpressionSyntax expression) =>
        model.GetConstantValue(expression).HasValue
        && model.GetSymbolInfo(Bare(expression)).Symbol?.ContainingType.ContainingNamespace.ToDisplayString() != "Wizer.Binary";

    private static string PlaceOf(SyntaxNode node)
    {
        FileLinePositionSpan span = node.SyntaxTree.GetLineSpan(node.Span);
        return $"{Path.GetRelativePath(SourceProject.Root, span.Path)}:{span.StartLinePosition.Line + 1}: {node}";
    }
}
