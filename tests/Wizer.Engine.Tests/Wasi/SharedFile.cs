using System.Text;

namespace Wizer.Engine.Tests.Wasi;

/// <summary>What is in a file that a guest may have open for writing: Windows lets others read it who say that they do not mind.</summary>
internal static class SharedFile
{
    public static byte[] ReadBytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    public static string ReadText(string path) => Encoding.UTF8.GetString(ReadBytes(path));
}
