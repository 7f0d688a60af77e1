using System.Text;

namespace Wizer.Engine.Tests.Wasi;

/// <summary>
/// What is in a file that a guest may have open, perhaps for writing: Windows lets others read and write it who say that they do not mind.
/// </summary>
internal static class SharedFile
{
    public static byte[] ReadBytes(string path)
    {
        using FileStream file = Open(path, FileMode.Open, FileAccess.Read);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    public static string ReadText(string path) => Encoding.UTF8.GetString(ReadBytes(path));

    public static void Overwrite(string path, byte[] bytes)
    {
        using FileStream file = Open(path, FileMode.Create, FileAccess.Write);
        file.Write(bytes);
    }

    public static void Append(string path, string text)
    {
        using FileStream file = Open(path, FileMode.Append, FileAccess.Write);
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    private static FileStream Open(string path, FileMode mode, FileAccess access) =>
        new(path, mode, access, FileShare.ReadWrite | FileShare.Delete);
}
