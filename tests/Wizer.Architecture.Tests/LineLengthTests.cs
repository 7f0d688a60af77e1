using Xunit;

namespace Wizer.Architecture.Tests;

/// <summary>Two files fit beside each other on a screen; what is longer than a line breaks where it makes sense.</summary>
public sealed class LineLengthTests
{
    private const int Limit = 140;

    [Fact]
    public void Source_HasNoLongerLines()
    {
        string source = Path.Combine(SourceProject.Root, "src");
        string[] wrong =
        [
            .. Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
                .Where(file => !IsBuilt(Path.GetRelativePath(source, file)))
                .Order(StringComparer.Ordinal)
                .SelectMany(LongLines),
        ];
        Assert.True(wrong.Length == 0, $"longer than {Limit} characters:\n" + string.Join('\n', wrong));
    }

    private static IEnumerable<string> LongLines(string file) => File.ReadLines(file)
        .Select((line, index) => (line.Length, Place: $"{Path.GetRelativePath(SourceProject.Root, file)}:{index + 1}"))
        .Where(line => line.Length > Limit)
        .Select(line => line.Place);

    private static bool IsBuilt(string path) => path.Split(Path.DirectorySeparatorChar)[1] is "obj" or "bin";
}
