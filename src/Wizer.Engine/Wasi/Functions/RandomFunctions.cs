using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi;

/// <summary>Random bytes.</summary>
internal static class RandomFunctions
{
    /// <summary><c>random_get(buf, buf_len)</c></summary>
    public static Errno Get(scoped in WasiCall call)
    {
        uint address = call.U32(0);
        uint remaining = call.U32(1);
        if (!call.Contains(address, remaining))
        {
            return Errno.Fault;
        }

        if (remaining != 0 && call.Context.IsHostRandom)
        {
            call.AnswerVaries();
        }

        while (remaining != 0)
        {
            if (call.IsInterrupted)
            {
                return Errno.Intr;
            }

            uint byteCount = Math.Min(remaining, WasiCall.ChunkByteLength);
            call.TryGetSpan(address, byteCount, out Span<byte> chunk);
            call.Context.Random.Fill(chunk);
            address += byteCount;
            remaining -= byteCount;
        }

        return Errno.Success;
    }
}
