using System.Security.Cryptography;

namespace Wizer.Engine.Platform;

/// <summary>
/// The host's random bytes. On Linux straight from the kernel: the framework's generator would first load OpenSSL, which costs
/// more than a whole small run.
/// </summary>
internal static unsafe class Entropy
{
    public static void Fill(Span<byte> destination)
    {
        if (LinuxLibC.IsSupported)
        {
            fixed (byte* pointer = destination)
            {
                nint at = 0;
                while (at < destination.Length)
                {
                    nint count = LinuxLibC.getrandom(pointer + at, destination.Length - at, 0);
                    if (count < 0 && !LinuxLibC.WasCutShort())
                    {
                        break;
                    }

                    at += Math.Max(count, 0);
                }

                destination = destination[(int)at..];
            }
        }

        // What the kernel refused, a sandbox may forbid the call, the framework finds by other means.
        if (!destination.IsEmpty)
        {
            RandomNumberGenerator.Fill(destination);
        }
    }
}
