using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Wizer.Engine.Compiler.Cil;

/// <summary>What compiled code does with lanes and with vectors in memory; each becomes a part of its caller.</summary>
internal static unsafe class CompiledVectors
{
    /// <summary>A constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> OfHalves(long low, long high) => Vector128.Create(low, high).AsByte();

    /// <summary>Indices above 15 give zeros: those of constants are 255 then.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> Shuffle(Vector128<byte> vector, Vector128<byte> indices) =>
        Ssse3.IsSupported ? Ssse3.Shuffle(vector, indices) : Vector128.Shuffle(vector, indices);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> Or(Vector128<byte> a, Vector128<byte> b) => a | b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int ExtractI8(Vector128<byte> vector, int lane) => vector.AsSByte().GetElement(lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int ExtractU8(Vector128<byte> vector, int lane) => vector.GetElement(lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int ExtractI16(Vector128<byte> vector, int lane) => vector.AsInt16().GetElement(lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int ExtractU16(Vector128<byte> vector, int lane) => vector.AsUInt16().GetElement(lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int ExtractI32(Vector128<byte> vector, int lane) => vector.AsInt32().GetElement(lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long ExtractI64(Vector128<byte> vector, int lane) => vector.AsInt64().GetElement(lane);

    // A call: of a constant vector, RyuJIT would make a constant that is no signalling NaN any more.
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static float ExtractF32(Vector128<byte> vector, int lane) => vector.AsSingle().GetElement(lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double ExtractF64(Vector128<byte> vector, int lane) => vector.AsDouble().GetElement(lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> Replace8(Vector128<byte> vector, int value, int lane) => vector.WithElement(lane, (byte)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> Replace16(Vector128<byte> vector, int value, int lane) =>
        vector.AsInt16().WithElement(lane, (short)value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> Replace32(Vector128<byte> vector, int value, int lane) =>
        vector.AsInt32().WithElement(lane, value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> Replace64(Vector128<byte> vector, long value, int lane) =>
        vector.AsInt64().WithElement(lane, value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> ReplaceF32(Vector128<byte> vector, float value, int lane) =>
        vector.AsSingle().WithElement(lane, value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> ReplaceF64(Vector128<byte> vector, double value, int lane) =>
        vector.AsDouble().WithElement(lane, value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> LoadWidenedI8(long at) => Vector128.WidenLower(Half(at).AsSByte()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> LoadWidenedU8(long at) => Vector128.WidenLower(Half(at)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> LoadWidenedI16(long at) => Vector128.WidenLower(Half(at).AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> LoadWidenedU16(long at) => Vector128.WidenLower(Half(at).AsUInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> LoadWidenedI32(long at) => Vector128.WidenLower(Half(at).AsInt32()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> LoadWidenedU32(long at) => Vector128.WidenLower(Half(at).AsUInt32()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> LoadSplat8(long at) => Vector128.Create(*(byte*)at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> LoadSplat16(long at) => Vector128.Create(*(ushort*)at).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> LoadSplat32(long at) => Vector128.Create(*(uint*)at).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> LoadSplat64(long at) => Vector128.Create(*(ulong*)at).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> LoadZero32(long at) => Vector128.CreateScalar(*(uint*)at).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> LoadZero64(long at) => Half(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> LoadLane8(long at, Vector128<byte> vector, int lane) => vector.WithElement(lane, *(byte*)at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> LoadLane16(long at, Vector128<byte> vector, int lane) =>
        vector.AsUInt16().WithElement(lane, *(ushort*)at).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> LoadLane32(long at, Vector128<byte> vector, int lane) =>
        vector.AsUInt32().WithElement(lane, *(uint*)at).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> LoadLane64(long at, Vector128<byte> vector, int lane) =>
        vector.AsUInt64().WithElement(lane, *(ulong*)at).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void StoreLane8(long at, Vector128<byte> vector, int lane) => *(byte*)at = vector.GetElement(lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void StoreLane16(long at, Vector128<byte> vector, int lane) => *(ushort*)at = vector.AsUInt16().GetElement(lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void StoreLane32(long at, Vector128<byte> vector, int lane) => *(uint*)at = vector.AsUInt32().GetElement(lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void StoreLane64(long at, Vector128<byte> vector, int lane) => *(ulong*)at = vector.AsUInt64().GetElement(lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Half(long at) => Vector128.CreateScalar(*(ulong*)at).AsByte();
}
