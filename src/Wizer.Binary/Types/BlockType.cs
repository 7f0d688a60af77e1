namespace Wizer.Binary;

/// <summary>
/// The type of a structured instruction: nothing, one result, or the index of a function type.
/// Core 3.0, Binary Format: Control Instructions.
/// </summary>
public readonly struct BlockType : IEquatable<BlockType>
{
    // The same bound as TypeReader's, so that an index is known or unknown wherever it stands.
    private const long MaxTypeIndex = (1 << 23) - 1;

    private readonly ValType _result;
    private readonly uint _typeIndexPlusOne;

    private BlockType(ValType result, uint typeIndexPlusOne)
    {
        _result = result;
        _typeIndexPlusOne = typeIndexPlusOne;
    }

    /// <summary>Neither parameters nor results.</summary>
    public static BlockType Empty => default;

    /// <summary>Whether there are neither parameters nor results.</summary>
    public bool IsEmpty => _typeIndexPlusOne == 0 && _result.IsBottom;

    /// <summary>Whether the type is a function type of the module: see <see cref="TypeIndex"/>.</summary>
    public bool IsTypeIndex => _typeIndexPlusOne != 0;

    /// <summary>The index of the function type. Meaningful only when <see cref="IsTypeIndex"/>.</summary>
    public uint TypeIndex => _typeIndexPlusOne - 1;

    /// <summary>The only result. Meaningful only when neither <see cref="IsEmpty"/> nor <see cref="IsTypeIndex"/>.</summary>
    public ValType Result => _result;

    /// <summary>No parameters and one result.</summary>
    public static BlockType FromResult(ValType result) => new(result, 0);

    /// <summary>The parameters and results of a function type; the index must be below 2^32 - 1.</summary>
    public static BlockType FromTypeIndex(uint typeIndex) => new(ValType.Bottom, checked(typeIndex + 1));

    /// <summary>Reads the type of a structured instruction.</summary>
    /// <exception cref="WasmFormatException">Not a block type, or the input ends.</exception>
    /// <exception cref="WasmValidationException">A type index that no module reaches.</exception>
    public static BlockType Read(ref WasmReader reader)
    {
        const byte EmptyCode = 0x40;
        if (reader.TryPeek(out byte code))
        {
            if (code == EmptyCode)
            {
                reader.ReadByte();
                return Empty;
            }

            // Codes of value types are one byte and, read as an s33, negative.
            if (code is > EmptyCode and < 0x80)
            {
                return FromResult(TypeReader.ReadValType(ref reader));
            }
        }

        long at = reader.Offset;
        long index = reader.ReadS33();
        if (index < 0)
        {
            Throw.Malformed("malformed block type", at);
        }

        if (index > MaxTypeIndex)
        {
            Throw.Invalid($"unknown type: {index}", at);
        }

        return FromTypeIndex((uint)index);
    }

    /// <inheritdoc/>
    public bool Equals(BlockType other) => _result == other._result && _typeIndexPlusOne == other._typeIndexPlusOne;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BlockType other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_result, _typeIndexPlusOne);

    /// <summary>Whether both are the same type, index for index.</summary>
    public static bool operator ==(BlockType left, BlockType right) => left.Equals(right);

    /// <summary>Whether the types differ.</summary>
    public static bool operator !=(BlockType left, BlockType right) => !left.Equals(right);

    /// <summary>The text format: nothing, <c>(result i32)</c> or <c>(type 3)</c>.</summary>
    public override string ToString() => IsEmpty ? "" : IsTypeIndex ? $"(type {TypeIndex})" : $"(result {Result})";
}
