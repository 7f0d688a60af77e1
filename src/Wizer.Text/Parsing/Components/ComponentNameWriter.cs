using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>
/// Writes the identifiers of a component as a <c>component-name</c> section. Component Model, Binary Format: Name Section.
/// </summary>
internal static class ComponentNameWriter
{
    /// <summary>The sorts in the order in which tools name them.</summary>
    private static readonly Sort[] s_order =
    [
        Sort.CoreFunc, Sort.CoreTable, Sort.CoreMemory, Sort.CoreGlobal, Sort.CoreTag, Sort.CoreType, Sort.CoreModule,
        Sort.CoreInstance, Sort.Func, Sort.Value, Sort.Type, Sort.Component, Sort.Instance,
    ];

    /// <summary>Adds the section when there is any name.</summary>
    internal static void Write(
        ComponentScope scope, SectionItems items, int? componentName, Interner interner, ReadOnlySpan<byte> source)
    {
        using var contents = new PooledBuffer();
        var output = new WasmWriter(contents);
        output.WriteByteVector("component-name"u8);
        int empty = output.Length;
        if (componentName is { } symbol && !interner.NameOf(source, symbol).IsEmpty)
        {
            output.WriteByte(0);
            int mark = output.BeginSized();
            output.WriteByteVector(interner.NameOf(source, symbol));
            output.EndSized(mark);
        }

        foreach (Sort sort in s_order)
        {
            IndexSpace space = scope[sort];
            if (space.Names.Count == 0)
            {
                continue;
            }

            output.WriteByte(1);
            int mark = output.BeginSized();
            ComponentSorts.Write(output, sort);
            output.WriteU32((uint)space.Names.Count);
            foreach ((uint index, int name) in space.Names)
            {
                output.WriteU32(index);
                output.WriteByteVector(interner.NameOf(source, name));
            }

            output.EndSized(mark);
        }

        if (output.Length != empty)
        {
            items.AddSection(ComponentSectionId.Custom, contents.WrittenSpan);
        }
    }
}
