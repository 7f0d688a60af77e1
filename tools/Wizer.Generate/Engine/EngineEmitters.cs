using Wizer.Generate.Emitters;
using Wizer.Generate.Wasi;

namespace Wizer.Generate.Engine;

/// <summary>What the build of Wizer.Engine generates.</summary>
internal static class EngineEmitters
{
    internal static IEmitter[] All =>
    [
        new OpEmitter(),
        new OpTableEmitter(),
        new LoopEmitter(isThreaded: true),
        new LoopEmitter(isThreaded: false),
        new FaultAddressEmitter(),
        new VectorEmitter(),
        new CilEmitter(),
        new VectorStepEmitter(),
        new MachineEmitter(),
        new Preview2Emitter(),
    ];
}
