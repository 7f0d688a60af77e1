using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Engine.Components;

/// <summary>
/// How values of a type cross the border of a component: its layout for both widths of addresses. Made once for each type.
/// Component Model, Canonical ABI: Despecialization, Alignment, Element Size.
/// </summary>
internal sealed class ValuePlan
{
    private readonly ResolvedValType? _type;
    private readonly Layout _narrow;
    private readonly Layout _wide;
    private int _narrowFlatCount = -1;
    private int _wideFlatCount = -1;

    private ValuePlan(
        ResolvedValType? type, ValTypeKind kind, string[] labels, ValuePlan?[] elements, uint length = 0, int resourceSlot = -1)
    {
        _type = type;
        Kind = kind;
        Primitive = kind == ValTypeKind.Primitive ? type!.Primitive : default;
        Labels = labels;
        Elements = elements;
        Length = length;
        ResourceSlot = resourceSlot;
        _narrow = new Layout(this, is64: false);
        _wide = new Layout(this, is64: true);
    }

    internal ValTypeKind Kind { get; }

    internal PrimitiveValType Primitive { get; }

    /// <summary>Of fields, cases or flags.</summary>
    internal string[] Labels { get; }

    /// <summary>Of fields or elements; of cases, where null has no payload.</summary>
    internal ValuePlan?[] Elements { get; }

    /// <summary>Of a list with a fixed length.</summary>
    internal uint Length { get; }

    /// <summary>Which resource type of the instantiated component a handle is of.</summary>
    internal int ResourceSlot { get; }

    /// <summary>Of an option, result, variant or enum.</summary>
    internal int CaseCount => Elements.Length;

    /// <summary>What a list of such values is kept as, when they are numbers; they lie in memory as they are then.</summary>
    internal ComponentValueKind? PackedKind => Kind == ValTypeKind.Primitive && Primitive is not (
        PrimitiveValType.Char or PrimitiveValType.String or PrimitiveValType.ErrorContext)
        ? ValueKindOf(Primitive)
        : null;

    internal Layout LayoutFor(bool is64) => is64 ? _wide : _narrow;

    /// <summary>How many core values a value is; only for those that are few enough to be passed so.</summary>
    internal int FlatCount(bool is64)
    {
        ref int count = ref (is64 ? ref _wideFlatCount : ref _narrowFlatCount);
        if (count < 0)
        {
            count = CanonicalAbi.Flatten(_type!, is64 ? ValType.I64 : ValType.I32)!.Length;
        }

        return count;
    }

    internal static ComponentValueKind ValueKindOf(PrimitiveValType type) => type switch
    {
        PrimitiveValType.Bool => ComponentValueKind.Bool,
        PrimitiveValType.S8 => ComponentValueKind.S8,
        PrimitiveValType.U8 => ComponentValueKind.U8,
        PrimitiveValType.S16 => ComponentValueKind.S16,
        PrimitiveValType.U16 => ComponentValueKind.U16,
        PrimitiveValType.S32 => ComponentValueKind.S32,
        PrimitiveValType.U32 => ComponentValueKind.U32,
        PrimitiveValType.S64 => ComponentValueKind.S64,
        PrimitiveValType.U64 => ComponentValueKind.U64,
        PrimitiveValType.F32 => ComponentValueKind.F32,
        PrimitiveValType.F64 => ComponentValueKind.F64,
        PrimitiveValType.Char => ComponentValueKind.Char,
        _ => ComponentValueKind.String,
    };

    /// <summary>The parameters of a function, as they are when they are passed in memory.</summary>
    internal static ValuePlan TupleOf(ValuePlan[] elements) => new(null, ValTypeKind.Tuple, [], elements);

    /// <summary>Makes the plan of a type from those of what it is made of.</summary>
    internal static ValuePlan Create(ResolvedValType type, Func<ResolvedValType, ValuePlan> planOf, Func<Resource, int> slotOf)
    {
        ValuePlan?[] elements = Array.ConvertAll(type.Elements, element => element is null ? null : planOf(element));
        return type.Kind switch
        {
            ValTypeKind.Map => new ValuePlan(type, ValTypeKind.List, [], [TupleOf([elements[0]!, elements[1]!])]),
            ValTypeKind.Option => new ValuePlan(type, type.Kind, ["none", "some"], [null, elements[0]]),
            ValTypeKind.Result => new ValuePlan(type, type.Kind, ["ok", "err"], elements),
            ValTypeKind.Enum => new ValuePlan(type, type.Kind, type.Labels, new ValuePlan?[type.Labels.Length]),
            ValTypeKind.Own or ValTypeKind.Borrow =>
                new ValuePlan(type, type.Kind, [], [], resourceSlot: slotOf(type.Resource!.Resource)),
            ValTypeKind.Stream or ValTypeKind.Future => new ValuePlan(type, type.Kind, [], []),
            _ => new ValuePlan(type, type.Kind, type.Labels, elements, type.Length),
        };
    }

    /// <summary>What messages call it.</summary>
    public override string ToString() => Kind == ValTypeKind.Primitive
        ? ComponentValType.Of(Primitive).ToString()
        : Kind == ValTypeKind.FixedList ? "list" : Kind.ToString().ToLowerInvariant();

    /// <summary>How values lie in memory.</summary>
    internal sealed class Layout
    {
        internal Layout(ValuePlan plan, bool is64)
        {
            int pointer = is64 ? 8 : 4;
            Alignment = 1;
            switch (plan.Kind)
            {
                case ValTypeKind.Primitive when plan.Primitive == PrimitiveValType.String:
                case ValTypeKind.List:
                    Alignment = pointer;
                    Size = 2 * pointer;
                    break;
                case ValTypeKind.Primitive:
                    Size = Alignment = plan.Primitive switch
                    {
                        PrimitiveValType.Bool or PrimitiveValType.S8 or PrimitiveValType.U8 => 1,
                        PrimitiveValType.S16 or PrimitiveValType.U16 => 2,
                        PrimitiveValType.S64 or PrimitiveValType.U64 or PrimitiveValType.F64 => 8,
                        _ => 4,
                    };
                    break;
                case ValTypeKind.FixedList:
                    Layout element = plan.Elements[0]!.LayoutFor(is64);
                    Alignment = element.Alignment;
                    Size = element.Size * plan.Length;
                    break;
                case ValTypeKind.Record or ValTypeKind.Tuple:
                    Offsets = new uint[plan.Elements.Length];
                    for (int i = 0; i < Offsets.Length; i++)
                    {
                        Layout field = plan.Elements[i]!.LayoutFor(is64);
                        Alignment = Math.Max(Alignment, field.Alignment);
                        Offsets[i] = (uint)AlignTo(Size, field.Alignment);
                        Size = Offsets[i] + field.Size;
                    }

                    Size = AlignTo(Size, Alignment);
                    break;
                case ValTypeKind.Flags:
                    Alignment = plan.Labels.Length <= 8 ? 1 : plan.Labels.Length <= 16 ? 2 : 4;
                    Size = Alignment;
                    break;
                case ValTypeKind.Variant or ValTypeKind.Enum or ValTypeKind.Option or ValTypeKind.Result:
                    DiscriminantSize = plan.CaseCount <= 1 << 8 ? 1 : plan.CaseCount <= 1 << 16 ? 2 : 4;
                    long payload = 0;
                    foreach (ValuePlan? @case in plan.Elements)
                    {
                        Alignment = Math.Max(Alignment, @case?.LayoutFor(is64).Alignment ?? 1);
                        payload = Math.Max(payload, @case?.LayoutFor(is64).Size ?? 0);
                    }

                    PayloadOffset = (uint)AlignTo(DiscriminantSize, Alignment);
                    Alignment = Math.Max(Alignment, DiscriminantSize);
                    Size = AlignTo(PayloadOffset + payload, Alignment);
                    break;
                default:
                    Size = Alignment = 4;
                    break;
            }
        }

        internal long Size { get; }

        internal int Alignment { get; }

        /// <summary>Of the fields of a record or tuple.</summary>
        internal uint[] Offsets { get; } = [];

        internal int DiscriminantSize { get; }

        internal uint PayloadOffset { get; }

        private static long AlignTo(long size, int alignment) => (size + alignment - 1) & -alignment;
    }
}

/// <summary>How a function is called across the border of a component. Made once for each function type.</summary>
/// <param name="type">Its type.</param>
/// <param name="parameters">The plans of its parameters.</param>
/// <param name="result">The plan of its result, or null.</param>
internal sealed class FuncPlan(ResolvedFuncType type, ValuePlan[] parameters, ValuePlan? result)
{
    internal ResolvedFuncType Type => type;

    internal string[] Labels => type.Labels;

    internal ValuePlan[] Parameters => parameters;

    internal ValuePlan? Result => result;

    internal bool IsAsync => type.IsAsync;

    /// <summary>What parameters are when they are passed in memory.</summary>
    internal ValuePlan ParameterTuple { get; } = ValuePlan.TupleOf(parameters);

    /// <summary>Whether so many core values are not enough for the parameters.</summary>
    internal bool SpillsParameters(bool is64, int most) => CanonicalAbi.Flatten(type.Parameters, PointerOf(is64), most) is null;

    /// <summary>The same for the result.</summary>
    internal bool SpillsResult(bool is64, int most) =>
        type.Result is not null && CanonicalAbi.Flatten([type.Result], PointerOf(is64), most) is null;

    private static ValType PointerOf(bool is64) => is64 ? ValType.I64 : ValType.I32;
}
