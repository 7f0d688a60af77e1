namespace Wizer.Engine.Compiler.X64;

/// <summary>Sets as words of 64 bits.</summary>
internal static class Words
{
    /// <summary>Makes room. Not the library's, which would be compiled at run time for these.</summary>
    internal static void Grow(ref ulong[] words, int capacity)
    {
        var larger = new ulong[capacity];
        Array.Copy(words, larger, words.Length);
        words = larger;
    }
}
