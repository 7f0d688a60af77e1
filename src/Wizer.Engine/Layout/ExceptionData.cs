using System.Runtime.InteropServices;

namespace Wizer.Engine.Layout;

/// <summary>
/// An exception; an exnref handle is the address of one. Its values follow, one slot each. Owned by <c>ExceptionStorage</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ExceptionData
{
    /// <summary>What kind it is.</summary>
    public TagData* Tag;

    /// <summary>The values it carries, as many slots as its tag says.</summary>
    internal static ulong* ValuesOf(ExceptionData* exception) => (ulong*)(exception + 1);

    /// <summary>The size of one with that tag.</summary>
    internal static ulong ByteLength(TagData* tag) => (ulong)sizeof(ExceptionData) + ((ulong)tag->ParameterSlots * sizeof(ulong));
}

/// <summary>
/// Where a range of a function's code goes on when something is thrown there. A function's handlers stand in the order in which
/// they are asked: those of inner blocks first, those of one block in the order of its clauses.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct HandlerData
{
    /// <summary>What <see cref="PayloadSlot"/> and <see cref="ExceptionSlot"/> are when nothing is to be stored.</summary>
    public const int None = -1;

    /// <summary>What it catches; null for everything.</summary>
    public TagData* Tag;

    /// <summary>The first unit it guards, counted from the function's header.</summary>
    public int Start;

    /// <summary>The end of what it guards.</summary>
    public int End;

    /// <summary>Where the function goes on.</summary>
    public int Target;

    /// <summary>The number of its block among those with handlers, in the order in which they begin.</summary>
    public int Block;

    /// <summary>Only blocks with lower numbers are asked from here on, and this catches nothing; or <see cref="None"/>.</summary>
    public int DelegateTo;

    /// <summary>Where the values go.</summary>
    public int PayloadSlot;

    /// <summary>Where the exception itself goes, or <see cref="None"/>.</summary>
    public int ExceptionSlot;
}
