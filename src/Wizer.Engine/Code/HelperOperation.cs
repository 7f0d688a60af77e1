using Wizer.Binary;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

/// <summary>
/// An instruction that a helper executes, for the interpreter and for compiled code alike: what it takes and leaves, and the
/// operation that tells the helper what to do. Operands and results are in slots.
/// </summary>
internal readonly unsafe ref struct HelperOperation
{
    /// <summary>The most operands that <see cref="Encode"/> takes.</summary>
    internal const int MaxOperands = 4;

    /// <summary>The most units that it makes.</summary>
    internal const int MaxUnits = 16;

    // The instruction and its immediates, as the operation has them.
    private readonly Opcode _opcode;
    private readonly uint _i;
    private readonly uint _j;
    private readonly ulong _low;
    private readonly ulong _high;

    private HelperOperation(
        Op operation, Opcode opcode, int operands, SlotType? result, uint i = 0, uint j = 0, ulong low = 0, ulong high = 0)
    {
        Operation = operation;
        OperandCount = operands;
        ResultCount = result is null ? 0 : 1;
        ResultType = result.GetValueOrDefault();
        _opcode = opcode;
        _i = i;
        _j = j;
        _low = low;
        _high = high;
    }

    /// <summary>Which helper it is for.</summary>
    internal Op Operation { get; }

    /// <summary>How many entries it takes from the stack.</summary>
    internal int OperandCount { get; }

    /// <summary>Whether those have to be in their own slots, one after the other, as there may be any number.</summary>
    internal bool TakesTop { get; private init; }

    /// <summary>How many entries it leaves: none, one or, of 128-bit integers, two.</summary>
    internal int ResultCount { get; private init; }

    /// <summary>The type of those.</summary>
    internal SlotType ResultType { get; }

    /// <summary>Whether the first unit of <see cref="Encode"/> is the slot of the result.</summary>
    internal bool BeginsWithResult => ResultCount != 0 && Operation is not (Op.Rare or Op.Wide);

    /// <summary>Describes an instruction of a function that is known to be valid.</summary>
    /// <param name="host">Knows types and methods.</param>
    /// <param name="instance">The instance that the function belongs to.</param>
    /// <param name="module">The module of the instance.</param>
    /// <param name="instruction">The instruction.</param>
    /// <param name="operation">What a helper is told.</param>
    /// <returns>False when no helper executes it.</returns>
    internal static bool TryFind(
        CodeHost host, InstanceData* instance, ModuleInfo module, ref Instruction instruction, out HelperOperation operation)
    {
        Opcode opcode = instruction.Opcode;
        OpcodeSignature signature = OpcodeTable.Signature(opcode);
        switch (OpcodeTable.Family(opcode))
        {
            case OpcodeFamily.Test or OpcodeFamily.Unary or OpcodeFamily.Convert or OpcodeFamily.Truncate or OpcodeFamily.Compare
                or OpcodeFamily.Binary or OpcodeFamily.Divide:
                operation = Rare(opcode, signature.OperandCount, SlotTypes.OfCode(signature.Result));
                return true;
            case OpcodeFamily.VectorLoad or OpcodeFamily.VectorStore or OpcodeFamily.LoadLane or OpcodeFamily.StoreLane:
                uint lane = OpcodeTable.Immediates(opcode) == ImmediateKind.MemArgLane ? instruction.Index2 : 0;
                operation = new HelperOperation(
                    Op.VectorMemory, opcode, signature.OperandCount, ResultOf(signature), instruction.Index, lane, instruction.Value);
                return true;
            case OpcodeFamily.VectorLane:
                operation = new HelperOperation(
                    Op.VectorLane, opcode, signature.OperandCount, ResultOf(signature), instruction.Index);
                return true;
            case OpcodeFamily.Shuffle:
                operation = new HelperOperation(
                    Op.Shuffle, opcode, 2, SlotType.V128, low: instruction.Value, high: instruction.ValueHigh);
                return true;
            case OpcodeFamily.Vector:
                delegate*<ulong*, ulong*, ulong*, ulong*, void> method = host.VectorMethodOf(opcode);
                operation = new HelperOperation(
                    Op.Vector, opcode, signature.OperandCount, ResultOf(signature), low: (ulong)method);
                return method != null;
            case OpcodeFamily.WideArithmetic:
                int halves = opcode is Opcode.I64Add128 or Opcode.I64Sub128 ? 4 : 2;
                operation = new HelperOperation(Op.Wide, opcode, halves, SlotType.I64) { ResultCount = 2 };
                return true;
            case OpcodeFamily.Table or OpcodeFamily.Memory:
                operation = OfStorage(module, ref instruction);
                return true;
            case OpcodeFamily.Reference or OpcodeFamily.Aggregate:
                return TryFindReference(host, instance, module, ref instruction, out operation);
            default:
                // Scalar and atomic accesses.
                operation = Rare(opcode, signature.OperandCount, ResultOf(signature), instruction.Index, 0, instruction.Value);
                return OpcodeTable.Immediates(opcode) == ImmediateKind.MemArg;
        }
    }

    /// <summary>The units behind the operation's own.</summary>
    /// <param name="units">Room for <see cref="MaxUnits"/>.</param>
    /// <param name="result">The slot of the first result; ignored without one.</param>
    /// <param name="operands">The slots of the operands, deepest first; when it takes the top, only the deepest one's.</param>
    /// <returns>How many there are.</returns>
    internal int Encode(Span<ushort> units, ushort result, ReadOnlySpan<ushort> operands)
    {
        ushort to = ResultCount == 0 ? (ushort)0 : result;
        ushort a = At(operands, 0);
        ushort b = At(operands, 1);
        ushort c = At(operands, 2);
        var writer = new UnitWriter(units);
        switch (Operation)
        {
            case Op.Rare:
                writer.Put((ushort)_opcode);
                writer.Put(to);
                writer.Put(a);
                writer.Put(b);
                writer.Put(c);
                writer.Put32(_i);
                writer.Put32(_j);
                writer.Put64(_low);
                break;
            case Op.Vector:
                writer.Put(to);
                writer.Put(a);
                writer.Put(b);
                writer.Put(c);
                writer.Put64(_low);
                break;
            case Op.Shuffle:
                writer.Put(to);
                writer.Put(a);
                writer.Put(b);
                writer.Put64(_low);
                writer.Put64(_high);
                break;
            case Op.VectorLane:
                writer.Put(to);
                writer.Put(a);
                writer.Put(b);
                writer.Put((ushort)_opcode);
                writer.Put((ushort)_i);
                break;
            case Op.VectorMemory:
                writer.Put(to);
                writer.Put(a);
                writer.Put(b);
                writer.Put((ushort)_opcode);
                writer.Put((ushort)_j);
                writer.Put32(_i);
                writer.Put64(_low);
                break;
            default:
                writer.Put(to);
                writer.Put(a);
                writer.Put(b);
                writer.Put(c);
                writer.Put(At(operands, 3));
                writer.Put((ushort)_opcode);
                break;
        }

        return writer.Length;
    }

    private static HelperOperation Rare(Opcode opcode, int operands, SlotType? result, uint i = 0, uint j = 0, ulong low = 0) =>
        new(Op.Rare, opcode, operands, result, i, j, low);

    private static HelperOperation RareOnTop(Opcode opcode, int operands, SlotType? result, uint i, uint j, GcLayout* layout) =>
        new(Op.Rare, opcode, operands, result, i, j, (ulong)layout) { TakesTop = true };

    private static SlotType? ResultOf(OpcodeSignature signature) =>
        signature.Result == OpcodeSignature.Nothing ? null : SlotTypes.OfCode(signature.Result);

    private static SlotType AddressType(Limits limits) => limits.Is64 ? SlotType.I64 : SlotType.I32;

    private static HelperOperation OfStorage(ModuleInfo module, ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        uint index = instruction.Index;
        switch (opcode)
        {
            case Opcode.MemorySize:
                return Rare(opcode, 0, AddressType(module.Memories[index].Type.Limits), index);
            case Opcode.MemoryGrow:
                Limits memory = module.Memories[index].Type.Limits;
                return Rare(opcode, 1, AddressType(memory), index, memory.Is64 ? 1u : 0);
            case Opcode.TableSize:
                return Rare(opcode, 0, AddressType(module.Tables[index].Type.Limits), index);
            case Opcode.TableGrow:
                Limits table = module.Tables[index].Type.Limits;
                return Rare(opcode, 2, AddressType(table), index, table.Is64 ? 1u : 0);
            case Opcode.TableGet:
                return Rare(opcode, 1, SlotType.I64, index);
            case Opcode.TableSet:
                return Rare(opcode, 2, null, index);
            case Opcode.DataDrop or Opcode.ElemDrop:
                return Rare(opcode, 0, null, index);
            case Opcode.MemoryFill or Opcode.TableFill:
                return Rare(opcode, 3, null, index);
            default:
                // Copies, and segments.
                return Rare(opcode, 3, null, index, instruction.Index2);
        }
    }

    private static bool TryFindReference(
        CodeHost host, InstanceData* instance, ModuleInfo module, ref Instruction instruction, out HelperOperation operation)
    {
        Opcode opcode = instruction.Opcode;
        uint index = instruction.Index;
        switch (opcode)
        {
            case Opcode.StructNew:
                int fields = ((StructType)module.Types[index].Composite).Fields.Length;
                operation = RareOnTop(opcode, fields, SlotType.I64, 0, 0, LayoutAt(host, instance, index));
                return true;
            case Opcode.StructNewDefault:
                operation = Rare(opcode, 0, SlotType.I64, 0, 0, (ulong)LayoutAt(host, instance, index));
                return true;
            case Opcode.StructGet or Opcode.StructGetS or Opcode.StructGetU:
                GcField* field = &LayoutAt(host, instance, index)->Fields[instruction.Index2];
                SlotType type = SlotTypes.Of(((StructType)module.Types[index].Composite).Fields[(int)instruction.Index2].Storage);
                operation = Rare(opcode, 1, type, field->Offset, field->AccessOf(opcode == Opcode.StructGetS));
                return true;
            case Opcode.StructSet:
                GcField* set = &LayoutAt(host, instance, index)->Fields[instruction.Index2];
                operation = Rare(opcode, 2, null, set->Offset, set->AccessOf(false));
                return true;

            case Opcode.ArrayNew:
                operation = Rare(opcode, 2, SlotType.I64, 0, 0, (ulong)LayoutAt(host, instance, index));
                return true;
            case Opcode.ArrayNewDefault:
                operation = Rare(opcode, 1, SlotType.I64, 0, 0, (ulong)LayoutAt(host, instance, index));
                return true;
            case Opcode.ArrayNewFixed:
                uint count = instruction.Index2;
                operation = RareOnTop(opcode, (int)count, SlotType.I64, 0, count, LayoutAt(host, instance, index));
                return true;
            case Opcode.ArrayNewData or Opcode.ArrayNewElem:
                operation = Rare(opcode, 2, SlotType.I64, instruction.Index2, 0, (ulong)LayoutAt(host, instance, index));
                return true;
            case Opcode.ArrayGet or Opcode.ArrayGetS or Opcode.ArrayGetU:
                SlotType element = SlotTypes.Of(((ArrayType)module.Types[index].Composite).Element.Storage);
                operation = Rare(opcode, 2, element, 0, ElementAccess(host, instance, index, opcode == Opcode.ArrayGetS));
                return true;
            case Opcode.ArraySet:
                operation = Rare(opcode, 3, null, 0, ElementAccess(host, instance, index, false));
                return true;
            case Opcode.ArrayFill:
                operation = RareOnTop(opcode, 4, null, 0, ElementAccess(host, instance, index, false), null);
                return true;
            case Opcode.ArrayCopy:
                operation = RareOnTop(opcode, 5, null, 0, ElementAccess(host, instance, index, false), null);
                return true;
            case Opcode.ArrayInitData or Opcode.ArrayInitElem:
                operation = RareOnTop(opcode, 4, null, instruction.Index2, ElementAccess(host, instance, index, false), null);
                return true;

            case Opcode.I31GetS or Opcode.I31GetU:
                operation = Rare(opcode, 1, SlotType.I32);
                return true;
            case Opcode.RefTest or Opcode.RefTestNull:
                CastTarget tested = CastTarget.Of(instruction.Type, instance, host.Types);
                operation = Rare(Opcode.RefTest, 1, SlotType.I32, tested.Code, tested.Flags);
                return true;
            case Opcode.RefCast or Opcode.RefCastNull:
                CastTarget cast = CastTarget.Of(instruction.Type, instance, host.Types);
                operation = Rare(Opcode.RefCast, 1, SlotType.I64, cast.Code, cast.Flags);
                return true;
            default:
                operation = default;
                return false;
        }
    }

    private static GcLayout* LayoutAt(CodeHost host, InstanceData* instance, uint typeIndex) =>
        host.LayoutOf(instance->TypeIds[typeIndex]);

    private static uint ElementAccess(CodeHost host, InstanceData* instance, uint typeIndex, bool isSigned) =>
        LayoutAt(host, instance, typeIndex)->Fields[0].AccessOf(isSigned);

    private static ushort At(ReadOnlySpan<ushort> operands, int index) => index < operands.Length ? operands[index] : (ushort)0;

    private ref struct UnitWriter(Span<ushort> units)
    {
        private readonly Span<ushort> _units = units;

        internal int Length { get; private set; }

        internal void Put(ushort unit) => _units[Length++] = unit;

        internal void Put32(uint value)
        {
            Put((ushort)value);
            Put((ushort)(value >> 16));
        }

        internal void Put64(ulong value)
        {
            Put32((uint)value);
            Put32((uint)(value >> 32));
        }
    }
}
