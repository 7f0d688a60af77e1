namespace Wizer.Pipeline.Tests;

/// <summary>A directory of one test's own.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("wizer-test-").FullName;

    /// <summary>The names in it, hidden ones too, sorted.</summary>
    public string[] Names
    {
        get
        {
            string[] names = [.. Directory.GetFileSystemEntries(Path).Select(name => System.IO.Path.GetFileName(name)!)];
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
    }

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
