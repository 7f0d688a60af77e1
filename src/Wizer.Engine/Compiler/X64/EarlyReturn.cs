using Wizer.Binary;

namespace Wizer.Engine.Compiler.X64;

/// <summary>
/// How a function begins that compares its parameters and, as the case may be, returns at once: one of the parameters, a constant, or
/// nothing. Most calls of a recursive function are of that kind.
/// </summary>
internal struct EarlyReturn
{
    /// <summary>Where the condition begins in the body: a parameter, perhaps another operand, what compares them, and a branch.</summary>
    internal int Condition { get; private set; }

    /// <summary>Whether it returns when the condition holds, or when it does not.</summary>
    internal bool Sense { get; private set; }

    /// <summary>The parameter that it returns; -1 when that is the constant, or nothing.</summary>
    internal int Parameter { get; private set; }

    /// <summary>The constant that it returns, an i32 zero-extended.</summary>
    internal ulong Constant { get; private set; }

    /// <summary>Finds it in a body that is known to be valid.</summary>
    /// <param name="reader">At the first instruction.</param>
    /// <param name="type">The function's type.</param>
    /// <param name="parameterCount">How many of the first parameters may be read.</param>
    /// <returns>False when the function does not begin like that, or not soon enough.</returns>
    internal bool TryFind(WasmReader reader, FuncType type, int parameterCount)
    {
        if (type.Results.Length > 1)
        {
            return false;
        }

        int depth = 0;
        while (reader.TryPeek(out byte code) && code == (byte)Opcode.Block)
        {
            InstructionReader.Skip(ref reader);
            depth++;
        }

        Condition = reader.Position;
        if (!TryReadCondition(ref reader, type, parameterCount))
        {
            return false;
        }

        InstructionReader.Read(ref reader, out Instruction branch);
        var path = new Path { Type = type, ParameterCount = parameterCount, Left = MaxInstructionCount, Parameter = -1 };
        bool ends;
        switch (branch.Opcode)
        {
            case Opcode.If:
                Sense = path.Ends(reader, depth + 1);
                ends = Sense
                    || (path.TryLeave(ref reader, 0, toElse: true, out bool isElse) && path.Ends(reader, isElse ? depth + 1 : depth));
                break;
            case Opcode.BrIf:
                Sense = path.EndsAt(reader, depth, branch.Index);
                ends = Sense || path.Ends(reader, depth);
                break;
            default:
                return false;
        }

        Parameter = path.Parameter;
        Constant = path.Constant;
        return ends;
    }

    // So much of a body is looked at: both ways, and what has to be skipped.
    private const int MaxInstructionCount = 200;

    // Reads up to the branch.
    private static bool TryReadCondition(ref WasmReader reader, FuncType type, int parameterCount)
    {
        InstructionReader.Read(ref reader, out Instruction first);
        if (!IsParameter(first, type, parameterCount))
        {
            return false;
        }

        WasmReader behindFirst = reader;
        InstructionReader.Read(ref reader, out Instruction second);
        if (second.Opcode is Opcode.I32Eqz or Opcode.I64Eqz)
        {
            return true;
        }

        if (!IsParameter(second, type, parameterCount) && !IsShortConstant(second))
        {
            reader = behindFirst;
            return true;
        }

        InstructionReader.Read(ref reader, out Instruction comparison);
        return comparison.Opcode is > Opcode.I32Eqz and <= Opcode.I64GeU and not Opcode.I64Eqz;
    }

    private static bool IsParameter(in Instruction instruction, FuncType type, int parameterCount) =>
        instruction.Opcode == Opcode.LocalGet && instruction.Index < parameterCount
            && (type.Parameters[(int)instruction.Index] == ValType.I32 || type.Parameters[(int)instruction.Index] == ValType.I64);

    // One that is a part of the instruction that compares.
    private static bool IsShortConstant(in Instruction instruction) =>
        instruction.Opcode == Opcode.I32Const || (instruction.Opcode == Opcode.I64Const && instruction.I64 == (int)instruction.I64);

    // What is done from somewhere on, if it is to return.
    private struct Path
    {
        internal FuncType Type { get; init; }

        internal int ParameterCount { get; init; }

        internal int Left { get; set; }

        // Of the value, as above.
        internal int Parameter { get; set; }

        internal ulong Constant { get; private set; }

        // Whether the function returns with nothing but a value in between.
        internal bool Ends(WasmReader reader, int depth)
        {
            bool hasValue = false;
            Parameter = -1;
            Constant = 0;
            while (--Left > 0)
            {
                InstructionReader.Read(ref reader, out Instruction instruction);
                switch (instruction.Opcode)
                {
                    case Opcode.Nop:
                        break;
                    case Opcode.LocalGet when !hasValue && IsParameter(instruction, Type, ParameterCount):
                        Parameter = (int)instruction.Index;
                        hasValue = true;
                        break;
                    case Opcode.I32Const or Opcode.I64Const when !hasValue:
                        Constant = instruction.Value;
                        hasValue = true;
                        break;
                    case Opcode.Return:
                    case Opcode.Br when instruction.Index == depth:
                    case Opcode.End when depth == 0:
                        return true;
                    case Opcode.End:
                        depth--;
                        break;
                    case Opcode.Else when TryLeave(ref reader, 0, toElse: false, out _):
                        depth--;
                        break;
                    case Opcode.Br when !hasValue:
                        return EndsAt(reader, depth, instruction.Index);
                    default:
                        return false;
                }
            }

            return false;
        }

        // The same from a label on.
        internal bool EndsAt(WasmReader reader, int depth, uint label) =>
            label == depth
                ? Type.Results.Length == 0
                : TryLeave(ref reader, (int)label, toElse: false, out _) && Ends(reader, depth - (int)label - 1);

        // Skips what is left of a block, a label counting the blocks around it; or, where it is asked for, up to its else.
        internal bool TryLeave(ref WasmReader reader, int label, bool toElse, out bool isElse)
        {
            int depth = label;
            isElse = false;
            while (--Left > 0)
            {
                switch (InstructionReader.Skip(ref reader))
                {
                    case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.Try or Opcode.TryTable:
                        depth++;
                        break;
                    case Opcode.Else when depth == 0 && toElse:
                        isElse = true;
                        return true;
                    case Opcode.End or Opcode.Delegate when depth == 0:
                        return true;
                    case Opcode.End or Opcode.Delegate:
                        depth--;
                        break;
                }
            }

            return false;
        }
    }
}
