using System.Runtime.InteropServices;

namespace Wizer.Binary;

/// <summary>What opened a frame of the control stack.</summary>
internal enum FrameKind : byte
{
    /// <summary>The body of a function, or a constant expression.</summary>
    Function,

    /// <summary><c>block</c> or <c>try_table</c>.</summary>
    Block,

    /// <summary><c>loop</c>: its label takes the parameters, not the results.</summary>
    Loop,

    /// <summary><c>if</c> before its <c>else</c>.</summary>
    If,

    /// <summary><c>else</c>.</summary>
    Else,

    /// <summary>The legacy <c>try</c> before its first handler.</summary>
    Try,

    /// <summary>The legacy <c>catch</c>.</summary>
    Catch,

    /// <summary>The legacy <c>catch_all</c>.</summary>
    CatchAll,
}

/// <summary>
/// A frame of the control stack. Core 3.0, Appendix, Validation Algorithm. Small, because a body can nest millions of blocks.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct ControlFrame
{
    /// <summary>The function type, or <see cref="NoType"/>.</summary>
    internal int TypeIndex;

    /// <summary>Without a function type: the only result, or bottom when there is none.</summary>
    internal ValType Result;

    /// <summary>How high the operand stack was below the parameters.</summary>
    internal int Height;

    /// <summary>How many locals had been set on the way in, of those that have no default.</summary>
    internal int SetLocalCount;

    /// <summary>The last <c>br_table</c> that found the label to fit.</summary>
    internal int CheckedAt;

    internal FrameKind Kind;

    /// <summary>Whether the rest of the block cannot be reached: the stack then holds whatever is asked for.</summary>
    internal bool IsUnreachable;

    internal const int NoType = -1;
}
