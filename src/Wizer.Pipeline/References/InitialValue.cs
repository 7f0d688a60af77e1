namespace Wizer.Pipeline;

/// <summary>
/// What a constant expression comes to, without having been evaluated again: a number, a reference that is the same in whatever
/// evaluation, or an object of which every evaluation makes another.
/// </summary>
internal sealed class InitialValue
{
    private readonly InitialValue[] _contents;

    private InitialValue(ulong low, ulong high, uint typeIndex, InitialValue[] contents, uint length, bool isObject)
    {
        Low = low;
        High = high;
        TypeIndex = typeIndex;
        _contents = contents;
        Length = length;
        IsObject = isObject;
    }

    /// <summary>Null, and the default of every other type.</summary>
    internal static InitialValue Zero { get; } = OfBits(0);

    /// <summary>Whether it is an object.</summary>
    internal bool IsObject { get; }

    /// <summary>The bits, for what is no object: as in a global of the engine.</summary>
    internal ulong Low { get; }

    /// <summary>The high half of a vector.</summary>
    internal ulong High { get; }

    /// <summary>The type of an object, in the module's type index space.</summary>
    internal uint TypeIndex { get; }

    /// <summary>How many fields or elements an object has.</summary>
    internal uint Length { get; }

    /// <summary>The object of the instance that is taken for this one; 0 until one has been met.</summary>
    internal ulong Handle { get; set; }

    internal static InitialValue OfBits(ulong low, ulong high = 0) => new(low, high, 0, [], 0, isObject: false);

    /// <summary>An object.</summary>
    /// <param name="typeIndex">Its type.</param>
    /// <param name="contents">What it holds: each by itself, one for all, or none where all have their type's default.</param>
    /// <param name="length">How many fields or elements it has.</param>
    internal static InitialValue OfObject(uint typeIndex, InitialValue[] contents, uint length) =>
        new(0, 0, typeIndex, contents, length, isObject: true);

    /// <summary>What a field or element holds.</summary>
    internal InitialValue ItemAt(uint index) => _contents.Length == 0 ? Zero : _contents.Length == 1 ? _contents[0] : _contents[index];
}
