namespace Wizer.Binary;

/// <summary>The control stack and the instructions that use it. Core 3.0, Validation: Control Instructions.</summary>
internal sealed partial class FunctionValidator
{
    private bool IsUnreachable => _frames[_depth - 1].IsUnreachable;

    private TypeSequence ParametersOf(in ControlFrame frame) =>
        frame.TypeIndex >= 0 ? new TypeSequence(_context.FuncTypes[frame.TypeIndex]!.ParameterArray) : default;

    private TypeSequence ResultsOf(in ControlFrame frame) =>
        frame.TypeIndex >= 0
            ? new TypeSequence(_context.FuncTypes[frame.TypeIndex]!.ResultArray)
            : new TypeSequence(frame.Result);

    private TypeSequence LabelTypesOf(in ControlFrame frame) =>
        frame.Kind == FrameKind.Loop ? ParametersOf(frame) : ResultsOf(frame);

    private ref ControlFrame FrameAt(uint labelIndex)
    {
        if (labelIndex >= (uint)_depth)
        {
            Throw.Invalid($"unknown label {labelIndex}: there are {_depth}", _at);
        }

        return ref _frames[_depth - 1 - (int)labelIndex];
    }

    private TypeSequence LabelTypes(uint labelIndex) => LabelTypesOf(FrameAt(labelIndex));

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
            Pop(new TypeSequence(func.ParameterArray));
            height = _height;
            Push(new TypeSequence(func.ParameterArray));
        }

        PushFrame(kind, typeIndex, type.Result, height);
    }

    private void PushFrame(FrameKind kind, int typeIndex, ValType result, int height)
    {
        if (_depth == _frames.Length)
        {
            _frames = GrowableArray.Resize(_frames, _depth, _depth * 2);
        }

        ref ControlFrame frame = ref _frames[_depth++];
        frame.TypeIndex = typeIndex;
        frame.Result = result;
        frame.Height = height;
        frame.SetLocalCount = _setLocalCount;
        frame.CheckedAt = 0;
        frame.Kind = kind;
        frame.IsUnreachable = false;
        _floor = height;
    }

    /// <summary>Checks that exactly the results are left, and takes them off the stack with the frame.</summary>
    private ControlFrame PopFrame()
    {
        ControlFrame frame = _frames[_depth - 1];
        TypeSequence results = ResultsOf(_frames[_depth - 1]);
        Pop(results);
        if (_height != frame.Height)
        {
            Invalid.Operands("block", results, Top(_height - frame.Height), _at);
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
        TypeSequence results = ResultsOf(frame);
        if (frame.Kind == FrameKind.If)
        {
            // Without an else the parameters are the results of the other way through.
            TypeSequence parameters = ParametersOf(frame);
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
        TypeSequence types = LabelTypes(labelIndex);
        Pop(types);
        Push(types);
    }

    private void StepBrTable(in Instruction instruction)
    {
        Pop(ValType.I32);
        TypeSequence defaultTypes = LabelTypes(instruction.Index2);
        CheckTop(defaultTypes);
        int at = (int)_at;
        foreach (uint labelIndex in instruction.Labels)
        {
            // Tables repeat their targets: a label needs no second look, so the time does not grow with their product.
            ref ControlFrame frame = ref FrameAt(labelIndex);
            if (frame.CheckedAt == at)
            {
                continue;
            }

            TypeSequence types = LabelTypesOf(frame);
            if (types.Count != defaultTypes.Count)
            {
                Throw.Invalid(
                    $"type mismatch: label {labelIndex} takes {types.Count} operands, the default label {defaultTypes.Count}", _at);
            }

            CheckTop(types);
            frame.CheckedAt = at;
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
        Pop(new TypeSequence(type.ParameterArray));
        Push(new TypeSequence(type.ResultArray));
    }

    private void StepReturnCall(FuncType type)
    {
        TypeSequence results = ResultsOf(_frames[0]);
        var calleeResults = new TypeSequence(type.ResultArray);
        if (!_types.IsSubtype(calleeResults, results))
        {
            Invalid.Operands("tail call", results, calleeResults, _at);
        }

        Pop(new TypeSequence(type.ParameterArray));
        SetUnreachable();
    }

    private FuncType CalleeOf(uint funcIndex)
    {
        FuncType[] funcs = _context.Funcs;
        if (funcIndex >= (uint)funcs.Length)
        {
            Throw.Unknown("function", funcIndex, funcs.Length, _at);
        }

        return funcs[funcIndex];
    }

    /// <summary>Pops the index into the table of an indirect call.</summary>
    private FuncType PopIndirectCallee(TypeIndex callee, TableIndex of)
    {
        TableType table = TableAt(of.Value);
        if (of.Value != 0 && !_context.IsEnabled(WasmFeatures.ReferenceTypes))
        {
            FeatureGate.NotEnabled("reference types", _at);
        }

        if (!_types.IsSubtype(table.Element, ValType.FuncRef))
        {
            Throw.Invalid($"type mismatch: indirect call through a table of {table.Element}", _at);
        }

        FuncType type = _context.FuncTypeAt(callee.Value, _at);
        Pop(table.Limits.AddressType);
        return type;
    }

    private FuncType PopCalleeRef(uint typeIndex)
    {
        FuncType type = _context.FuncTypeAt(typeIndex, _at);
        Pop(ValType.Ref(new HeapType((int)typeIndex), nullable: true));
        return type;
    }

    private TypeSequence TagParameters(uint tagIndex)
    {
        if (tagIndex >= (uint)_module.Tags.Length)
        {
            Throw.Unknown("tag", tagIndex, _module.Tags.Length, _at);
        }

        return new TypeSequence(_context.FuncTypes[_module.Tags[tagIndex].TypeIndex]!.ParameterArray);
    }

    private void StepTryTable(in Instruction instruction)
    {
        foreach (CatchClause clause in instruction.Catches)
        {
            // What arrives is the tag's values and then perhaps the exception; the label may ask for supertypes.
            TypeSequence values = clause.HasTag ? TagParameters(clause.TagIndex) : default;
            TypeSequence expected = LabelTypes(clause.LabelIndex);
            bool isMatch = clause.PassesException
                ? expected.Count != 0 && _types.IsSubtype(ValType.Ref(HeapType.Exn, nullable: false), expected.Last)
                    && _types.IsSubtype(values, expected.WithoutLast())
                : _types.IsSubtype(values, expected);
            if (!isMatch)
            {
                Invalid.Operands($"label {clause.LabelIndex} of a catch clause", expected, values, _at);
            }
        }

        PushFrame(FrameKind.Block, instruction.BlockType);
    }

    private void StepCatch(FrameKind kind, TypeSequence values)
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
