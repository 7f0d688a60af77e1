namespace Wizer.Binary.Components;

/// <summary>An index as it stands in the file: what changes in a component when definitions move.</summary>
/// <param name="Range">Its bytes.</param>
/// <param name="Sort">The index space.</param>
/// <param name="Index">The index.</param>
/// <param name="Scope">
/// How many components and types enclose the one whose index space it is: 0 for the outermost component.
/// </param>
/// <param name="IsSigned">Whether it is written as a signed integer, as value types are.</param>
/// <param name="Count">Where an outer alias says how far out the index space is; empty for all others.</param>
internal sealed record IndexSite(ByteRange Range, Sort Sort, uint Index, int Scope, bool IsSigned, ByteRange Count = default);
