using Wizer.Generate.Emitters;

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
    ];
}
