using System.Text;

namespace Wizer.Engine.Symbols;

/// <summary>
/// Names of C++, as the Itanium C++ ABI has them: External Names (a.k.a. Mangling). <c>_ZN3app4loadEi</c> is <c>app::load(int)</c>.
/// </summary>
/// <remarks>
/// The original is strange here in many ways, and so is this: a name that is a type is printed as that type, templates tell what they
/// return, and what is deeper than a few dozen levels stays as it is.
/// </remarks>
internal static class ItaniumDemangler
{
    /// <summary>The name in the source's terms; null when it is no such name, or nothing that can be printed.</summary>
    internal static string? TryDemangle(string name)
    {
        // All that a compiler makes is ASCII. Zeros behind it end what is read without a check at each character.
        if (name.Length == 0 || !Ascii.IsValid(name) || name.Contains('\0'))
        {
            return null;
        }

        ItaniumNode? node = new ItaniumParser(name).TryParse();
        return node == null ? null : ItaniumPrinter.TryPrint(node);
    }
}
