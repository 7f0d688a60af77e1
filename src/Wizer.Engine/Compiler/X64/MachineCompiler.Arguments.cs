using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Arguments in registers, beside their slots: a callee that loaded them would wait for the stores.
internal sealed unsafe partial class MachineCompiler
{
    private static readonly Gpr[] s_argumentRegisters = [Gpr.Rcx, Gpr.Rdx, Gpr.Rsi];

    // The arguments of the call at hand that have one, and where they were before they were stored.
    private readonly Operand[] _arguments = new Operand[s_argumentRegisters.Length];
    private int _argumentCount;

    // How many of the parameters have the slots that the registers are for.
    private static int CountArguments(FuncType type)
    {
        int count = 0;
        while (count < type.Parameters.Length && count < s_argumentRegisters.Length && !type.Parameters[count].IsVector)
        {
            count++;
        }

        return count;
    }

    // Comes before the arguments are stored.
    private void NoteArguments(FuncType type)
    {
        _argumentCount = CountArguments(type);
        int first = _operands.Count - type.Parameters.Length;
        for (int i = 0; i < _argumentCount; i++)
        {
            _arguments[i] = _operands[first + i];
        }
    }

    // Comes when nothing but these, the callee in rdi, and locals are in registers any more.
    private void LoadArguments(int firstSlot)
    {
        for (int i = 0; i < _argumentCount; i++)
        {
            Operand argument = _arguments[i];
            if (!argument.IsInteger)
            {
                continue;
            }

            bool isLost = argument.IsInRegister && argument.Gpr == Gpr.Rdi;
            for (int j = 0; j < i; j++)
            {
                isLost |= argument.IsInRegister && _arguments[j].IsInteger && argument.Gpr == s_argumentRegisters[j];
            }

            if (argument.Kind == OperandKind.Constant || (argument.IsInRegister && !isLost))
            {
                MoveTo(s_argumentRegisters[i], argument);
            }
            else
            {
                _code.Load(s_argumentRegisters[i], Gpr.Rbx, SlotOffset(firstSlot + i), argument.IsWide);
            }
        }
    }

    // A parameter into where it lives.
    private void LoadArgument(int local, sbyte location)
    {
        if (location >= 0 && local < CountArguments(Type) && IsInteger(Locals.TypeOf(local)))
        {
            _code.Move((Gpr)location, s_argumentRegisters[local], Locals.TypeOf(local) == SlotType.I64);
            _clean |= 1u << location;
        }
        else
        {
            LoadHome(local, location);
        }
    }
}
