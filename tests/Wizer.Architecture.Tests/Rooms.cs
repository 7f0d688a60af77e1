using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Wizer.Architecture.Tests;

/// <summary>
/// A room is a folder below a project, or one below that where the project says so. A type belongs to the room of the first file
/// that people wrote of it; code that the build generates belongs to the room of its namespace.
/// </summary>
internal static class Rooms
{
    // Rooms within rooms.
    private static readonly string[] s_inner =
    [
        "Binary/Components/Validation", "Binary/Components/Writing", "Text/Parsing/Components", "Text/Printing/Components",
        "Engine/Compiler/X64", "Engine/Compiler/Cil", "Engine/Wasi/Host", "Engine/Wasi/Types", "Engine/Wasi/Observing",
        "Engine/Wasi/Preview2",
        "Engine/Components/Wave",
    ];

    private static readonly Lazy<ImmutableArray<Mention>> s_mentions = new(FindMentions);

    /// <summary>Every mention of a type of another room, or of a member of one.</summary>
    internal static ImmutableArray<Mention> Mentions => s_mentions.Value;

    private static ImmutableArray<Mention> FindMentions() =>
    [
        .. SourceProject.All
            .SelectMany(project => project.Compilation.SyntaxTrees, (project, tree) => project.Compilation.GetSemanticModel(tree))
            .AsParallel().AsOrdered()
            .SelectMany(FindMentions),
    ];

    private static IEnumerable<Mention> FindMentions(SemanticModel model)
    {
        string? own = OfFile(model.SyntaxTree);
        string file = Path.GetRelativePath(SourceProject.Root, model.SyntaxTree.FilePath);
        foreach (SimpleNameSyntax name in model.SyntaxTree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
        {
            if (name.FirstAncestorOrSelf<UsingDirectiveSyntax>() != null || SymbolOf(model, name) is not ISymbol symbol)
            {
                continue;
            }

            INamedTypeSymbol type = symbol as INamedTypeSymbol ?? symbol.ContainingType;
            string from = own ?? OfDeclaration(model, name);
            if (OfType(type) is string to && from != to)
            {
                string full = symbol is INamedTypeSymbol ? type.Name : $"{type.Name}.{symbol.Name}";
                int line = model.SyntaxTree.GetLineSpan(name.Span).StartLinePosition.Line + 1;
                yield return new Mention(from, to, full, IsInternal(symbol), $"{file}:{line}");
            }
        }
    }

    private static ISymbol? SymbolOf(SemanticModel model, SimpleNameSyntax name)
    {
        SymbolInfo info = model.GetSymbolInfo(name);
        ISymbol? symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
        return symbol switch
        {
            INamedTypeSymbol => symbol,
            IMethodSymbol or IFieldSymbol or IPropertySymbol or IEventSymbol when symbol.ContainingType != null => symbol,
            _ => null,
        };
    }

    private static bool IsInternal(ISymbol symbol)
    {
        for (ISymbol? at = symbol; at is not null and not INamespaceSymbol; at = at.ContainingSymbol)
        {
            if (at.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Protected or Accessibility.NotApplicable))
            {
                return true;
            }
        }

        return false;
    }

    private static string? OfType(INamedTypeSymbol type)
    {
        INamedTypeSymbol outermost = type.OriginalDefinition;
        while (outermost.ContainingType != null)
        {
            outermost = outermost.ContainingType;
        }

        // A type of another project is known by the same trees.
        ImmutableArray<SyntaxReference> declarations = outermost.DeclaringSyntaxReferences;
        if (declarations.IsEmpty)
        {
            return null;
        }

        return declarations.Select(declaration => OfFile(declaration.SyntaxTree)).FirstOrDefault(room => room != null)
            ?? OfNamespace(outermost.ContainingNamespace.ToDisplayString());
    }

    private static string OfDeclaration(SemanticModel model, SyntaxNode node)
    {
        BaseTypeDeclarationSyntax? declaration = node.AncestorsAndSelf().OfType<BaseTypeDeclarationSyntax>().LastOrDefault();
        return declaration != null && model.GetDeclaredSymbol(declaration) is INamedTypeSymbol type ? OfType(type)! : "";
    }

    /// <summary>The room of a file; null for generated code.</summary>
    internal static string? OfFile(SyntaxTree tree)
    {
        string path = Path.GetRelativePath(Path.Combine(SourceProject.Root, "src"), tree.FilePath).Replace('\\', '/');
        string[] parts = path.Split('/');
        string project = parts[0]["Wizer.".Length..];
        if (parts[1] == "obj")
        {
            return null;
        }

        string room = parts.Length == 2 ? project : $"{project}/{parts[1]}";
        string inner = parts.Length > 3 ? $"{room}/{parts[2]}" : "";
        return s_inner.Contains(inner) ? inner : room;
    }

    private static string OfNamespace(string name)
    {
        string room = name["Wizer.".Length..].Replace('.', '/');
        return room switch
        {
            "Binary" => "Binary/Instructions",
            _ => room,
        };
    }
}
