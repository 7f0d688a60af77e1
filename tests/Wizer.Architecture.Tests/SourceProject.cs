using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Wizer.Architecture.Tests;

/// <summary>A project below <c>src</c>, compiled in memory so that every name in it can be asked what it means.</summary>
internal sealed class SourceProject
{
    /// <summary>In the order in which they are built.</summary>
    internal static readonly string[] Names = ["Binary", "Text", "Engine", "Pipeline", "Wasmtime", "Cli", "Cli.Wasmtime"];

    // Without it a name of an internal type could mean one of the framework's.
    private static readonly string s_trust = string.Concat(
        Names.Select(name => $"[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"{AssemblyOf(name)}\")]\n"));

    private static readonly Lazy<ImmutableArray<SourceProject>> s_all = new(Load);

    private SourceProject(string name, CSharpCompilation compilation)
    {
        Name = name;
        Compilation = compilation;
    }

    internal static ImmutableArray<SourceProject> All => s_all.Value;

    /// <summary>The directory of the repository.</summary>
    internal static string Root { get; } = FindRoot();

    /// <summary>Without <c>Wizer.</c></summary>
    internal string Name { get; }

    internal CSharpCompilation Compilation { get; }

    private static ImmutableArray<SourceProject> Load()
    {
        IEnumerable<MetadataReference> framework = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Wizer.", StringComparison.Ordinal) && Path.GetFileName(path) is not ("wizer.dll" or "wizer-wasmtime.dll"))
            .Select(path => MetadataReference.CreateFromFile(path));
        List<MetadataReference> references = [.. framework];
        var parse = new CSharpParseOptions(LanguageVersion.Preview, DocumentationMode.None);
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, metadataImportOptions: MetadataImportOptions.All);
        var projects = ImmutableArray.CreateBuilder<SourceProject>();
        foreach (string name in Names)
        {
            string directory = Path.Combine(Root, "src", "Wizer." + name);
            IEnumerable<SyntaxTree> trees = SourcesOf(directory)
                .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), parse, file))
                .Append(CSharpSyntaxTree.ParseText(s_trust, parse, Path.Combine(directory, "obj", "Trust.cs")));
            var compilation = CSharpCompilation.Create(AssemblyOf(name), trees, references, options);
            projects.Add(new SourceProject(name, compilation));
            references.Add(compilation.ToMetadataReference());
        }

        return projects.ToImmutable();
    }

    private static string AssemblyOf(string project) => project switch
    {
        "Cli" => "wizer",
        "Cli.Wasmtime" => "wizer-wasmtime",
        _ => "Wizer." + project,
    };

    // What the generator wrote belongs to it; of the rest of obj, only the usings that the build adds everywhere.
    private static IEnumerable<string> SourcesOf(string directory)
    {
        string separator = Path.DirectorySeparatorChar.ToString();
        foreach (string file in Directory.EnumerateFiles(directory, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string path = Path.GetRelativePath(directory, file).Replace(separator, "/", StringComparison.Ordinal);
            if (!path.StartsWith("obj/", StringComparison.Ordinal) && !path.StartsWith("bin/", StringComparison.Ordinal))
            {
                yield return file;
            }
        }

        string generated = Path.Combine(directory, "obj", "Generated");
        if (Directory.Exists(generated))
        {
            foreach (string file in Directory.EnumerateFiles(generated, "*.g.cs").Order(StringComparer.Ordinal))
            {
                // It is a megabyte, and names what the plain loop names.
                if (Path.GetFileName(file) != "ThreadedLoop.g.cs")
                {
                    yield return file;
                }
            }
        }

        yield return Directory
            .EnumerateFiles(Path.Combine(directory, "obj"), "*.GlobalUsings.g.cs", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .First();
    }

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory != null && !File.Exists(Path.Combine(directory.FullName, "Wizer.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException("the tests do not lie below the repository");
    }
}
