using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>A function that loops over columns of numbers: its instructions and its locals.</summary>
/// <param name="funcs">Gets the functions that <c>ref.func</c> names.</param>
/// <param name="parameterCount">How many parameters it has; they are the first locals.</param>
internal sealed class LoopCode(FuncSet funcs, uint parameterCount) : IDisposable
{
    private const byte EmptyBlock = 0x40;

    private readonly List<ValType> _locals = [];

    /// <summary>The instructions so far.</summary>
    internal InstructionBuffer Code { get; } = new(funcs);

    /// <summary>Adds a local, which is zero or null.</summary>
    internal uint AddLocal(ValType type)
    {
        _locals.Add(type);
        return parameterCount + (uint)_locals.Count - 1;
    }

    /// <summary>Adds a local that has the value of a global.</summary>
    internal uint AddLocal(ValType type, uint global)
    {
        uint local = AddLocal(type);
        Code.Write(Opcode.GlobalGet, global);
        Code.Write(Opcode.LocalSet, local);
        return local;
    }

    /// <summary>Adds something to a local.</summary>
    internal void Increment(uint local, int by = 1)
    {
        Code.Write(Opcode.LocalGet, local);
        Code.I32Const(by);
        Code.Write(Opcode.I32Add);
        Code.Write(Opcode.LocalSet, local);
    }

    /// <summary>Gives a global the value of a local.</summary>
    internal void Store(uint local, uint global)
    {
        Code.Write(Opcode.LocalGet, local);
        Code.Write(Opcode.GlobalSet, global);
    }

    /// <summary>Begins a block of a type.</summary>
    internal void Begin(Opcode opcode, ValType type)
    {
        Code.Write(opcode);
        Code.Writer.WriteValType(type);
    }

    /// <summary>Begins a block without a value.</summary>
    internal void Begin(Opcode opcode)
    {
        Code.Write(opcode);
        Code.Writer.WriteByte(EmptyBlock);
    }

    /// <summary>Ends a loop that goes on while one local is below another.</summary>
    internal void EndLoopWhileBelow(uint local, uint end)
    {
        Code.Write(Opcode.LocalGet, local);
        Code.Write(Opcode.LocalGet, end);
        Code.Write(Opcode.I32LtU);
        Code.Write(Opcode.BrIf, 0);
        Code.Write(Opcode.End);
    }

    /// <summary>The body, without its size.</summary>
    internal byte[] Finish()
    {
        Code.Write(Opcode.End);
        byte[] instructions = Code.Take();
        Code.Writer.WriteU32((uint)_locals.Count);
        foreach (ValType type in _locals)
        {
            Code.Writer.WriteU32(1);
            Code.Writer.WriteValType(type);
        }

        return [.. Code.Take(), .. instructions];
    }

    public void Dispose() => Code.Dispose();
}
