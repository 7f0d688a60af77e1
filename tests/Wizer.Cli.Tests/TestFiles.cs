using System.Runtime.CompilerServices;

namespace Wizer.Cli.Tests;

/// <summary>Where the files of the tests are.</summary>
internal static class TestFiles
{
    public static string InProject(string name) => Path.Combine(ProjectDirectory(), name);

    private static string ProjectDirectory([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
