using Wizer.Engine.Layout;

namespace Wizer.Engine.Interpreter;

/// <summary>The machine code of a store, as far as the interpreter needs it.</summary>
internal unsafe interface IMachineCode : IDisposable
{
    /// <summary>On which kind of stack it runs from now on: see <see cref="GuestContext.HasNativeRoom"/>.</summary>
    void UseNativeStack(bool hasRoom);

    /// <summary>Compiles a function that has machine code once more, for <see cref="FindOffset"/>.</summary>
    void CompileForOffsets(FuncData* func);

    /// <summary>The module offset of the instruction that a place in the code of <see cref="CompileForOffsets"/> belongs to.</summary>
    /// <param name="at">Behind the machine instruction, counted from the start.</param>
    long FindOffset(int at);
}
