namespace Wizer.Binary;

/// <summary>
/// How much of everything a module may have. The specification leaves limits to implementations; unless said otherwise these
/// are the ones that browsers and other engines agreed on in the WebAssembly JavaScript Interface, Implementation-defined
/// Limits, so that a module we accept loads elsewhere.
/// </summary>
internal static class WasmLimits
{
    internal const int MaxTypes = 1_000_000;
    internal const int MaxRecGroups = 1_000_000;
    internal const int MaxFunctions = 1_000_000;
    internal const int MaxImports = 1_000_000;
    internal const int MaxExports = 1_000_000;
    internal const int MaxGlobals = 1_000_000;
    internal const int MaxTags = 1_000_000;
    internal const int MaxElementSegments = 100_000;
    internal const int MaxDataSegments = 100_000;
    internal const int MaxTables = 100_000;
    internal const int MaxTableElements = 10_000_000;

    /// <summary>The JavaScript Interface says 1 for memories before multi-memory and 100 after it.</summary>
    internal const int MaxMemories = 100;

    /// <summary>Of a function; and there may be as many results.</summary>
    internal const int MaxParameters = 1_000;

    internal const int MaxStructFields = 10_000;
    internal const int MaxSubtypingDepth = 63;

    /// <summary>Parameters included.</summary>
    internal const int MaxLocals = 50_000;

    internal const int MaxFunctionSize = 7_654_321;

    /// <summary>The JavaScript Interface's limit for <c>array.new_fixed</c>.</summary>
    internal const int MaxArrayNewFixed = 10_000;

    /// <summary>
    /// Ours. Only calls with many results in a body near the size limit come close; without it a few megabytes of those would
    /// take gigabytes to check.
    /// </summary>
    internal const int MaxOperands = 10_000_000;
}
