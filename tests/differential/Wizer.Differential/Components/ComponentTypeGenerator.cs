using Wizer.Differential.Generation;
using Wizer.Engine.Components;

namespace Wizer.Differential.Components;

/// <summary>Makes types, some of which have names, and values of them.</summary>
internal sealed class ComponentTypeGenerator(Prng random)
{
    private const int MaxDepth = 3;

    private static readonly string[] s_labels = ["a", "b", "c-d", "e1", "F", "none", "ok", "x-Y"];

    private static readonly ComponentValueKind[] s_primitives =
    [
        ComponentValueKind.Bool, ComponentValueKind.S8, ComponentValueKind.U8, ComponentValueKind.S16, ComponentValueKind.U16,
        ComponentValueKind.S32, ComponentValueKind.U32, ComponentValueKind.S64, ComponentValueKind.U64, ComponentValueKind.F32,
        ComponentValueKind.F64, ComponentValueKind.Char, ComponentValueKind.String,
    ];

    private readonly List<ComponentType> _named = [];

    /// <summary>Those with names, each made only of those before it.</summary>
    internal IReadOnlyList<ComponentType> Named => _named;

    internal void AddNamed()
    {
        string name = $"t{_named.Count}";
        string[] labels = s_labels[..random.Between(1, s_labels.Length)];
        ComponentType type = random.Below(4) switch
        {
            0 => new ComponentType(ComponentValueKind.Record, labels, [.. labels.Select(_ => Type(1))]) { Name = name },
            1 => new ComponentType(ComponentValueKind.Enum, labels, new ComponentType?[labels.Length]) { Name = name },
            2 => Flags(name),
            _ => new ComponentType(ComponentValueKind.Variant, labels, [.. labels.Select(_ => TypeOrNone(1, none: 30))]) { Name = name },
        };
        _named.Add(type);
    }

    internal ComponentType Type(int depth = 0)
    {
        if (_named.Count > 0 && random.Chance(25))
        {
            return random.Pick(_named);
        }

        return depth >= MaxDepth || random.Chance(45)
            ? new ComponentType(random.Pick(s_primitives), [])
            : random.Below(5) switch
            {
                0 => new ComponentType(ComponentValueKind.Option, ["none", "some"], null, Type(depth + 1)),
                1 => new ComponentType(
                    ComponentValueKind.Result, ["ok", "err"], TypeOrNone(depth + 1, none: 25), TypeOrNone(depth + 1, none: 25)),
                2 => new ComponentType(
                    ComponentValueKind.Tuple, [], [.. Enumerable.Range(0, random.Between(1, 4)).Select(_ => Type(depth + 1))]),
                _ => new ComponentType(ComponentValueKind.List, [], Type(depth + 1)),
            };
    }

    internal ComponentValue Value(ComponentType type)
    {
        switch (type.Kind)
        {
            case ComponentValueKind.Bool:
                return ComponentValue.Of(random.Chance(50));
            case ComponentValueKind.S8:
                return ComponentValue.Of((sbyte)Integer());
            case ComponentValueKind.U8:
                return ComponentValue.Of((byte)Integer());
            case ComponentValueKind.S16:
                return ComponentValue.Of((short)Integer());
            case ComponentValueKind.U16:
                return ComponentValue.Of((ushort)Integer());
            case ComponentValueKind.S32:
                return ComponentValue.Of((int)Integer());
            case ComponentValueKind.U32:
                return ComponentValue.Of((uint)Integer());
            case ComponentValueKind.S64:
                return ComponentValue.Of((long)Integer());
            case ComponentValueKind.U64:
                return ComponentValue.Of(Integer());
            case ComponentValueKind.F32:
                return ComponentValue.Of(BitConverter.UInt32BitsToSingle((uint)Integer()));
            case ComponentValueKind.F64:
                return ComponentValue.Of(BitConverter.UInt64BitsToDouble(Integer()));
            case ComponentValueKind.Char:
                return ComponentValue.Of(RandomText.Rune(random));
            case ComponentValueKind.String:
                return ComponentValue.Of(RandomText.String(random));
            case ComponentValueKind.List:
                return ComponentValue.List([.. Enumerable.Range(0, random.Below(5)).Select(_ => Value(type.Elements[0]!))]);
            case ComponentValueKind.Tuple:
                return ComponentValue.Tuple([.. type.Elements.Select(element => Value(element!))]);
            case ComponentValueKind.Record:
                return ComponentValue.Record([.. type.Labels.Zip(type.Elements, (label, field) => (label, Value(field!)))]);
            case ComponentValueKind.Flags:
                return ComponentValue.Flags([.. type.Labels.Where(_ => random.Chance(40))]);
        }

        int index = random.Below(type.Elements.Length);
        ComponentValue? payload = type.Elements[index] is { } carried ? Value(carried) : null;
        return type.Kind switch
        {
            ComponentValueKind.Enum => ComponentValue.Enum(type.Labels[index]),
            ComponentValueKind.Option => payload is null ? ComponentValue.None : ComponentValue.Some(payload.Value),
            ComponentValueKind.Result => index == 0 ? ComponentValue.Ok(payload) : ComponentValue.Error(payload),
            _ => ComponentValue.Variant(type.Labels[index], payload),
        };
    }

    /// <summary>Small ones, limits, and any.</summary>
    internal ulong Integer() => random.Below(4) switch
    {
        0 => (ulong)random.Below(4),
        1 => ulong.MaxValue - (ulong)random.Below(4),
        2 => 1UL << random.Below(64),
        _ => random.Next(),
    };

    private ComponentType? TypeOrNone(int depth, int none) => random.Chance(none) ? null : Type(depth);

    // As many as fit one byte, two, or four.
    private ComponentType Flags(string name)
    {
        string[] labels = [.. Enumerable.Range(0, random.Pick([1, 7, 8, 9, 16, 17, 32])).Select(static i => $"f{i}")];
        return new ComponentType(ComponentValueKind.Flags, labels) { Name = name };
    }
}
