using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Wizer.Architecture.Tests;

/// <summary>
/// Which system this is, what only one has, and how its C library is called: all of it stands in one room of each project, so that
/// whoever brings a new system knows where to look. The engine has two, since memory is reserved below all that knows of files.
/// </summary>
public sealed class PlatformTests
{
    private static readonly string[] s_rooms = ["Cli/Platform", "Engine/Native", "Engine/Platform", "Pipeline/Platform", "Wasmtime/Platform"];

    private static readonly string[] s_askedTypes =
        ["System.OperatingSystem", "System.Runtime.InteropServices.RuntimeInformation", "System.PlatformID"];

    private static readonly string[] s_importAttributes = ["LibraryImport", "DllImport"];

    private static readonly string[] s_pathsOfOneSystem = ["/proc", "/dev", "/sys/", @"\\.\"];

    [Fact]
    public void OnlyThePlatformRooms_AskWhichSystemThisIs()
    {
        (string Room, string Place)[] questions =
        [
            .. SourceProject.All
                .SelectMany(project => project.Compilation.SyntaxTrees, (project, tree) => project.Compilation.GetSemanticModel(tree))
                .Where(model => Rooms.OfFile(model.SyntaxTree) != null)
                .AsParallel().AsOrdered()
                .SelectMany(Questions),
        ];
        string[] wrong = [.. questions.Where(question => !s_rooms.Contains(question.Room)).Select(question => question.Place)];
        Assert.True(wrong.Length == 0, "belongs into the room Platform of its project:\n" + string.Join('\n', wrong));
        Assert.Equal(s_rooms, questions.Select(question => question.Room).Distinct().Order(StringComparer.Ordinal));
    }

    private static IEnumerable<(string Room, string Place)> Questions(SemanticModel model)
    {
        string room = Rooms.OfFile(model.SyntaxTree)!;
        string file = Path.GetRelativePath(SourceProject.Root, model.SyntaxTree.FilePath);
        foreach (SyntaxNode node in model.SyntaxTree.GetRoot().DescendantNodes().Where(node => IsQuestion(model, node)))
        {
            int line = model.SyntaxTree.GetLineSpan(node.Span).StartLinePosition.Line + 1;
            yield return (room, $"{file}:{line}: {node}");
        }
    }

    private static bool IsQuestion(SemanticModel model, SyntaxNode node) => node switch
    {
        LiteralExpressionSyntax literal => IsPathOfOneSystem(literal.Token.ValueText),
        InterpolatedStringTextSyntax text => IsPathOfOneSystem(text.TextToken.ValueText),
        AttributeSyntax attribute => s_importAttributes.Contains(attribute.Name.ToString()),
        MemberAccessExpressionSyntax access => MayAsk(access.Expression) && model.GetSymbolInfo(access).Symbol is ISymbol { ContainingType: { } type } member
            && (s_askedTypes.Contains(type.ToDisplayString()) || (type.Name == "Environment" && member.Name == "OSVersion")),
        _ => false,
    };

    // By its last name, which costs nothing: few of all members are worth the question what they mean.
    private static bool MayAsk(ExpressionSyntax type) =>
        type is SimpleNameSyntax or MemberAccessExpressionSyntax
        && s_askedTypes.Append("System.Environment").Any(asked => asked.EndsWith("." + (type as SimpleNameSyntax
            ?? ((MemberAccessExpressionSyntax)type).Name).Identifier.ValueText, StringComparison.Ordinal));

    private static bool IsPathOfOneSystem(string text) => s_pathsOfOneSystem.Any(path => text.StartsWith(path, StringComparison.Ordinal));
}
