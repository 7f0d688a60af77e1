using Wizer.Binary;

namespace Wizer.Text;

/// <summary>
/// The sections of a module under construction. The text has its fields in any order, so each section collects its own items.
/// </summary>
internal sealed class ModuleSections : IDisposable
{
    private readonly Section[] _sections = new Section[(int)SectionId.Tag + 1];

    internal ModuleSections()
    {
        for (int i = 0; i < _sections.Length; i++)
        {
            _sections[i] = new Section();
        }
    }

    /// <summary>Whether an instruction refers to data segments, so that their number must be known before the code.</summary>
    internal bool NeedsDataCount { get; set; }

    /// <summary>The index of the start function, or null.</summary>
    internal uint? Start { get; set; }

    /// <summary>The custom sections, but for the names.</summary>
    internal CustomSections Custom { get; } = new();

    /// <summary>Starts an item of a section.</summary>
    /// <returns>Where the item is written.</returns>
    internal WasmWriter Add(SectionId id)
    {
        _sections[(int)id].Count++;
        return Writer(id);
    }

    /// <summary>Where the items of a section are written.</summary>
    internal WasmWriter Writer(SectionId id) => new(_sections[(int)id].Items);

    /// <summary>How many items a section has.</summary>
    internal uint CountOf(SectionId id) => _sections[(int)id].Count;

    /// <summary>Writes the module without its names and what comes behind them.</summary>
    internal void WriteTo(WasmWriter output)
    {
        output.WritePreamble();
        Custom.WriteTo(output, CustomSections.First);
        Write(output, SectionId.Type);
        Write(output, SectionId.Import);
        Write(output, SectionId.Function);
        Write(output, SectionId.Table);
        Write(output, SectionId.Memory);
        Write(output, SectionId.Tag);
        Write(output, SectionId.Global);
        Write(output, SectionId.Export);
        WriteNumber(output, SectionId.Start, Start);
        Write(output, SectionId.Element);
        WriteNumber(output, SectionId.DataCount, NeedsDataCount ? CountOf(SectionId.Data) : null);
        Write(output, SectionId.Code);
        Write(output, SectionId.Data);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Custom.Dispose();
        foreach (Section section in _sections)
        {
            section.Items.Dispose();
        }
    }

    private void WriteNumber(WasmWriter output, SectionId id, uint? number)
    {
        Custom.WriteTo(output, CustomSections.Before(id));
        if (number is { } value)
        {
            int mark = output.BeginSection(id);
            output.WriteU32(value);
            output.EndSized(mark);
        }

        Custom.WriteTo(output, CustomSections.After(id));
    }

    private void Write(WasmWriter output, SectionId id)
    {
        Custom.WriteTo(output, CustomSections.Before(id));
        Section section = _sections[(int)id];
        if (section.Count != 0)
        {
            // The size is known, so nothing has to move to make room for it.
            output.WriteByte((byte)id);
            output.WriteU32((uint)(WasmWriter.SizeOfU32(section.Count) + section.Items.Length));
            output.WriteU32(section.Count);
            output.WriteBytes(section.Items.WrittenSpan);
        }

        Custom.WriteTo(output, CustomSections.After(id));
    }

    private sealed class Section
    {
        internal PooledBuffer Items { get; } = new();

        internal uint Count { get; set; }
    }
}
