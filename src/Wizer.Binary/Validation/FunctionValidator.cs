using System.Runtime.CompilerServices;

namespace Wizer.Binary;

/// <summary>
/// Checks function bodies, one after the other, with buffers that it keeps. Core 3.0, Appendix, Validation Algorithm: the
/// operand stack is in <c>.Stack</c>, the control stack in <c>.Control</c>, and the rule of every instruction in <c>.Step</c>
/// and <c>.References</c>.
/// </summary>
/// <remarks>
/// This file adds speed and nothing else. The loop in <see cref="Run"/> knows only the plain cases of the most frequent
/// instructions, where everything is as it should be; whenever something is not, it goes back to the start of the instruction
/// and lets <see cref="Step"/> decide. So every error and every unusual case has one place, and a test holds the two together.
/// </remarks>
internal sealed partial class FunctionValidator
{
    private readonly ValidationContext _context;
    private readonly ModuleInfo _module;
    private readonly TypeSpace _types;
    private readonly bool _recordsUses;

    // What whoever wants no uses looks into.
    private static readonly int[] s_noUses = new int[OpcodeTable.Size];

    // By opcode: the offset of the first instruction seen, 0 for none.
    private readonly int[] _firstUses;

    // By one-byte opcode: what the loop does for it, once it has been seen.
    private readonly byte[] _shapes = new byte[256];

    // Whether memory 0 is there and has 32-bit addresses, so that the loop may handle loads and stores.
    private readonly bool _hasPlainMemory;

    private ValType[] _operands = new ValType[32];
    private int _height;

    // The operands below are the enclosing blocks'.
    private int _floor;

    private ControlFrame[] _frames = new ControlFrame[8];
    private int _depth;

    // The module offset of the instruction, for errors.
    private long _at;

    /// <summary>Creates a validator.</summary>
    /// <param name="context">Complete, unless only constant expressions are checked.</param>
    /// <param name="recordsUses">Whether <see cref="FirstUses"/> is wanted.</param>
    internal FunctionValidator(ValidationContext context, bool recordsUses)
    {
        _context = context;
        _module = context.Module;
        _types = context.Types;
        _recordsUses = recordsUses;
        _firstUses = recordsUses ? new int[OpcodeTable.Size] : s_noUses;
        _hasPlainMemory = _module.Memories.Length != 0 && !_module.Memories[0].Type.Limits.Is64;
    }

    /// <summary>The offset of the first use of each opcode in the bodies checked so far, 0 for none.</summary>
    internal int[] FirstUses => _firstUses;

    /// <summary>One more than the highest index of a data segment in the bodies checked so far, 0 for none.</summary>
    internal uint NamedDataCount { get; private set; }

    /// <summary>The same of element segments.</summary>
    internal uint NamedElementCount { get; private set; }

    /// <summary>A bit for each function that <c>ref.func</c> refers to in the bodies checked so far; empty while there is none.</summary>
    internal ulong[] ReferencedFuncs { get; private set; } = ItemList<ulong>.Empty;

    /// <summary>Whether the end of the body or expression has been passed.</summary>
    internal bool IsDone => _depth == 0;

    /// <summary>
    /// Ends the work within a body, too. Only instructions that the loop leaves to <see cref="Step"/> look at it: it is these that
    /// can take long, with labels and blocks of a thousand values; of the others, a body holds no more than some ten milliseconds.
    /// </summary>
    internal CancellationToken Cancellation { get; init; }

    /// <summary>For tests: whether the loop leaves every instruction to <see cref="Step"/>.</summary>
    internal bool IsPlodding { get; init; }

    /// <summary>Prepares for a constant expression.</summary>
    internal void BeginConstExpr(ValType result)
    {
        BeginLocals(ItemList<ValType>.Empty);
        _height = 0;
        _depth = 0;
        PushFrame(FrameKind.Function, ControlFrame.NoType, result, height: 0);
    }

    /// <summary>Checks a body.</summary>
    /// <param name="funcIndex">In the function index space.</param>
    /// <param name="body">Local declarations and instructions.</param>
    internal void Validate(uint funcIndex, ByteRange body)
    {
        uint typeIndex = _module.FuncTypeIndices[funcIndex];
        if (body.Length > WasmLimits.MaxFunctionSize)
        {
            Throw.Invalid($"function body too large: {body.Length} bytes, at most {WasmLimits.MaxFunctionSize} are supported", body.Offset);
        }

        BeginLocals(_context.Funcs[funcIndex].ParameterArray);
        var reader = new WasmReader(body.Of(_module.Bytes.Span), body.Offset);
        ReadLocals(ref reader);
        _height = 0;
        _depth = 0;
        PushFrame(FrameKind.Function, (int)typeIndex, ValType.Bottom, height: 0);
        int end = IsPlodding ? Plod(reader.Bytes, reader.Position, body.Offset) : Run(reader.Bytes, reader.Position, body.Offset);
        if (end != body.Length)
        {
            // The scripts take what follows for more of the body, of which the end is missing.
            Throw.Malformed("END opcode expected: instructions after the end of the function", body.Offset + end);
        }
    }

    // The loop without its speed.
    private int Plod(ReadOnlySpan<byte> body, int position, int baseOffset)
    {
        while (!IsDone)
        {
            position = StepAt(body, position, baseOffset);
        }

        return position;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int StepAt(ReadOnlySpan<byte> body, int position, int baseOffset)
    {
        if (position >= body.Length)
        {
            BodyHasNoEnd(baseOffset + body.Length);
        }

        var reader = new WasmReader(body, baseOffset) { Position = position };
        InstructionReader.Read(ref reader, out Instruction instruction);
        Step(ref instruction);
        return reader.Position;
    }

    // The scripts read on into what follows the body: what they say depends on whether that looks like its end.
    private void BodyHasNoEnd(int offset)
    {
        ReadOnlySpan<byte> rest = _module.Bytes.Span[offset..];
        Throw.Malformed(
            rest.IsEmpty ? "unexpected end of section or function"
            : rest[0] == (byte)Opcode.End ? "section size mismatch: the last function has no end"
            : "END opcode expected",
            offset);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NoteFirstUse(Opcode opcode, long offset)
    {
        FeatureGate.Check(opcode, _context.Features, offset);
        if (_recordsUses)
        {
            _firstUses[(int)opcode] = (int)offset;
            if ((uint)opcode < (uint)_shapes.Length && (_hasPlainMemory || OpcodeTable.Immediates(opcode) != ImmediateKind.MemArg))
            {
                _shapes[(int)opcode] = s_shapes[(int)opcode];
            }
        }
    }
}
