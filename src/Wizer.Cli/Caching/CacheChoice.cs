using System.Runtime.CompilerServices;

namespace Wizer.Cli;

/// <summary>Which cache a run uses.</summary>
internal static class CacheChoice
{
    /// <summary>The variable that names one for all runs that can use one.</summary>
    public const string Variable = "WIZER_CACHE";

    /// <summary>Its address; null when none is used.</summary>
    /// <remarks>What a run leaves beside the new module is not in a cache, so that those which record a profile use none.</remarks>
    public static string? Address(Arguments arguments)
    {
        if (!arguments.Deterministic || arguments.ProfileWrite is not null || arguments.ProfileEmbed is not null)
        {
            return null;
        }

        return arguments.Cache ?? (HostVariables.Get(Variable) is { Length: > 0 } address ? address : null);
    }

    /// <exception cref="CacheException">The address makes no sense.</exception>
    public static ICacheStore Open(string address, Arguments arguments) =>
        address.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || address.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            ? OpenServer(address)
            : new DirectoryStore(
                address, // the same one for all requests, wherever their files are
                arguments.CacheLimit is { } limit ? (long)Math.Min(limit, long.MaxValue) : DirectoryStore.DefaultByteLimit);

    // By itself, so that a directory loads nothing of what servers need.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static HttpStore OpenServer(string address) => new(address);
}
