namespace Wizer.Engine.Layout;

/// <summary>
/// What stands before a function's code: how many slots a frame takes (two units), where it saves where to return to (the slots
/// of parameters and locals), where the locals start that are zeroed (the slots of the parameters).
/// </summary>
internal static class FrameHeader
{
    /// <summary>Its size in units of code.</summary>
    internal const int Units = 4;

    /// <summary>The unit that says how many slots the parameters and locals take.</summary>
    internal const int SavedAt = 2;

    /// <summary>The unit that says how many slots the parameters take.</summary>
    internal const int LocalsAt = 3;

    /// <summary>
    /// The most that a call of machine code takes of the native stack for each byte that it takes of the slots: three registers and where
    /// it returns to, for <see cref="SavedSlots"/> at least.
    /// </summary>
    internal const int NativeBytesPerByte = 2;

    /// <summary>Slots between the locals and the operands: the code and the frame to return to.</summary>
    internal const int SavedSlots = 2;
}
