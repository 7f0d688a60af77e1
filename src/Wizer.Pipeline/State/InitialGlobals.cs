using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// What a module's own initializers give its globals: numbers that can be computed without an instance, as long as it is known what is
/// imported. Core 3.0, Validation: Constant Expressions.
/// </summary>
internal static class InitialGlobals
{
    /// <summary>The values by global index; the default one for references, whose value only an instance has.</summary>
    /// <param name="module">The module.</param>
    /// <param name="imported">The values of the globals that it imports; null where they start as 0.</param>
    internal static GlobalValue[] Evaluate(ModuleInfo module, GlobalValue[]? imported)
    {
        var values = new GlobalValue[module.Globals.Length];
        for (int i = 0; i < values.Length; i++)
        {
            GlobalInfo global = module.Globals[i];
            bool isImported = i < module.ImportedGlobalCount;
            if (isImported && imported is not null)
            {
                values[i] = imported[i];
            }
            else if (!global.Type.Value.IsRef)
            {
                values[i] = isImported ? GlobalValue.FromBits(global.Type.Value, 0) : Evaluate(module, global.Init, values);
            }
        }

        return values;
    }

    /// <summary>The value of a constant expression that is a number.</summary>
    /// <param name="module">The module.</param>
    /// <param name="expression">The expression.</param>
    /// <param name="earlier">The values of the globals that it may name.</param>
    internal static GlobalValue Evaluate(ModuleInfo module, ByteRange expression, GlobalValue[] earlier)
    {
        var reader = new WasmReader(expression.Of(module.Bytes.Span), expression.Offset);
        var stack = new Stack<GlobalValue>();
        while (true)
        {
            InstructionReader.Read(ref reader, out Instruction instruction);
            switch (instruction.Opcode)
            {
                case Opcode.End:
                    return stack.Pop();
                case Opcode.I32Const:
                    stack.Push(GlobalValue.I32(instruction.I32));
                    break;
                case Opcode.I64Const:
                    stack.Push(GlobalValue.I64(instruction.I64));
                    break;
                case Opcode.F32Const:
                    stack.Push(GlobalValue.FromBits(ValType.F32, instruction.Value));
                    break;
                case Opcode.F64Const:
                    stack.Push(GlobalValue.FromBits(ValType.F64, instruction.Value));
                    break;
                case Opcode.V128Const:
                    stack.Push(GlobalValue.V128(instruction.Value, instruction.ValueHigh));
                    break;
                case Opcode.GlobalGet:
                    stack.Push(earlier[instruction.Index]);
                    break;
                default:
                    GlobalValue right = stack.Pop();
                    GlobalValue left = stack.Pop();
                    stack.Push(GlobalValue.FromBits(left.Type, ConstArithmetic.Calculate(instruction.Opcode, left.LowBits, right.LowBits)));
                    break;
            }
        }
    }
}
