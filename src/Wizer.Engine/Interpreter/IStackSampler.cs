using Wizer.Engine.Layout;

namespace Wizer.Engine.Interpreter;

/// <summary>Looks at the guest's stack now and then: what the tiers know of it. There is none unless samples are asked for.</summary>
internal unsafe interface IStackSampler
{
    /// <summary>The loop has polled after <see cref="GuestContext.SampleRequested"/> was set.</summary>
    /// <param name="context">Whose stack.</param>
    /// <param name="code">Where the loop goes on.</param>
    /// <param name="frame">In which frame.</param>
    void SampleLoop(GuestContext* context, ushort* code, ulong* frame);

    /// <summary>Machine code has polled after it was set.</summary>
    /// <param name="context">Whose stack.</param>
    /// <param name="stack">Where the innermost frame's place in its code is, and above it that frame.</param>
    void SampleMachineCode(GuestContext* context, nint* stack);

    /// <summary>The loop is about to be left for machine code.</summary>
    /// <param name="returnTo">Where it goes on afterwards.</param>
    /// <param name="frame">In which frame.</param>
    /// <param name="native">A place on the native stack between the two.</param>
    void EnterMachineCode(ushort* returnTo, ulong* frame, nint* native);

    /// <summary>Machine code has been left for the loop that entered it last.</summary>
    void LeaveMachineCode();
}
