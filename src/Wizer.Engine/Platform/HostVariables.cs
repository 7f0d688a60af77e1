using System.Collections;

namespace Wizer.Engine.Platform;

/// <summary>The environment variables of this process.</summary>
internal static class HostVariables
{
    /// <summary>The value of one; null where there is none of this name.</summary>
    internal static string? Get(string name) => Environment.GetEnvironmentVariable(name);

    /// <summary>All of them, names and values as strings, in no particular order.</summary>
    internal static IDictionary All() => Environment.GetEnvironmentVariables();
}
