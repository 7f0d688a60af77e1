using Wizer.Differential.Execution;

namespace Wizer.Differential.Components;

/// <summary>An engine that runs generated components and says what it observed.</summary>
internal interface IComponentOpinion : IDisposable
{
    string Name { get; }

    /// <summary>
    /// Validates and instantiates the component, and makes the calls; an observation each, in this order, with those of functions of the
    /// host before that of the call in which they were called.
    /// </summary>
    IReadOnlyList<Observation> Run(GeneratedComponent component);
}
