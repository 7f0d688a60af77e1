using System.Reflection;

namespace Wizer.Cli;

/// <summary>The version of this command.</summary>
internal static class ToolVersion
{
    /// <summary>With the commit that a build may add.</summary>
    public static string Exact =>
        typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>For example <c>0.1.0</c>: without the commit that a build may add.</summary>
    public static string Text
    {
        get
        {
            string version = Exact;
            int plus = version.IndexOf('+');
            return plus < 0 ? version : version[..plus];
        }
    }
}
