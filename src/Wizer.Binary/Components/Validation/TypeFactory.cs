namespace Wizer.Binary.Components;

/// <summary>
/// Makes resolved types, with all that is known from what they are made of: their shape, size and layout. A type that breaks a limit
/// is not made. Component Model, Explainer: Type Definitions; Canonical ABI: Alignment, Element Size.
/// </summary>
internal sealed class TypeFactory
{
    // Ours: what all substitutions and comparisons of one file may come to, so that a small file cannot keep us busy for hours.
    private const long MaxWork = 10_000_000;

    private readonly ShapeTable _shapes = new();

    // By code, of which that of `bool` is the largest.
    private readonly ResolvedValType?[] _primitives = new ResolvedValType[(int)PrimitiveValType.Bool + 1];
    private int _resourceCount;
    private long _work;

    /// <summary>Counts steps of work whose number depends on types alone.</summary>
    internal void Work(long steps, long offset)
    {
        _work += steps;
        if (_work > MaxWork)
        {
            Throw.Invalid("the types of the component take too much work to check", offset);
        }
    }

    /// <summary>A resource that is no other.</summary>
    /// <param name="owner">The component that defines it by a resource type; null for all others.</param>
    internal Resource NewResource(Scope? owner = null) => new(_resourceCount++, owner);

    internal ResolvedValType Primitive(PrimitiveValType type)
    {
        if (_primitives[(int)type] is not { } resolved)
        {
            _shapes.Begin((int)ValTypeKind.Primitive, (int)type);
            (long size, int alignment) = SizeOf(type);
            resolved = new ResolvedValType
            {
                Kind = ValTypeKind.Primitive,
                Primitive = type,
                Shape = _shapes.End(),
                HasPointers = type == PrimitiveValType.String,
                ElementSize = size,
                Alignment = alignment,
            };
            _primitives[(int)type] = resolved;
        }

        return resolved;
    }

    /// <summary>A type of owned or borrowed handles.</summary>
    internal ResolvedValType Handle(ValTypeKind kind, ResolvedResourceType resource)
    {
        _shapes.Begin((int)kind, resource.Resource.Id);
        return new ResolvedValType
        {
            Kind = kind,
            Resource = resource,
            Shape = _shapes.End(),
            HasBorrow = kind == ValTypeKind.Borrow,
            HasResources = true,
            ElementSize = 4,
            Alignment = 4,
            Size = 2,
            Depth = 2,
        };
    }

    /// <summary>Any other type of values.</summary>
    internal ResolvedValType ValType(
        ValTypeKind kind, string[] labels, ResolvedValType?[] elements, uint length, long offset)
    {
        _shapes.Begin((int)kind, (int)length);
        foreach (string label in labels)
        {
            _shapes.Add(label);
        }

        long size = 1 + labels.Length;
        int depth = 0;
        bool hasBorrow = false;
        bool hasResources = false;
        bool hasPointers = kind is ValTypeKind.List or ValTypeKind.Map;
        foreach (ResolvedValType? element in elements)
        {
            _shapes.Add(element);
            if (element is not null)
            {
                size += element.Size;
                depth = Math.Max(depth, element.Depth);
                hasBorrow |= element.HasBorrow;
                hasResources |= element.HasResources;
                hasPointers |= element.HasPointers;
            }
        }

        (long elementSize, int alignment) = LayoutOf(kind, labels.Length, elements, length);
        if (elementSize > ComponentLimits.MaxElementSize)
        {
            Throw.Invalid($"exceeds maximum byte size: {elementSize}, at most {ComponentLimits.MaxElementSize} are allowed", offset);
        }

        return new ResolvedValType
        {
            Kind = kind,
            Labels = labels,
            Elements = elements,
            Length = length,
            Shape = _shapes.End(),
            HasBorrow = hasBorrow,
            HasResources = hasResources,
            HasPointers = hasPointers && kind is not (ValTypeKind.Stream or ValTypeKind.Future),
            ElementSize = elementSize,
            Alignment = alignment,
            Size = CheckSize(size, offset),
            Depth = CheckDepth(depth + 1, offset),
        };
    }

    internal ResolvedFuncType FuncType(
        bool isAsync, string[] labels, ResolvedValType[] parameters, ResolvedValType? result, long offset)
    {
        const int FuncShape = -1;
        _shapes.Begin(FuncShape, isAsync ? 1 : 0);
        long size = 1;
        int depth = result?.Depth ?? 0;
        bool hasResources = result?.HasResources ?? false;
        for (int i = 0; i < parameters.Length; i++)
        {
            _shapes.Add(labels[i]);
            _shapes.Add(parameters[i]);
            size += parameters[i].Size;
            depth = Math.Max(depth, parameters[i].Depth);
            hasResources |= parameters[i].HasResources;
        }

        _shapes.Add(result);
        return new ResolvedFuncType
        {
            IsAsync = isAsync,
            Labels = labels,
            Parameters = parameters,
            Result = result,
            Shape = _shapes.End(),
            HasResources = hasResources,
            Size = CheckSize(size + (result?.Size ?? 0), offset),
            Depth = CheckDepth(depth + 1, offset),
        };
    }

    /// <summary>The type of instances with some exports.</summary>
    /// <param name="exports">The exports.</param>
    /// <param name="defined">Resources that are others in each instance.</param>
    /// <param name="offset">The file offset, for errors.</param>
    internal static ResolvedInstanceType InstanceType(EntityMap exports, BoundResource[] defined, long offset)
    {
        var sum = new Sum();
        sum.Add(exports);
        return new ResolvedInstanceType
        {
            Exports = exports,
            DefinedResources = defined,
            HasResources = sum.HasResources,
            Size = CheckSize(sum.Size, offset),
            Depth = CheckDepth(sum.Depth + 1, offset),
        };
    }

    /// <summary>The type of components with some imports and exports, which bind all resources of their own.</summary>
    internal static ResolvedComponentType ComponentType(
        EntityMap imports, EntityMap exports, BoundResource[] imported, BoundResource[] defined, long offset)
    {
        var sum = new Sum();
        sum.Add(imports);
        sum.Add(exports);
        return new ResolvedComponentType
        {
            Imports = imports,
            Exports = exports,
            ImportedResources = imported,
            DefinedResources = defined,
            HasResources = sum.HasResources,
            Size = CheckSize(sum.Size, offset),
            Depth = CheckDepth(sum.Depth + 1, offset),
        };
    }

    internal static int CheckSize(long size, long offset)
    {
        if (size > ComponentLimits.MaxTypeSize)
        {
            Throw.Invalid($"effective type size exceeds the limit of {ComponentLimits.MaxTypeSize}", offset);
        }

        return (int)size;
    }

    private static int CheckDepth(int depth, long offset)
    {
        if (depth > ComponentLimits.MaxTypeDepth)
        {
            Throw.Invalid($"type nesting is too deep: at most {ComponentLimits.MaxTypeDepth} levels are supported", offset);
        }

        return depth;
    }

    private static (long Size, int Alignment) SizeOf(PrimitiveValType type) => type switch
    {
        PrimitiveValType.Bool or PrimitiveValType.S8 or PrimitiveValType.U8 => (1, 1),
        PrimitiveValType.S16 or PrimitiveValType.U16 => (2, 2),
        PrimitiveValType.S64 or PrimitiveValType.U64 or PrimitiveValType.F64 => (8, 8),
        PrimitiveValType.String => (16, 8),
        _ => (4, 4),
    };

    private static (long Size, int Alignment) LayoutOf(ValTypeKind kind, int labelCount, ResolvedValType?[] elements, uint length)
    {
        switch (kind)
        {
            case ValTypeKind.List or ValTypeKind.Map:
                return (16, 8);
            case ValTypeKind.FixedList:
                return (length * elements[0]!.ElementSize, elements[0]!.Alignment);
            case ValTypeKind.Record or ValTypeKind.Tuple:
                long size = 0;
                int alignment = 1;
                foreach (ResolvedValType? element in elements)
                {
                    size = AlignTo(size, element!.Alignment) + element.ElementSize;
                    alignment = Math.Max(alignment, element.Alignment);
                }

                return (AlignTo(size, alignment), alignment);
            case ValTypeKind.Flags:
                int bytes = labelCount <= 8 ? 1 : labelCount <= 16 ? 2 : 4;
                return (bytes, bytes);
            case ValTypeKind.Enum:
                bytes = DiscriminantSize(labelCount);
                return (bytes, bytes);
            case ValTypeKind.Variant or ValTypeKind.Option or ValTypeKind.Result:
                bytes = DiscriminantSize(kind == ValTypeKind.Variant ? elements.Length : 2);
                alignment = 1;
                long payload = 0;
                foreach (ResolvedValType? element in elements)
                {
                    alignment = Math.Max(alignment, element?.Alignment ?? 1);
                    payload = Math.Max(payload, element?.ElementSize ?? 0);
                }

                int whole = Math.Max(bytes, alignment);
                return (AlignTo(AlignTo(bytes, alignment) + payload, whole), whole);
            default:
                return (4, 4);
        }
    }

    private static int DiscriminantSize(int caseCount) => caseCount <= 1 << 8 ? 1 : caseCount <= 1 << 16 ? 2 : 4;

    private static long AlignTo(long size, int alignment) => (size + alignment - 1) / alignment * alignment;

    /// <summary>What imports and exports come to.</summary>
    private struct Sum()
    {
        internal long Size = 1;
        internal int Depth = 0;
        internal bool HasResources = false;

        internal void Add(EntityMap entities)
        {
            foreach ((_, Entity entity) in entities.InOrder)
            {
                Size += entity.Type.Size;
                Depth = Math.Max(Depth, entity.Type.Depth);
                HasResources |= entity.Type.HasResources;
            }
        }
    }
}
