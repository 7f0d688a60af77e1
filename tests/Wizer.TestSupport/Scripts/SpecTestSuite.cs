using Wizer.Binary;

namespace Wizer.TestSupport.Scripts;

/// <summary>Where the official test scripts are.</summary>
public static class SpecTestSuite
{
    /// <summary>
    /// What <c>WASM_TESTSUITE</c> says; else <c>../shared/spec-tests</c> beside the repository. It may not exist.
    /// </summary>
    public static string Directory { get; } = Find("WASM_TESTSUITE", "../shared/spec-tests");

    /// <summary>Whether the scripts are there.</summary>
    public static bool IsPresent => System.IO.Directory.Exists(Directory);

    /// <summary>The names of all scripts, relative to <see cref="Directory"/> and with <c>/</c>, sorted.</summary>
    public static IReadOnlyList<string> Scripts { get; } = ScriptsIn(Directory);

    /// <summary>
    /// The features a script is about: all of 3.0 and of the proposals beyond, but for those scripts of a proposal that still
    /// stand on an older edition. Shared memories were added to one memory, one table and 32-bit addresses; their scripts say
    /// that anything else is malformed or invalid, which it is when only these features are there.
    /// </summary>
    /// <param name="script">One of <see cref="Scripts"/>.</param>
    public static WasmFeatures FeaturesOf(string script) => script.StartsWith("proposals/threads/", StringComparison.Ordinal)
        ? WasmFeatures.MutableGlobals | WasmFeatures.SatConversions | WasmFeatures.SignExtension | WasmFeatures.MultiValue | WasmFeatures.Threads
        : WasmFeatures.All;

    internal static IReadOnlyList<string> ScriptsIn(string directory) => System.IO.Directory.Exists(directory)
        ? [.. System.IO.Directory.EnumerateFiles(directory, "*.wast", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(directory, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The directory that a variable names, or one beside the repository.</summary>
    internal static string Find(string variable, string besideRepository)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } configured)
        {
            return Path.GetFullPath(configured);
        }

        // Tests run from bin/; the repository is the folder with the solution.
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Wizer.sln")))
        {
            root = root.Parent;
        }

        return Path.GetFullPath(Path.Combine(root?.FullName ?? ".", besideRepository));
    }
}
