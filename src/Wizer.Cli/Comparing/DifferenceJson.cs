using System.Text.Json;

namespace Wizer.Cli;

/// <summary>Shows what is different to programs; <c>docs/report.md</c> describes the members.</summary>
/// <param name="json">Takes it.</param>
/// <param name="isAll">Whether nothing is to be left out.</param>
internal sealed class DifferenceJson(Utf8JsonWriter json, bool isAll)
{
    private const int SchemaVersion = 1;

    // Of a range that is longer, the first bytes.
    private const int MaxByteLength = 32;

    private const int FlushedByteLength = 65536;

    public void Write(Comparison comparison)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", SchemaVersion);
        WriteFile("before", comparison.BeforePath, comparison.BeforeByteLength);
        WriteFile("after", comparison.AfterPath, comparison.AfterByteLength);
        json.WriteBoolean("areEqual", comparison.AreEqual);
        json.WriteStartArray("differences");
        foreach (Differences differences in comparison.Found)
        {
            json.WriteStartObject();
            json.WriteString("path", differences.Path);
            json.WriteNumber("bytesBefore", differences.BeforeByteLength);
            json.WriteNumber("bytesAfter", differences.AfterByteLength);
            WriteGroups(differences.Groups);
            WriteMemories(differences.Memories);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteFile(string name, string? path, int byteLength)
    {
        json.WriteStartObject(name);
        json.WriteString("path", path);
        json.WriteNumber("byteLength", byteLength);
        json.WriteEndObject();
    }

    private void WriteGroups(List<DifferenceGroup> groups)
    {
        json.WriteStartArray("groups");
        foreach (DifferenceGroup group in groups)
        {
            if (group.Count == 0)
            {
                continue;
            }

            json.WriteStartObject();
            json.WriteString("kind", group.Kind);
            json.WriteNumber("count", group.Count);
            json.WriteStartArray("items");
            foreach (Difference difference in group.Items)
            {
                json.WriteStartObject();
                json.WriteString("item", difference.Item);
                json.WriteString("before", difference.Before);
                json.WriteString("after", difference.After);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteMemories(List<MemoryDifferences> memories)
    {
        json.WriteStartArray("memories");
        foreach (MemoryDifferences memory in memories)
        {
            json.WriteStartObject();
            json.WriteNumber("index", memory.Before.Memory);
            json.WriteString("offset", memory.Before.Offset.Length == 0 ? null : memory.Before.Offset);
            json.WriteNumber("differentByteLength", memory.Ranges.DifferentCount);
            json.WriteNumber("rangeCount", memory.Ranges.Count);
            json.WriteStartArray("ranges");
            foreach (DifferentRange range in memory.Ranges.Ranges)
            {
                WriteRange(memory, range);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteRange(MemoryDifferences memory, DifferentRange range)
    {
        int length = (int)Math.Min(range.ByteLength, (ulong)(isAll ? int.MaxValue / 4 : MaxByteLength));
        json.WriteStartObject();
        json.WriteNumber("address", range.Address);
        json.WriteNumber("byteLength", range.ByteLength);
        json.WriteString("before", HexText.Plain(memory.Before, range.Address, length));
        json.WriteString("after", HexText.Plain(memory.After, range.Address, length));
        json.WriteString("ownerBefore", memory.Before.OwnerOf(range.Address));
        json.WriteString("ownerAfter", memory.After.OwnerOf(range.Address));
        json.WriteEndObject();
        if (json.BytesPending > FlushedByteLength)
        {
            json.Flush();
        }
    }
}
