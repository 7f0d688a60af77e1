using Wizer.Engine.Wasi.Observing;

namespace Wizer.Engine.Wasi;

/// <summary>Random bytes, and how often they were asked for.</summary>
internal sealed class ObservedRandom(IWasiRandom inner, ObservationLog log) : IWasiRandom
{
    public void Fill(Span<byte> destination)
    {
        log.RandomCallCount++;
        inner.Fill(destination);
    }
}
