namespace Wizer.Binary;

/// <summary>Checks the type section. Core 3.0, Validation: Types, Recursive Types.</summary>
internal readonly struct TypeValidator(ValidationContext context)
{
    /// <summary>Checks every recursion group and adds it to the context's types.</summary>
    internal void Validate()
    {
        SubType[] types = context.Module.Types;
        int[] groupStarts = context.Module.RecGroupStarts;
        // How many supertypes each type has above it.
        var depths = new byte[types.Length];
        for (int group = 0; group < groupStarts.Length; group++)
        {
            int end = context.Types.GroupEnd(group);
            CheckGroupFeature(groupStarts[group], end);
            for (int i = groupStarts[group]; i < end; i++)
            {
                CheckReferences(types[i], i, end);
            }

            context.Types.AddGroup(group);
            for (int i = groupStarts[group]; i < end; i++)
            {
                CheckDepth(types[i], i, depths);
            }

            // Depths first: matching walks up the chains of the whole group.
            for (int i = groupStarts[group]; i < end; i++)
            {
                CheckSupertypes(types[i], i);
            }
        }
    }

    private void CheckGroupFeature(int start, int end)
    {
        if (end - start != 1 && !context.IsEnabled(WasmFeatures.Gc))
        {
            FeatureGate.NotEnabled("gc", end > start ? context.Module.Types[start].Offset : -1);
        }
    }

    private void CheckReferences(SubType type, int index, int known)
    {
        if ((type.Composite is not FuncType || !type.IsFinal || type.SupertypeCount != 0) && !context.IsEnabled(WasmFeatures.Gc))
        {
            FeatureGate.NotEnabled("gc", type.Offset);
        }

        if (type.SupertypeCount > 1)
        {
            Throw.Invalid($"sub type {index} has {type.SupertypeCount} super types, at most one is allowed", type.Offset);
        }

        if (type.SupertypeCount != 0 && (uint)type.Supertype >= (uint)index)
        {
            Throw.Invalid($"unknown type {(uint)type.Supertype}: forward use in the definition of sub type {index}", type.Offset);
        }

        switch (type.Composite)
        {
            case FuncType func:
                if (func.ResultArray.Length > 1 && !context.IsEnabled(WasmFeatures.MultiValue))
                {
                    FeatureGate.NotEnabled("multi-value", type.Offset);
                }

                CheckTypes(func.ParameterArray, known, type.Offset);
                CheckTypes(func.ResultArray, known, type.Offset);
                break;

            case StructType @struct:
                foreach (FieldType field in @struct.FieldArray)
                {
                    CheckType(field.Storage, known, type.Offset);
                }

                break;

            case ArrayType array:
                CheckType(array.Element.Storage, known, type.Offset);
                break;
        }
    }

    private static void CheckDepth(SubType type, int index, byte[] depths)
    {
        if (type.Supertype < 0)
        {
            return;
        }

        depths[index] = (byte)(depths[type.Supertype] + 1);
        if (depths[index] > WasmLimits.MaxSubtypingDepth)
        {
            Throw.Invalid($"sub type {index} has more than {WasmLimits.MaxSubtypingDepth} super types above it", type.Offset);
        }
    }

    private void CheckSupertypes(SubType type, int index)
    {
        if (type.Supertype < 0)
        {
            return;
        }

        SubType super = context.Module.Types[type.Supertype];
        if (super.IsFinal)
        {
            Throw.Invalid($"sub type {index} does not match super type {type.Supertype}, which is final", type.Offset);
        }

        if (!context.Types.IsSubtype(type.Composite, super.Composite))
        {
            Throw.Invalid($"sub type {index} does not match super type {type.Supertype}", type.Offset);
        }
    }

    private void CheckTypes(ValType[] types, int known, long offset)
    {
        foreach (ValType type in types)
        {
            CheckType(type, known, offset);
        }
    }

    // Types of the own group may be referred to before they are defined.
    private void CheckType(ValType type, int known, long offset)
    {
        if (type.IsNumber || type.IsPacked)
        {
            return;
        }

        if (type.IsRef && type.HeapType.IsConcrete)
        {
            if (type.HeapType.TypeIndex >= (uint)known)
            {
                Throw.UnknownType(type.HeapType.TypeIndex, context.Module.Types.Length, offset);
            }

            if (!context.IsEnabled(WasmFeatures.FunctionReferences | WasmFeatures.Gc))
            {
                FeatureGate.NotEnabled("function references", offset);
            }

            return;
        }

        context.CheckType(type, offset);
    }
}
