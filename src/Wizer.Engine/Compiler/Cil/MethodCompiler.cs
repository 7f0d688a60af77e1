using System.Diagnostics.CodeAnalysis;
using System.Reflection.Emit;
using Wizer.Binary;
using Wizer.Engine.Code;
using Wizer.Engine.Interpreter;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Compiler.Cil;

/// <summary>
/// Turns a function's body into CIL. The frame among the slots is as large as the interpreter's, and arguments, results and
/// operands of helpers lie where they would lie there, so that recursion ends at the same depth and both sides can call each
/// other; everything else lives in CIL's locals. Families of instructions are in files of their own.
/// </summary>
/// <remarks>
/// <para>
/// The method is <c>int (ulong* fp, GuestContext* context, FuncData* func)</c>; it returns a <see cref="TrapKind"/>, and no
/// exception leaves it. Its callers see to it that the context's instance is the function's.
/// </para>
/// <para>
/// To support another instruction: pop its operands' nodes, emit, and push its result. What may trap branches to
/// <see cref="TrapLabel"/> while CIL's stack is empty. An instruction that no family knows is left to the interpreter's helper,
/// and when there is none, the function stays interpreted.
/// </para>
/// </remarks>
[RequiresDynamicCode("Compiles at run time.")]
internal sealed unsafe partial class MethodCompiler
{
    private const int FrameArgument = 0;
    private const int ContextArgument = 1;

    private readonly Translator _translator;
    private readonly FuncData* _func;
    private readonly ModuleInfo _module;
    private readonly InstanceData* _instance;
    private readonly FuncType _type;
    private readonly SlotType[] _results;
    private readonly long _osrOffset;
    private readonly bool _canonicalizesNaNs;
    private readonly bool _isRelaxedSimdDeterministic;
    private readonly DynamicMethod _method;
    private readonly CilWriter _il;
    private readonly OperationList _operations = new();
    private readonly List<Site> _sites = [];
    private Label _osrLabel;
    private Node[]? _osrStack;
    private long _offset;
    private long _bodyOffset;
    private bool _isSupported = true;

    private MethodCompiler(InterpreterHost host, Translator translator, FuncData* func, long osrOffset)
    {
        _translator = translator;
        _func = func;
        _osrOffset = osrOffset;
        _canonicalizesNaNs = host.CanonicalizesNaNs;
        _isRelaxedSimdDeterministic = host.IsRelaxedSimdDeterministic;
        _instance = func->Instance;
        _module = host.ModuleOf(_instance);
        _type = _module.FuncTypeOf((uint)func->FuncIndex);
        _results = SlotTypes.Of(_type.Results);
        _method = new DynamicMethod(
            $"wasm function {func->FuncIndex}", typeof(int), [typeof(nint), typeof(nint), typeof(nint)],
            typeof(MethodCompiler).Module, skipVisibility: true)
        {
            InitLocals = false,
        };
        _il = new CilWriter(_method.GetILGenerator());
    }

    /// <summary>Where compiled code leaves the function early.</summary>
    private sealed class Site
    {
        internal SiteKind Kind { get; init; }

        internal Label Label { get; init; }

        internal TrapKind Trap { get; init; }

        internal long Offset { get; init; }

        /// <summary>Whether an access goes beyond the memory: at <see cref="Index"/>, if any, plus <see cref="AddressOffset"/>.</summary>
        internal bool HasAddress { get; init; }

        internal LocalBuilder? Index { get; init; }

        internal ulong AddressOffset { get; init; }
    }

    private enum SiteKind : byte
    {
        /// <summary>The instruction itself traps.</summary>
        Trap,

        /// <summary>A helper returned a status.</summary>
        Helper,

        /// <summary>A function returned a status.</summary>
        Call,
    }

    /// <summary>Emits a method for a function that has been translated.</summary>
    /// <param name="host">Whose function it is.</param>
    /// <param name="translator">One that nobody else uses.</param>
    /// <param name="func">The function.</param>
    /// <param name="osrOffset">The module offset of the loop that it starts in, or <see cref="HotLoop.None"/>.</param>
    /// <returns>Null when the function is to stay interpreted.</returns>
    internal static CompiledMethod? TryEmit(InterpreterHost host, Translator translator, FuncData* func, long osrOffset)
    {
        if (func->HandlerCount != 0)
        {
            return null;
        }

        var compiler = new MethodCompiler(host, translator, func, osrOffset);
        bool isDone = compiler.TryEmit();
        if (!isDone && compiler._hasRotations && compiler._comparesWithZero)
        {
            compiler._operations.Free();
            compiler = new MethodCompiler(host, translator, func, osrOffset) { _mayCompareWithZero = false };
            isDone = compiler.TryEmit();
        }

        if (isDone)
        {
            return new CompiledMethod(compiler._method, compiler._operations);
        }

        compiler._operations.Free();
        return null;
    }

    private bool TryEmit()
    {
        ByteRange body = _module.BodyOf((uint)_func->FuncIndex);
        var reader = new WasmReader(body.Of(_module.Bytes.Span), body.Offset);
        _bodyOffset = body.Offset;
        DeclareLocals(ref reader);
        if (!_isSupported)
        {
            return false;
        }

        DeclareMemory();
        _translator.BeginSingles(_func);
        LocalBuilder site = _il.DeclareLocal(typeof(int));
        LocalBuilder status = _il.DeclareLocal(typeof(int));
        _status = status;
        Label osrEntry = _il.DefineLabel();
        if (_osrOffset == HotLoop.None)
        {
            EmitEntry();
        }
        else
        {
            _il.Branch(OpCodes.Br, osrEntry);
        }

        _isReachable = true;
        _blocks.Add(new Block { Kind = BlockKind.Function, Results = _results, BaseSlot = _top });
        while (_blocks.Count != 0)
        {
            InstructionReader.Read(ref reader, out Instruction instruction);
            _offset = instruction.Offset;
            if (_isReachable)
            {
                Emit(ref instruction);
            }
            else
            {
                Skip(ref instruction);
            }

            if (!_isSupported || !_il.IsWithinLimits || (_hasRotations && _comparesWithZero))
            {
                return false;
            }
        }

        if (_osrOffset != HotLoop.None)
        {
            if (_osrStack == null)
            {
                return false;
            }

            _il.MarkLabel(osrEntry);
            EmitOsrEntry();
        }

        EmitSites(site, status);
        return _il.IsWithinLimits;
    }

    private void DeclareLocals(ref WasmReader reader)
    {
        List<SlotType> types = [.. SlotTypes.Of(_type.Parameters)];
        int groups = reader.ReadCount();
        for (int i = 0; i < groups; i++)
        {
            uint count = reader.ReadU32();
            SlotType type = SlotTypes.Of(TypeReader.ReadValType(ref reader));
            if (count > 1000)
            {
                _isSupported = false;
                return;
            }

            for (uint n = 0; n < count; n++)
            {
                types.Add(type);
            }
        }

        _localTypes = [.. types];
        _locals = new LocalBuilder[types.Count];
        _localSlots = new int[types.Count];
        _readers = new int[types.Count];
        _checkedEnds = new ulong[types.Count];
        _checkedAt = new int[types.Count];
        int slot = 0;
        for (int i = 0; i < _locals.Length; i++)
        {
            _locals[i] = _il.DeclareLocal(SlotTypes.ClrType(types[i]));
            _localSlots[i] = slot;
            slot += SlotTypes.SlotCount(types[i]);
        }

        _top = slot + FrameHeader.SavedSlots;
    }

    private void EmitEntry()
    {
        // The frame must fit, as in the interpreter, and an interrupt makes none fit.
        Label beyondLimit = _il.DefineLabel();
        Label isDeep = _il.DefineLabel();
        Label start = _il.DefineLabel();
        SlotAddress((int)*(uint*)_func->Translated);
        LoadContext(ContextOffsets.SlotLimit);
        _il.Branch(OpCodes.Bgt_Un, beyondLimit);

        // The address of a local is how much of the native stack is used.
        _il.LoadAddress(_il.DeclareLocal(typeof(int)));
        _il.Emit(OpCodes.Conv_U);
        LoadContext(ContextOffsets.NativeLimit);
        _il.Branch(OpCodes.Blt_Un, isDeep);
        _il.Branch(OpCodes.Br, start);

        _il.MarkLabel(beyondLimit);
        _il.LoadArgument(ContextArgument);
        _il.Call(RuntimeMethods.LimitTrap);
        _il.Emit(OpCodes.Ret);

        _il.MarkLabel(isDeep);
        _il.LoadArgument(FrameArgument);
        _il.LoadArgument(ContextArgument);
        _il.Int64((long)_func);
        _il.Call(RuntimeMethods.Interpret);
        _il.Emit(OpCodes.Ret);

        _il.MarkLabel(start);
        for (int i = 0; i < _locals.Length; i++)
        {
            if (i < _type.Parameters.Length)
            {
                SlotAddress(_localSlots[i]);
                LoadSlotValue(_localTypes[i]);
            }
            else
            {
                EmitConst(new Node { Kind = NodeKind.Const, Type = _localTypes[i] });
            }

            _il.Store(_locals[i]);
        }

        LoadMemory();
    }

    private void EmitOsrEntry()
    {
        for (int i = 0; i < _locals.Length; i++)
        {
            SlotAddress(_localSlots[i]);
            LoadSlotValue(_localTypes[i]);
            _il.Store(_locals[i]);
        }

        foreach (Node entry in _osrStack!)
        {
            if (entry.Kind == NodeKind.Temp)
            {
                SlotAddress(entry.Slot);
                LoadSlotValue(entry.Type);
                _il.Store(entry.Temp!);
            }
        }

        LoadMemory();
        _il.Branch(OpCodes.Br, _osrLabel);
    }

    private void LoadContext(int offset)
    {
        _il.LoadArgument(ContextArgument);
        _il.AddOffset(offset);
        _il.Emit(OpCodes.Ldind_I8);
    }

    /// <summary>Where to branch, with an empty stack, when the current instruction traps.</summary>
    private Label TrapLabel(TrapKind kind) => SiteLabel(SiteKind.Trap, kind);

    private Label SiteLabel(SiteKind kind, TrapKind trap = TrapKind.None)
    {
        // Nobody asks where a guest was interrupted.
        long offset = trap == TrapKind.Interrupted ? _bodyOffset : _offset;
        for (int i = _sites.Count - 1; i >= 0 && (_sites[i].Offset == offset || trap == TrapKind.Interrupted); i--)
        {
            if (_sites[i].Kind == kind && _sites[i].Trap == trap && _sites[i].Offset == offset)
            {
                return _sites[i].Label;
            }
        }

        var site = new Site { Kind = kind, Trap = trap, Offset = offset, Label = _il.DefineLabel() };
        _sites.Add(site);
        return site.Label;
    }

    // Out of the way, at the end. A site is the kind of trap and how far into the body the instruction is.
    private void EmitSites(LocalBuilder site, LocalBuilder status)
    {
        Label[] ends = [_il.DefineLabel(), _il.DefineLabel(), _il.DefineLabel()];
        var isUsed = new bool[ends.Length];
        foreach (Site entry in _sites)
        {
            _il.MarkLabel(entry.Label);
            if (entry.HasAddress)
            {
                NoteAddress(entry);
            }

            if (entry.Kind == SiteKind.Trap)
            {
                _il.Int32((int)entry.Trap);
                _il.Store(status);
            }

            _il.Int32((int)(entry.Offset - _bodyOffset));
            _il.Store(site);
            _il.Branch(OpCodes.Br, ends[(int)entry.Kind]);
            isUsed[(int)entry.Kind] = true;
        }

        for (int i = 0; i < ends.Length; i++)
        {
            if (isUsed[i])
            {
                _il.MarkLabel(ends[i]);
                _il.LoadArgument(ContextArgument);
                _il.Int64((long)_func);
                _il.Load(site);
                _il.Load(status);
                _il.Call((SiteKind)i == SiteKind.Call ? RuntimeMethods.Unwind : RuntimeMethods.Raise);
                _il.Emit(OpCodes.Ret);
            }
        }
    }

    // What cannot be reached is not compiled: only the end of the block matters, or its else.
    private void Skip(ref Instruction instruction)
    {
        switch (instruction.Opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.Try or Opcode.TryTable:
                _blocks.Add(new Block { Kind = BlockKind.Dead });
                break;
            case Opcode.Else when _blocks[^1].Kind != BlockKind.Dead:
                EnterElse();
                break;
            case Opcode.End:
                Leave();
                break;
            case Opcode.Delegate:
                _isSupported = false;
                break;
        }
    }

    private void Emit(ref Instruction instruction)
    {
        switch (instruction.Opcode)
        {
            case Opcode.Unreachable:
                _il.Branch(OpCodes.Br, TrapLabel(TrapKind.Unreachable));
                _isReachable = false;
                break;
            case Opcode.Nop or Opcode.AtomicFence:
                break;
            case Opcode.Block:
                EnterBlock(instruction.BlockType);
                break;
            case Opcode.Loop:
                EnterLoop(instruction.BlockType, instruction.Offset);
                break;
            case Opcode.If:
                EnterIf(instruction.BlockType);
                break;
            case Opcode.Else:
                EnterElse();
                break;
            case Opcode.End:
                Leave();
                break;
            case Opcode.Br:
                Branch(instruction.Index);
                break;
            case Opcode.BrIf:
                BranchIf(instruction.Index);
                break;
            case Opcode.BrTable:
                BranchTable(ref instruction);
                break;
            case Opcode.Return:
                Branch((uint)_blocks.Count - 1);
                break;
            case Opcode.BrOnNull:
                BranchOnNull(instruction.Index);
                break;
            case Opcode.BrOnNonNull:
                BranchOnNonNull(instruction.Index);
                break;

            case Opcode.Call:
                Call(instruction.Index);
                break;
            case Opcode.CallIndirect:
                CallIndirect(instruction.Index, instruction.Index2);
                break;
            case Opcode.CallRef:
                CallRef(instruction.Index);
                break;

            case Opcode.Drop:
                Discard(Pop());
                break;
            case Opcode.Select or Opcode.SelectTyped:
                Select();
                break;
            case Opcode.LocalGet:
                LocalGet((int)instruction.Index);
                break;
            case Opcode.LocalSet:
                LocalSet((int)instruction.Index, isTee: false);
                break;
            case Opcode.LocalTee:
                LocalSet((int)instruction.Index, isTee: true);
                break;
            case Opcode.GlobalGet:
                GlobalGet(instruction.Index);
                break;
            case Opcode.GlobalSet:
                GlobalSet(instruction.Index);
                break;

            case Opcode.I32Const:
                PushConst(SlotType.I32, instruction.Value);
                break;
            case Opcode.I64Const:
                PushConst(SlotType.I64, instruction.Value);
                break;
            case Opcode.F32Const:
                PushConst(SlotType.F32, instruction.Value);
                break;
            case Opcode.F64Const:
                PushConst(SlotType.F64, instruction.Value);
                break;
            case Opcode.V128Const:
                PushConst(SlotType.V128, instruction.Value, instruction.ValueHigh);
                break;

            default:
                if (!TryNumeric(instruction.Opcode) && !TryAccess(ref instruction) && !TryVector(ref instruction)
                    && !TryReference(ref instruction))
                {
                    _isSupported &= TryHelper(ref instruction);
                }

                if (_canonicalizesNaNs)
                {
                    CanonicalizeResult(OpcodeTable.NanLanes(instruction.Opcode));
                }

                break;
        }
    }
}
