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
internal sealed unsafe partial class MethodCompiler : BodyWalker<MethodCompiler.JumpLabel>
{
    private const int MaxLocalCount = 4000;
    private const int FrameArgument = 0;
    private const int ContextArgument = 1;

    private readonly InterpreterHost _host;
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

    private MethodCompiler(InterpreterHost host, FuncData* func, long osrOffset)
    {
        _host = host;
        _osrOffset = osrOffset;
        _canonicalizesNaNs = host.CanonicalizesNaNs;
        _isRelaxedSimdDeterministic = host.IsRelaxedSimdDeterministic;
        Begin(func, host.ModuleOf(func->Instance));
        _results = SlotTypes.Of(Type.Results);
        _method = new DynamicMethod(
            $"wasm function {func->FuncIndex}", typeof(int), [typeof(nint), typeof(nint), typeof(nint)],
            typeof(MethodCompiler).Module, skipVisibility: true)
        {
            InitLocals = false,
        };
        _il = new CilWriter(_method.GetILGenerator());
        _temporaries = new TemporaryPool(_il);
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
    /// <param name="func">The function.</param>
    /// <param name="osrOffset">The module offset of the loop that it starts in, or <see cref="HotLoop.None"/>.</param>
    /// <returns>Null when the function is to stay interpreted.</returns>
    internal static CompiledMethod? TryEmit(InterpreterHost host, FuncData* func, long osrOffset)
    {
        if (func->HandlerCount != 0)
        {
            return null;
        }

        var compiler = new MethodCompiler(host, func, osrOffset);
        bool isDone = compiler.TryEmit();
        if (!isDone && compiler._hasRotations && compiler._comparesWithZero)
        {
            compiler._operations.Free();
            compiler = new MethodCompiler(host, func, osrOffset) { _mayCompareWithZero = false };
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
        if (!TryReadLocals(MaxLocalCount, out WasmReader reader))
        {
            return false;
        }

        DeclareLocals();
        DeclareMemory();
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

        if (!Walk(reader) || HasFailed)
        {
            return false;
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

    // RyuJIT would take a comparison with zero behind a rotation for something else; see MayBeRotation.
    private bool HasFailed => !_il.IsWithinLimits || (_hasRotations && _comparesWithZero);

    /// <inheritdoc/>
    protected override void Reached(in WasmReader reader)
    {
        if (HasFailed)
        {
            Decline();
        }
    }

    private void DeclareLocals()
    {
        _locals = new LocalBuilder[Locals.Count];
        _readers = new int[Locals.Count];
        _checkedEnds = new ulong[Locals.Count];
        _checkedAt = new int[Locals.Count];
        for (int i = 0; i < _locals.Length; i++)
        {
            _locals[i] = _il.DeclareLocal(SlotTypes.ClrType(Locals.TypeOf(i)));
        }

        _top = Locals.FirstOperandSlot;
    }

    private void EmitEntry()
    {
        // The frame must fit, as in the interpreter, and an interrupt makes none fit.
        Label beyondLimit = _il.DefineLabel();
        Label isDeep = _il.DefineLabel();
        Label start = _il.DefineLabel();
        SlotAddress((int)*(uint*)Func->Translated);
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
        _il.Int64((long)Func);
        _il.Call(RuntimeMethods.Interpret);
        _il.Emit(OpCodes.Ret);

        _il.MarkLabel(start);
        for (int i = 0; i < _locals.Length; i++)
        {
            if (i < Type.Parameters.Length)
            {
                SlotAddress(Locals.SlotOf(i));
                LoadSlotValue(Locals.TypeOf(i));
            }
            else
            {
                EmitConst(new Node { Kind = NodeKind.Const, Type = Locals.TypeOf(i) });
            }

            _il.Store(_locals[i]);
        }

        LoadMemory();
    }

    private void EmitOsrEntry()
    {
        for (int i = 0; i < _locals.Length; i++)
        {
            SlotAddress(Locals.SlotOf(i));
            LoadSlotValue(Locals.TypeOf(i));
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
        long offset = trap == TrapKind.Interrupted ? Body.Offset : Offset;
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

            _il.Int32((int)(entry.Offset - Body.Offset));
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
                _il.Int64((long)Func);
                _il.Load(site);
                _il.Load(status);
                _il.Call((SiteKind)i == SiteKind.Call ? RuntimeMethods.Unwind : RuntimeMethods.Raise);
                _il.Emit(OpCodes.Ret);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Plain(ref Instruction instruction)
    {
        switch (instruction.Opcode)
        {
            case Opcode.AtomicFence:
                break;
            case Opcode.Drop:
                Discard(Pop());
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
                    && !TryReference(ref instruction) && !TryHelper(ref instruction))
                {
                    Decline();
                    break;
                }

                if (_canonicalizesNaNs)
                {
                    CanonicalizeResult(OpcodeTable.NanLanes(instruction.Opcode));
                }

                break;
        }
    }
}
