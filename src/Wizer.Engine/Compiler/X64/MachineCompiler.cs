using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.X64;

/// <summary>
/// Turns a function's body into machine code for x64, in one pass behind <see cref="LocalAnalysis"/>. What machine code looks like
/// from outside is in <see cref="MachineCode"/>'s remarks; families of instructions are in files of their own.
/// </summary>
/// <remarks>
/// <para>
/// The operand stack exists at compile time only, as <see cref="Operand"/>s: constants, locals, and temporaries in registers or in
/// the slots that the interpreter has them in. Where control flow meets, everything is in slots, but for one integer, in rax. What reads a
/// local stays symbolic until it is used, or until the place of the local is to be written.
/// </para>
/// <para>
/// To support another instruction: a row of <c>x64.tsv</c>, which says what pops its operands, emits, and pushes its result; most
/// vector instructions are rows of <c>x64-vectors.tsv</c>. What has no row is left to the interpreter's helper, and when there is
/// none, the function stays with the other tiers. Compiling the same function again gives the same code: that is how the place of a
/// trap is found.
/// </para>
/// </remarks>
internal sealed unsafe partial class MachineCompiler(InterpreterHost host) : BodyWalker<MachineCompiler.JumpLabel>, IDisposable
{
    private const int MaxBodyByteLength = 1 << 20;
    private const int MaxLocalCount = 4000;

    // Blocks, calls and assignments look at all entries of the stack, and branches with values may store as many.
    private const int MaxStackCount = HotLoop.MaxStackCount;
    private const int MaxCodeByteLength = 16 << 20;

    // What one instruction may emit, but for what it does to each entry of the stack and each local.
    private const int InstructionReserve = 1024;

    private readonly Assembler _code = new();
    private readonly LocalAnalysis _analysis = new();
    private readonly List<int> _live = [];
    private readonly List<Site> _sites = [];
    private readonly List<int> _loopEntries = [];

    private SlotType[] _results = [];
    private bool _canonicalizesNaNs;
    private bool _isKept;
    private uint _frameSlots;
    private volatile bool _isCancelled;
    private int _returnLabel;
    private int _raiseLabel;

    // Where each instruction's code starts.
    private readonly OffsetMap _offsets = new();

    private int _accessIndex;
    private int _callIndex;
    private int _loopIndex;

    // The instruction behind the current one.
    private Opcode _nextOpcode;
    private Opcode _nextVector;
    private int _nextLocal;

    /// <summary>The code that was compiled last, valid until the next.</summary>
    internal ReadOnlySpan<byte> Code => _code.Code;

    /// <summary>What a frame of it takes of the native stack, but for the return address.</summary>
    internal int FrameByteLength { get; private set; }

    /// <summary>Where the code that was compiled last is called on a stack that may be too small: it looks how much is left.</summary>
    internal int CheckedEntry => _code.OffsetOf(_checkedLabel);

    /// <summary>Where the code that was compiled last returns.</summary>
    internal int ReturnOffset { get; private set; }

    /// <summary>The module offsets of the loops that it may be entered at.</summary>
    internal List<int> LoopOffsets { get; } = [];

    /// <summary>What helpers are told to do, in native memory; the caller's to keep or to free.</summary>
    internal OperationList Operations { get; } = new();

    /// <summary>Where the code that was compiled last is entered, for the loop at an index of <see cref="LoopOffsets"/>.</summary>
    internal int LoopEntryOf(int index) => _code.OffsetOf(_loopEntries[index]);

    /// <summary>Has it decline the function that it is at, and all others. From any thread.</summary>
    internal void Cancel() => _isCancelled = true;

    /// <inheritdoc/>
    public void Dispose() => _code.Dispose();

    /// <summary>Where the instructions of a function that traps are called from, out of the way.</summary>
    private sealed class Site
    {
        internal int Label { get; init; }

        internal SiteKind Kind { get; init; }

        internal TrapKind Trap { get; init; }

        internal long Offset { get; init; }

        internal int Register { get; init; }

        /// <summary>What an address is more than the register.</summary>
        internal int Displacement { get; set; }

        internal Conversion Conversion { get; set; }

        internal int Return { get; set; }
    }

    private enum SiteKind : byte
    {
        /// <summary>The instruction traps.</summary>
        Trap,

        /// <summary>The same, with the address that is beyond the memory in a register.</summary>
        Address,

        /// <summary>What would be called does not fit.</summary>
        Limit,

        /// <summary>A helper returned a status, in eax.</summary>
        Status,

        /// <summary>A float in a vector register may be no integer.</summary>
        Convert,

        /// <summary>The guest is to end, or a sample of its stack is asked for; goes on behind.</summary>
        Poll,

        /// <summary>Many bytes are moved; goes on behind.</summary>
        Move,

        /// <summary>Many bytes are filled; goes on behind.</summary>
        Fill,

        /// <summary>A function in rdi is not of the type in esi, unless it is a subtype; goes on behind.</summary>
        Subtype,
    }

    /// <summary>Compiles a function that has been translated.</summary>
    /// <param name="func">The function.</param>
    /// <param name="module">The module that it belongs to.</param>
    /// <param name="isKept">Whether the code will run; otherwise it is compiled for <see cref="FindOffset"/>.</param>
    /// <param name="frameSlots">What its translation says of its frame, where the function does not know that translation yet.</param>
    /// <returns>False when it is not for this compiler.</returns>
    internal bool TryCompile(FuncData* func, ModuleInfo module, bool isKept, uint frameSlots = 0)
    {
        _isKept = isKept;
        _frameSlots = frameSlots != 0 ? frameSlots : *(uint*)func->Translated;
        Begin(func, module);
        if (Body.Length > MaxBodyByteLength)
        {
            return false;
        }

        FindMemory();
        Reset();
        if (!TryReadLocals(MaxLocalCount, out WasmReader reader) || !_analysis.Run(this, Locals, reader))
        {
            return false;
        }

        _firstInstruction = reader.Position;
        _operands.Reset(Locals.FirstOperandSlot);
        _temporaries.Reset(_analysis.UsedRegisters);
        EmitPrologue();
        if (!Walk(reader))
        {
            return false;
        }

        CheckInStep();
        EmitEpilogue();
        EmitLoopEntries();
        EmitHandlers();
        EmitSites();
        _code.EmitConstants();
        _code.Finish();
        PlaceHandlers();
        return true;
    }

    /// <summary>The module offset of the instruction that a place in the code belongs to.</summary>
    /// <param name="at">Behind the machine instruction.</param>
    internal long FindOffset(int at) => _offsets.Find(at);

    private void Reset()
    {
        _code.Reset();
        _code.Reserve(InstructionReserve);
        _sites.Clear();
        _loopEntries.Clear();
        _loopBlocks.Clear();
        _loopLabels.Clear();
        LoopOffsets.Clear();
        _offsets.Clear();
        ForgetHandlers();
        _accessIndex = _callIndex = _loopIndex = 0;
        _clean = 0;
        _target = NoTarget;
        _isTargetTaken = false;
        _returnsEarly = null;
        _canonicalizesNaNs = host.CanonicalizesNaNs;
        _results = SlotTypes.Of(Type.Results);
        _returnLabel = _code.NewLabel();
        _raiseLabel = _code.NewLabel();
    }

    /// <inheritdoc/>
    protected override void Reached(in WasmReader reader)
    {
        if (_isTargetTaken)
        {
            // The assignment that comes has been made.
            return;
        }

        CheckState();
        if (_operands.Count > MaxStackCount || _code.Length > MaxCodeByteLength)
        {
            Decline();
        }

        _code.Reserve(InstructionReserve + (Assembler.MaxInstructionBytes * 2 * (_operands.Count + Locals.Count)));
        NoteOffset(Offset);
        Peek(reader);
    }

    private void NoteOffset(long offset)
    {
        if (!_isKept)
        {
            _offsets.Add(_code.Length, (int)offset);
        }
    }

    // What comes next decides where a result goes, and whether a comparison needs one.
    private void Peek(WasmReader reader)
    {
        _target = NoTarget;
        _nextOpcode = _nextVector = Opcode.Nop;
        if (!reader.TryPeek(out byte code) || code > (byte)Opcode.F64Copysign)
        {
            if (code == VectorPrefix)
            {
                reader.ReadByte();
                _nextVector = (Opcode)((uint)Opcode.V128Load + reader.ReadU32());
            }

            return;
        }

        _nextOpcode = (Opcode)code;
        if (_nextOpcode is Opcode.LocalSet or Opcode.LocalTee)
        {
            reader.ReadByte();
            _nextLocal = (int)reader.ReadU32();
        }
    }

    private void EmitPrologue()
    {
        int limit = _code.NewLabel();
        _startLabel = _code.NewLabel();
        _code.Bind(_startLabel);
        _code.Address(Gpr.Rax, Gpr.Rbx, Gpr.None, checked((int)_frameSlots * sizeof(ulong)), wide: true);
        _code.OperateAt(
            Alu.Cmp, Gpr.Rax, Gpr.R14, host.Sampler is null ? ContextOffsets.SlotLimit : ContextOffsets.SampledSlotLimit, wide: true);
        _code.JumpIf(Condition.Above, limit);
        _limitLabel = limit;
        _roomLabel = _code.NewLabel();
        _code.Bind(_roomLabel);
        EmitPushes();

        // The rest of the locals is written before it is read.
        _analysis.LiveInto(0, _live);
        _code.Reserve(InstructionReserve + (Assembler.MaxInstructionBytes * _live.Count));
        foreach (int packed in _live)
        {
            int local = LocalAnalysis.LocalOf(packed);
            sbyte location = LocalAnalysis.LocationOf(packed);
            if (local < Type.Parameters.Length)
            {
                LoadArgument(local, location);
            }
            else if (location < 0)
            {
                StoreTo(Locals.SlotOf(local), Constant(Locals.TypeOf(local), 0));
            }
            else if (IsInteger(Locals.TypeOf(local)))
            {
                _code.Operate(Alu.Xor, (Gpr)location, (Gpr)location, wide: false);
            }
            else
            {
                _code.OperateBits(0x57, location, location, location);
            }
        }
    }

    private int _limitLabel;
    private int _roomLabel;
    private int _startLabel;
    private int _checkedLabel;

    private static readonly Gpr[] s_kept = [Gpr.Rbp, Gpr.R12, Gpr.R13];

    // With the return address, a multiple of 16 where anything is called: then calls are aligned. What traps sees to that itself.
    private void EmitPushes()
    {
        int bytes = 0;
        foreach (Gpr register in s_kept)
        {
            if ((_analysis.UsedRegisters & (1u << (int)register)) != 0)
            {
                _code.Push(register);
                bytes += 8;
            }
        }

        if ((bytes & 8) == 0 && _analysis.HasCalls)
        {
            _code.OperateConstant(Alu.Sub, Gpr.Rsp, 8, wide: true);
            bytes += 8;
        }

        FrameByteLength = bytes;
    }

    private void EmitEpilogue()
    {
        _code.Reserve(InstructionReserve);
        _code.Bind(_returnLabel);
        EmitPops();
        ReturnOffset = _code.Length;
        _code.Return();
        _code.Bind(_limitLabel);
        if (host.Sampler is not null)
        {
            SampleAtStart();
        }

        _code.MoveAddress(Gpr.Rax, (void*)MachineCode.LimitEntry);
        _code.JumpTo(Gpr.Rax);
        _checkedLabel = _code.NewLabel();
        _code.Bind(_checkedLabel);
        _code.OperateAt(Alu.Cmp, Gpr.Rsp, Gpr.R14, ContextOffsets.NativeLimit, wide: true);
        _code.JumpIf(Condition.AboveOrEqual, _startLabel);
        _code.MoveAddress(Gpr.Rdi, Func);
        _code.MoveAddress(Gpr.Rax, (void*)MachineCode.InterpretDeepEntry);
        _code.JumpTo(Gpr.Rax);
        _code.Bind(_raiseLabel);
        _code.MoveAddress(Gpr.Rax, (void*)MachineCode.RaiseEntry);
        _code.JumpTo(Gpr.Rax);
    }

    // Perhaps there is room, and a sample was asked for: the frame is made as large as it is elsewhere in the function, and looked at.
    private void SampleAtStart()
    {
        NoteOffset(_offsets.First);
        if (FrameByteLength != 0)
        {
            _code.OperateConstant(Alu.Sub, Gpr.Rsp, FrameByteLength, wide: true);
        }

        _code.CallAt(Gpr.R14, ContextOffsets.SampleEntry);
        if (FrameByteLength != 0)
        {
            _code.OperateConstant(Alu.Add, Gpr.Rsp, FrameByteLength, wide: true);
        }

        _code.OperateAt(Alu.Cmp, Gpr.Rax, Gpr.R14, ContextOffsets.SlotLimit, wide: true);
        _code.JumpIf(Condition.BelowOrEqual, _roomLabel);
    }

    // The opposite of the pushes.
    private void EmitPops()
    {
        int pushes = 0;
        foreach (Gpr register in s_kept)
        {
            pushes += (_analysis.UsedRegisters & (1u << (int)register)) != 0 ? 8 : 0;
        }

        if (pushes != FrameByteLength)
        {
            _code.OperateConstant(Alu.Add, Gpr.Rsp, 8, wide: true);
        }

        for (int i = s_kept.Length - 1; i >= 0; i--)
        {
            if ((_analysis.UsedRegisters & (1u << (int)s_kept[i])) != 0)
            {
                _code.Pop(s_kept[i]);
            }
        }
    }

    /// <summary>Where to branch when the current instruction traps.</summary>
    private int TrapLabel(TrapKind kind) => SiteLabel(SiteKind.Trap, kind);

    private int SiteLabel(SiteKind kind, TrapKind trap = TrapKind.None, int register = 0)
    {
        var site = new Site { Kind = kind, Trap = trap, Offset = Offset, Label = _code.NewLabel(), Register = register };
        _sites.Add(site);
        return site.Label;
    }

    private void EmitSites()
    {
        foreach (Site site in _sites)
        {
            _code.Reserve(InstructionReserve);
            NoteOffset(site.Offset);
            _code.Bind(site.Label);
            switch (site.Kind)
            {
                case SiteKind.Trap:
                    _code.MoveConstant(Gpr.Rdi, (ulong)site.Trap);
                    break;
                case SiteKind.Address:
                    _code.Address(Gpr.Rax, (Gpr)site.Register, Gpr.None, site.Displacement, wide: true);
                    _code.Store(Gpr.Rax, Gpr.R14, ContextOffsets.FaultAddress, wide: true);
                    _code.MoveConstant(Gpr.Rdi, (ulong)site.Trap);
                    break;
                case SiteKind.Limit:
                    _code.MoveAddress(Gpr.Rax, (void*)MachineCode.LimitEntry);
                    _code.CallTo(Gpr.Rax);
                    continue;
                case SiteKind.Status:
                    _code.Move(Gpr.Rdi, Gpr.Rax, wide: false);
                    break;
                case SiteKind.Convert:
                    EmitConversionSite(site);
                    continue;
                case SiteKind.Poll:
                    _code.CallAt(Gpr.R14, ContextOffsets.SampleEntry);
                    _code.OperateConstantAt(Alu.Cmp, Gpr.R14, ContextOffsets.InterruptRequested, 0, wide: false);
                    _code.JumpIf(Condition.Equal, site.Return);
                    _code.MoveConstant(Gpr.Rdi, (ulong)TrapKind.Interrupted);
                    break;
                case SiteKind.Move or SiteKind.Fill:
                    EmitBulkSite(site);
                    continue;
                default:
                    EmitSubtypeSite(site);
                    continue;
            }

            CallRaise();
        }
    }

    private void CallRaise()
    {
        _code.Byte(0xe8);
        _code.Int32(_code.OffsetOf(_raiseLabel) - (_code.Length + sizeof(int)));
    }

    /// <inheritdoc/>
    protected override void Plain(ref Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        if (MachineInstructions.MayCall(opcode))
        {
            int call = _callIndex++;
            if (!TryBulk(ref instruction, call) && !TryHelper(ref instruction, call))
            {
                Decline();
            }

            return;
        }

        switch (opcode)
        {
            case Opcode.AtomicFence or Opcode.AnyConvertExtern or Opcode.ExternConvertAny:
                break;
            case Opcode.Drop:
                Release(Pop());
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

            case Opcode.I32Const:
                PushConstant(SlotType.I32, instruction.Value);
                break;
            case Opcode.I64Const:
                PushConstant(SlotType.I64, instruction.Value);
                break;
            case Opcode.F32Const:
                PushConstant(SlotType.F32, instruction.Value);
                break;
            case Opcode.F64Const:
                PushConstant(SlotType.F64, instruction.Value);
                break;
            case Opcode.RefNull:
                PushConstant(SlotType.I64, 0);
                break;
            case Opcode.RefFunc:
                Gpr reference = AllocateGpr();
                _code.MoveAddress(reference, Instance->Funcs[instruction.Index]);
                PushGpr(SlotType.I64, reference);
                break;
            case Opcode.RefIsNull:
                Compare(Condition.Equal, Pop(), Constant(SlotType.I64, 0));
                break;
            case Opcode.RefEq:
                Operand other = Pop();
                Compare(Condition.Equal, Pop(), other);
                break;
            case Opcode.RefAsNonNull:
                Operand checkedReference = Pop();
                TestZero(checkedReference);
                _code.JumpIf(Condition.Equal, TrapLabel(TrapKind.NullReference));
                Push(checkedReference);
                break;
            case Opcode.MemorySize:
                MemorySize(instruction.Index);
                break;
            default:
                EmitRegular(ref instruction);
                break;
        }
    }
}
