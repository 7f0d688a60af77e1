namespace Wizer.Binary;

/// <summary>References, structs, arrays and casts. Core 3.0, Validation: Reference Instructions, Aggregate Instructions.</summary>
internal sealed partial class FunctionValidator
{
    private static ValType NullableRef(uint typeIndex) => ValType.Ref(new HeapType((int)typeIndex), nullable: true);

    private static ValType NonNullRef(uint typeIndex) => ValType.Ref(new HeapType((int)typeIndex), nullable: false);

    // A reference popped from unreachable code may be anything, but it is a reference.
    private static ValType NonNull(ValType type) =>
        type.IsBottom ? ValType.Ref(HeapType.Bottom, nullable: false) : type.WithNullable(false);

    private void NoteReference(uint funcIndex)
    {
        if (_recordsUses)
        {
            if (ReferencedFuncs.Length == 0)
            {
                ReferencedFuncs = new ulong[(_module.FuncTypeIndices.Length + 63) / 64];
            }

            ReferencedFuncs[funcIndex >> 6] |= 1UL << (int)(funcIndex & 63);
        }
    }

    private void StepReference(in Instruction instruction)
    {
        uint index = instruction.Index;
        ValType type = instruction.Type;
        switch (instruction.Opcode)
        {
            case Opcode.RefNull:
                _context.CheckType(type, _at);
                Push(type);
                break;

            case Opcode.RefIsNull:
                PopRef();
                Push(ValType.I32);
                break;

            case Opcode.RefFunc:
                CalleeOf(index);
                if (!_context.IsDeclaredFunc(index))
                {
                    Throw.Invalid($"undeclared function reference: function {index} occurs in no export, segment or global", _at);
                }

                NoteReference(index);
                Push(NonNullRef(_module.FuncTypeIndices[index]));
                break;

            case Opcode.RefEq:
                ValType eq = ValType.Ref(HeapType.Eq, nullable: true);
                Pop(eq, eq);
                Push(ValType.I32);
                break;

            case Opcode.RefAsNonNull:
                Push(NonNull(PopRef()));
                break;

            case Opcode.BrOnNull:
                ValType tested = PopRef();
                TypeSequence onNull = LabelTypes(index);
                Pop(onNull);
                Push(onNull);
                Push(NonNull(tested));
                break;

            case Opcode.BrOnNonNull:
                TypeSequence onNonNull = LabelTypesEndingInRef(index);
                Pop(onNonNull.Last.WithNullable(true));
                Pop(onNonNull.WithoutLast());
                Push(onNonNull.WithoutLast());
                break;

            case Opcode.RefTest:
            case Opcode.RefTestNull:
                PopCastOperand(type);
                Push(ValType.I32);
                break;

            case Opcode.RefCast:
            case Opcode.RefCastNull:
                PopCastOperand(type);
                Push(type);
                break;

            case Opcode.BrOnCast:
                StepBrOnCast(index, type, instruction.Type2, instruction.Type2, Difference(type, instruction.Type2));
                break;

            case Opcode.BrOnCastFail:
                StepBrOnCast(index, type, instruction.Type2, Difference(type, instruction.Type2), instruction.Type2);
                break;

            case Opcode.AnyConvertExtern:
                Push(ValType.Ref(HeapType.Any, Pop(ValType.ExternRef).IsNullable));
                break;

            case Opcode.ExternConvertAny:
                Push(ValType.Ref(HeapType.Extern, Pop(ValType.Ref(HeapType.Any, nullable: true)).IsNullable));
                break;

            case Opcode.RefI31:
                Pop(ValType.I32);
                Push(ValType.Ref(HeapType.I31, nullable: false));
                break;

            case Opcode.I31GetS:
            case Opcode.I31GetU:
                Pop(ValType.Ref(HeapType.I31, nullable: true));
                Push(ValType.I32);
                break;
        }
    }

    private void StepAggregate(in Instruction instruction)
    {
        uint index = instruction.Index;
        switch (instruction.Opcode)
        {
            case Opcode.StructNew:
                FieldType[] fields = StructTypeAt(index).FieldArray;
                for (int i = fields.Length - 1; i >= 0 && !IsPolymorphic; i--)
                {
                    Pop(Unpacked(fields[i].Storage));
                }

                Push(NonNullRef(index));
                break;

            case Opcode.StructNewDefault:
                foreach (FieldType each in StructTypeAt(index).FieldArray)
                {
                    CheckDefaultable(each.Storage);
                }

                Push(NonNullRef(index));
                break;

            case Opcode.StructGet:
            case Opcode.StructGetS:
            case Opcode.StructGetU:
                FieldType got = FieldAt(new TypeIndex(index), new FieldIndex(instruction.Index2));
                CheckPacking(got.Storage, instruction.Opcode != Opcode.StructGet);
                Pop(NullableRef(index));
                Push(Unpacked(got.Storage));
                break;

            case Opcode.StructSet:
                FieldType set = FieldAt(new TypeIndex(index), new FieldIndex(instruction.Index2));
                if (!set.IsMutable)
                {
                    Throw.Invalid($"immutable field {instruction.Index2} of type {index}", _at);
                }

                Pop(NullableRef(index), Unpacked(set.Storage));
                break;

            case Opcode.ArrayNew:
                Pop(Unpacked(ArrayTypeAt(index).Element.Storage), ValType.I32);
                Push(NonNullRef(index));
                break;

            case Opcode.ArrayNewDefault:
                CheckDefaultable(ArrayTypeAt(index).Element.Storage);
                Pop(ValType.I32);
                Push(NonNullRef(index));
                break;

            case Opcode.ArrayNewFixed:
                StepArrayNewFixed(index, instruction.Index2);
                break;

            case Opcode.ArrayNewData:
                CheckBytes(ArrayTypeAt(index));
                CheckData(instruction.Index2);
                Pop(ValType.I32, ValType.I32);
                Push(NonNullRef(index));
                break;

            case Opcode.ArrayNewElem:
                CheckElementsFit(instruction.Index2, ArrayTypeAt(index).Element.Storage);
                Pop(ValType.I32, ValType.I32);
                Push(NonNullRef(index));
                break;

            case Opcode.ArrayGet:
            case Opcode.ArrayGetS:
            case Opcode.ArrayGetU:
                ValType element = ArrayTypeAt(index).Element.Storage;
                CheckPacking(element, instruction.Opcode != Opcode.ArrayGet);
                Pop(NullableRef(index), ValType.I32);
                Push(Unpacked(element));
                break;

            case Opcode.ArraySet:
                Pop(NullableRef(index), ValType.I32, Unpacked(MutableArrayAt(index).Element.Storage));
                break;

            case Opcode.ArrayLen:
                Pop(ValType.Ref(HeapType.Array, nullable: true));
                Push(ValType.I32);
                break;

            case Opcode.ArrayFill:
                Pop(NullableRef(index), ValType.I32, Unpacked(MutableArrayAt(index).Element.Storage), ValType.I32);
                break;

            case Opcode.ArrayCopy:
                ValType target = MutableArrayAt(index).Element.Storage;
                ValType source = ArrayTypeAt(instruction.Index2).Element.Storage;
                if (!_types.IsSubtype(source, target))
                {
                    Throw.Invalid($"array types do not match: elements of type {source} for {target}", _at);
                }

                Pop(NullableRef(index), ValType.I32, NullableRef(instruction.Index2), ValType.I32, ValType.I32);
                break;

            case Opcode.ArrayInitData:
                CheckBytes(MutableArrayAt(index));
                CheckData(instruction.Index2);
                Pop(NullableRef(index), ValType.I32, ValType.I32, ValType.I32);
                break;

            case Opcode.ArrayInitElem:
                CheckElementsFit(instruction.Index2, MutableArrayAt(index).Element.Storage);
                Pop(NullableRef(index), ValType.I32, ValType.I32, ValType.I32);
                break;
        }
    }

    private void StepArrayNewFixed(uint typeIndex, uint count)
    {
        ValType element = Unpacked(ArrayTypeAt(typeIndex).Element.Storage);
        if (count > WasmLimits.MaxArrayNewFixed)
        {
            Throw.Invalid($"array.new_fixed of {count} elements: at most {WasmLimits.MaxArrayNewFixed} are supported", _at);
        }

        for (uint i = 0; i < count && !IsPolymorphic; i++)
        {
            Pop(element);
        }

        Push(NonNullRef(typeIndex));
    }

    private void StepBrOnCast(uint labelIndex, ValType from, ValType to, ValType taken, ValType left)
    {
        _context.CheckType(from, _at);
        _context.CheckType(to, _at);
        if (!_types.IsSubtype(to, from))
        {
            Throw.Invalid($"type mismatch: {to} is not a subtype of {from}", _at);
        }

        TypeSequence types = LabelTypesEndingInRef(labelIndex);
        if (!_types.IsSubtype(taken, types.Last))
        {
            Throw.Invalid($"type mismatch: label {labelIndex} requires {types.Last} but gets {taken}", _at);
        }

        Pop(from);
        Pop(types.WithoutLast());
        Push(types.WithoutLast());
        Push(left);
    }

    // What is left of a reference type when the cast to another has failed: null is gone if the other admits it.
    private static ValType Difference(ValType from, ValType to) => to.IsNullable ? from.WithNullable(false) : from;

    private void PopCastOperand(ValType type)
    {
        _context.CheckType(type, _at);
        Pop(ValType.Ref(_types.TopOf(type.HeapType), nullable: true));
    }

    private TypeSequence LabelTypesEndingInRef(uint labelIndex)
    {
        TypeSequence types = LabelTypes(labelIndex);
        if (types.Count == 0 || !types.Last.IsRef)
        {
            Throw.Invalid($"type mismatch: label {labelIndex} does not take a reference last", _at);
        }

        return types;
    }

    private SubType TypeAt(uint typeIndex)
    {
        SubType[] types = _module.Types;
        if (typeIndex >= (uint)types.Length)
        {
            Throw.UnknownType(typeIndex, types.Length, _at);
        }

        return types[typeIndex];
    }

    private StructType StructTypeAt(uint typeIndex)
    {
        if (TypeAt(typeIndex).Composite is not StructType type)
        {
            Throw.Invalid($"type mismatch: type {typeIndex} is not a struct type", _at);
            return null;
        }

        return type;
    }

    private ArrayType ArrayTypeAt(uint typeIndex)
    {
        if (TypeAt(typeIndex).Composite is not ArrayType type)
        {
            Throw.Invalid($"type mismatch: type {typeIndex} is not an array type", _at);
            return null;
        }

        return type;
    }

    private ArrayType MutableArrayAt(uint typeIndex)
    {
        ArrayType type = ArrayTypeAt(typeIndex);
        if (!type.Element.IsMutable)
        {
            Throw.Invalid($"immutable array: type {typeIndex}", _at);
        }

        return type;
    }

    private FieldType FieldAt(TypeIndex type, FieldIndex field)
    {
        FieldType[] fields = StructTypeAt(type.Value).FieldArray;
        if (field.Value >= (uint)fields.Length)
        {
            Throw.Invalid($"unknown field {field.Value}: type {type.Value} has {fields.Length}", _at);
        }

        return fields[(int)field.Value];
    }

    private static ValType Unpacked(ValType storage) => storage.IsPacked ? ValType.I32 : storage;

    private void CheckPacking(ValType storage, bool isPacked)
    {
        if (storage.IsPacked != isPacked)
        {
            Throw.Invalid(
                $"type mismatch: {storage} is {(isPacked ? "not packed" : "packed and needs a sign")}", _at);
        }
    }

    private void CheckDefaultable(ValType storage)
    {
        if (!storage.IsDefaultable)
        {
            Throw.Invalid($"type mismatch: {storage} has no default value", _at);
        }
    }

    private void CheckBytes(ArrayType type)
    {
        if (type.Element.Storage.IsRef)
        {
            Throw.Invalid($"array type is not numeric or vector: its elements are {type.Element.Storage}", _at);
        }
    }

    private void CheckElementsFit(uint segmentIndex, ValType storage)
    {
        ValType type = ElementsAt(segmentIndex).Type;
        if (!_types.IsSubtype(type, storage))
        {
            Throw.Invalid($"type mismatch: segment {segmentIndex} has elements of type {type}, not {storage}", _at);
        }
    }
}
