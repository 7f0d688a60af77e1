using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;
using Wizer.Engine.Native;

namespace Wizer.Engine.Compiler.X64;

/// <summary>What <see cref="MachineCompiler"/> made of a function, until <see cref="MachineArena"/> has taken it.</summary>
internal sealed unsafe class MachineResult : IDisposable
{
    private byte* _code;
    private readonly OperationList _operations = new();
    private readonly int[] _loops;

    private MachineResult(FuncData* func, MachineCompiler compiler, int loopCount)
    {
        Func = func;
        FrameByteLength = compiler.FrameByteLength;
        CheckedEntry = compiler.CheckedEntry;
        ReturnOffset = compiler.ReturnOffset;
        Guards = compiler.Guards;
        _loops = new int[2 * loopCount];
        for (int i = 0; i < loopCount; i++)
        {
            _loops[2 * i] = compiler.LoopOffsets[i];
            _loops[(2 * i) + 1] = compiler.LoopEntryOf(i);
        }

        Length = compiler.Code.Length;
        _code = (byte*)NativeBlock.Allocate((ulong)Length);
        compiler.Code.CopyTo(new Span<byte>(_code, Length));
        _operations.TakeAll(compiler.Operations);
    }

    // Of a function that is not for this compiler.
    private MachineResult(FuncData* func)
    {
        Func = func;
        _loops = [];
    }

    /// <summary>Whose it is.</summary>
    internal FuncData* Func { get; }

    /// <summary>Whether there is code.</summary>
    internal bool IsCompiled => _code != null;

    /// <summary>What it has become where it has been put; null before that, and where there is none.</summary>
    internal MachineFunction? Function { get; private set; }

    /// <summary>The code.</summary>
    internal ReadOnlySpan<byte> Code => new(_code, Length);

    /// <summary>How long the code is.</summary>
    internal int Length { get; }

    /// <summary>See <see cref="MachineFunction.FrameByteLength"/>.</summary>
    internal int FrameByteLength { get; }

    /// <summary>See <see cref="MachineFunction.CheckedEntry"/>, counted from the start.</summary>
    internal int CheckedEntry { get; }

    /// <inheritdoc cref="MachineCompiler.ReturnOffset"/>
    internal int ReturnOffset { get; }

    /// <inheritdoc cref="MachineFunction.Guards"/>
    internal MachineGuards? Guards { get; }

    /// <inheritdoc cref="MachineCompiler.TryCompile"/>
    internal static MachineResult Compile(MachineCompiler compiler, FuncData* func, ModuleInfo module, uint frameSlots = 0)
    {
        try
        {
            if (compiler.TryCompile(func, module, isKept: true, frameSlots))
            {
                return new MachineResult(func, compiler, compiler.LoopOffsets.Count);
            }
        }
        catch (OutOfMemoryException)
        {
            // Nobody above could catch it, and the interpreter does as well.
        }

        compiler.Operations.Free();
        return new MachineResult(func);
    }

    /// <summary>Notes what has become of the code, and gives what it needs to whoever keeps it.</summary>
    internal void PlaceAs(MachineFunction function, OperationList operations)
    {
        Function = function;
        operations.TakeAll(_operations);
        NativeBlock.Free(_code);
        _code = null;
    }

    /// <summary>Has the function, which has been translated, run the code from now on.</summary>
    /// <returns>False when there is none.</returns>
    internal bool TryLink(HotFunction hot, MachineArena arena)
    {
        if (Function == null)
        {
            return false;
        }

        for (int i = 0; i < _loops.Length; i += 2)
        {
            HotLoop? loop = hot.FindLoopAt(_loops[i]);
            if (loop != null)
            {
                loop.MachineEntry = Function.Start + _loops[i + 1];
            }
        }

        arena.Link(Function);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeBlock.Free(_code);
        _code = null;
        _operations.Free();
    }
}
