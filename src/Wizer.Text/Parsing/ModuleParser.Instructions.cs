using Wizer.Binary;

namespace Wizer.Text;

/// <summary>
/// Instruction sequences, flat and folded. Open blocks and folded instructions stand on an explicit stack, and the bytes of a
/// folded instruction, which must follow those of its operands, wait in a buffer of their own.
/// Core 3.0, Text Format: Instructions.
/// </summary>
internal ref partial struct ModuleParser
{
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
        FrameKind Kind, Opcode Opcode, int Label = Identifiers.NoSymbol, int Start = 0, int Length = 0, BranchHints.Hint Hint = BranchHints.Hint.None, int Name = Identifiers.NoSymbol);

    private void EncodeBody(WasmWriter code, uint funcIndex, int bodyStart)
    {
        _labels.Begin(funcIndex);
        _hints.Begin(funcIndex, bodyStart);
        EncodeInstructions(code);
        code.WriteByte((byte)Opcode.End);
        _hints.End();
        _labels.End();
    }

    private void EncodeConstExpr(WasmWriter output)
    {
        EncodeInstructions(output);
        output.WriteByte((byte)Opcode.End);
    }

    private void EncodeFoldedConstExpr(WasmWriter output)
    {
        if (_cursor.Kind != TokenKind.LeftParen)
        {
            _cursor.Unexpected();
        }

        EncodeInstructions(output, onlyOneFolded: true);
        output.WriteByte((byte)Opcode.End);
    }

    /// <summary>Encodes instructions up to the parenthesis that closes the group around them, which stays.</summary>
    private void EncodeInstructions(WasmWriter output, bool onlyOneFolded = false)
    {
        do
        {
            switch (_cursor.Kind)
            {
                case TokenKind.LeftParen:
                    OpenFolded(output);
                    break;
                case TokenKind.RightParen when _frames.Count == 0:
                    return;
                case TokenKind.RightParen:
                    CloseFolded(output);
                    break;
                case TokenKind.Keyword when _frames.Count == 0 || _frames[^1].Kind is FrameKind.Flat or FrameKind.Block or FrameKind.Arm:
                    EncodeFlat(output);
                    break;
                default:
                    _cursor.Unexpected();
                    break;
            }
        }
        while (!onlyOneFolded || _frames.Count != 0);
    }

    private void OpenFolded(WasmWriter output)
    {
        BranchHints.Hint hint = _hints.Take(ref _cursor);
        _cursor.Take();
        FrameKind around = _frames.Count == 0 ? FrameKind.Arm : _frames[^1].Kind;
        if (around is FrameKind.IfCondition && _cursor.AtKeyword("then"u8))
        {
            OpenThen(output);
            return;
        }

        if (around is FrameKind.IfThen or FrameKind.IfElse or FrameKind.Try or FrameKind.TryDone or FrameKind.TryDelegated)
        {
            OpenArm(output, around);
            return;
        }

        Token keyword = _cursor.Current;
        Opcode opcode = TakeOpcode();
        switch (opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.TryTable:
                int label = _labels.Take(ref _cursor, out int name);
                _hints.Apply(hint, output);
                _immediates.EncodeBlockHead(ref _cursor, output, opcode);
                Push(new Frame(FrameKind.Block, opcode, label, Name: name));
                break;

            case Opcode.Try:
                label = _labels.Take(ref _cursor, out name);
                _hints.Apply(hint, output);
                _immediates.EncodeBlockHead(ref _cursor, output, opcode);
                Push(new Frame(FrameKind.Try, opcode, label, Name: name));
                break;

            case Opcode.If:
                // The condition does not see the label, and comes before the opcode.
                label = _labels.Take(ref _cursor, out name);
                int start = _operators.Length;
                _immediates.EncodeBlockHead(ref _cursor, new WasmWriter(_operators), opcode);
                _frames.Add(new Frame(FrameKind.IfCondition, opcode, label, start, _operators.Length - start, hint, name));
                _pendingOperators++;
                break;

            case Opcode.Else or Opcode.End or Opcode.Catch or Opcode.CatchAll or Opcode.Delegate:
                _cursor.Unexpected(keyword);
                break;

            default:
                start = _operators.Length;
                _immediates.EncodePlain(ref _cursor, new WasmWriter(_operators), opcode);
                _frames.Add(new Frame(FrameKind.Operator, opcode, Identifiers.NoSymbol, start, _operators.Length - start, hint));
                _pendingOperators++;
                break;
        }
    }

    private void OpenThen(WasmWriter output)
    {
        _cursor.Take();
        Frame frame = Pop();
        WriteOperator(output, frame);
        Push(frame with { Kind = FrameKind.IfThen });
        _frames.Add(new Frame(FrameKind.Arm, Opcode.If));
    }

    private void OpenArm(WasmWriter output, FrameKind around)
    {
        Frame frame = _frames[^1];
        if (around == FrameKind.IfThen && _cursor.TryTakeKeyword("else"u8))
        {
            _frames[^1] = frame with { Kind = FrameKind.IfElse };
            output.WriteByte((byte)Opcode.Else);
        }
        else if (around == FrameKind.Try && _cursor.TryTakeKeyword("do"u8))
        {
            _frames[^1] = frame with { Kind = FrameKind.TryDone };
        }
        else if (around == FrameKind.TryDone && frame.Opcode != Opcode.CatchAll && _cursor.TryTakeKeyword("catch"u8))
        {
            _frames[^1] = frame with { Opcode = Opcode.Catch };
            output.WriteByte((byte)Opcode.Catch);
            output.WriteU32(_identifiers.TakeIndex(ref _cursor, _names.Tags));
        }
        else if (around == FrameKind.TryDone && frame.Opcode != Opcode.CatchAll && _cursor.TryTakeKeyword("catch_all"u8))
        {
            _frames[^1] = frame with { Opcode = Opcode.CatchAll };
            output.WriteByte((byte)Opcode.CatchAll);
        }
        else if (around == FrameKind.TryDone && frame.Opcode == Opcode.Try && _cursor.TryTakeKeyword("delegate"u8))
        {
            // The label is looked up outside the block.
            _labels.Pop();
            EncodeDelegate(output);
            _frames[^1] = frame with { Kind = FrameKind.TryDelegated };
        }
        else
        {
            _cursor.Unexpected();
        }

        _frames.Add(new Frame(FrameKind.Arm, frame.Opcode));
    }

    private void CloseFolded(WasmWriter output)
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
                _labels.Pop();
                output.WriteByte((byte)Opcode.End);
                break;
            case FrameKind.TryDelegated:
                Pop();
                break;
            default:
                // A flat block without its end, an if without then, a try without do.
                _cursor.Unexpected();
                break;
        }

        _cursor.Take();
    }

    private void EncodeFlat(WasmWriter output)
    {
        BranchHints.Hint hint = _hints.Take(ref _cursor);
        Token keyword = _cursor.Current;
        Opcode opcode = TakeOpcode();
        _hints.Apply(hint, output);
        switch (opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.TryTable or Opcode.Try:
                int label = _labels.Take(ref _cursor, out int name);
                _immediates.EncodeBlockHead(ref _cursor, output, opcode);
                Push(new Frame(FrameKind.Flat, opcode, label, Name: name));
                break;

            case Opcode.End:
                CheckFlat(keyword, isAllowed: true);
                Pop();
                _labels.Pop();
                output.WriteByte((byte)Opcode.End);
                break;

            case Opcode.Else:
                Continue(keyword, opcode, isAllowed: AtFlat(Opcode.If));
                output.WriteByte((byte)opcode);
                break;

            case Opcode.Catch:
                Continue(keyword, opcode, isAllowed: AtFlat(Opcode.Try) || AtFlat(Opcode.Catch), mayHaveLabel: false);
                output.WriteByte((byte)opcode);
                output.WriteU32(_identifiers.TakeIndex(ref _cursor, _names.Tags));
                break;

            case Opcode.CatchAll:
                Continue(keyword, opcode, isAllowed: AtFlat(Opcode.Try) || AtFlat(Opcode.Catch), mayHaveLabel: false);
                output.WriteByte((byte)opcode);
                break;

            case Opcode.Delegate:
                CheckFlat(keyword, isAllowed: AtFlat(Opcode.Try), mayHaveLabel: false);
                Pop();
                _labels.Pop();
                EncodeDelegate(output);
                break;

            default:
                _immediates.EncodePlain(ref _cursor, output, opcode);
                break;
        }
    }

    private void EncodeDelegate(WasmWriter output)
    {
        output.WriteByte((byte)Opcode.Delegate);
        output.WriteU32(_labels.TakeIndex(ref _cursor));
    }

    private readonly bool AtFlat(Opcode opcode) =>
        _frames.Count != 0 && _frames[^1].Kind == FrameKind.Flat && _frames[^1].Opcode == opcode;

    private void Continue(Token keyword, Opcode opcode, bool isAllowed, bool mayHaveLabel = true)
    {
        CheckFlat(keyword, isAllowed, mayHaveLabel);
        _frames[^1] = _frames[^1] with { Opcode = opcode };
    }

    /// <summary>Checks that a flat block is open and that the label repeated behind <c>end</c> or <c>else</c>, if any, is its own.</summary>
    private void CheckFlat(Token keyword, bool isAllowed, bool mayHaveLabel = true)
    {
        if (!isAllowed || _frames.Count == 0 || _frames[^1].Kind != FrameKind.Flat)
        {
            _cursor.Unexpected(keyword);
        }

        if (mayHaveLabel && _cursor.TryTake(TokenKind.Id, out Token id) && _identifiers.Symbol(ref _cursor, id) != _frames[^1].Label)
        {
            _cursor.Fail($"mismatching label {TokenCursor.Quote(id.Of(_cursor.Source))}", id);
        }
    }

    /// <summary>Opens a frame, whose opcode has just been written and whose label the instructions inside see.</summary>
    private void Push(Frame frame)
    {
        _labels.Push(frame.Label, frame.Name);
        _frames.Add(frame);
    }

    private readonly Frame Pop()
    {
        Frame frame = _frames[^1];
        _frames.RemoveAt(_frames.Count - 1);
        return frame;
    }

    private void WriteOperator(WasmWriter output, Frame frame)
    {
        _hints.Apply(frame.Hint, output);
        output.WriteBytes(_operators.WrittenSpan.Slice(frame.Start, frame.Length));
        if (--_pendingOperators == 0)
        {
            _operators.Clear();
        }
    }

    private Opcode TakeOpcode()
    {
        if (_cursor.Kind != TokenKind.Keyword || !OpcodeTable.TryParse(_cursor.Text, out Opcode opcode))
        {
            _cursor.Unexpected();
            return default;
        }

        _cursor.Take();
        return opcode;
    }
}
