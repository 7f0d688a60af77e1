namespace Wizer.Binary.Components;

/// <summary>
/// The core function types that lifted and lowered functions have, and what they need beside them.
/// Component Model, Canonical ABI: Flattening.
/// </summary>
internal static class CanonicalAbi
{
    internal const int MaxFlatParameters = 16;
    internal const int MaxFlatAsyncParameters = 4;
    internal const int MaxFlatResults = 1;

    /// <summary>The core function that a lift takes.</summary>
    /// <param name="type">The function it becomes.</param>
    /// <param name="pointer">The type of addresses.</param>
    /// <param name="isAsync">Whether the <c>async</c> option is given.</param>
    /// <param name="hasCallback">Whether the <c>callback</c> option is given.</param>
    internal static Signature Lift(ResolvedFuncType type, ValType pointer, bool isAsync, bool hasCallback)
    {
        var signature = new Signature();
        bool hasPointers = false;
        if (!TryFlatten(type.Parameters, pointer, MaxFlatParameters, ref signature.Parameters, ref hasPointers))
        {
            signature.Parameters.Clear();
            signature.Parameters.Add(pointer);
            signature.NeedsRealloc = true;
        }

        signature.NeedsRealloc |= hasPointers;
        signature.NeedsMemory = signature.NeedsRealloc;
        if (isAsync)
        {
            // The result goes to `task.return`; a callback says what to do next.
            if (hasCallback)
            {
                signature.Results.Add(ValType.I32);
            }

            return signature;
        }

        AddResult(type.Result, pointer, signature, out _, out bool isSpilled);
        if (isSpilled)
        {
            signature.Results.Add(pointer);
        }

        return signature;
    }

    /// <summary>The core function that a lower becomes.</summary>
    internal static Signature Lower(ResolvedFuncType type, ValType pointer, bool isAsync)
    {
        var signature = new Signature();
        bool hasPointers = false;
        int most = isAsync ? MaxFlatAsyncParameters : MaxFlatParameters;
        if (!TryFlatten(type.Parameters, pointer, most, ref signature.Parameters, ref hasPointers))
        {
            signature.Parameters.Clear();
            signature.Parameters.Add(pointer);
            signature.NeedsMemory = true;
        }

        signature.NeedsMemory |= hasPointers;
        var result = new Signature();
        AddResult(type.Result, pointer, result, out bool resultHasPointers, out bool isSpilled);
        signature.NeedsMemory |= result.NeedsMemory;
        signature.NeedsRealloc = resultHasPointers;
        if (isAsync)
        {
            if (type.Result is not null)
            {
                signature.Parameters.Add(pointer);
                signature.NeedsMemory = true;
            }

            signature.Results.Add(ValType.I32);
        }
        else if (isSpilled)
        {
            signature.Parameters.Add(pointer);
        }
        else
        {
            signature.Results.AddRange(result.Results.ToArray());
        }

        return signature;
    }

    /// <summary>The core function of <c>task.return</c>, whose parameters are what a function returns.</summary>
    internal static Signature TaskReturn(ResolvedValType? result, ValType pointer)
    {
        var signature = new Signature();
        if (result is null)
        {
            return signature;
        }

        bool hasPointers = false;
        if (!TryFlatten([result], pointer, MaxFlatParameters, ref signature.Parameters, ref hasPointers))
        {
            signature.Parameters.Clear();
            signature.Parameters.Add(pointer);
            signature.NeedsMemory = true;
        }

        signature.NeedsMemory |= hasPointers;
        return signature;
    }

    /// <summary>The core values that values are passed as, or null when they are more than so many.</summary>
    internal static ValType[]? Flatten(ReadOnlySpan<ResolvedValType> types, ValType pointer, int most)
    {
        var flat = new ItemList<ValType>(0);
        bool hasPointers = false;
        return TryFlatten(types, pointer, most, ref flat, ref hasPointers) ? flat.ToArray() : null;
    }

    /// <summary>The core values that one value is passed as, or null when they are more than anything is passed in.</summary>
    internal static ValType[]? Flatten(ResolvedValType type, ValType pointer) => Flatten([type], pointer, MaxFlatParameters);

    private static void AddResult(
        ResolvedValType? result, ValType pointer, Signature signature, out bool hasPointers, out bool isSpilled)
    {
        hasPointers = false;
        isSpilled = false;
        if (result is null)
        {
            return;
        }

        isSpilled = !TryFlatten([result], pointer, MaxFlatResults, ref signature.Results, ref hasPointers);
        if (isSpilled)
        {
            signature.Results.Clear();
        }

        signature.NeedsMemory |= isSpilled || hasPointers;
    }

    /// <summary>Flattens values as long as they do not become too many.</summary>
    private static bool TryFlatten(
        ReadOnlySpan<ResolvedValType> types, ValType pointer, int most, ref ItemList<ValType> flat, ref bool hasPointers)
    {
        bool fits = true;
        foreach (ResolvedValType type in types)
        {
            hasPointers |= type.HasPointers;
            fits = fits && TryFlatten(type, pointer, most, ref flat);
        }

        return fits;
    }

    private static bool TryFlatten(ResolvedValType type, ValType pointer, int most, ref ItemList<ValType> flat)
    {
        switch (type.Kind)
        {
            case ValTypeKind.Primitive:
                if (type.Primitive == PrimitiveValType.String)
                {
                    flat.Add(pointer);
                    flat.Add(pointer);
                }
                else
                {
                    flat.Add(type.Primitive switch
                    {
                        PrimitiveValType.S64 or PrimitiveValType.U64 => ValType.I64,
                        PrimitiveValType.F32 => ValType.F32,
                        PrimitiveValType.F64 => ValType.F64,
                        _ => ValType.I32,
                    });
                }

                break;
            case ValTypeKind.List or ValTypeKind.Map:
                flat.Add(pointer);
                flat.Add(pointer);
                break;
            case ValTypeKind.Record or ValTypeKind.Tuple:
                foreach (ResolvedValType? element in type.Elements)
                {
                    if (!TryFlatten(element!, pointer, most, ref flat))
                    {
                        return false;
                    }
                }

                break;
            case ValTypeKind.FixedList:
                for (uint i = 0; i < type.Length; i++)
                {
                    if (!TryFlatten(type.Elements[0]!, pointer, most, ref flat))
                    {
                        return false;
                    }
                }

                break;
            case ValTypeKind.Variant or ValTypeKind.Option or ValTypeKind.Result:
                return TryFlattenVariant(type, pointer, most, ref flat);
            default:
                flat.Add(ValType.I32);
                break;
        }

        return flat.Count <= most;
    }

    // The payloads of all cases share flat values.
    private static bool TryFlattenVariant(ResolvedValType type, ValType pointer, int most, ref ItemList<ValType> flat)
    {
        flat.Add(ValType.I32);
        int start = flat.Count;
        var payload = new ItemList<ValType>(0);
        foreach (ResolvedValType? element in type.Elements)
        {
            payload.Clear();
            if (element is not null && !TryFlatten(element, pointer, most, ref payload))
            {
                return false;
            }

            for (int i = 0; i < payload.Count; i++)
            {
                if (start + i == flat.Count)
                {
                    flat.Add(payload[i]);
                }
                else
                {
                    flat[start + i] = Join(flat[start + i], payload[i]);
                }
            }
        }

        return flat.Count <= most;
    }

    private static ValType Join(ValType left, ValType right)
    {
        if (left == right)
        {
            return left;
        }

        bool are32 = (left == ValType.I32 && right == ValType.F32) || (left == ValType.F32 && right == ValType.I32);
        return are32 ? ValType.I32 : ValType.I64;
    }

    /// <summary>A core function type and the options it takes to have it.</summary>
    internal sealed class Signature
    {
        internal ItemList<ValType> Parameters = new(4);
        internal ItemList<ValType> Results = new(1);

        internal bool NeedsMemory { get; set; }

        internal bool NeedsRealloc { get; set; }
    }
}
