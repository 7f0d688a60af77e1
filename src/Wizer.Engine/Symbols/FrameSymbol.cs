namespace Wizer.Engine;

/// <summary>A function of the source, and where in it the guest was.</summary>
/// <param name="FuncName">As linkers see it, mangled; or null.</param>
/// <param name="File">Its path where the module was compiled, or null.</param>
/// <param name="Line">From one, or null.</param>
/// <param name="Column">From one, zero for all of the line, or null.</param>
public readonly record struct FrameSymbol(string? FuncName, string? File, uint? Line, uint? Column);
