using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

/// <summary>
/// Walks the body of a function that is known to be valid, once and forwards: it reads the instructions, leaves out what cannot be
/// reached, keeps the labels, and tells whoever derives from it what structured control flow comes to. Translator, compilers and
/// the analysis of locals are all of this kind, so that one place knows how blocks begin, meet and end.
/// </summary>
/// <remarks>
/// <para>
/// A deriving class has a method for each instruction of control, for calls and for locals; all other instructions come to
/// <see cref="Plain"/>. One that takes no <see cref="TakesAll">casts that branch</see>, or no <see cref="TakesFrameChanges">handlers and
/// tail calls</see>, declines them: <see cref="Walk"/> then returns false. The methods for those are the only ones with a body here,
/// which never runs: what only a generic base has would be compiled at run time.
/// </para>
/// <para>
/// For each label there is a <see cref="Block"/>, with a part of the deriving class's own, <typeparamref name="TLabel"/>. References
/// to blocks hold until the next one is pushed.
/// </para>
/// <para>
/// Core 3.0, Validation: Instructions (unreachable code); Execution: Control Instructions.
/// </para>
/// </remarks>
/// <typeparam name="TLabel">What a deriving class knows of a label.</typeparam>
internal abstract unsafe class BodyWalker<TLabel>
    where TLabel : struct
{
    private const int PollMask = 63;

    private Block[] _blocks = new Block[16];
    private int _blockCount;
    private bool _isDeclined;

    /// <summary>A structured instruction that has begun and not ended, or the function.</summary>
    internal struct Block
    {
        private FuncType? _type;
        private ValType _result;

        internal BlockKind Kind { get; set; }

        /// <summary>Whether a branch that is reached goes to its label.</summary>
        internal bool IsTargeted { get; set; }

        /// <summary>How many entries of the operand stack are below its parameters.</summary>
        internal int Height { get; set; }

        /// <summary>The slot above those, where what the label expects begins.</summary>
        internal int BaseSlot { get; set; }

        /// <summary>The deriving class's part.</summary>
        internal TLabel Label;

        /// <summary>The types that it takes from the stack. Valid as long as the reference to the block.</summary>
        [UnscopedRef]
        internal readonly ReadOnlySpan<ValType> Parameters => _type is null || Kind == BlockKind.Function ? [] : _type.Parameters;

        /// <summary>The types that it leaves on the stack.</summary>
        [UnscopedRef]
        internal readonly ReadOnlySpan<ValType> Results =>
            _type is not null ? _type.Results : _result.IsBottom ? [] : new ReadOnlySpan<ValType>(in _result);

        /// <summary>The types that a branch to its label takes along.</summary>
        [UnscopedRef]
        internal readonly ReadOnlySpan<ValType> LabelTypes => Kind == BlockKind.Loop ? Parameters : Results;

        internal void SetType(FuncType? type, ValType result) => (_type, _result) = (type, result);
    }

    /// <summary>The function whose body it is.</summary>
    protected FuncData* Func { get; private set; }

    /// <summary>The instance that the function belongs to.</summary>
    protected InstanceData* Instance { get; private set; }

    /// <summary>The module of the instance.</summary>
    protected ModuleInfo Module { get; private set; } = null!;

    /// <summary>The function's type.</summary>
    protected FuncType Type { get; private set; } = null!;

    /// <summary>Its locals.</summary>
    protected LocalLayout Locals { get; private set; } = new();

    /// <summary>Whether the instruction at hand can be reached.</summary>
    protected bool IsReachable { get; private set; }

    /// <summary>The module offset of the instruction at hand.</summary>
    protected long Offset { get; set; }

    /// <summary>The body, from its declarations of locals on.</summary>
    protected ByteRange Body { get; private set; }

    /// <summary>The block that the instruction at hand is in directly.</summary>
    protected ref Block Innermost => ref _blocks[_blockCount - 1];

    /// <summary>The block of a label; 0 is the innermost.</summary>
    protected ref Block LabelAt(uint depth) => ref _blocks[_blockCount - 1 - (int)depth];

    /// <summary>The block of a label that is branched to.</summary>
    protected ref Block Target(uint depth)
    {
        ref Block block = ref LabelAt(depth);
        block.IsTargeted = true;
        return ref block;
    }

    /// <summary>Begins with a function.</summary>
    protected void Begin(FuncData* func, ModuleInfo module)
    {
        Func = func;
        Instance = func->Instance;
        Module = module;
        Type = module.FuncTypeOf((uint)func->FuncIndex);
        Body = module.BodyOf((uint)func->FuncIndex);
    }

    /// <summary>Reads the declarations of locals; comes behind <see cref="Begin"/>.</summary>
    /// <param name="reader">At the first instruction afterwards.</param>
    /// <param name="maxCount">How many locals are not too many.</param>
    /// <returns>False when there are more.</returns>
    protected bool TryReadLocals(int maxCount, out WasmReader reader)
    {
        reader = new WasmReader(Body.Of(Module.Bytes.Span), Body.Offset);
        return Locals.TryRead(ref reader, Type, maxCount);
    }

    /// <summary>Begins with the function of another walker, whose locals have been read.</summary>
    protected void BeginLike<TOther>(BodyWalker<TOther> other)
        where TOther : struct
    {
        Func = other.Func;
        Instance = other.Instance;
        Module = other.Module;
        Type = other.Type;
        Body = other.Body;
        Locals = other.Locals;
    }

    /// <summary>The end of the walk: <see cref="Walk"/> returns false behind the instruction at hand.</summary>
    protected void Decline() => _isDeclined = true;

    /// <summary>Walks the body.</summary>
    /// <param name="reader">At the first instruction.</param>
    /// <returns>False when it was declined.</returns>
    protected bool Walk(WasmReader reader)
    {
        _isDeclined = false;
        _blockCount = 0;
        IsReachable = true;
        bool takesAll = TakesAll;
        bool takesFrameChanges = TakesFrameChanges;
        Push(BlockKind.Function, Type, ValType.Bottom);
        for (uint count = 1; _blockCount != 0; count++)
        {
            if ((count & PollMask) == 0)
            {
                Poll();
            }

            InstructionReader.Read(ref reader, out Instruction instruction);
            Offset = instruction.Offset;
            if (!IsReachable)
            {
                Skip(ref instruction);
                continue;
            }

            Reached(reader);
            if (takesAll || !IsSpecial(instruction.Opcode, takesFrameChanges))
            {
                Visit(ref instruction);
            }
            else
            {
                Decline();
            }

            if (_isDeclined)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Begins a block. Its parameters are on top of the stack, and all that is below stays where it is until its end.</summary>
    protected ref Block Push(BlockKind kind, BlockType type) =>
        ref Push(kind, type.IsTypeIndex ? (FuncType)Module.Types[type.TypeIndex].Composite : null, type.Result);

    private ref Block Push(BlockKind kind, FuncType? type, ValType result)
    {
        if (_blockCount == _blocks.Length)
        {
            // Not the library's, which would be compiled at run time for these.
            var larger = new Block[2 * _blockCount];
            Array.Copy(_blocks, larger, _blockCount);
            _blocks = larger;
        }

        ref Block block = ref _blocks[_blockCount];
        block = default;
        block.Kind = kind;
        if (kind != BlockKind.Dead)
        {
            block.SetType(type, result);
            int parameters = block.Parameters.Length;
            block.Height = StackCount - parameters;
            block.BaseSlot = BaseSlotOf(parameters);
            block.Label = NewLabel(kind);
        }

        _blockCount++;
        return ref block;
    }

    /// <summary>
    /// The operation of a helper whose operands are on top of the stack, in their own slots, and whose result takes the place of the
    /// deepest of them. Comes before they are popped.
    /// </summary>
    /// <param name="helper">What the helper is told.</param>
    /// <param name="units">Room for <see cref="HelperOperation.MaxUnits"/> and one more.</param>
    /// <returns>The part of the room that the operation takes.</returns>
    protected Span<ushort> Encode(HelperOperation helper, Span<ushort> units)
    {
        int count = helper.OperandCount;
        Span<ushort> operands = stackalloc ushort[HelperOperation.MaxOperands];
        int operandCount = helper.TakesTop ? 1 : count;
        for (int i = 0; i < operandCount; i++)
        {
            operands[i] = (ushort)BaseSlotOf(count - i);
        }

        units[0] = (ushort)helper.Operation;
        return units[..(1 + helper.Encode(units[1..], (ushort)BaseSlotOf(count), operands[..operandCount]))];
    }

    private static bool IsSpecial(Opcode opcode, bool takesFrameChanges) => OpcodeTable.Family(opcode) switch
    {
        OpcodeFamily.Exception or OpcodeFamily.TailCall => !takesFrameChanges,
        OpcodeFamily.Reference => opcode is Opcode.BrOnCast or Opcode.BrOnCastFail,
        _ => false,
    };

    // What cannot be reached is not looked at: only the end of the block matters, or where the next part of it starts.
    private void Skip(ref Instruction instruction)
    {
        switch (instruction.Opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.Try or Opcode.TryTable:
                Push(BlockKind.Dead, null, ValType.Bottom);
                break;
            case Opcode.Else or Opcode.Catch or Opcode.CatchAll when Innermost.Kind != BlockKind.Dead:
            case Opcode.End or Opcode.Delegate:
                Visit(ref instruction);
                break;
        }
    }

    private void Visit(ref Instruction instruction)
    {
        uint index = instruction.Index;
        switch (instruction.Opcode)
        {
            case Opcode.Unreachable:
                Unreachable();
                IsReachable = false;
                break;
            case Opcode.Block:
                SettleStack();
                Push(BlockKind.Block, instruction.BlockType);
                break;
            case Opcode.Loop:
                SettleStack();
                EnterLoop(ref Push(BlockKind.Loop, instruction.BlockType));
                break;
            case Opcode.If:
                PopCondition();
                SettleStack();
                EnterIf(ref Push(BlockKind.If, instruction.BlockType));
                break;
            case Opcode.Else:
                Else(ref Innermost);
                break;
            case Opcode.End:
                End(ref Innermost);
                break;

            case Opcode.TryTable:
                SettleStack();
                EnterTryTable(ref instruction);
                break;
            case Opcode.Try:
                SettleStack();
                EnterTry(ref Push(BlockKind.Try, instruction.BlockType));
                break;
            case Opcode.Catch or Opcode.CatchAll:
                Catch(ref Innermost, ref instruction);
                break;
            case Opcode.Delegate:
                if (Innermost.Kind == BlockKind.Try)
                {
                    LeaveByDelegate(ref Innermost, index);
                }

                End(ref Innermost);
                break;
            case Opcode.Throw:
                ThrowTag(index);
                IsReachable = false;
                break;
            case Opcode.ThrowRef:
                ThrowRef();
                IsReachable = false;
                break;
            case Opcode.Rethrow:
                Rethrow(ref LabelAt(index));
                IsReachable = false;
                break;

            case Opcode.Br:
                Branch(ref Target(index));
                IsReachable = false;
                break;
            case Opcode.BrIf:
                PopCondition();
                BranchIf(ref Target(index));
                break;
            case Opcode.BrTable:
                BranchTable(ref instruction);
                IsReachable = false;
                break;
            case Opcode.Return:
                Return();
                IsReachable = false;
                break;
            case Opcode.BrOnNull:
                BranchOnNull(ref Target(index));
                break;
            case Opcode.BrOnNonNull:
                BranchOnNonNull(ref Target(index));
                break;
            case Opcode.BrOnCast:
                BranchOnCast(ref Target(index), instruction.Type2, sense: true);
                break;
            case Opcode.BrOnCastFail:
                BranchOnCast(ref Target(index), instruction.Type2, sense: false);
                break;

            case Opcode.Call:
                Call(index);
                break;
            case Opcode.CallIndirect:
                CallIndirect(new TypeIndex(index), new TableIndex(instruction.Index2));
                break;
            case Opcode.CallRef:
                CallRef(index);
                break;
            case Opcode.ReturnCall:
                ReturnCall(index);
                IsReachable = false;
                break;
            case Opcode.ReturnCallIndirect:
                ReturnCallIndirect(new TypeIndex(index), new TableIndex(instruction.Index2));
                IsReachable = false;
                break;
            case Opcode.ReturnCallRef:
                ReturnCallRef(index);
                IsReachable = false;
                break;

            case Opcode.LocalGet:
                LocalGet((int)index);
                break;
            case Opcode.LocalSet:
                LocalSet((int)index);
                break;
            case Opcode.LocalTee:
                LocalTee((int)index);
                break;

            case Opcode.Nop:
                break;
            default:
                Plain(ref instruction);
                break;
        }
    }

    // Validation sees to it: what is reached at the end of a block, or of a part of one, has its results on top and nothing else. A
    // legacy clause may keep its exception below.
    [Conditional("DEBUG")]
    private void CheckHeight(ref Block block) =>
        Debug.Assert(
            !IsReachable || !TracksStack || block.Kind == BlockKind.Catch || StackCount == block.Height + block.Results.Length,
            "the operand stack is not as high as the block's results");

    // A part of a block ends before another begins.
    private void LeavePart(ref Block block)
    {
        CheckHeight(ref block);
        if (IsReachable)
        {
            block.IsTargeted = true;
            Branch(ref block);
        }
    }

    private void Else(ref Block block)
    {
        LeavePart(ref block);
        block.Kind = BlockKind.Else;
        EnterElse(ref block);
        IsReachable = true;
    }

    private void Catch(ref Block block, ref Instruction instruction)
    {
        EndGuarded(ref block);
        LeavePart(ref block);
        block.Kind = BlockKind.Catch;
        EnterCatch(ref block, ref instruction);
        IsReachable = true;
    }

    private void End(ref Block block)
    {
        CheckHeight(ref block);
        switch (block.Kind)
        {
            case BlockKind.Dead:
                break;
            case BlockKind.Function:
                LeaveFunction(ref block);
                break;
            case BlockKind.Loop:
                LeaveLoop(ref block);
                break;
            default:
                if (block.Kind == BlockKind.If && JoinsIfAtEnd)
                {
                    block.IsTargeted = true;
                }
                else if (block.Kind == BlockKind.If)
                {
                    Else(ref block);
                }

                LeaveBlock(ref block);
                IsReachable |= block.IsTargeted;
                break;
        }

        _blockCount--;
    }

    /// <summary>
    /// Whether an <c>if</c> without <c>else</c> branches to its end when the condition is zero; otherwise it ends as if there were an
    /// empty one.
    /// </summary>
    protected abstract bool JoinsIfAtEnd { get; }

    /// <summary>Whether it takes all instructions: handlers, tail calls and casts that branch, too.</summary>
    protected abstract bool TakesAll { get; }

    /// <summary>Whether it takes handlers, what throws, and tail calls, although not all instructions.</summary>
    protected abstract bool TakesFrameChanges { get; }

    /// <summary>How many entries are on the operand stack.</summary>
    protected abstract int StackCount { get; }

    /// <summary>Whether there is an operand stack at all: an analysis needs none.</summary>
    protected virtual bool TracksStack => true;

    /// <summary>The slot of the lowest of the top entries, so many; the slot above the top entry for none.</summary>
    protected abstract int BaseSlotOf(int entryCount);

    /// <summary>What a new block is given.</summary>
    protected abstract TLabel NewLabel(BlockKind kind);

    /// <summary>Comes from time to time, in all code: a walk may take long.</summary>
    protected abstract void Poll();

    /// <summary>Comes before each instruction that is reached, when <see cref="Offset"/> is set.</summary>
    /// <param name="reader">Behind the instruction.</param>
    protected abstract void Reached(in WasmReader reader);

    /// <summary>A block begins: no entry of the stack may depend on what the block changes from here on.</summary>
    protected abstract void SettleStack();

    /// <summary>Pops the condition of the <c>if</c> or <c>br_if</c> at hand, for the method that comes next.</summary>
    protected abstract void PopCondition();

    protected abstract void EnterLoop(ref Block block);

    /// <summary>Branches to the else when the condition is zero.</summary>
    protected abstract void EnterIf(ref Block block);

    /// <summary>The else begins, with the parameters on the stack again.</summary>
    protected abstract void EnterElse(ref Block block);

    /// <summary>The end of a block that is neither the function nor a loop; reached or targeted, its results are on the stack.</summary>
    protected abstract void LeaveBlock(ref Block block);

    protected abstract void LeaveLoop(ref Block block);

    protected abstract void LeaveFunction(ref Block block);

    protected abstract void Unreachable();

    /// <summary>Branches to a label, for the function's as <see cref="Return"/> does.</summary>
    protected abstract void Branch(ref Block label);

    /// <summary>Branches when the condition is not zero.</summary>
    protected abstract void BranchIf(ref Block label);

    /// <summary>Branches to one of the labels of a <c>br_table</c>, each of which is to be asked of <see cref="Target"/>.</summary>
    protected abstract void BranchTable(ref Instruction instruction);

    protected abstract void Return();

    /// <summary>Branches when the reference on top is null, without it.</summary>
    protected abstract void BranchOnNull(ref Block label);

    /// <summary>Branches when the reference on top is not null, with it.</summary>
    protected abstract void BranchOnNonNull(ref Block label);

    /// <summary>Branches when the reference on top is of a type, or when it is not.</summary>
    protected virtual void BranchOnCast(ref Block label, ValType type, bool sense) => throw new UnreachableException();

    protected abstract void Call(uint func);

    protected abstract void CallIndirect(TypeIndex type, TableIndex table);

    protected abstract void CallRef(uint type);

    protected virtual void ReturnCall(uint func) => throw new UnreachableException();

    protected virtual void ReturnCallIndirect(TypeIndex type, TableIndex table) => throw new UnreachableException();

    protected virtual void ReturnCallRef(uint type) => throw new UnreachableException();

    /// <summary>Pushes the block of a <c>try_table</c>, behind its clauses, whose labels count from outside.</summary>
    protected virtual void EnterTryTable(ref Instruction instruction) => throw new UnreachableException();

    protected virtual void EnterTry(ref Block block) => throw new UnreachableException();

    /// <summary>The body of a legacy <c>try</c> ends, or one of its clauses.</summary>
    protected virtual void EndGuarded(ref Block block) => throw new UnreachableException();

    protected virtual void EnterCatch(ref Block block, ref Instruction instruction) => throw new UnreachableException();

    /// <summary>The end of a legacy <c>try</c> whose handlers are those of a label; it counts from outside.</summary>
    protected virtual void LeaveByDelegate(ref Block block, uint depth) => throw new UnreachableException();

    protected virtual void ThrowTag(uint tag) => throw new UnreachableException();

    protected virtual void ThrowRef() => throw new UnreachableException();

    protected virtual void Rethrow(ref Block label) => throw new UnreachableException();

    protected abstract void LocalGet(int local);

    protected abstract void LocalSet(int local);

    protected abstract void LocalTee(int local);

    /// <summary>Any other instruction.</summary>
    protected abstract void Plain(ref Instruction instruction);
}
