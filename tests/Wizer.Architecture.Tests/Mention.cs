namespace Wizer.Architecture.Tests;

/// <summary>A place in one room where code of another is named.</summary>
/// <param name="From">The room, as <c>Engine/Code</c>.</param>
/// <param name="To">The room whose type it is, or whose member.</param>
/// <param name="Symbol">The type, or the member with its type.</param>
/// <param name="IsInternal">Whether it is for its own project, and those that this one trusts.</param>
/// <param name="Place">File and line.</param>
internal sealed record Mention(string From, string To, string Symbol, bool IsInternal, string Place);
