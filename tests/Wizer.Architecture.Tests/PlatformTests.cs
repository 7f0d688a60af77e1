using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Wizer.Architecture.Tests;

/// <summary>
/// What only one system has, and how its C library is called: all of it stands in one room of each project, so that whoever brings
/// a new system knows where to look. The engine has two, since memory is reserved below all that knows of files. Which system this
/// is, what time it is and the like may be asked in few more: src/BannedSymbols.txt names the questions, and the compiler minds it.
/// </summary>
public sealed class PlatformTests
{
    private static readonly string[] s_rooms = ["Cli/Platform", "Engine/Native", "Engine/Platform", "Pipeline/Platform", "Wasmtime/Platform"];

    private static readonly string[] s_importAttributes = ["LibraryImport", "DllImport"];

    private static readonly string[] s_pathsOfOneSystem = ["/proc", "/dev", "/sys/", @"\\.\"];

    [Fact]
    public void OnlyThePlatformRooms_KnowWhatOneSystemHas()
    {
        (string Room, string Place)[] questions =
        [
            .. SourceProject.All
                .SelectMany(project => project.Compilation.SyntaxTrees)
                .Where(tree => Rooms.OfFile(tree) != null)
                .AsParallel().AsOrdered()
                .SelectMany(Questions),
        ];
        string[] wrong = [.. questions.Where(question => !s_rooms.Contains(question.Room)).Select(question => question.Place)];
        Assert.True(wrong.Length == 0, "belongs into the room Platform of its project:\n" + string.Join('\n', wrong));
        Assert.Equal(s_rooms, questions.Select(question => question.Room).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryBannedSymbol_Exists()
    {
        Compilation[] compilations = [.. SourceProject.All.Select(project => project.Compilation)];
        string[] symbols =
        [
            .. File.ReadLines(Path.Combine(SourceProject.Root, "src", "BannedSymbols.txt")).Select(line => line.Split(';')[0]),
        ];
        Assert.NotEmpty(symbols);
        Assert.All(symbols, symbol => Assert.Contains(
            compilations, compilation => DocumentationCommentId.GetFirstSymbolForDeclarationId(symbol, compilation) is not null));
    }

    private static IEnumerable<(string Room, string Place)> Questions(SyntaxTree tree)
    {
        string room = Rooms.OfFile(tree)!;
        string file = Path.GetRelativePath(SourceProject.Root, tree.FilePath);
        foreach (SyntaxNode node in tree.GetRoot().DescendantNodes().Where(IsQuestion))
        {
            int line = tree.GetLineSpan(node.Span).StartLinePosition.Line + 1;
            yield return (room, $"{file}:{line}: {node}");
        }
    }

    private static bool IsQuestion(SyntaxNode node) => node switch
    {
        LiteralExpressionSyntax literal => IsPathOfOneSystem(literal.Token.ValueText),
        InterpolatedStringTextSyntax text => IsPathOfOneSystem(text.TextToken.ValueText),
        AttributeSyntax attribute => s_importAttributes.Contains(attribute.Name.ToString()),
        _ => false,
    };

    private static bool IsPathOfOneSystem(string text) => s_pathsOfOneSystem.Any(path => text.StartsWith(path, StringComparison.Ordinal));
}
