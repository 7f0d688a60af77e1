namespace Wizer.Pipeline;

/// <summary>What becomes of functions that are imported and that nobody provides.</summary>
public enum UnknownImports
{
    /// <summary>They trap when they are called, and say which one it was.</summary>
    Trap,

    /// <summary>
    /// They return zeros and null; those of components also empty strings and lists, <c>none</c>, <c>ok</c>, the first case of others,
    /// and resources that nothing stands behind. One whose result cannot be had so traps.
    /// </summary>
    Default,

    /// <summary>The run is refused, with a list of them.</summary>
    Fail,
}
