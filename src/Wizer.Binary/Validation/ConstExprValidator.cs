namespace Wizer.Binary;

/// <summary>
/// Checks constant expressions: the rules of function bodies, over fewer instructions and with no locals.
/// Core 3.0, Validation: Instructions, Constant Expressions.
/// </summary>
internal sealed class ConstExprValidator(ValidationContext context)
{
    // Most modules of any size have some, small ones have none.
    private FunctionValidator Rules => field ??= new FunctionValidator(context, recordsUses: false);

    /// <summary>Checks a constant expression.</summary>
    /// <param name="expr">Where it stands, <c>end</c> included.</param>
    /// <param name="expected">The type its value must have.</param>
    /// <param name="globalCount">How many globals it may read: those defined before it.</param>
    internal void Validate(ByteRange expr, ValType expected, int globalCount)
    {
        var reader = new WasmReader(expr.Of(context.Module.Bytes.Span), expr.Offset);
        Validate(ref reader, expected, globalCount);
    }

    /// <summary>Checks the constant expression at the cursor and moves past it.</summary>
    internal void Validate(ref WasmReader reader, ValType expected, int globalCount)
    {
        FunctionValidator rules = Rules;
        rules.BeginConstExpr(expected);
        do
        {
            InstructionReader.Read(ref reader, out Instruction instruction);
            CheckConstant(instruction, globalCount);
            rules.Step(ref instruction);
        }
        while (!rules.IsDone);
    }

    private void CheckConstant(in Instruction instruction, int globalCount)
    {
        switch (instruction.Opcode)
        {
            case Opcode.End:
            case Opcode.I32Const:
            case Opcode.I64Const:
            case Opcode.F32Const:
            case Opcode.F64Const:
            case Opcode.V128Const:
            case Opcode.RefNull:
            case Opcode.RefI31:
            case Opcode.StructNew:
            case Opcode.StructNewDefault:
            case Opcode.ArrayNew:
            case Opcode.ArrayNewDefault:
            case Opcode.ArrayNewFixed:
            case Opcode.AnyConvertExtern:
            case Opcode.ExternConvertAny:
                break;

            case Opcode.RefFunc:
                if (instruction.Index < (uint)context.Module.FuncTypeIndices.Length)
                {
                    context.DeclareFunc(instruction.Index);
                }

                break;

            case Opcode.I32Add:
            case Opcode.I32Sub:
            case Opcode.I32Mul:
            case Opcode.I64Add:
            case Opcode.I64Sub:
            case Opcode.I64Mul:
                if (!context.IsEnabled(WasmFeatures.ExtendedConst))
                {
                    FeatureGate.NotEnabled("extended constant expressions", instruction.Offset);
                }

                break;

            case Opcode.GlobalGet:
                CheckGlobal(instruction.Index, globalCount, instruction.Offset);
                break;

            default:
                Throw.Invalid(
                    $"constant expression required: {OpcodeTable.Mnemonic(instruction.Opcode)} is not constant", instruction.Offset);
                break;
        }
    }

    private void CheckGlobal(uint index, int globalCount, long offset)
    {
        if (index >= (uint)globalCount)
        {
            Throw.Invalid($"unknown global {index}: {globalCount} are defined before it", offset);
        }

        if (context.Module.Globals[index].Type.IsMutable)
        {
            Throw.Invalid($"constant expression required: global {index} is mutable", offset);
        }

        if (index >= (uint)context.Module.ImportedGlobalCount && !context.IsEnabled(WasmFeatures.ExtendedConst | WasmFeatures.Gc))
        {
            Throw.Invalid($"constant expression required: global {index} is not imported", offset);
        }
    }
}
