using System.Runtime.CompilerServices;
using System.Text;
using Wizer.Text;

namespace Wizer.TestSupport;

/// <summary>Modules written in tests as text.</summary>
public static class Wat
{
    internal static WatOptions WithoutNames { get; } = new() { NameSection = false };

    /// <summary>Encodes a module.</summary>
    /// <param name="wat">The text format.</param>
    /// <param name="names">Whether identifiers are kept in a <c>name</c> section.</param>
    /// <param name="file">Filled in by the compiler, for errors.</param>
    public static byte[] Compile(string wat, bool names = false, [CallerFilePath] string file = "") =>
        WatParser.ToBinary(Encoding.UTF8.GetBytes(wat), Path.GetFileName(file), names ? WatOptions.Default : WithoutNames);
}
