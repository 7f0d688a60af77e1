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
    /// <exception cref="UnsupportedModuleException">
    /// It has an instruction that the interpreter does not know, or too many slots.
    /// </exception>
    /// <exception cref="OperationCanceledException">Interrupted: a large body of blocks with many values can take seconds.</exception>
    internal void Translate(FuncData* func)
    {
        _offsets = null;
        _offsetsOf = null;
        TranslateBody(func, _host.ModuleOf(func->Instance));
        InstallHandlers(func);
        if (_fuses)
        {
            FindSequences();
        }

        func->Translated = _host.Code.Add(func, new ReadOnlySpan<ushort>(_code, 0, _length), TakeLoopPlaces());
        func->Code = func->Translated;
#if COUNT_OPERATIONS
        OperationCounts.NoteCode(func->Translated);
#endif
    }

    /// <summary>Translates a function without letting it run: on any thread, for a module without structs and arrays.</summary>
    /// <returns>Null when it has handlers, which are the store's, or cannot be translated: its first call will say so.</returns>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    internal AheadCode? TranslateAhead(FuncData* func, ModuleInfo module)
    {
        try
        {
            TranslateBody(func, module);
        }
        catch (UnsupportedModuleException)
        {
            return null;
        }

        if (_handlers.Count != 0)
        {
            return null;
        }

        if (_fuses)
        {
            FindSequences();
        }

        return new AheadCode(new ReadOnlySpan<ushort>(_code, 0, _length), TakeLoopPlaces());
    }

    private void TranslateBody(FuncData* func, ModuleInfo module)
    {
        Begin(func, module);
        DeclareLocals(out WasmReader reader);
        _length = 0;
        StartRun();
        _helper = -1;
        _offsets?.Clear();
        _fixupCount = 0;
        _loopPlaceCount = 0;
        _hasLoopConstants = false;
        ForgetHandlers();
        EmitHeader();
        Walk(reader);

        // Results may need more slots than the frame, and a call into another instance puts four below its frame.
        _stack.Need(Type.ResultSlotCount);
        if (_stack.MaxTop > ushort.MaxValue)
        {
            throw new UnsupportedModuleException($"function {func->FuncIndex} needs more than {ushort.MaxValue} slots", Body.Offset);
        }

        PatchHeader();
    }

    private void DeclareLocals(out WasmReader reader)
    {
        TryReadLocals(int.MaxValue, out reader);
        int slots = Locals.SlotCount;
        if (slots > ushort.MaxValue - FrameHeader.SavedSlots)
        {
            throw new UnsupportedModuleException("too many locals", reader.Offset);
        }

        _stack.Reset(Locals);
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
    protected override void Reached(in WasmReader reader)
    {
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
            case OpcodeFamily.Load or OpcodeFamily.Store when IsInFirstMemory(ref instruction):
                Access(ref instruction);
                break;
            case OpcodeFamily.Test or OpcodeFamily.Unary or OpcodeFamily.Convert or OpcodeFamily.Truncate
                when OpTable.OfOpcode(opcode) != Op.None:
                Unary(OpTable.OfOpcode(opcode));
                break;
            case OpcodeFamily.Compare or OpcodeFamily.Binary or OpcodeFamily.Divide when OpTable.OfOpcode(opcode) != Op.None:
                Binary(OpTable.OfOpcode(opcode));
                break;
            case OpcodeFamily.VectorConstant:
                VectorConstant(ref instruction);
                break;
            case OpcodeFamily.VectorLoad or OpcodeFamily.VectorStore
                when opcode is Opcode.V128Load or Opcode.V128Store && IsInFirstMemory(ref instruction):
                AccessVector(ref instruction);
                break;
            case OpcodeFamily.Fence:
                break;
            case OpcodeFamily.Reference or OpcodeFamily.Aggregate when TryTranslateReference(ref instruction):
                break;
            default:
                if (!HelperOperation.TryFind(_host, Instance, Module, ref instruction, out HelperOperation helper))
                {
                    throw new UnsupportedModuleException($"unsupported instruction {OpcodeTable.Mnemonic(opcode)}", instruction.Offset);
                }

                Helper(helper);
                break;
        }
    }

    // The only one whose address the loop computes.
    // And so that no helper need hear of it.
    private bool IsInFirstMemory(ref Instruction instruction) =>
        instruction.Index == 0 && !Module.Memories[0].Type.Limits.Is64
        && !(_host.NotesWrites && OpcodeTable.Family(instruction.Opcode) is (OpcodeFamily.Store or OpcodeFamily.VectorStore));

    /// <summary>An instruction that a helper executes.</summary>
    private void Helper(HelperOperation helper)
    {
        int count = helper.OperandCount;
        Span<ushort> operands = stackalloc ushort[HelperOperation.MaxOperands];
        if (helper.TakesTop)
        {
            Settle(count);
            operands[0] = (ushort)BaseSlotOf(count);
            for (; count > 0; count--)
            {
                Pop();
            }

            count = 1;
        }
        else
        {
            for (int i = count - 1; i >= 0; i--)
            {
                operands[i] = PopSlot();
            }
        }

        ushort result = 0;
        for (int i = 0; i < helper.ResultCount; i++)
        {
            ushort slot = PushTemp(SlotTypes.SlotCount(helper.ResultType));
            result = i == 0 ? slot : result;
        }

        Emit(helper.Operation);
        if (helper.BeginsWithResult)
        {
            _helper = _history.Last;
        }

        _length += helper.Encode(new Span<ushort>(_code, _length, HelperOperation.MaxUnits), result, operands[..count]);
    }
}
