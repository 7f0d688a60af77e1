using System.Diagnostics.CodeAnalysis;

namespace Wizer.Engine.Symbols;

/// <summary>
/// Debug information that cannot be used. It never leaves <see cref="DebugInfo"/>: a backtrace lacks the details then, and nobody
/// is told why.
/// </summary>
internal sealed class DwarfException : Exception
{
    private DwarfException(string message)
        : base(message)
    {
    }

    [DoesNotReturn]
    internal static void Malformed() => throw new DwarfException("malformed debug information");

    [DoesNotReturn]
    internal static void TooExpensive() => throw new DwarfException("too much debug information");
}
