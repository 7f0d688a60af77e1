using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>In which order loops make objects: so many of one class, then so many of another.</summary>
internal sealed class LoaderRuns
{
    // Engines compile a function better once it has been called some hundred times, and never while it runs.
    private const int MaxLength = 4096;

    private readonly List<long> _codes = [];
    private readonly Queue<int> _ends = new();

    /// <param name="plan">The order, of which those are a part that are made one by one.</param>
    /// <param name="loaded">The others.</param>
    internal LoaderRuns(RestorePlan plan, LoadedClasses loaded)
    {
        int known = 0;
        int current = -1;
        int length = 0;
        foreach (int node in plan.Order)
        {
            if (loaded.IsLoaded(node))
            {
                if (loaded.ClassOf(node) != current || length == MaxLength)
                {
                    EndRun();
                    current = loaded.ClassOf(node);
                }

                length++;
            }
            else if (!plan.IsNested(node))
            {
                EndPart();
            }
        }

        EndPart();

        void EndRun()
        {
            if (length != 0)
            {
                _codes.Add(((long)(length - 1) * loaded.All.Count) + current);
            }

            length = 0;
        }

        void EndPart()
        {
            EndRun();
            current = -1;
            if (_codes.Count != known)
            {
                known = _codes.Count;
                _ends.Enqueue(known);
            }
        }
    }

    /// <summary>The number of runs up to the next object that is made in another way.</summary>
    internal int TakeEnd() => _ends.Dequeue();

    /// <summary>Writes the function that calls loops up to a run, whose number it is given.</summary>
    /// <param name="loops">The functions of the classes.</param>
    /// <param name="columns">Where the runs go.</param>
    /// <param name="named">Gets the functions that it refers to.</param>
    internal byte[] Write(List<uint> loops, LoaderColumns columns, FuncSet named)
    {
        using var loop = new LoopCode(named, parameterCount: 1);
        InstructionBuffer code = loop.Code;
        uint global = columns.Helpers.AddInteger(0);
        var runs = new ColumnReader(new NumberColumn(_codes, is64: false), loop, columns);
        uint index = loop.AddLocal(ValType.I32, global);
        uint run = loop.AddLocal(ValType.I32);
        loop.Begin(Opcode.Loop);
        runs.WriteRead(index);
        code.Write(Opcode.LocalSet, run);
        for (int i = 0; i <= loops.Count; i++)
        {
            loop.Begin(Opcode.Block);
        }

        code.Write(Opcode.LocalGet, run);
        code.I32Const(loops.Count);
        code.Write(Opcode.I32RemU);
        code.Write(Opcode.BrTable, (uint)loops.Count - 1);
        for (int i = 0; i < loops.Count; i++)
        {
            code.Writer.WriteU32((uint)i);
        }

        for (int i = 0; i < loops.Count; i++)
        {
            code.Write(Opcode.End);
            code.Write(Opcode.LocalGet, run);
            code.I32Const(loops.Count);
            code.Write(Opcode.I32DivU);
            code.I32Const(1);
            code.Write(Opcode.I32Add);
            code.Write(Opcode.Call, loops[i]);
            code.Write(Opcode.Br, (uint)(loops.Count - 1 - i));
        }

        code.Write(Opcode.End);
        loop.Increment(index);
        loop.EndLoopWhileBelow(index, end: 0);
        loop.Store(index, global);
        runs.WriteEnd();
        return loop.Finish();
    }
}
