using Wizer.Engine.Wasi;

namespace Wizer.Engine;

/// <summary>
/// What a guest sees in the place of the machine it runs on, so that equal modules with equal input come to equal states on every
/// machine, at any time.
/// </summary>
/// <remarks>
/// <para>
/// All clocks stand at a time of their own: <c>clock_time_get</c> answers with it and moves it on by a millisecond, so that a loop
/// which waits for time to pass ends; whoever sleeps moves it by as much, at once. The real-time clock begins at
/// <see cref="UnixSeconds"/>, the others at one millisecond; the resolution of all is a millisecond.
/// </para>
/// <para>
/// <c>random_get</c> hands out, from the first call on, the bytes of SplitMix64's numbers (Steele, Lea and Flood, 2014), each from
/// its lowest byte, starting in the state <see cref="RandomSeed"/>.
/// </para>
/// <para>
/// Files and directories have times of <see cref="UnixSeconds"/>, one link, the device number 1 and an inode number made of their
/// path; a directory has no size. Listings are in the order of the names' bytes. Standard streams are no terminals, descriptors are
/// always ready, and a read takes all that fits, however it arrives.
/// </para>
/// </remarks>
public sealed record DeterministicOptions
{
    /// <summary>The latest time that fits a clock of preview 1, in seconds since 1970: in the year 2554.</summary>
    public const ulong MaxUnixSeconds = ulong.MaxValue / DeterministicWasiClock.NanosecondsPerSecond;

    private readonly ulong _unixSeconds;

    /// <summary>What time it is when the guest begins, in seconds since 1970; 0 unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="MaxUnixSeconds"/>.</exception>
    public ulong UnixSeconds
    {
        get => _unixSeconds;
        init
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxUnixSeconds);
            _unixSeconds = value;
        }
    }

    /// <summary>Which sequence of random numbers the guest gets; 0 unless set.</summary>
    public ulong RandomSeed { get; init; }
}
