namespace Wizer.Engine;

/// <summary>Sockets: a guest never has any.</summary>
internal static class SocketFunctions
{
    /// <summary><c>sock_accept</c>, <c>sock_recv</c>, <c>sock_send</c> and <c>sock_shutdown</c>.</summary>
    public static Errno NotSupported(scoped in WasiCall call) => Errno.Notsup;
}
