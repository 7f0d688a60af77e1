using System.Runtime.InteropServices;

namespace Wizer.Engine.Layout;

// How structs and arrays lie in memory. An object is a GcObject, then its fields or elements, each aligned to its size but to no
// more than 8, and zeros up to a multiple of 8. A field's place depends on those before it only, so that a struct's fields are
// where those of its supertype are, and an access needs to know its static type only.

/// <summary>What an object begins with.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GcObject
{
    /// <summary>The size of this.</summary>
    internal const int ByteLength = 8;

    /// <summary>Where <see cref="Length"/> is.</summary>
    internal const int LengthOffset = 4;

    /// <summary>The identity of its type in the store: equal across modules.</summary>
    public uint TypeId;

    /// <summary>The elements of an array; 0 in a struct.</summary>
    public uint Length;
}

/// <summary>A type of objects. Owned by <c>GcHeap</c>, at an address that stays.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GcLayout
{
    /// <summary>The identity of the type in the store.</summary>
    public uint TypeId;

    /// <summary>The size of a struct, header and all; not of an array.</summary>
    public uint ByteLength;

    /// <summary>How many there are at <see cref="Fields"/>: one for an array, whose first element it is.</summary>
    public int FieldCount;

    /// <summary>1 for an array, 0 for a struct.</summary>
    public int IsArray;

    /// <summary>How many supertypes it has, and their supertypes.</summary>
    public uint Depth;

    /// <summary>The identities of its supertypes, the root first, and at <see cref="Depth"/> its own.</summary>
    public uint* Supertypes;

    /// <summary>The fields, in order.</summary>
    public GcField* Fields;

    /// <summary>Whether it is that type or declared as its descendant.</summary>
    /// <param name="typeId">The other type.</param>
    /// <param name="depth">How many supertypes that has.</param>
    internal readonly bool IsSubtype(uint typeId, uint depth) => depth <= Depth && Supertypes[depth] == typeId;
}

/// <summary>Where a field is, counted from the start of the object, and how large.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GcField
{
    /// <summary>In bytes.</summary>
    public uint Offset;

    /// <summary>0 to 3 for numbers and references, 4 for vectors.</summary>
    public uint SizeLog2;

    /// <summary>What is added to the size's logarithm of an access that extends the sign.</summary>
    internal const uint Signed = 8;

    /// <summary>The access to the field, as operations name it.</summary>
    internal readonly uint AccessOf(bool isSigned) => SizeLog2 | (isSigned ? Signed : 0);
}

/// <summary>What translated code touches of the heap; there is none before the first <see cref="GcLayout"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GcHeapData
{
    /// <summary>Where the next object starts; all is zero from here on.</summary>
    public byte* Next;

    /// <summary>The end of the block.</summary>
    public byte* End;

    /// <summary>By type identity; null for types that no code mentions, of which there are no objects.</summary>
    public GcLayout** Layouts;
}
