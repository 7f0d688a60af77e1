using System.Diagnostics;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// What holds between instructions, asked in debug builds, which the tests run.
internal sealed unsafe partial class MachineCompiler
{
    /// <summary>
    /// Each temporary register is free or held by one entry of the stack, none is lost, and the entries' slots follow one another within
    /// the frame.
    /// </summary>
    [Conditional("DEBUG")]
    private void CheckState()
    {
        uint gprs = _temporaries.FreeGprs;
        uint vectors = _temporaries.FreeVectors;
        int top = -1;
        for (int i = 0; i < _operands.Count; i++)
        {
            ref readonly Operand entry = ref _operands[i];
            Debug.Assert(entry.Slot >= top, "two entries have one slot");
            top = entry.Slot + SlotTypes.SlotCount(entry.Type);
            Debug.Assert(
                entry.Kind is not (OperandKind.Comparison or OperandKind.Memory) || i == _operands.Count - 1,
                "a comparison, or a vector in the memory, is the top entry");
            switch (entry.Kind)
            {
                case OperandKind.Comparison:
                    CheckHeld(_compareA, ref gprs, ref vectors);
                    CheckHeld(_compareB, ref gprs, ref vectors);
                    break;
                case OperandKind.Memory:
                    CheckHeld(_memoryAddress, ref gprs, ref vectors);
                    break;
                default:
                    CheckHeld(entry, ref gprs, ref vectors);
                    break;
            }
        }

        Debug.Assert(_operands.Count == 0 || _operands.Top == top, "the next entry's slot is behind the last one's");
        Debug.Assert(_operands.Top <= _frameSlots, "an entry's slot is beyond the frame");
        Debug.Assert(gprs == _temporaries.AllGprs, "a general register is neither free nor held");
        Debug.Assert(vectors == TemporaryRegisters.AllVectors, "a vector register is neither free nor held");
    }

    /// <summary>The analysis and this compiler have seen the same accesses, calls and loops.</summary>
    [Conditional("DEBUG")]
    private void CheckInStep()
    {
        Debug.Assert(_accessIndex == _analysis.AccessCount, "accesses to locals that only one of both passes has seen");
        Debug.Assert(_callIndex == _analysis.CallCount, "calls that only one of both passes has seen");
        Debug.Assert(_handlers.Count == _analysis.HandlerBlocks.Count, "handlers that only one of both passes has seen");
        Debug.Assert(_loopIndex == _analysis.LoopBlocks.Count, "loops that only one of both passes has seen");
    }

    private void CheckHeld(in Operand value, ref uint freeGprs, ref uint freeVectors)
    {
        if (value.Kind != OperandKind.Temporary)
        {
            return;
        }

        ref uint free = ref value.IsInteger ? ref freeGprs : ref freeVectors;
        uint bit = (1u << value.Register) & (value.IsInteger ? _temporaries.AllGprs : TemporaryRegisters.AllVectors);
        Debug.Assert((free & bit) == 0, "a register is held by two entries, or by one and free");
        free |= bit;
    }
}
