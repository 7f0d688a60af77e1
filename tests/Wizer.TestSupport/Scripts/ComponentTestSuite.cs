namespace Wizer.TestSupport.Scripts;

/// <summary>Where the official test scripts of the component model are.</summary>
public static class ComponentTestSuite
{
    /// <summary>
    /// What <c>COMPONENT_TESTSUITE</c> says; else <c>../shared/component-tests</c> beside the repository. It may not exist.
    /// </summary>
    public static string Directory { get; } = SpecTestSuite.Find("COMPONENT_TESTSUITE", "../shared/component-tests");

    /// <summary>Whether the scripts are there.</summary>
    public static bool IsPresent => System.IO.Directory.Exists(Directory);

    /// <summary>The names of all scripts, relative to <see cref="Directory"/> and with <c>/</c>, sorted.</summary>
    public static IReadOnlyList<string> Scripts { get; } = SpecTestSuite.ScriptsIn(Directory);

    /// <summary>Reads a script.</summary>
    /// <param name="name">One of <see cref="Scripts"/>.</param>
    public static Script Load(string name) => Script.Parse(File.ReadAllBytes(Path.Combine(Directory, name)), name);
}
