namespace Wizer.Binary;

/// <summary>The control stack and the instructions that use it. Core 3.0, Validation: Control Instructions.</summary>
internal sealed partial class FunctionValidator
{
    private bool IsUnreachable => _frames[_depth - 1].IsUnreachable;

    private ReadOnlySpan<ValType> ParametersOf(in ControlFrame frame) =>
        frame.TypeIndex >= 0 ? _context.FuncTypes[frame.TypeIndex]!.Parameters : [];

    private ReadOnlySpan<ValType> ResultsOf(in ControlFrame frame)
    {
        if (frame.TypeIndex >= 0)
        {
            return _context.FuncTypes[frame.TypeIndex]!.Results;
        }

        return frame.Result.IsBottom ? [] : new ReadOnlySpan<ValType>(in frame.Result);
    }

    private ReadOnlySpan<ValType> LabelTypesOf(in ControlFrame frame) =>
        frame.Kind == FrameKind.Loop ? ParametersOf(frame) : ResultsOf(frame);

    private ref ControlFrame FrameAt(uint labelIndex)
    {
        if (labelIndex >= (uint)_depth)
        {
            Throw.Invalid($"unknown label {labelIndex}: there are {_depth}", _at);
        }

        return ref _frames[_depth - 1 - (int)labelIndex];
    }

    private ReadOnlySpan<ValType> LabelTypes(uint labelIndex) => LabelTypesOf(FrameAt(labelIndex));

    /// <summary>Enters a block: its parameters, which are on the stack, become its own.</summary>
    private void PushFrame(FrameKind kind, BlockType type)
    {
        CheckBlockType(type);
        int typeIndex = ControlFrame.NoType;
        int height = _height;
        if (type.IsTypeIndex)
        {
            FuncType func = _context.FuncTypes[type.TypeIndex]!;
            typeIndex = (int)type.TypeIndex;
            Pop(func.Parameters);
            height = _height;
            Push(func.Parameters);
        }

        PushFrame(kind, typeIndex, type.Result, height);
    }

    private void PushFrame(FrameKind kind, int typeIndex, ValType result, int height)
    {
        if (_depth == _frames.Length)
        {
            Array.Resize(ref _frames, _depth * 2);
        }

        ref ControlFrame frame = ref _frames[_depth++];
        frame.TypeIndex = typeIndex;
        frame.Result = result;
        frame.Height = height;
        frame.SetLocalCount = _setLocalCount;
        frame.Kind = kind;
        frame.IsUnreachable = false;
        _floor = height;
    }

    /// <summary>Checks that exactly the results are left, and takes them off the stack with the frame.</summary>
    private ControlFrame PopFrame()
    {
        ControlFrame frame = _frames[_depth - 1];
        ReadOnlySpan<ValType> results = ResultsOf(_frames[_depth - 1]);
        Pop(results);
        if (_height != frame.Height)
        {
            Invalid.Operands("block", results, _operands.AsSpan(frame.Height, _height - frame.Height), _at);
        }

        ForgetLocals(frame.SetLocalCount);
        _depth--;
        _floor = _depth == 0 ? 0 : _frames[_depth - 1].Height;
        return frame;
    }

    private void SetUnreachable()
    {
        _height = _floor;
        _frames[_depth - 1].IsUnreachable = true;
    }

    private void CheckBlockType(BlockType type)
    {
        if (!type.IsTypeIndex)
        {
            _context.CheckType(type.Result, _at);
            return;
        }

        _context.FuncTypeAt(type.TypeIndex, _at);
        if (!_context.IsEnabled(WasmFeatures.MultiValue))
        {
            FeatureGate.NotEnabled("multi-value", _at);
        }
    }

    private void StepElse()
    {
        if (_frames[_depth - 1].Kind != FrameKind.If)
        {
            Throw.Malformed("END opcode expected: else outside of an if", _at);
        }

        ControlFrame frame = PopFrame();
        PushFrame(FrameKind.Else, frame.TypeIndex, frame.Result, frame.Height);
        Push(ParametersOf(frame));
    }

    private void StepEnd()
    {
        ControlFrame frame = PopFrame();
        ReadOnlySpan<ValType> results = ResultsOf(frame);
        if (frame.Kind == FrameKind.If)
        {
            // Without an else the parameters are the results of the other way through.
            ReadOnlySpan<ValType> parameters = ParametersOf(frame);
            if (!_types.IsSubtype(parameters, results))
            {
                Invalid.Operands("if without else", results, parameters, _at);
            }
        }

        Push(results);
    }

    private void StepBrIf(uint labelIndex)
    {
        Pop(ValType.I32);
        ReadOnlySpan<ValType> types = LabelTypes(labelIndex);
        Pop(types);
        Push(types);
    }

    private void StepBrTable(in Instruction instruction)
    {
        Pop(ValType.I32);
        ref ControlFrame last = ref FrameAt(instruction.Index2);
        int arity = LabelTypesOf(last).Length;
        CheckTop(LabelTypesOf(last));
        foreach (uint labelIndex in instruction.Labels)
        {
            // Tables repeat their targets: a label of the type just checked needs no second look, so this stays linear.
            ref ControlFrame frame = ref FrameAt(labelIndex);
            if (frame.TypeIndex == last.TypeIndex && frame.Result == last.Result && (frame.Kind == FrameKind.Loop) == (last.Kind == FrameKind.Loop))
            {
                continue;
            }

            ReadOnlySpan<ValType> types = LabelTypesOf(frame);
            if (types.Length != arity)
            {
                Throw.Invalid($"type mismatch: label {labelIndex} takes {types.Length} operands, the default label {arity}", _at);
            }

            CheckTop(types);
            last = ref frame;
        }

        SetUnreachable();
    }

    private void StepReturn()
    {
        Pop(ResultsOf(_frames[0]));
        SetUnreachable();
    }

    private void StepCall(FuncType type)
    {
        Pop(type.Parameters);
        Push(type.Results);
    }

    private void StepReturnCall(FuncType type)
    {
        ReadOnlySpan<ValType> results = ResultsOf(_frames[0]);
        if (!_types.IsSubtype(type.Results, results))
        {
            Invalid.Operands("tail call", results, type.Results, _at);
        }

        Pop(type.Parameters);
        SetUnreachable();
    }

    private FuncType CalleeOf(uint funcIndex)
    {
        FuncType[] funcs = _context.Funcs;
        if (funcIndex >= (uint)funcs.Length)
        {
            Invalid.Unknown("function", funcIndex, funcs.Length, _at);
        }

        return funcs[funcIndex];
    }

    /// <summary>Pops the index into the table of an indirect call.</summary>
    private FuncType PopIndirectCallee(uint typeIndex, uint tableIndex)
    {
        TableType table = TableAt(tableIndex);
        if (tableIndex != 0 && !_context.IsEnabled(WasmFeatures.ReferenceTypes))
        {
            FeatureGate.NotEnabled("reference types", _at);
        }

        if (!_types.IsSubtype(table.Element, ValType.FuncRef))
        {
            Throw.Invalid($"type mismatch: indirect call through a table of {table.Element}", _at);
        }

        FuncType type = _context.FuncTypeAt(typeIndex, _at);
        Pop(table.Limits.AddressType);
        return type;
    }

    private FuncType PopCalleeRef(uint typeIndex)
    {
        FuncType type = _context.FuncTypeAt(typeIndex, _at);
        Pop(ValType.Ref(new HeapType((int)typeIndex), nullable: true));
        return type;
    }

    private FuncType TagTypeAt(uint tagIndex)
    {
        if (tagIndex >= (uint)_module.Tags.Length)
        {
            Invalid.Unknown("tag", tagIndex, _module.Tags.Length, _at);
        }

        return _context.FuncTypes[_module.Tags[tagIndex].TypeIndex]!;
    }

    private void StepTryTable(in Instruction instruction)
    {
        foreach (CatchClause clause in instruction.Catches)
        {
            // What arrives is the tag's values and then perhaps the exception; the label may ask for supertypes.
            ReadOnlySpan<ValType> values = clause.HasTag ? TagTypeAt(clause.TagIndex).Parameters : [];
            ReadOnlySpan<ValType> expected = LabelTypes(clause.LabelIndex);
            bool isMatch = clause.PassesException
                ? !expected.IsEmpty && _types.IsSubtype(ValType.Ref(HeapType.Exn, nullable: false), expected[^1])
                    && _types.IsSubtype(values, expected[..^1])
                : _types.IsSubtype(values, expected);
            if (!isMatch)
            {
                Invalid.Operands($"label {clause.LabelIndex} of a catch clause", expected, values, _at);
            }
        }

        PushFrame(FrameKind.Block, instruction.BlockType);
    }

    private void StepCatch(FrameKind kind, ReadOnlySpan<ValType> values)
    {
        if (_frames[_depth - 1].Kind is not (FrameKind.Try or FrameKind.Catch))
        {
            Throw.Malformed("END opcode expected: catch outside of a try", _at);
        }

        ControlFrame frame = PopFrame();
        PushFrame(kind, frame.TypeIndex, frame.Result, frame.Height);
        Push(values);
    }

    private void StepDelegate(uint labelIndex)
    {
        if (_frames[_depth - 1].Kind != FrameKind.Try)
        {
            Throw.Malformed("END opcode expected: delegate outside of a try", _at);
        }

        // Labels are counted from outside of the try.
        ControlFrame frame = PopFrame();
        FrameAt(labelIndex);
        Push(ResultsOf(frame));
    }

    private void StepRethrow(uint labelIndex)
    {
        if (FrameAt(labelIndex).Kind is not (FrameKind.Catch or FrameKind.CatchAll))
        {
            Throw.Invalid($"invalid rethrow label {labelIndex}: not a catch", _at);
        }

        SetUnreachable();
    }
}
