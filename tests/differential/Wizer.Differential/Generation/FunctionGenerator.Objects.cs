using Wizer.Binary;

namespace Wizer.Differential.Generation;

// Objects: what makes them, reads and changes them, and asks for their types.
internal sealed partial class FunctionGenerator
{
    private const byte SourceIsNullable = 1;
    private const byte TargetIsNullable = 2;

    private ObjectTypes Objects => _shape.Objects!;

    private static ValType AnyRef { get; } = ObjectTypes.Nullable(HeapType.Any);

    private static ValType EqRef { get; } = ObjectTypes.Nullable(HeapType.Eq);

    private static ValType I31Ref { get; } = ObjectTypes.Nullable(HeapType.I31);

    /// <summary>What a field pushes when it is read.</summary>
    private static ValType Unpacked(ValType storage) => storage.IsPacked ? ValType.I32 : storage;

    private void ReferenceLeaf(ValType type)
    {
        if (type == ValType.FuncRef)
        {
            FuncRefLeaf();
            return;
        }

        switch (_random.Below(10))
        {
            case 0:
                Zero(type);
                break;
            case 1 when AnyGlobal(type, mutable: false) is { } global:
                Op(Opcode.GlobalGet, global);
                break;
            case < 5:
                Plain(type);
                break;
            default:
                Op(Opcode.LocalGet, AnyVariable(Lower(type)));
                break;
        }
    }

    /// <summary>A reference that takes no other value to make.</summary>
    private void Plain(ValType type)
    {
        int[] candidates =
            [.. Enumerable.Range(0, Objects.Types.Count).Where(index => Objects.IsBelow(new HeapType(index), type.HeapType) && Objects.IsDefaultable(index))];
        if (Objects.IsBelow(HeapType.I31, type.HeapType))
        {
            I32Const((int)Constants.I32(_random));
            Op(Opcode.RefI31);
        }
        else if (candidates.Length != 0)
        {
            NewDefault(_random.Pick(candidates));
        }
        else
        {
            Zero(type);
        }
    }

    private void NewDefault(int type)
    {
        if (Objects.Types[type].Composite is StructType)
        {
            Op(Opcode.StructNewDefault, (uint)type);
        }
        else
        {
            I32Const(_random.Below(9));
            Op(Opcode.ArrayNewDefault, (uint)type);
        }
    }

    /// <summary>The type or one below it.</summary>
    private ValType Lower(ValType type) =>
        _random.Pick([.. _shape.References.Where(reference => reference == type || Objects.IsBelow(reference.HeapType, type.HeapType))]);

    /// <summary>Pushes a reference of a type that is nullable.</summary>
    private void Reference(ValType type)
    {
        if (type == ValType.FuncRef)
        {
            FuncRefLeaf();
            return;
        }

        if (type == ValType.ExternRef)
        {
            Value(AnyRef);
            Op(Opcode.ExternConvertAny);
            return;
        }

        switch (_random.Below(10))
        {
            case < 3:
                Existing(type.HeapType);
                break;
            case < 5:
                Value(Lower(type));
                break;
            case < 6 when type == AnyRef:
                Value(ValType.ExternRef);
                Op(Opcode.AnyConvertExtern);
                break;
            case < 8 when type != AnyRef:
                CastDown(type);
                break;
            case < 9:
                ReadField(type);
                break;
            default:
                CastOrElse(type);
                break;
        }
    }

    /// <summary>Pushes a reference that is not null, where there are such: to a new object or an i31.</summary>
    private void Existing(HeapType type)
    {
        int[] candidates = [.. Enumerable.Range(0, Objects.Types.Count).Where(index => Objects.IsBelow(new HeapType(index), type))];
        if (Objects.IsBelow(HeapType.I31, type) && (candidates.Length == 0 || _random.Chance(40)))
        {
            Value(ValType.I32);
            Op(Opcode.RefI31);
        }
        else if (candidates.Length != 0)
        {
            New(_random.Pick(candidates));
        }
        else
        {
            Zero(ObjectTypes.Nullable(type));
        }
    }

    private void New(int type)
    {
        uint index = (uint)type;
        bool isDefaultable = Objects.IsDefaultable(type);
        bool isDeep = _budget <= 0 || _depth >= MaxDepth;
        if (Objects.Types[type].Composite is StructType structure)
        {
            if (isDefaultable && (isDeep || _random.Chance(25)))
            {
                NewDefault(type);
                return;
            }

            foreach (FieldType field in structure.Fields)
            {
                Value(Unpacked(field.Storage));
            }

            Op(Opcode.StructNew, index);
            return;
        }

        ValType element = ((ArrayType)Objects.Types[type].Composite).Element.Storage;
        switch (isDeep ? 0 : _random.Below(8))
        {
            case < 2 when isDefaultable:
                NewDefault(type);
                break;
            case 2 when !element.IsRef:
                I32Const(_random.Below(_shape.PassiveData.Length));
                I32Const(_random.Below(4));
                Op(Opcode.ArrayNewData, index, 1);
                break;
            case 2 when element == ValType.FuncRef:
                I32Const(_random.Below(_shape.PassiveElements.Length));
                I32Const(_random.Below(2));
                Op(Opcode.ArrayNewElem, index, 1);
                break;
            case < 5:
                Value(Unpacked(element));
                Masked(7);
                Op(Opcode.ArrayNew, index);
                break;
            default:
                int count = _random.Below(6);
                for (int i = 0; i < count; i++)
                {
                    Value(Unpacked(element));
                }

                Op(Opcode.ArrayNewFixed, index, (uint)count);
                break;
        }
    }

    /// <summary>A cast that may fail, or one that is only made where it cannot.</summary>
    private void CastDown(ValType type)
    {
        ValType source = Upper(type);
        if (_random.Chance(_trapPercent))
        {
            Value(source);
            Op(Opcode.RefCastNull);
            Out.WriteHeapType(type.HeapType);
            return;
        }

        Begin(Opcode.Block, [], [type]);
        Value(source);
        BranchOnCast(Opcode.BrOnCast, source, type);
        Op(Opcode.Drop);
        Value(type);
        EndBlock();
    }

    /// <summary>A value of the type, by way of a branch that is taken when the value has not one of those below.</summary>
    private void CastOrElse(ValType type)
    {
        ValType lower = Lower(type);
        Begin(Opcode.Block, [], [type]);
        Value(type);
        BranchOnCast(Opcode.BrOnCastFail, type, lower);
        Discard(lower);
        Value(type);
        EndBlock();
    }

    private void BranchOnCast(Opcode opcode, ValType source, ValType target)
    {
        Op(opcode);
        Out.WriteByte(SourceIsNullable | TargetIsNullable);
        Out.WriteU32(0);
        Out.WriteHeapType(source.HeapType);
        Out.WriteHeapType(target.HeapType);
    }

    /// <summary>The type or one above it.</summary>
    private ValType Upper(ValType type) =>
        _random.Pick([.. _shape.References.Where(reference => reference != ValType.FuncRef && Objects.IsBelow(type.HeapType, reference.HeapType))]);

    /// <summary>Reads a number from an object, or asks for its type.</summary>
    private void NumberOfObject(ValType type)
    {
        if (type != ValType.I32 || _random.Chance(40))
        {
            ReadField(type);
            return;
        }

        switch (_random.Below(6))
        {
            case 0:
                Value(EqRef);
                Value(EqRef);
                Op(Opcode.RefEq);
                break;
            case 1:
                NonNull(HeapType.I31);
                Op(_random.Pick([Opcode.I31GetS, Opcode.I31GetU]));
                break;
            case 2:
                NonNull(HeapType.Array);
                Op(Opcode.ArrayLen);
                break;
            case 3:
                // Functions have types that can be asked for, too.
                Value(ValType.FuncRef);
                Op(_random.Pick([Opcode.RefTest, Opcode.RefTestNull]));
                Out.WriteHeapType(new HeapType((int)_shape.TypeIndex(_random.Pick(_shape.Functions))));
                break;
            default:
                ValType target = _random.Pick([.. _shape.References.Where(static reference => reference != ValType.FuncRef && reference != ValType.ExternRef)]);
                Value(Upper(target));
                Op(_random.Pick([Opcode.RefTest, Opcode.RefTestNull]));
                Out.WriteHeapType(target.HeapType);
                break;
        }
    }

    /// <summary>Pushes a value of a type from an object that has such, if any has.</summary>
    private void ReadField(ValType type)
    {
        if (AnyField(type, mutable: false) is not var (owner, field))
        {
            Leaf(type);
            return;
        }

        if (Objects.Types[owner].Composite is StructType structure)
        {
            NonNull(new HeapType(owner));
            Op(Reads(structure.Fields[field].Storage, Opcode.StructGet, Opcode.StructGetS, Opcode.StructGetU), (uint)owner, (uint)field);
            return;
        }

        ValType storage = ((ArrayType)Objects.Types[owner].Composite).Element.Storage;
        Opcode read = Reads(storage, Opcode.ArrayGet, Opcode.ArrayGetS, Opcode.ArrayGetU);
        if (_random.Chance(_trapPercent) || !type.IsDefaultable)
        {
            NonNull(new HeapType(owner));
            Masked(3);
            Op(read, (uint)owner);
            return;
        }

        (uint array, uint index) = Element(owner);
        Begin(Opcode.If, [], [type]);
        Op(Opcode.LocalGet, array);
        Op(Opcode.LocalGet, index);
        Op(read, (uint)owner);
        Op(Opcode.Else);
        Zero(type);
        EndBlock();
    }

    private Opcode Reads(ValType storage, Opcode plain, Opcode signed, Opcode unsigned) =>
        !storage.IsPacked ? plain : _random.Chance(50) ? signed : unsigned;

    /// <summary>An object type and one of its fields, or an array type, whose values are of a type.</summary>
    private (int Owner, int Field)? AnyField(ValType type, bool mutable)
    {
        var found = new List<(int, int)>();
        for (int owner = 0; owner < Objects.Types.Count; owner++)
        {
            FieldType[] fields = Objects.Types[owner].Composite switch
            {
                StructType structure => structure.Fields.ToArray(),
                ArrayType array => [array.Element],
                _ => [],
            };
            for (int field = 0; field < fields.Length; field++)
            {
                if (Unpacked(fields[field].Storage) == type && (fields[field].IsMutable || !mutable))
                {
                    found.Add((owner, field));
                }
            }
        }

        return found.Count == 0 ? null : _random.Pick(found);
    }

    /// <summary>Pushes a reference to use, which is null now and then only.</summary>
    private void NonNull(HeapType type)
    {
        ValType nullable = ObjectTypes.Nullable(type);
        if (_random.Chance(_trapPercent))
        {
            Value(nullable);
            if (_random.Chance(30))
            {
                Op(Opcode.RefAsNonNull);
            }

            return;
        }

        if (!Enumerable.Range(0, Objects.Types.Count).Any(index => Objects.IsBelow(new HeapType(index), type)) && type != HeapType.I31)
        {
            // There are no arrays: only null has the type.
            Value(nullable);
            return;
        }

        Begin(Opcode.Block, [], [nullable.WithNullable(false)]);
        Value(nullable);
        Op(Opcode.BrOnNonNull, 0);
        Existing(type);
        EndBlock();
    }

    /// <summary>Puts an array and an index into locals of their own, and pushes whether the array has any element.</summary>
    private (uint Array, uint Index) Element(int type)
    {
        uint array = Local(ObjectTypes.Nullable(new HeapType(type)));
        uint index = Local(ValType.I32);
        Value(ValType.I32);
        Op(Opcode.LocalSet, index);
        NonNull(new HeapType(type));
        Op(Opcode.LocalTee, array);
        Op(Opcode.ArrayLen);
        Begin(Opcode.If, [], []);
        Op(Opcode.LocalGet, index);
        Op(Opcode.LocalGet, array);
        Op(Opcode.ArrayLen);
        Op(Opcode.I32RemU);
        Op(Opcode.LocalSet, index);
        EndBlock();
        Op(Opcode.LocalGet, array);
        Op(Opcode.ArrayLen);
        return (array, index);
    }

    private void ObjectStatement()
    {
        switch (_random.Below(10))
        {
            case < 6:
                WriteField();
                break;
            case < 9:
                Elements();
                break;
            default:
                // The branch takes nothing; otherwise the reference is left, and not null.
                ValType reference = _random.Pick(_shape.References);
                Begin(Opcode.Block, [], []);
                Value(reference);
                Op(Opcode.BrOnNull, 0);
                Discard(reference);
                EndBlock();
                break;
        }
    }

    private void WriteField()
    {
        ValType type = _shape.RandomType();
        if (AnyField(type, mutable: true) is not var (owner, field))
        {
            Value(type);
            Discard(type);
            return;
        }

        if (Objects.Types[owner].Composite is StructType)
        {
            NonNull(new HeapType(owner));
            Value(type);
            Op(Opcode.StructSet, (uint)owner, (uint)field);
            return;
        }

        uint value = Local(type);
        Value(type);
        Op(Opcode.LocalSet, value);
        (uint array, uint index) = Element(owner);
        Begin(Opcode.If, [], []);
        Op(Opcode.LocalGet, array);
        Op(Opcode.LocalGet, index);
        Op(Opcode.LocalGet, value);
        Op(Opcode.ArraySet, (uint)owner);
        EndBlock();
    }

    /// <summary>Changes several elements of an array at once, which is long enough more often than not.</summary>
    private void Elements()
    {
        int[] arrays = [.. Enumerable.Range(0, Objects.Types.Count).Where(index => Objects.Types[index].Composite is ArrayType { Element.IsMutable: true })];
        if (arrays.Length == 0)
        {
            WriteField();
            return;
        }

        int type = _random.Pick(arrays);
        ValType element = ((ArrayType)Objects.Types[type].Composite).Element.Storage;
        uint array = Local(ObjectTypes.Nullable(new HeapType(type)));
        ValType unpacked = Unpacked(element);
        uint value = Local(unpacked.IsRef ? unpacked.WithNullable(true) : unpacked);
        Value(unpacked);
        Op(Opcode.LocalSet, value);
        NonNull(new HeapType(type));
        Op(Opcode.LocalTee, array);
        Op(Opcode.ArrayLen);
        I32Const(4);
        Op(Opcode.I32GeU);
        Begin(Opcode.If, [], []);
        Op(Opcode.LocalGet, array);
        Masked(1);
        switch (_random.Below(3))
        {
            case 0 when unpacked.IsDefaultable:
                Op(Opcode.LocalGet, value);
                Length(3);
                Op(Opcode.ArrayFill, (uint)type);
                break;
            case 1 when !element.IsRef:
                I32Const(_random.Below(_shape.PassiveData.Length));
                Length(2);
                Op(Opcode.ArrayInitData, (uint)type, 1);
                break;
            case 1 when element == ValType.FuncRef:
                I32Const(_random.Below(_shape.PassiveElements.Length));
                Length(1);
                Op(Opcode.ArrayInitElem, (uint)type, 1);
                break;
            default:
                Op(Opcode.LocalGet, array);
                Masked(1);
                Length(3);
                Op(Opcode.ArrayCopy, (uint)type, (uint)type);
                break;
        }

        EndBlock();
    }
}
