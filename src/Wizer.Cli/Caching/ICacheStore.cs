namespace Wizer.Cli;

/// <summary>Where a cache keeps things: two maps, as the servers have that speak Bazel's protocol.</summary>
internal interface ICacheStore : IDisposable
{
    /// <summary>What people know it by, without credentials.</summary>
    string Name { get; }

    /// <summary>Finds something.</summary>
    /// <param name="map">Where.</param>
    /// <param name="key">64 hexadecimal digits.</param>
    /// <param name="maxByteLength">More is no answer.</param>
    /// <returns>Null when it is not there.</returns>
    /// <exception cref="CacheException">The cache cannot be used.</exception>
    byte[]? Get(CacheMap map, string key, long maxByteLength);

    /// <summary>Keeps something. It appears at once and as a whole.</summary>
    /// <exception cref="CacheException">The cache cannot be used.</exception>
    void Put(CacheMap map, string key, IReadOnlyList<ReadOnlyMemory<byte>> content);

    /// <summary>Something was found, and is not what it should be.</summary>
    void Remove(CacheMap map, string key);
}

/// <summary>The maps of a cache.</summary>
internal enum CacheMap
{
    /// <summary>Results by the keys of actions: <c>ac</c>.</summary>
    Actions,

    /// <summary>Contents by their hashes: <c>cas</c>.</summary>
    Contents,
}

/// <summary>A cache cannot be used; the message says why, in a few words.</summary>
internal sealed class CacheException(string message) : Exception(message);
