using Wizer.Binary;
using Wizer.Engine.Layout;
using Wizer.Engine.Native;

namespace Wizer.Engine.Compiler.X64;

// memory.copy, memory.fill and memory.init: the code looks at the ranges and has the C library move the bytes, as most are short, and
// the way to a helper would take longer. What takes a while is moved by a helper, which notices an interrupt.
internal sealed unsafe partial class MachineCompiler
{
    // As C wants the arguments of memmove and memset: target; source, or what to fill with; how many.
    private static readonly Gpr[] s_bulkArguments = [Gpr.Rdi, Gpr.Rsi, Gpr.Rdx];

    private readonly Operand[] _bulkOperands = new Operand[3];

    private bool TryBulk(ref Instruction instruction, int call)
    {
        Opcode opcode = instruction.Opcode;
        nint method = opcode switch
        {
            Opcode.MemoryCopy or Opcode.MemoryInit => BulkMethods.Move,
            Opcode.MemoryFill => BulkMethods.Fill,
            _ => 0,
        };
        if (method == 0)
        {
            return false;
        }

        for (int i = _bulkOperands.Length - 1; i >= 0; i--)
        {
            _bulkOperands[i] = Pop();
        }

        BeginCall(call, 0);
        MoveToArguments();
        int label = TrapLabel(TrapKind.MemoryOutOfBounds);
        uint target = opcode == Opcode.MemoryInit ? instruction.Index2 : instruction.Index;
        CheckRange(Gpr.Rdi, &Instance->Memories[target]->ByteLength, label);
        if (opcode == Opcode.MemoryInit)
        {
            DataSegmentData* segment = &Instance->DataSegments[instruction.Index];
            CheckRange(Gpr.Rsi, &segment->ByteLength, label);
            _code.LoadRaxFrom(&segment->Bytes);
            _code.Operate(Alu.Add, Gpr.Rsi, Gpr.Rax, wide: true);
        }
        else if (opcode == Opcode.MemoryCopy)
        {
            CheckRange(Gpr.Rsi, &Instance->Memories[instruction.Index2]->ByteLength, label);
            AddBase(Gpr.Rsi, instruction.Index2);
        }

        AddBase(Gpr.Rdi, target);
        var site = new Site
        {
            Kind = opcode == Opcode.MemoryFill ? SiteKind.Fill : SiteKind.Move,
            Offset = Offset,
            Label = _code.NewLabel(),
            Return = _code.NewLabel(),
        };
        _sites.Add(site);
        _code.OperateConstant(Alu.Cmp, Gpr.Rdx, BulkMethods.MaxByteLength, wide: true);
        _code.JumpIf(Condition.Above, site.Label);
        _code.MoveAddress(Gpr.Rax, (void*)method);
        _code.CallTo(Gpr.Rax);
        _code.Bind(site.Return);
        EndCall();
        return true;
    }

    // Each operand to its register, those first whose register no other one waits for.
    private void MoveToArguments()
    {
        Operand[] operands = _bulkOperands;
        Span<bool> isMoved = stackalloc bool[3];
        for (int moved = 0; moved < operands.Length;)
        {
            int before = moved;
            for (int i = 0; i < operands.Length; i++)
            {
                if (!isMoved[i] && !IsAwaited(s_bulkArguments[i], i, isMoved))
                {
                    MoveTo(s_bulkArguments[i], operands[i]);
                    Release(operands[i]);
                    isMoved[i] = true;
                    moved++;
                }
            }

            if (moved == before)
            {
                // They wait for one another: the first that is left makes room.
                int first = isMoved.IndexOf(false);
                _code.Move(Gpr.Rax, operands[first].Gpr, wide: true);
                Release(operands[first]);
                operands[first] = new Operand { Kind = OperandKind.Local, Type = operands[first].Type, Register = (sbyte)Gpr.Rax };
            }
        }
    }

    private bool IsAwaited(Gpr register, int except, ReadOnlySpan<bool> isMoved)
    {
        for (int i = 0; i < _bulkOperands.Length; i++)
        {
            if (i != except && !isMoved[i] && _bulkOperands[i].IsInRegister && _bulkOperands[i].Gpr == register)
            {
                return true;
            }
        }

        return false;
    }

    // A start, and the count in rdx; so that no sum can overflow.
    private void CheckRange(Gpr start, ulong* byteLength, int label)
    {
        _code.LoadRaxFrom(byteLength);
        _code.Operate(Alu.Sub, Gpr.Rax, Gpr.Rdx, wide: true);
        _code.JumpIf(Condition.Below, label);
        _code.Operate(Alu.Cmp, start, Gpr.Rax, wide: true);
        _code.JumpIf(Condition.Above, label);
    }

    private void AddBase(Gpr register, uint memory)
    {
        if (memory == 0 && _isFirstBaseKept)
        {
            _code.Operate(Alu.Add, register, Gpr.R15, wide: true);
        }
        else
        {
            LoadBase(Instance->Memories[memory]);
            _code.Operate(Alu.Add, register, Gpr.Rax, wide: true);
        }
    }

    // The same with a helper.
    private void EmitBulkSite(Site site)
    {
        void* method = site.Kind == SiteKind.Fill
            ? (delegate* unmanaged<byte*, int, ulong, GuestContext*, int>)&MachineCalls.Fill
            : (delegate* unmanaged<byte*, byte*, ulong, GuestContext*, int>)&MachineCalls.Move;
        _code.Move(Gpr.Rcx, Gpr.R14, wide: true);
        _code.MoveAddress(Gpr.Rax, method);
        _code.CallTo(Gpr.Rax);
        _code.Test(Gpr.Rax, Gpr.Rax, wide: false);
        _code.JumpIf(Condition.Equal, site.Return);
        _code.Move(Gpr.Rdi, Gpr.Rax, wide: false);
        CallRaise();
    }
}
