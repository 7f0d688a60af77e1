using System.Collections;
using Wizer.Engine.Platform;

namespace Wizer.Engine;

/// <summary>What a guest sees of the world: by default nothing at all.</summary>
public sealed record WasiOptions
{
    /// <summary>The arguments, from <c>argv[0]</c> on.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The environment, in this order.</summary>
    public IReadOnlyList<WasiVariable> Environment { get; init; } = [];

    /// <summary>Whether <see cref="Environment"/> is that of this process, so that reading it counts as non-deterministic.</summary>
    public bool IsEnvironmentInherited { get; init; }

    /// <summary>The directories that the guest finds open, as descriptors 3, 4, ... in this order.</summary>
    public IReadOnlyList<WasiPreopen> Preopens { get; init; } = [];

    /// <summary>
    /// Whether standard streams that are not given below are those of this process. Otherwise input is at its end and output is
    /// discarded.
    /// </summary>
    public bool InheritStdio { get; init; }

    /// <summary>
    /// Called before the guest reads from or writes to a stream of this process, on its thread: what the host shows on a terminal can
    /// step aside.
    /// </summary>
    internal Action? BeforeStandardStreamUse { get; init; }

    /// <summary>Standard input, or null. Read while the guest reads; never disposed.</summary>
    public Stream? Stdin { get; init; }

    /// <summary>Standard output, or null. Written while the guest writes, without buffering; never disposed.</summary>
    public Stream? Stdout { get; init; }

    /// <summary>Standard error, or null. Written while the guest writes, without buffering; never disposed.</summary>
    public Stream? Stderr { get; init; }

    /// <summary>Told what the guest looks at; null for nobody.</summary>
    internal Wasi.Observing.ObservationLog? Observations { get; init; }

    /// <summary>
    /// What the guest sees in the place of the machine; null for the machine itself. Replaces <see cref="Clock"/> and
    /// <see cref="Random"/>.
    /// </summary>
    public DeterministicOptions? Deterministic { get; init; }

    /// <summary>Where time comes from.</summary>
    public IWasiClock Clock { get; init; } = SystemWasiClock.Instance;

    /// <summary>Where random bytes come from.</summary>
    public IWasiRandom Random { get; init; } = SystemWasiRandom.Instance;
}

/// <summary>An environment variable of the guest.</summary>
/// <param name="Name">Neither empty nor with <c>=</c> or NUL in it.</param>
/// <param name="Value">Without NUL.</param>
public sealed record WasiVariable(string Name, string Value)
{
    /// <summary>The environment of this process, sorted by name so that equal environments look the same to every guest.</summary>
    public static IReadOnlyList<WasiVariable> FromHost()
    {
        IDictionary host = HostVariables.All();
        var variables = new WasiVariable[host.Count];
        int count = 0;
        foreach (DictionaryEntry entry in host)
        {
            variables[count++] = new WasiVariable((string)entry.Key, (string?)entry.Value ?? "");
        }

        Array.Sort(variables, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return variables;
    }
}

/// <summary>A directory that the guest finds open. Nothing outside it can be reached.</summary>
/// <param name="HostPath">The directory on the host; symbolic links in this path itself are followed.</param>
/// <param name="GuestPath">The name by which the guest's C library knows it.</param>
public sealed record WasiPreopen(string HostPath, string GuestPath);
