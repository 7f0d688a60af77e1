namespace Wizer.Cli;

/// <summary>The environment variables of this process.</summary>
internal static class HostVariables
{
    /// <summary>The value of one; null where there is none of this name.</summary>
    public static string? Get(string name) => Environment.GetEnvironmentVariable(name);
}
