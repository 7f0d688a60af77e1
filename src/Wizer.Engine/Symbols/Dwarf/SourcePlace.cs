namespace Wizer.Engine.Symbols;

/// <summary>A place in the source, as far as it is known.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">From one; zero when unknown.</param>
/// <param name="Column">From one; zero for all of the line.</param>
internal readonly record struct SourcePlace(string? File, uint Line, uint? Column)
{
    /// <summary>A function of which this is the place.</summary>
    internal FrameSymbol Of(string? funcName) => new(funcName, File, Line == 0 ? null : Line, Line == 0 ? null : Column);
}
