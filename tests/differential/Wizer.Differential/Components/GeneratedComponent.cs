using Wizer.Engine.Components;

namespace Wizer.Differential.Components;

/// <summary>A component, and what is called in it.</summary>
/// <param name="Seed">Where it comes from.</param>
/// <param name="Text">The text format.</param>
/// <param name="Bytes">The same in the binary format.</param>
/// <param name="HostFunctions">The functions that it imports: each returns one of its arguments.</param>
/// <param name="Calls">In order; in a new instance whenever one has trapped.</param>
internal sealed record GeneratedComponent(
    ulong Seed, string Text, byte[] Bytes, IReadOnlyList<HostFunction> HostFunctions, IReadOnlyList<ComponentCallCase> Calls);

/// <summary>A function of the host.</summary>
/// <param name="Name">The name of the import.</param>
/// <param name="Returned">The index of the argument that it returns.</param>
internal sealed record HostFunction(string Name, int Returned);

/// <summary>A call of an export.</summary>
/// <param name="Export">The name of the export.</param>
/// <param name="Arguments">The arguments.</param>
internal sealed record ComponentCallCase(string Export, ComponentValue[] Arguments)
{
    public override string ToString() => $"{Export}({string.Join(", ", Arguments)})";
}
