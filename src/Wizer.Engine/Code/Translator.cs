using Wizer.Binary;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

/// <summary>
/// Turns a function's body into the register-style code of the loop, in one pass, when the function is first called. The body
/// is known to be valid. Not safe for concurrent use: each store has one.
/// </summary>
/// <remarks>
/// The operand stack exists only here. Each entry has a slot of its own in the frame, but a <c>local.get</c> or a constant stays
/// a note until something consumes it, and then stands in that instruction's place. Three rules keep this sound: a note of a
/// local is made good before the local changes; at the start of a block, because the block may change it in ways one pass cannot
/// see; and whatever a label expects is in its entries' own slots on every way there.
/// </remarks>
internal sealed unsafe partial class Translator : BodyWalker<Translator.CodeLabel>
{
    private readonly CodeHost _host;
    private readonly GuestContext* _context;
    private readonly bool _fuses;
    private readonly bool _canonicalizesNaNs;

    private int _localSlots;

    /// <param name="host">Whose functions it translates.</param>
    /// <param name="context">Where an interrupt shows; null when there is nothing to be interrupted.</param>
    /// <param name="fuses">Whether the loop that will run the code knows superinstructions.</param>
    internal Translator(CodeHost host, GuestContext* context, bool fuses)
    {
        _host = host;
        _context = context;
#if COUNT_OPERATIONS
        // What is counted is what there is to combine.
        _fuses = false;
#else
        _fuses = fuses;
#endif
        _canonicalizesNaNs = host.CanonicalizesNaNs;
    }

    /// <summary>Translates a function and lets it run.</summary>
    /// <exception cref="UnsupportedModuleException">It has an instruction that the interpreter does not know, or too many slots.</exception>
    /// <exception cref="OperationCanceledException">Interrupted: a large body of blocks with many values can take seconds.</exception>
    internal void Translate(FuncData* func)
    {
        _offsets = null;
        _offsetsOf = null;
        TranslateBody(func);
        InstallHandlers(func);
        if (_fuses)
        {
            FindSequences();
        }

        func->Translated = _host.Code.Add(func, new ReadOnlySpan<ushort>(_code, 0, _length));
        func->Code = func->Translated;
#if COUNT_OPERATIONS
        OperationCounts.NoteCode(func->Translated);
#endif
    }

    private void TranslateBody(FuncData* func)
    {
        Begin(func, _host.ModuleOf(func->Instance));
        DeclareLocals(out WasmReader reader);
        _length = 0;
        StartRun();
        _helper = -1;
        _offsets?.Clear();
        _fixupCount = 0;
        ForgetHandlers();
        _stackCount = 0;
        _pendingCount = 0;
        _top = _maxTop = FirstOperandSlot;
        EmitHeader();
        Walk(reader);

        // Results may need more slots than the frame, and a call into another instance puts four below its frame.
        _maxTop = Math.Max(_maxTop, Type.ResultSlotCount);
        if (_maxTop > ushort.MaxValue)
        {
            throw new UnsupportedModuleException($"function {func->FuncIndex} needs more than {ushort.MaxValue} slots", Body.Offset);
        }

        PatchHeader();
    }

    private void DeclareLocals(out WasmReader reader)
    {
        TryReadLocals(int.MaxValue, out reader);
        _localSlots = Locals.SlotCount;
        if (_localSlots > ushort.MaxValue - FrameHeader.SavedSlots)
        {
            throw new UnsupportedModuleException("too many locals", reader.Offset);
        }

        if (_pendingCounts.Length < _localSlots)
        {
            _pendingCounts = new int[Math.Max(_localSlots, 2 * _pendingCounts.Length)];
        }

        Array.Clear(_pendingCounts, 0, _localSlots);
    }

    /// <inheritdoc/>
    protected override void Poll()
    {
        // Not when it is only to be found out where a trap was.
        if (_offsets is null && _context != null && Volatile.Read(ref _context->InterruptRequested) != 0)
        {
            throw new OperationCanceledException("the guest was interrupted");
        }
    }

    /// <inheritdoc/>
    protected override void Plain(ref Instruction instruction)
    {
        switch (instruction.Opcode)
        {
            case Opcode.Drop:
                Pop();
                break;
            case Opcode.Select or Opcode.SelectTyped:
                Select();
                break;
            case Opcode.GlobalGet:
                GlobalGet(instruction.Index);
                break;
            case Opcode.GlobalSet:
                GlobalSet(instruction.Index);
                break;

            case Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const:
                Push(instruction.Value);
                break;
            case Opcode.RefNull:
                Push(0UL);
                break;
            case Opcode.RefFunc:
                Push((ulong)Instance->Funcs[instruction.Index]);
                break;
            case Opcode.RefIsNull:
                Unary(Op.I64Eqz);
                break;

            // Slots hold bits, and 32-bit ones have zeros above.
            case Opcode.I64ExtendI32U:
            case Opcode.I32ReinterpretF32 or Opcode.I64ReinterpretF64 or Opcode.F32ReinterpretI32 or Opcode.F64ReinterpretI64:
                break;

            default:
                TranslateRegular(ref instruction);
                if (_canonicalizesNaNs)
                {
                    CanonicalizeResult(instruction.Opcode);
                }

                break;
        }
    }

    private void TranslateRegular(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        switch (OpcodeTable.Family(opcode))
        {
            case OpcodeFamily.Load:
                Access(ref instruction, isStore: false);
                break;
            case OpcodeFamily.Store:
                Access(ref instruction, isStore: true);
                break;
            case OpcodeFamily.Test or OpcodeFamily.Unary or OpcodeFamily.Convert or OpcodeFamily.Truncate:
                Numeric(opcode, 1);
                break;
            case OpcodeFamily.Compare or OpcodeFamily.Binary or OpcodeFamily.Divide:
                Numeric(opcode, 2);
                break;
            default:
                TranslateRare(ref instruction);
                break;
        }
    }

    // An operation of its own, or one that a helper executes.
    private void Numeric(Opcode opcode, int operands)
    {
        Op op = OpTable.OfOpcode(opcode);
        if (op == Op.None)
        {
            Rare(opcode, operands, true);
        }
        else if (operands == 1)
        {
            Unary(op);
        }
        else
        {
            Binary(op);
        }
    }

    private void TranslateRare(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        switch (opcode)
        {
            case Opcode.MemorySize:
                Rare(opcode, 0, true, instruction.Index);
                break;
            case Opcode.MemoryGrow:
                Rare(opcode, 1, true, instruction.Index, Module.Memories[instruction.Index].Type.Limits.Is64 ? 1u : 0);
                break;
            case Opcode.TableSize:
                Rare(opcode, 0, true, instruction.Index);
                break;
            case Opcode.TableGet:
                Rare(opcode, 1, true, instruction.Index);
                break;
            case Opcode.TableGrow:
                Rare(opcode, 2, true, instruction.Index, Module.Tables[instruction.Index].Type.Limits.Is64 ? 1u : 0);
                break;
            case Opcode.TableSet:
                Rare(opcode, 2, false, instruction.Index);
                break;
            case Opcode.MemoryFill or Opcode.TableFill:
                Rare(opcode, 3, false, instruction.Index);
                break;
            case Opcode.MemoryCopy or Opcode.MemoryInit or Opcode.TableCopy or Opcode.TableInit:
                Rare(opcode, 3, false, instruction.Index, instruction.Index2);
                break;
            case Opcode.DataDrop or Opcode.ElemDrop:
                Rare(opcode, 0, false, instruction.Index);
                break;
            case Opcode.AtomicFence:
                break;
            case Opcode.RefAsNonNull:
                // The operand stays what it was.
                Value reference = Pop();
                ushort slot = SlotOf(ref reference);
                EmitRare(opcode, slot, slot, 0, 0, 0, 0, 0);
                PushAgain(reference);
                break;
            default:
                if (TryTranslateVector(ref instruction) || TryTranslateGc(ref instruction) || TryTranslateAtomic(ref instruction))
                {
                    break;
                }

                throw new UnsupportedModuleException($"unsupported instruction {OpcodeTable.Mnemonic(opcode)}", instruction.Offset);
        }
    }

    // Whatever else has an address.
    private bool TryTranslateAtomic(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        if (OpcodeTable.Immediates(opcode) != ImmediateKind.MemArg)
        {
            return false;
        }

        OpcodeSignature signature = OpcodeTable.Signature(opcode);
        bool hasResult = signature.Result != OpcodeSignature.Nothing;
        Rare(opcode, signature.OperandCount, hasResult, instruction.Index, 0, instruction.Value);
        return true;
    }
}
