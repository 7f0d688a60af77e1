namespace Wizer.Engine.Layout;

// Where indices of several index spaces meet in one signature, so that none can be taken for another. Elsewhere, a uint with the
// space in its name says as much.

/// <summary>The index of a type in its module; what a store calls a type's id is another number.</summary>
internal readonly record struct TypeIndex(uint Value);

/// <summary>The index of a table in its module.</summary>
internal readonly record struct TableIndex(uint Value);
