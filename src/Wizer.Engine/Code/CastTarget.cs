using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

/// <summary>A reference type as a cast tests it, in the two indices of an operation.</summary>
/// <param name="code">The type's identity in the store, or an abstract heap type's code.</param>
/// <param name="flags">Which of the two, whether null is admitted, how many supertypes it has.</param>
internal readonly struct CastTarget(uint code, uint flags)
{
    private const uint Nullable = 1;
    private const uint Object = 2;
    private const uint Function = 4;
    private const int DepthShift = 3;

    /// <summary>The type's identity in the store, or an abstract heap type's code.</summary>
    internal uint Code { get; } = code;

    /// <summary>The other index.</summary>
    internal uint Flags { get; } = flags;

    /// <summary>Whether null passes.</summary>
    internal bool IsNullable => (Flags & Nullable) != 0;

    /// <summary>Whether it is a type of structs or arrays, by identity.</summary>
    internal bool IsObject => (Flags & Object) != 0;

    /// <summary>Whether it is a type of functions, by identity.</summary>
    internal bool IsFunction => (Flags & Function) != 0;

    /// <summary>How many supertypes a type of structs or arrays has.</summary>
    internal uint Depth => Flags >> DepthShift;

    /// <summary>One of the abstract types, when it is neither of these.</summary>
    internal HeapType Abstract => new((int)Code);

    /// <param name="type">A reference type of a module.</param>
    /// <param name="instance">An instance of the module; may be null for an abstract type.</param>
    /// <param name="types">Those of the store.</param>
    internal static unsafe CastTarget Of(ValType type, InstanceData* instance, TypeRegistry types)
    {
        uint flags = type.IsNullable ? Nullable : 0;
        if (!type.HeapType.IsConcrete)
        {
            return new CastTarget((uint)type.HeapType.Code, flags);
        }

        uint id = instance->TypeIds[type.HeapType.TypeIndex];
        flags |= types.CompositeOf(id) is FuncType ? Function : Object | ((uint)(types.SupertypesOf(id).Length - 1) << DepthShift);
        return new CastTarget((uint)new HeapType((int)id).Code, flags);
    }
}
