using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Layout;

namespace Wizer.Pipeline;

/// <summary>
/// Says what an instance's constant expressions came to when it was made. Nothing is allocated in its store, and nothing of what has
/// become of its objects since is seen. Core 3.0, Validation: Constant Expressions.
/// </summary>
/// <param name="instance">Its functions and immutable globals are those that the expressions name.</param>
internal sealed unsafe class InitialValues(Instance instance)
{
    private readonly InitialValue?[] _globals = new InitialValue?[instance.Module.Globals.Length];
    private readonly List<InitialValue> _stack = [];

    /// <summary>What a global started with; those before it must have been asked about.</summary>
    internal InitialValue OfGlobal(uint index) =>
        _globals[index] ??= index < instance.Module.ImportedGlobalCount
            ? OfImport(index)
            : Evaluate(instance.Module.Globals[index].Init);

    /// <summary>What an expression came to.</summary>
    internal InitialValue Evaluate(ByteRange expression)
    {
        var reader = new WasmReader(expression.Of(instance.Module.Bytes.Span), expression.Offset);
        return Evaluate(ref reader);
    }

    /// <summary>What the expression at the cursor came to; the cursor moves past it.</summary>
    internal InitialValue Evaluate(ref WasmReader reader)
    {
        while (true)
        {
            InstructionReader.Read(ref reader, out Instruction instruction);
            switch (instruction.Opcode)
            {
                case Opcode.End:
                    return Pop();
                case Opcode.I32Const:
                    Push((uint)instruction.I32);
                    break;
                case Opcode.I64Const or Opcode.F32Const or Opcode.F64Const:
                    Push(instruction.Value);
                    break;
                case Opcode.V128Const:
                    Push(instruction.Value, instruction.ValueHigh);
                    break;
                case Opcode.RefNull:
                    _stack.Add(InitialValue.Zero);
                    break;
                case Opcode.RefFunc:
                    Push((ulong)instance.Data->Funcs[instruction.Index]);
                    break;
                case Opcode.GlobalGet:
                    PushGlobal(instruction.Index);
                    break;
                case Opcode.RefI31:
                    Push(ReferenceHandle.OfI31((uint)Pop().Low));
                    break;
                case Opcode.AnyConvertExtern or Opcode.ExternConvertAny:
                    break;
                case Opcode.StructNew:
                    PushObject(instruction.Index, FieldCountOf(instruction.Index));
                    break;
                case Opcode.StructNewDefault:
                    _stack.Add(InitialValue.OfObject(instruction.Index, [], FieldCountOf(instruction.Index)));
                    break;
                case Opcode.ArrayNewFixed:
                    PushObject(instruction.Index, instruction.Index2);
                    break;
                case Opcode.ArrayNew:
                    uint length = (uint)Pop().Low;
                    _stack.Add(InitialValue.OfObject(instruction.Index, [Pop()], length));
                    break;
                case Opcode.ArrayNewDefault:
                    _stack.Add(InitialValue.OfObject(instruction.Index, [], (uint)Pop().Low));
                    break;
                default:
                    Calculate(instruction.Opcode);
                    break;
            }
        }
    }

    // One that can be set started as null.
    private InitialValue OfImport(uint index) => instance.Module.Globals[index].Type.IsMutable
        ? InitialValue.Zero
        : InitialValue.OfBits(instance.Data->Globals[index][0]);

    private void PushGlobal(uint index)
    {
        // Of numbers the instance has what it began with: only immutable ones can be read here.
        ulong* cell = instance.Data->Globals[index];
        if (instance.Module.Globals[index].Type.Value.IsRef)
        {
            _stack.Add(OfGlobal(index));
        }
        else
        {
            Push(cell[0], cell[1]);
        }
    }

    private void PushObject(uint typeIndex, uint length)
    {
        var contents = new InitialValue[length];
        int start = _stack.Count - contents.Length;
        _stack.CopyTo(start, contents, 0, contents.Length);
        _stack.RemoveRange(start, contents.Length);
        _stack.Add(InitialValue.OfObject(typeIndex, contents, length));
    }

    private void Calculate(Opcode opcode)
    {
        ulong right = Pop().Low;
        ulong left = Pop().Low;
        Push(ConstArithmetic.Calculate(opcode, left, right));
    }

    private uint FieldCountOf(uint typeIndex) => (uint)((StructType)instance.Module.Types[typeIndex].Composite).Fields.Length;

    private void Push(ulong low, ulong high = 0) => _stack.Add(InitialValue.OfBits(low, high));

    private InitialValue Pop()
    {
        InitialValue value = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }
}
