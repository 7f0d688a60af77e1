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

    private MachineResult(HotFunction hot, MachineCompiler compiler, int loopCount)
    {
        Hot = hot;
        FrameByteLength = compiler.FrameByteLength;
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
    private MachineResult(HotFunction hot)
    {
        Hot = hot;
        _loops = [];
    }

    /// <summary>Whose it is.</summary>
    internal HotFunction Hot { get; }

    /// <summary>Whether there is code.</summary>
    internal bool IsCompiled => _code != null;

    /// <summary>Whether the function runs the code.</summary>
    internal bool IsInstalled { get; private set; }

    /// <summary>The code.</summary>
    internal ReadOnlySpan<byte> Code => new(_code, Length);

    /// <summary>How long the code is.</summary>
    internal int Length { get; }

    /// <summary>See <see cref="MachineFunction.FrameByteLength"/>.</summary>
    internal int FrameByteLength { get; }

    /// <summary>Compiles a function that has been translated.</summary>
    internal static MachineResult Compile(MachineCompiler compiler, HotFunction hot)
    {
        try
        {
            if (compiler.TryCompile(hot.Func, hot.Module, isKept: true))
            {
                return new MachineResult(hot, compiler, compiler.LoopOffsets.Count);
            }
        }
        catch (OutOfMemoryException)
        {
            // Nobody above could catch it, and the interpreter does as well.
        }

        compiler.Operations.Free();
        return new MachineResult(hot);
    }

    /// <summary>Has the function run the code, where it has been put.</summary>
    /// <param name="start">Where.</param>
    /// <param name="operations">Where what helpers are told to do goes.</param>
    internal void Link(nint start, OperationList operations)
    {
        operations.TakeAll(_operations);
        for (int i = 0; i < _loops.Length; i += 2)
        {
            HotLoop? loop = Hot.FindLoopAt(_loops[i]);
            if (loop != null)
            {
                loop.MachineEntry = start + _loops[i + 1];
            }
        }

        FuncData* func = Hot.Func;
        func->MachineEntry = start;
        func->Entry = &MachineCalls.Enter;
        func->LoopEntry = &MachineCalls.EnterFromLoop;
        IsInstalled = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeBlock.Free(_code);
        _code = null;
        _operations.Free();
    }
}
