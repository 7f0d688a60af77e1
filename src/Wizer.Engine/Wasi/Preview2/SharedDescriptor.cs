namespace Wizer.Engine.Wasi.Preview2;

/// <summary>
/// A descriptor with several users: what the guest has open, and the streams and pollables that it made of it and that stay when it
/// drops what they were made of.
/// </summary>
/// <param name="descriptor">The descriptor.</param>
/// <param name="isOwned">Whether the last user closes it; not so for what the guest finds open.</param>
internal sealed class SharedDescriptor(Descriptor descriptor, bool isOwned) : IDisposable
{
    private int _userCount = 1;

    internal Descriptor Descriptor => descriptor;

    /// <summary>Adds a user, who disposes it as well.</summary>
    internal SharedDescriptor Share()
    {
        _userCount++;
        return this;
    }

    /// <summary>Takes a user away.</summary>
    public void Dispose()
    {
        if (--_userCount == 0 && isOwned)
        {
            descriptor.Dispose();
        }
    }
}
