using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>
/// Where the definitions of a component, or the declarators of a type, go: in the order in which they come, unlike those of a
/// module. Component Model, Explainer: Component Definitions.
/// </summary>
internal abstract class ComponentItems : IDisposable
{
    /// <summary>What is complete.</summary>
    protected PooledBuffer Output { get; } = new();

    /// <summary>Adds a definition.</summary>
    /// <param name="id">The section it belongs to.</param>
    /// <param name="item">Its bytes.</param>
    internal abstract void Add(ComponentSectionId id, ReadOnlySpan<byte> item);

    /// <summary>Ends with the last definition, and appends all of them.</summary>
    internal abstract void WriteTo(WasmWriter output);

    /// <inheritdoc/>
    public virtual void Dispose() => Output.Dispose();
}

/// <summary>The sections of a component: neighbours of a kind share one.</summary>
internal sealed class SectionItems : ComponentItems
{
    // The items of the section that is still open.
    private readonly PooledBuffer _items = new();
    private ComponentSectionId _id;
    private uint _count;

    internal override void Add(ComponentSectionId id, ReadOnlySpan<byte> item)
    {
        if (id != _id)
        {
            Flush();
            _id = id;
        }

        new WasmWriter(_items).WriteBytes(item);
        _count++;
    }

    /// <summary>Adds a section that has no number of items: a module, a component, a start, a custom section.</summary>
    internal void AddSection(ComponentSectionId id, ReadOnlySpan<byte> contents)
    {
        Flush();
        var output = new WasmWriter(Output);
        output.WriteByte((byte)id);
        output.WriteByteVector(contents);
    }

    internal override void WriteTo(WasmWriter output)
    {
        Flush();
        output.WriteBytes(Output.WrittenSpan);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _items.Dispose();
        base.Dispose();
    }

    private void Flush()
    {
        if (_count == 0)
        {
            return;
        }

        var output = new WasmWriter(Output);
        output.WriteByte((byte)_id);
        output.WriteU32((uint)(WasmWriter.SizeOfU32(_count) + _items.Length));
        output.WriteU32(_count);
        output.WriteBytes(_items.WrittenSpan);
        _items.Clear();
        _count = 0;
    }
}

/// <summary>The declarators of a component or instance type: each has a byte before it that says what it is.</summary>
internal sealed class DeclaratorItems : ComponentItems
{
    private uint _count;

    internal override void Add(ComponentSectionId id, ReadOnlySpan<byte> item)
    {
        var output = new WasmWriter(Output);
        output.WriteByte(id switch
        {
            ComponentSectionId.CoreType => 0x00,
            ComponentSectionId.Type => 0x01,
            ComponentSectionId.Alias => 0x02,
            ComponentSectionId.Import => 0x03,
            _ => 0x04,
        });
        output.WriteBytes(item);
        _count++;
    }

    internal override void WriteTo(WasmWriter output)
    {
        output.WriteU32(_count);
        output.WriteBytes(Output.WrittenSpan);
    }
}
