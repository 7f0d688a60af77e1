using Wizer.Binary;
using Wizer.Differential.Generation;

namespace Wizer.Differential.Execution;

/// <summary>An engine that runs generated modules and says what it observed.</summary>
internal interface IOpinion : IDisposable
{
    string Name { get; }

    /// <summary>What it has not, or need not do in the one way that others do it in.</summary>
    WasmFeatures Lacks { get; }

    /// <summary>
    /// Validates and instantiates the module, makes the calls, and looks at tables and memories; an observation each, in this order, and
    /// none after the first two when they fail. The number and names of observations are the same for every engine that agrees.
    /// </summary>
    IReadOnlyList<Observation> Run(GeneratedModule module);
}
