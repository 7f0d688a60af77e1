using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Wizer.Engine.Platform;

/// <summary>
/// SHA-256 (FIPS 180-4). .NET takes it from OpenSSL on Linux: without <c>libssl</c> the runtime ends the process, and loading it takes
/// longer than to hash megabytes here. What is known to be large is left to it, where it is there.
/// </summary>
internal sealed class ContentHash : IDisposable
{
    /// <summary>The length of a hash.</summary>
    internal const int ByteLength = 32;

    private const int BlockByteLength = 64;

    // Some 40 ms to load the library, and 200 MB a second here: from about here on, it is faster.
    private const long LargeByteLength = 8 << 20;

    private static readonly Lazy<bool> s_isSystemsThere = new(static () =>
        !OperatingSystem.IsLinux() || NativeLibrary.TryLoad("libssl.so.3", out _) || NativeLibrary.TryLoad("libssl.so.1.1", out _));

    private readonly IncrementalHash? _system;
    private readonly uint[] _state =
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private readonly byte[] _rest = new byte[BlockByteLength];
    private ulong _byteLength;

    /// <summary>Begins a hash.</summary>
    /// <param name="expectedByteLength">Of how much, if that is known: it decides who computes it, and not what comes out.</param>
    internal ContentHash(long expectedByteLength = 0)
    {
        if (expectedByteLength >= LargeByteLength && s_isSystemsThere.Value)
        {
            _system = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }
    }

    private static ReadOnlySpan<uint> RoundConstants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>The hash of all this.</summary>
    internal static byte[] Of(ReadOnlySpan<byte> bytes)
    {
        using var hash = new ContentHash(bytes.Length);
        hash.Append(bytes);
        return hash.Finish();
    }

    /// <summary>Goes on with what comes next.</summary>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        if (_system is not null)
        {
            _system.AppendData(bytes);
            return;
        }

        int filled = (int)(_byteLength % BlockByteLength);
        _byteLength += (ulong)bytes.Length;
        if (filled != 0)
        {
            int count = Math.Min(BlockByteLength - filled, bytes.Length);
            bytes[..count].CopyTo(_rest.AsSpan(filled));
            bytes = bytes[count..];
            if (filled + count < BlockByteLength)
            {
                return;
            }

            Compress(_rest);
        }

        int whole = bytes.Length - bytes.Length % BlockByteLength;
        Compress(bytes[..whole]);
        bytes[whole..].CopyTo(_rest);
    }

    /// <summary>The hash of what was appended; nothing may be appended afterwards.</summary>
    internal byte[] Finish()
    {
        if (_system is not null)
        {
            return _system.GetHashAndReset();
        }

        // A bit, zeros up to the end of a block, and in its last eight bytes the length in bits.
        int filled = (int)(_byteLength % BlockByteLength);
        Span<byte> padding = stackalloc byte[2 * BlockByteLength];
        padding.Clear();
        padding[0] = 0x80;
        int count = (filled < BlockByteLength - sizeof(ulong) ? BlockByteLength : 2 * BlockByteLength) - filled;
        BinaryPrimitives.WriteUInt64BigEndian(padding[(count - sizeof(ulong))..], _byteLength * 8);
        Append(padding[..count]);

        byte[] hash = new byte[ByteLength];
        for (int i = 0; i < _state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(i * sizeof(uint)), _state[i]);
        }

        return hash;
    }

    /// <inheritdoc/>
    public void Dispose() => _system?.Dispose();

    // Whole blocks. The names are those of the standard.
    private void Compress(ReadOnlySpan<byte> blocks)
    {
        Span<uint> w = stackalloc uint[BlockByteLength];
        ReadOnlySpan<uint> k = RoundConstants;
        for (; blocks.Length != 0; blocks = blocks[BlockByteLength..])
        {
            for (int t = 0; t < 16; t++)
            {
                w[t] = BinaryPrimitives.ReadUInt32BigEndian(blocks[(t * sizeof(uint))..]);
            }

            for (int t = 16; t < w.Length; t++)
            {
                uint x = w[t - 15];
                uint y = w[t - 2];
                uint sigma0 = BitOperations.RotateRight(x, 7) ^ BitOperations.RotateRight(x, 18) ^ (x >> 3);
                uint sigma1 = BitOperations.RotateRight(y, 17) ^ BitOperations.RotateRight(y, 19) ^ (y >> 10);
                w[t] = sigma1 + w[t - 7] + sigma0 + w[t - 16];
            }

            (uint a, uint b, uint c, uint d) = (_state[0], _state[1], _state[2], _state[3]);
            (uint e, uint f, uint g, uint h) = (_state[4], _state[5], _state[6], _state[7]);
            for (int t = 0; t < w.Length; t++)
            {
                uint sum1 = BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
                uint sum0 = BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
                uint t1 = h + sum1 + ((e & f) ^ (~e & g)) + k[t] + w[t];
                uint t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
                (h, g, f, e) = (g, f, e, d + t1);
                (d, c, b, a) = (c, b, a, t1 + t2);
            }

            _state[0] += a;
            _state[1] += b;
            _state[2] += c;
            _state[3] += d;
            _state[4] += e;
            _state[5] += f;
            _state[6] += g;
            _state[7] += h;
        }
    }
}
