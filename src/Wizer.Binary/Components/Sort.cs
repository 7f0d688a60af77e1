namespace Wizer.Binary.Components;

/// <summary>
/// What a definition of a component can be: each has an index space of its own. Component Model, Explainer: Index Spaces;
/// Binary Format: Instance Definitions.
/// </summary>
public enum Sort : byte
{
    /// <summary>A core function.</summary>
    CoreFunc,

    /// <summary>A core table.</summary>
    CoreTable,

    /// <summary>A core memory.</summary>
    CoreMemory,

    /// <summary>A core global.</summary>
    CoreGlobal,

    /// <summary>A core tag.</summary>
    CoreTag,

    /// <summary>A core type.</summary>
    CoreType,

    /// <summary>A core module.</summary>
    CoreModule,

    /// <summary>A core instance.</summary>
    CoreInstance,

    /// <summary>A component function.</summary>
    Func,

    /// <summary>A value.</summary>
    Value,

    /// <summary>A type.</summary>
    Type,

    /// <summary>A component.</summary>
    Component,

    /// <summary>A component instance.</summary>
    Instance,
}

/// <summary>How sorts are written.</summary>
internal static class Sorts
{
    internal const int Count = (int)Sort.Instance + 1;

    /// <summary>Whether a sort stands behind <c>core</c>.</summary>
    internal static bool IsCore(Sort sort) => sort <= Sort.CoreInstance;

    /// <summary>The sort of a byte of <c>core:sort</c>.</summary>
    /// <returns>False when the byte is none.</returns>
    internal static bool TryGetCore(byte code, out Sort sort)
    {
        switch (code)
        {
            case <= 0x04:
                sort = (Sort)code;
                return true;
            case >= 0x10 and <= 0x12:
                sort = (Sort)((int)Sort.CoreType + code - 0x10);
                return true;
            default:
                sort = default;
                return false;
        }
    }

    /// <summary>The sort of a byte of <c>sort</c> that is not <c>core</c>.</summary>
    /// <returns>False when the byte is none.</returns>
    internal static bool TryGet(byte code, out Sort sort)
    {
        sort = (Sort)((int)Sort.Func + code - 1);
        return code is >= 0x01 and <= 0x05;
    }

    /// <summary>What the text format and messages call a sort, without <c>core</c>.</summary>
    internal static string NameOf(Sort sort) => sort switch
    {
        Sort.CoreFunc or Sort.Func => "func",
        Sort.CoreTable => "table",
        Sort.CoreMemory => "memory",
        Sort.CoreGlobal => "global",
        Sort.CoreTag => "tag",
        Sort.CoreType or Sort.Type => "type",
        Sort.CoreModule => "module",
        Sort.CoreInstance or Sort.Instance => "instance",
        Sort.Value => "value",
        _ => "component",
    };
}
