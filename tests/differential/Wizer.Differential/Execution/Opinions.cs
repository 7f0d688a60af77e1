namespace Wizer.Differential.Execution;

/// <summary>Who is asked.</summary>
internal static class Opinions
{
    /// <summary>Our engine, in the form that the seed decides, and others.</summary>
    internal static IReadOnlyList<IOpinion> Engines() =>
        [new EngineOpinion("ours", EngineForms.Of), new V8Opinion(), new WasmtimeOpinion()];

    /// <summary>Our engine in every form.</summary>
    internal static IReadOnlyList<IOpinion> Forms() =>
        [.. EngineForms.All.Select(static form => new EngineOpinion(form.Name, _ => form.Options, tellsPlaces: true))];
}
