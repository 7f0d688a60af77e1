namespace Wizer.Differential.Generation;

/// <summary>SplitMix64: small, and its sequence is ours to keep, unlike that of <see cref="Random"/>.</summary>
internal sealed class Prng(ulong seed)
{
    private ulong _state = seed;

    internal ulong Next()
    {
        _state += 0x9e3779b97f4a7c15;
        ulong mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number from 0 to below the bound.</summary>
    internal int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>A number from the least to the greatest, both included.</summary>
    internal int Between(int least, int greatest) => least + Below(greatest - least + 1);

    internal bool Chance(int percent) => Below(100) < percent;

    internal T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];
}
