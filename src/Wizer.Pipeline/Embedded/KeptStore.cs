using Wizer.Engine;
using Wizer.Engine.Runtime;

namespace Wizer.Pipeline;

/// <summary>A store that can run its one module again, with the code that earlier runs made.</summary>
/// <param name="Instance">Of the module.</param>
/// <param name="State">What the instance begins with.</param>
/// <param name="Limits">What the store was made for.</param>
internal sealed record KeptStore(Instance Instance, InitialState State, EngineOptions Limits)
{
    internal Store Store => Instance.Store;
}
