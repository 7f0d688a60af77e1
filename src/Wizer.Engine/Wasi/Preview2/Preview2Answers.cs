using Wizer.Engine.Components;

namespace Wizer.Engine.Wasi.Preview2;

/// <summary>The answers of functions that an initialization has no use for.</summary>
internal static class Preview2Answers
{
    /// <summary>The error that the interface has for it.</summary>
    internal static ComponentValue? NotSupported(scoped in Preview2Call call) =>
        ComponentValue.Error(ComponentValue.Enum("not-supported"));

    /// <summary>No error of a stream is one of a network.</summary>
    internal static ComponentValue? None(scoped in Preview2Call call) => ComponentValue.None;

    /// <exception cref="WasmTrapException">Always.</exception>
    internal static ComponentValue? Trap(scoped in Preview2Call call) =>
        throw new WasmTrapException($"`{call.Name}` is not supported: a component that is initialized has no network and serves nobody");
}

/// <summary>The network that a guest may ask for, and that nothing can be done with.</summary>
internal static class SocketsInstanceNetwork
{
    /// <summary><c>instance-network: func() -> network</c></summary>
    internal static ComponentValue? InstanceNetwork(scoped in Preview2Call call) =>
        call.Context.Own(Preview2Context.Network, Preview2Context.Network);
}
