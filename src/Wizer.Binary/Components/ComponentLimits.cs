namespace Wizer.Binary.Components;

/// <summary>
/// How much of everything a component may have. The specification leaves limits to implementations; these are the ones that the
/// tools around it agreed on, so that a component we accept is accepted elsewhere.
/// </summary>
internal static class ComponentLimits
{
    /// <summary>Components in components, and types of components and instances in one another.</summary>
    internal const int MaxNesting = 100;

    internal const int MaxModules = 1_000;
    internal const int MaxComponents = 1_000;

    /// <summary>Core ones and component instances together.</summary>
    internal const int MaxInstances = 1_000;

    internal const int MaxValues = 1_000;

    /// <summary>Core types and types together.</summary>
    internal const int MaxTypes = 1_000_000;

    /// <summary>Core functions and component functions together.</summary>
    internal const int MaxFunctions = 1_000_000;

    internal const int MaxTables = 100_000;
    internal const int MaxMemories = 1_000;
    internal const int MaxGlobals = 1_000_000;
    internal const int MaxTags = 1_000_000;
    internal const int MaxImports = 1_000_000;
    internal const int MaxExports = 1_000_000;
    internal const int MaxDeclarations = 1_000_000;
    internal const int MaxArguments = 100_000;
    internal const int MaxParameters = 1_000;
    internal const int MaxLabels = 10_000;
    internal const int MaxOptions = 10;

    /// <summary>More flags do not fit the only integer that the canonical ABI has for them.</summary>
    internal const int MaxFlags = 32;

    internal const int MaxNameLength = 100_000;

    /// <summary>How many types a type may be made of, counting each as often as it occurs.</summary>
    internal const int MaxTypeSize = 1_000_000;

    /// <summary>How deep types may be nested, so that walking over them needs little stack.</summary>
    internal const int MaxTypeDepth = 100;

    /// <summary>The bytes of a value type in memory, with 64-bit addresses. Component Model, Canonical ABI: Element Size.</summary>
    internal const long MaxElementSize = (1L << 28) - 1;
}
