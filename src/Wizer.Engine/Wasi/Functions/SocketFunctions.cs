using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi;

/// <summary>Sockets: a guest never has any.</summary>
internal static class SocketFunctions
{
    /// <summary><c>sock_accept</c>, <c>sock_recv</c>, <c>sock_send</c> and <c>sock_shutdown</c>: whatever is open is no socket.</summary>
    public static Errno NoSocket(scoped in WasiCall call) =>
        call.Context.Descriptors.Find(call.U32(0)) is null ? Errno.Badf : Errno.Notsock;
}
