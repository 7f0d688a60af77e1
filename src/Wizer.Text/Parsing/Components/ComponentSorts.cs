using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>How sorts are spelled and encoded. Component Model, Explainer: Index Spaces; Binary Format: Instance Definitions.</summary>
internal static class ComponentSorts
{
    /// <summary>What errors call an entry of an index space.</summary>
    internal static string CategoryOf(Sort sort) => sort switch
    {
        Sort.CoreFunc => "core function",
        Sort.CoreTable => "core table",
        Sort.CoreMemory => "core memory",
        Sort.CoreGlobal => "core global",
        Sort.CoreTag => "core tag",
        Sort.CoreType => "core type",
        Sort.CoreModule => "core module",
        Sort.CoreInstance => "core instance",
        Sort.Func => "function",
        Sort.Value => "value",
        Sort.Type => "type",
        Sort.Component => "component",
        _ => "instance",
    };

    /// <summary>Whether a core instance exports what is of a sort. Modules come from component instances.</summary>
    internal static bool IsOfCoreInstance(Sort sort) => Sorts.IsCore(sort) && sort != Sort.CoreModule;

    /// <summary>Whether inner components can refer to what is of a sort.</summary>
    internal static bool CanBeOuter(Sort sort) => sort is Sort.CoreModule or Sort.CoreType or Sort.Type or Sort.Component;

    /// <summary>Writes a sort, with the byte that says that it is a core one.</summary>
    internal static void Write(WasmWriter output, Sort sort)
    {
        if (Sorts.IsCore(sort))
        {
            output.WriteByte(0);
        }

        output.WriteByte(CodeOf(sort));
    }

    /// <summary>The code of a sort among the core ones, or among the others.</summary>
    internal static byte CodeOf(Sort sort) => sort switch
    {
        < Sort.CoreType => (byte)sort,
        <= Sort.CoreInstance => (byte)(0x10 + (sort - Sort.CoreType)),
        _ => (byte)(1 + (sort - Sort.Func)),
    };

    /// <summary>Takes the keyword of a sort, and <c>core</c> before it.</summary>
    /// <param name="cursor">Where the text goes on.</param>
    /// <param name="isCore">Whether only core sorts are meant, without the word <c>core</c>.</param>
    internal static Sort Take(ref TokenCursor cursor, bool isCore = false)
    {
        bool hasCore = cursor.TryTakeKeyword("core"u8);
        if (!TryParse(cursor.Text, isCore || hasCore, out Sort sort))
        {
            cursor.Unexpected();
        }

        cursor.Take();
        return sort;
    }

    /// <summary>The sort that a keyword stands for.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> keyword, bool isCore, out Sort sort)
    {
        int index = isCore ? CoreIndexOf(keyword) : IndexOf(keyword);
        sort = (Sort)index;
        return index >= 0;
    }

    private static int CoreIndexOf(ReadOnlySpan<byte> keyword) =>
        keyword.SequenceEqual("func"u8) ? (int)Sort.CoreFunc
        : keyword.SequenceEqual("table"u8) ? (int)Sort.CoreTable
        : keyword.SequenceEqual("memory"u8) ? (int)Sort.CoreMemory
        : keyword.SequenceEqual("global"u8) ? (int)Sort.CoreGlobal
        : keyword.SequenceEqual("tag"u8) ? (int)Sort.CoreTag
        : keyword.SequenceEqual("type"u8) ? (int)Sort.CoreType
        : keyword.SequenceEqual("module"u8) ? (int)Sort.CoreModule
        : keyword.SequenceEqual("instance"u8) ? (int)Sort.CoreInstance
        : -1;

    private static int IndexOf(ReadOnlySpan<byte> keyword) =>
        keyword.SequenceEqual("func"u8) ? (int)Sort.Func
        : keyword.SequenceEqual("value"u8) ? (int)Sort.Value
        : keyword.SequenceEqual("type"u8) ? (int)Sort.Type
        : keyword.SequenceEqual("component"u8) ? (int)Sort.Component
        : keyword.SequenceEqual("instance"u8) ? (int)Sort.Instance
        : -1;
}
