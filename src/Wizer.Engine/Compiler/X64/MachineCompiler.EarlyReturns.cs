using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

// Calls of the function itself, which may return at once: whether it will is asked where it would be called.
internal sealed unsafe partial class MachineCompiler
{
    private EarlyReturn _early;

    // Whether it begins like that; null until it is asked.
    private bool? _returnsEarly;

    // Where the instructions begin in the body, behind the locals.
    private int _firstInstruction;

    private bool ReturnsEarly() => _returnsEarly ??= _early.TryFind(ReaderAt(_firstInstruction), Type, CountArguments(Type));

    private WasmReader ReaderAt(int position) => new(Body.Of(Module.Bytes.Span), Body.Offset) { Position = position };

    /// <summary>
    /// Goes on behind the call, with the result in rax, when it would return at once. The arguments are in their registers, and whoever
    /// calls has seen to it that its frame is in order.
    /// </summary>
    /// <returns>The label behind the call.</returns>
    private int EmitEarlyReturn()
    {
        // It has a frame before it returns: recursion ends where it ends in the other tiers.
        CheckFits(_operands.SlotOf(Type.Parameters.Length) + checked((int)_frameSlots));
        if (Type.Results.Length != 0)
        {
            // Nobody looks there when the function is called.
            MoveTo(Gpr.Rax, _early.Parameter >= 0
                ? ArgumentInRegister(_early.Parameter)
                : Constant(SlotTypes.Of(Type.Results[0]), _early.Constant));
        }

        Opcode next = _nextOpcode;
        _nextOpcode = Opcode.BrIf;
        WasmReader reader = ReaderAt(_early.Condition);
        while (true)
        {
            InstructionReader.Read(ref reader, out Instruction instruction);
            if (instruction.Opcode is Opcode.If or Opcode.BrIf)
            {
                break;
            }

            if (instruction.Opcode == Opcode.LocalGet)
            {
                Push(ArgumentInRegister((int)instruction.Index));
            }
            else
            {
                Plain(ref instruction);
            }
        }

        _nextOpcode = next;
        Operand condition = Pop();
        Condition flags = CompareFlags(condition);
        int behind = _code.NewLabel();
        JumpByFlags(condition, flags, behind, _early.Sense);
        return behind;
    }

    // As that of a local, it is nobody's to release.
    private Operand ArgumentInRegister(int parameter) => new()
    {
        Kind = OperandKind.Local,
        Type = Locals.TypeOf(parameter),
        Register = (sbyte)s_argumentRegisters[parameter],
    };
}
