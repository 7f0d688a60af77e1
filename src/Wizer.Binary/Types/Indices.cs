namespace Wizer.Binary;

// Where indices of several index spaces meet in one signature, so that none can be taken for another. Elsewhere, a uint with the
// space in its name says as much.

/// <summary>The index of a type in its module.</summary>
internal readonly record struct TypeIndex(uint Value);

/// <summary>The index of a table in its module.</summary>
internal readonly record struct TableIndex(uint Value);

/// <summary>The index of a field in its struct type.</summary>
internal readonly record struct FieldIndex(uint Value);
