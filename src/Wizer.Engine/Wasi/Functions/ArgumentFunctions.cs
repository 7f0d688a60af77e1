using System.Buffers.Binary;
using Wizer.Engine.Wasi.Types;

namespace Wizer.Engine.Wasi;

/// <summary>Arguments and environment.</summary>
internal static class ArgumentFunctions
{
    /// <summary><c>args_get(argv, argv_buf)</c></summary>
    public static Errno ArgsGet(scoped in WasiCall call) => WriteList(call, call.Context.Arguments);

    /// <summary><c>args_sizes_get(argc*, argv_buf_size*)</c></summary>
    public static Errno ArgsSizesGet(scoped in WasiCall call) => WriteSizes(call, call.Context.Arguments);

    /// <summary><c>environ_get(environ, environ_buf)</c></summary>
    public static Errno EnvironGet(scoped in WasiCall call)
    {
        CountEnvironment(call);
        Errno errno = WriteList(call, call.Context.Environment);
        call.Context.IsEnvironmentKnown |= errno == Errno.Success;
        return errno;
    }

    /// <summary><c>environ_sizes_get(count*, buf_size*)</c></summary>
    public static Errno EnvironSizesGet(scoped in WasiCall call)
    {
        CountEnvironment(call);
        return WriteSizes(call, call.Context.Environment);
    }

    // Even a deterministic run gets the environment that it was told to inherit.
    private static void CountEnvironment(scoped in WasiCall call)
    {
        if (call.Context.IsEnvironmentInherited)
        {
            call.AnswerVaries();
        }
    }

    private static Errno WriteSizes(scoped in WasiCall call, byte[][] texts) =>
        call.TryWriteU32(call.U32(0), (uint)texts.Length) && call.TryWriteU32(call.U32(1), TotalByteLength(texts))
            ? Errno.Success
            : Errno.Fault;

    private static Errno WriteList(scoped in WasiCall call, byte[][] texts)
    {
        uint textAddress = call.U32(1);
        if (!call.TryGetSpan(call.U32(0), (uint)texts.Length * sizeof(uint), out Span<byte> pointers)
            || !call.TryGetSpan(textAddress, TotalByteLength(texts), out Span<byte> buffer))
        {
            return Errno.Fault;
        }

        foreach (byte[] text in texts)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(pointers, textAddress);
            text.CopyTo(buffer);
            pointers = pointers[sizeof(uint)..];
            buffer = buffer[text.Length..];
            textAddress += (uint)text.Length;
        }

        return Errno.Success;
    }

    private static uint TotalByteLength(byte[][] texts)
    {
        uint total = 0;
        foreach (byte[] text in texts)
        {
            total += (uint)text.Length;
        }

        return total;
    }
}
