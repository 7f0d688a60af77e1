using System.Buffers.Binary;

namespace Wizer.Engine.Wasi;

/// <summary>
/// SplitMix64: a number is a mix of a counter's bits, so there is nothing to set up and nothing that could change with the platform.
/// How requests are cut makes no difference to the bytes.
/// </summary>
internal sealed class SeededWasiRandom(ulong seed) : IWasiRandom
{
    private ulong _state = seed;
    private ulong _number;
    private int _byteCount;

    public void Fill(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (_byteCount == 0)
            {
                _number = Next();
                _byteCount = sizeof(ulong);
                while (destination.Length > sizeof(ulong))
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(destination, _number);
                    destination = destination[sizeof(ulong)..];
                    _number = Next();
                }
            }

            destination[0] = (byte)_number;
            destination = destination[1..];
            _number >>= 8;
            _byteCount--;
        }
    }

    private ulong Next()
    {
        _state += 0x9e3779b97f4a7c15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
