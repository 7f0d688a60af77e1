using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Writes some value of a type that is never null, for a place that will be set before anybody looks. There is one, since the value that
/// is really there was made from the bottom up.
/// </summary>
/// <param name="types">The types of the module.</param>
/// <param name="addFunc">Adds a function of a type, for the types of which the module has none.</param>
internal sealed class Placeholders(ModuleTypes types, Func<uint, uint> addFunc)
{
    // What needs more instructions is no honest module's.
    private const long MaxSize = 10_000;

    private long[]? _sizes;

    /// <summary>Writes a value: null where that is one.</summary>
    /// <param name="type">A reference type.</param>
    /// <param name="code">Written to.</param>
    /// <param name="place">Where it is needed, for the error that there is none.</param>
    internal void Write(ValType type, InstructionBuffer code, Func<Place> place)
    {
        var steps = new Stack<Step>();
        steps.Push(new Step(type, 0, null));
        while (steps.TryPop(out Step? step))
        {
            if (step.Instruction is { } instruction)
            {
                code.Write(instruction, step.Index);
            }
            else
            {
                Write(step.Type, steps, code, place);
            }
        }
    }

    private void Write(ValType type, Stack<Step> steps, InstructionBuffer code, Func<Place> place)
    {
        if (!type.IsRef)
        {
            code.Zero(type);
            return;
        }

        HeapType heap = type.HeapType;
        HeapType top = types.TopOf(type);
        if (type.IsNullable)
        {
            code.RefNull(heap);
        }
        else if (top == HeapType.Func)
        {
            code.RefFunc(FindFunc(type));
        }
        else if (top == HeapType.Extern)
        {
            WriteI31(code);
            code.Write(Opcode.ExternConvertAny);
        }
        else if (heap == HeapType.Any || heap == HeapType.Eq || heap == HeapType.I31)
        {
            WriteI31(code);
        }
        else
        {
            WriteObject(type, steps, code, place);
        }
    }

    private static void WriteI31(InstructionBuffer code)
    {
        code.I32Const(0);
        code.Write(Opcode.RefI31);
    }

    private void WriteObject(ValType type, Stack<Step> steps, InstructionBuffer code, Func<Place> place)
    {
        _sizes ??= FindSizes();
        int best = -1;
        for (int i = 0; i < _sizes.Length; i++)
        {
            if ((best < 0 || _sizes[i] < _sizes[best]) && types.Matches(ValType.Ref(new HeapType(i), nullable: false), type))
            {
                best = i;
            }
        }

        if (best < 0 || _sizes[best] > MaxSize)
        {
            Throw.ReferenceUnsupported(
                place().ToString(), $"a part of a cycle that may not be null, for which there is no value of type {type}");
        }

        switch (types.Module.Types[best].Composite)
        {
            case ArrayType:
                code.Write(Opcode.ArrayNewFixed, (uint)best, 0);
                break;
            case StructType structure when HasDefault(structure):
                code.Write(Opcode.StructNewDefault, (uint)best);
                break;
            case StructType structure:
                steps.Push(new Step(default, (uint)best, Opcode.StructNew));
                for (int i = structure.Fields.Length - 1; i >= 0; i--)
                {
                    steps.Push(new Step(structure.Fields[i].Storage, 0, null));
                }

                break;
        }
    }

    private static bool HasDefault(StructType type)
    {
        foreach (FieldType field in type.Fields)
        {
            if (!field.Storage.IsDefaultable)
            {
                return false;
            }
        }

        return true;
    }

    private uint FindFunc(ValType type)
    {
        ModuleInfo module = types.Module;
        for (uint i = 0; i < module.FuncTypeIndices.Length; i++)
        {
            if (types.Matches(types.TypeOfFunc(i), type))
            {
                return i;
            }
        }

        for (uint i = 0; i < module.Types.Length; i++)
        {
            if (module.Types[i].Composite is FuncType && types.Matches(ValType.Ref(new HeapType((int)i), nullable: false), type))
            {
                return addFunc(i);
            }
        }

        throw new InvalidOperationException($"a function of type {type} is there, but not its type");
    }

    // How many instructions the shortest value takes, by type; the maximum where there is none.
    private long[] FindSizes()
    {
        SubType[] all = types.Module.Types;
        var sizes = new long[all.Length];
        Array.Fill(sizes, long.MaxValue);
        bool isDone = false;
        while (!isDone)
        {
            isDone = true;
            for (int i = 0; i < sizes.Length; i++)
            {
                long size = all[i].Composite switch
                {
                    ArrayType => 1,
                    StructType structure => SizeOf(structure, sizes),
                    _ => long.MaxValue,
                };
                if (size < sizes[i])
                {
                    sizes[i] = size;
                    isDone = false;
                }
            }
        }

        return sizes;
    }

    private long SizeOf(StructType structure, long[] sizes)
    {
        if (HasDefault(structure))
        {
            return 1;
        }

        long size = 1;
        foreach (FieldType field in structure.Fields)
        {
            long least = field.Storage.IsDefaultable ? 1 : LeastSize(field.Storage, sizes);
            if (least > MaxSize)
            {
                return long.MaxValue;
            }

            size += least;
        }

        return size;
    }

    private long LeastSize(ValType type, long[] sizes)
    {
        HeapType heap = type.HeapType;
        HeapType top = types.TopOf(type);
        if (top == HeapType.Exn)
        {
            return long.MaxValue;
        }

        if (top != HeapType.Any || heap == HeapType.Any || heap == HeapType.Eq || heap == HeapType.I31)
        {
            return 3;
        }

        long least = long.MaxValue;
        for (int i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] < least && types.Matches(ValType.Ref(new HeapType(i), nullable: false), type))
            {
                least = sizes[i];
            }
        }

        return least;
    }

    private sealed record Step(ValType Type, uint Index, Opcode? Instruction);
}
