using Wizer.Engine;
using Wizer.Engine.Wasi.Observing;

namespace Wizer.Pipeline;

/// <summary>The recording of one run's inputs.</summary>
internal sealed class InputRecording
{
    private readonly ObservationLog _log = new();

    /// <param name="wasi">What the guest is shown.</param>
    internal InputRecording(WasiOptions wasi) => Wasi = wasi with { Observations = _log };

    /// <summary>The same, with somebody who watches.</summary>
    internal WasiOptions Wasi { get; }

    internal RunInput[] Inputs { get; private set; } = [];

    internal string[] Changes { get; private set; } = [];

    internal string? Problem { get; private set; }

    /// <summary>The guest has run for the last time, and what it has open is still open.</summary>
    internal void Finish()
    {
        _log.Finish();
        Inputs = RunInputs.Of(_log, Wasi);
        Changes = [.. _log.Changes.Distinct()];
        Problem = _log.Problem;
    }
}
