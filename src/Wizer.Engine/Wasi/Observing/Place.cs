using System.Text;

namespace Wizer.Engine.Wasi.Observing;

/// <summary>A place that a guest looked at: by the way to it from a directory that the guest was given, without links.</summary>
/// <param name="preopen">Which directory, counted from 0.</param>
/// <param name="root">That directory's path on the host.</param>
/// <param name="below">The way from there, with slashes; empty for the directory itself.</param>
internal sealed class Place(int preopen, string root, string below)
{
    public int Preopen { get; } = preopen;

    /// <summary>The path of the directory that the guest was given, on the host.</summary>
    public string Root { get; } = root;

    public string Below { get; } = below;

    /// <summary>The path on the host, relative where the directory's is.</summary>
    public string HostPath { get; } = below.Length == 0 ? root : root.EndsWith('/') ? root + below : $"{root}/{below}";

    /// <summary>An entry of it, or the place itself for <c>.</c>.</summary>
    /// <param name="name">In UTF-8; a slash at its end makes no difference.</param>
    public Place Entry(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("."u8))
        {
            return this;
        }

        string text = Encoding.UTF8.GetString(name[^1] == (byte)'/' ? name[..^1] : name);
        return new Place(Preopen, Root, Below.Length == 0 ? text : $"{Below}/{text}");
    }
}
