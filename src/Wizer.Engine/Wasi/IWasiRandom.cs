using Wizer.Engine.Platform;

namespace Wizer.Engine;

/// <summary>Where a guest's random bytes come from; a deterministic run is another implementation of this.</summary>
public interface IWasiRandom
{
    /// <summary>Fills the span. Called with limited pieces, so that a long request can be interrupted in between.</summary>
    void Fill(Span<byte> destination);
}

/// <summary>The host's cryptographically strong source.</summary>
public sealed class SystemWasiRandom : IWasiRandom
{
    private SystemWasiRandom()
    {
    }

    /// <summary>The only one.</summary>
    public static SystemWasiRandom Instance { get; } = new();

    /// <inheritdoc/>
    public void Fill(Span<byte> destination) => Entropy.Fill(destination);
}
