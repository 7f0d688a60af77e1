using Wizer.Binary;

namespace Wizer.Text;

/// <summary>
/// Encodes sequences of instructions, flat and folded. Open blocks and folded instructions stand on an explicit stack, and the bytes of
/// a folded instruction, which must follow those of its operands, wait in a buffer of their own.
/// Core 3.0, Text Format: Instructions.
/// </summary>
/// <param name="identifiers">Finds what is named.</param>
/// <param name="immediates">Encodes each instruction.</param>
/// <param name="labels">Learns of blocks.</param>
/// <param name="hints">Learn where the instructions are that they are for.</param>
/// <param name="names">All index spaces.</param>
internal sealed class InstructionEncoder(
    Identifiers identifiers, ImmediateEncoder immediates, LabelScope labels, BranchHints hints, ModuleNames names) : IDisposable
{
    // Open blocks and folded instructions, innermost last.
    private readonly List<Frame> _frames = [];

    // Folded instructions whose operands are not complete; emptied whenever none is left.
    private readonly PooledBuffer _operators = new();
    private int _pendingOperators;

    private enum FrameKind : byte
    {
        /// <summary><c>block … end</c>, also loop, if, try and try_table.</summary>
        Flat,

        /// <summary>A folded instruction that is no block.</summary>
        Operator,

        /// <summary><c>(block …)</c>, also loop and try_table.</summary>
        Block,

        /// <summary><c>(if …)</c> before <c>(then</c>.</summary>
        IfCondition,

        /// <summary><c>(if … (then …)</c>.</summary>
        IfThen,

        /// <summary><c>(if … (then …) (else …)</c>.</summary>
        IfElse,

        /// <summary><c>(try …</c> before <c>(do</c>.</summary>
        Try,

        /// <summary><c>(try (do …) …</c>.</summary>
        TryDone,

        /// <summary><c>(try … (delegate l)</c>, which ends the block itself.</summary>
        TryDelegated,

        /// <summary>The inside of then, else, do, catch and catch_all.</summary>
        Arm,
    }

    /// <param name="Kind">What is open.</param>
    /// <param name="Opcode">The latest opcode of the construct: <c>else</c> once that has been seen.</param>
    /// <param name="Label">The symbol of a block's label.</param>
    /// <param name="Start">Where the waiting bytes start.</param>
    /// <param name="Length">How many bytes wait.</param>
    /// <param name="Hint">The hint for the instruction that waits.</param>
    /// <param name="Name">What the <c>name</c> section calls a block, which its label is not always.</param>
    private readonly record struct Frame(
        FrameKind Kind,
        Opcode Opcode,
        int Label = Identifiers.NoSymbol,
        int Start = 0,
        int Length = 0,
        BranchHints.Hint Hint = BranchHints.Hint.None,
        int Name = Identifiers.NoSymbol);

    internal void EncodeBody(ref TokenCursor cursor, WasmWriter code, uint funcIndex, int bodyStart)
    {
        labels.Begin(funcIndex);
        hints.Begin(funcIndex, bodyStart);
        EncodeInstructions(ref cursor, code);
        code.WriteByte((byte)Opcode.End);
        hints.End();
        labels.End();
    }

    internal void EncodeConstExpr(ref TokenCursor cursor, WasmWriter output)
    {
        EncodeInstructions(ref cursor, output);
        output.WriteByte((byte)Opcode.End);
    }

    internal void EncodeFoldedConstExpr(ref TokenCursor cursor, WasmWriter output)
    {
        if (cursor.Kind != TokenKind.LeftParen)
        {
            cursor.Unexpected();
        }

        EncodeInstructions(ref cursor, output, onlyOneFolded: true);
        output.WriteByte((byte)Opcode.End);
    }

    /// <summary>Encodes instructions up to the parenthesis that closes the group around them, which stays.</summary>
    private void EncodeInstructions(ref TokenCursor cursor, WasmWriter output, bool onlyOneFolded = false)
    {
        do
        {
            switch (cursor.Kind)
            {
                case TokenKind.LeftParen:
                    OpenFolded(ref cursor, output);
                    break;
                case TokenKind.RightParen when _frames.Count == 0:
                    return;
                case TokenKind.RightParen:
                    CloseFolded(ref cursor, output);
                    break;
                case TokenKind.Keyword when _frames.Count == 0 || _frames[^1].Kind is FrameKind.Flat or FrameKind.Block or FrameKind.Arm:
                    EncodeFlat(ref cursor, output);
                    break;
                default:
                    cursor.Unexpected();
                    break;
            }
        }
        while (!onlyOneFolded || _frames.Count != 0);
    }

    private void OpenFolded(ref TokenCursor cursor, WasmWriter output)
    {
        BranchHints.Hint hint = hints.Take(ref cursor);
        cursor.Take();
        FrameKind around = _frames.Count == 0 ? FrameKind.Arm : _frames[^1].Kind;
        if (around is FrameKind.IfCondition && cursor.AtKeyword("then"u8))
        {
            OpenThen(ref cursor, output);
            return;
        }

        if (around is FrameKind.IfThen or FrameKind.IfElse or FrameKind.Try or FrameKind.TryDone or FrameKind.TryDelegated)
        {
            OpenArm(ref cursor, output, around);
            return;
        }

        Token keyword = cursor.Current;
        Opcode opcode = TakeOpcode(ref cursor);
        switch (opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.TryTable or Opcode.Try:
                int label = labels.Take(ref cursor, out int name);
                hints.Apply(hint, output);
                immediates.EncodeBlockHead(ref cursor, output, opcode);
                Push(new Frame(opcode == Opcode.Try ? FrameKind.Try : FrameKind.Block, opcode, label, Name: name));
                break;

            case Opcode.If:
                // The condition does not see the label, and comes before the opcode.
                label = labels.Take(ref cursor, out name);
                int start = _operators.Length;
                immediates.EncodeBlockHead(ref cursor, new WasmWriter(_operators), opcode);
                _frames.Add(new Frame(FrameKind.IfCondition, opcode, label, start, _operators.Length - start, hint, name));
                _pendingOperators++;
                break;

            case Opcode.Else or Opcode.End or Opcode.Catch or Opcode.CatchAll or Opcode.Delegate:
                cursor.Unexpected(keyword);
                break;

            default:
                start = _operators.Length;
                immediates.EncodePlain(ref cursor, new WasmWriter(_operators), opcode);
                _frames.Add(new Frame(FrameKind.Operator, opcode, Identifiers.NoSymbol, start, _operators.Length - start, hint));
                _pendingOperators++;
                break;
        }
    }

    private void OpenThen(ref TokenCursor cursor, WasmWriter output)
    {
        cursor.Take();
        Frame frame = Pop();
        WriteOperator(output, frame);
        Push(frame with { Kind = FrameKind.IfThen });
        _frames.Add(new Frame(FrameKind.Arm, Opcode.If));
    }

    private void OpenArm(ref TokenCursor cursor, WasmWriter output, FrameKind around)
    {
        Frame frame = _frames[^1];
        if (around == FrameKind.IfThen && cursor.TryTakeKeyword("else"u8))
        {
            _frames[^1] = frame with { Kind = FrameKind.IfElse };
            output.WriteByte((byte)Opcode.Else);
        }
        else if (around == FrameKind.Try && cursor.TryTakeKeyword("do"u8))
        {
            _frames[^1] = frame with { Kind = FrameKind.TryDone };
        }
        else if (around == FrameKind.TryDone && frame.Opcode != Opcode.CatchAll && cursor.TryTakeKeyword("catch"u8))
        {
            _frames[^1] = frame with { Opcode = Opcode.Catch };
            output.WriteByte((byte)Opcode.Catch);
            output.WriteU32(identifiers.TakeIndex(ref cursor, names.Tags));
        }
        else if (around == FrameKind.TryDone && frame.Opcode != Opcode.CatchAll && cursor.TryTakeKeyword("catch_all"u8))
        {
            _frames[^1] = frame with { Opcode = Opcode.CatchAll };
            output.WriteByte((byte)Opcode.CatchAll);
        }
        else if (around == FrameKind.TryDone && frame.Opcode == Opcode.Try && cursor.TryTakeKeyword("delegate"u8))
        {
            // The label is looked up outside the block.
            labels.Pop();
            EncodeDelegate(ref cursor, output);
            _frames[^1] = frame with { Kind = FrameKind.TryDelegated };
        }
        else
        {
            cursor.Unexpected();
        }

        _frames.Add(new Frame(FrameKind.Arm, frame.Opcode));
    }

    private void CloseFolded(ref TokenCursor cursor, WasmWriter output)
    {
        Frame frame = _frames[^1];
        switch (frame.Kind)
        {
            case FrameKind.Arm:
                Pop();
                break;
            case FrameKind.Operator:
                Pop();
                WriteOperator(output, frame);
                break;
            case FrameKind.Block or FrameKind.IfThen or FrameKind.IfElse or FrameKind.TryDone:
                Pop();
                labels.Pop();
                output.WriteByte((byte)Opcode.End);
                break;
            case FrameKind.TryDelegated:
                Pop();
                break;
            default:
                // A flat block without its end, an if without then, a try without do.
                cursor.Unexpected();
                break;
        }

        cursor.Take();
    }

    private void EncodeFlat(ref TokenCursor cursor, WasmWriter output)
    {
        BranchHints.Hint hint = hints.Take(ref cursor);
        Token keyword = cursor.Current;
        Opcode opcode = TakeOpcode(ref cursor);
        hints.Apply(hint, output);
        switch (opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.TryTable or Opcode.Try:
                int label = labels.Take(ref cursor, out int name);
                immediates.EncodeBlockHead(ref cursor, output, opcode);
                Push(new Frame(FrameKind.Flat, opcode, label, Name: name));
                break;

            case Opcode.End:
                CheckFlat(ref cursor, keyword, isAllowed: true);
                Pop();
                labels.Pop();
                output.WriteByte((byte)Opcode.End);
                break;

            case Opcode.Else:
                Continue(ref cursor, keyword, opcode, isAllowed: AtFlat(Opcode.If));
                output.WriteByte((byte)opcode);
                break;

            case Opcode.Catch:
                Continue(ref cursor, keyword, opcode, isAllowed: AtFlat(Opcode.Try) || AtFlat(Opcode.Catch), mayHaveLabel: false);
                output.WriteByte((byte)opcode);
                output.WriteU32(identifiers.TakeIndex(ref cursor, names.Tags));
                break;

            case Opcode.CatchAll:
                Continue(ref cursor, keyword, opcode, isAllowed: AtFlat(Opcode.Try) || AtFlat(Opcode.Catch), mayHaveLabel: false);
                output.WriteByte((byte)opcode);
                break;

            case Opcode.Delegate:
                CheckFlat(ref cursor, keyword, isAllowed: AtFlat(Opcode.Try), mayHaveLabel: false);
                Pop();
                labels.Pop();
                EncodeDelegate(ref cursor, output);
                break;

            default:
                immediates.EncodePlain(ref cursor, output, opcode);
                break;
        }
    }

    private void EncodeDelegate(ref TokenCursor cursor, WasmWriter output)
    {
        output.WriteByte((byte)Opcode.Delegate);
        output.WriteU32(labels.TakeIndex(ref cursor));
    }

    private bool AtFlat(Opcode opcode) =>
        _frames.Count != 0 && _frames[^1].Kind == FrameKind.Flat && _frames[^1].Opcode == opcode;

    private void Continue(ref TokenCursor cursor, Token keyword, Opcode opcode, bool isAllowed, bool mayHaveLabel = true)
    {
        CheckFlat(ref cursor, keyword, isAllowed, mayHaveLabel);
        _frames[^1] = _frames[^1] with { Opcode = opcode };
    }

    /// <summary>
    /// Checks that a flat block is open and that the label repeated behind <c>end</c> or <c>else</c>, if any, is its own.
    /// </summary>
    private void CheckFlat(ref TokenCursor cursor, Token keyword, bool isAllowed, bool mayHaveLabel = true)
    {
        if (!isAllowed || _frames.Count == 0 || _frames[^1].Kind != FrameKind.Flat)
        {
            cursor.Unexpected(keyword);
        }

        if (mayHaveLabel && cursor.TryTake(TokenKind.Id, out Token id) && identifiers.Symbol(ref cursor, id) != _frames[^1].Label)
        {
            cursor.Fail($"mismatching label {TokenCursor.Quote(id.Of(cursor.Source))}", id);
        }
    }

    /// <summary>Opens a frame, whose opcode has just been written and whose label the instructions inside see.</summary>
    private void Push(Frame frame)
    {
        labels.Push(frame.Label, frame.Name);
        _frames.Add(frame);
    }

    private Frame Pop()
    {
        Frame frame = _frames[^1];
        _frames.RemoveAt(_frames.Count - 1);
        return frame;
    }

    private void WriteOperator(WasmWriter output, Frame frame)
    {
        hints.Apply(frame.Hint, output);
        output.WriteBytes(_operators.WrittenSpan.Slice(frame.Start, frame.Length));
        if (--_pendingOperators == 0)
        {
            _operators.Clear();
        }
    }

    private Opcode TakeOpcode(ref TokenCursor cursor)
    {
        if (cursor.Kind != TokenKind.Keyword || !OpcodeTable.TryParse(cursor.Text, out Opcode opcode))
        {
            cursor.Unexpected();
            return default;
        }

        cursor.Take();
        return opcode;
    }

    /// <inheritdoc/>
    public void Dispose() => _operators.Dispose();
}
