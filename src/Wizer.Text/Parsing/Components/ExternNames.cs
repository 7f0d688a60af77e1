using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>
/// Encodes the names of imports and exports with what is said about them. Component Model, Explainer: Import and Export Definitions.
/// </summary>
internal static class ExternNames
{
    /// <summary>Takes a name and its attributes, each at most once.</summary>
    internal static void Write(ref TokenCursor cursor, WasmWriter output)
    {
        using var attributes = new PooledBuffer(64);
        var writer = new WasmWriter(attributes);
        using var name = new PooledBuffer(64);
        NameTokens.Write(ref cursor, new WasmWriter(name));
        uint count = 0;
        int seen = 0;
        while (TryOpen(ref cursor, out NameAttributeKind kind))
        {
            if ((seen & (1 << (int)kind)) != 0)
            {
                cursor.Unexpected(cursor.Peek(-1));
            }

            seen |= 1 << (int)kind;
            writer.WriteByte((byte)kind);
            NameTokens.Write(ref cursor, writer);
            cursor.Close();
            count++;
        }

        output.WriteByte(count == 0 ? (byte)0 : (byte)2);
        output.WriteBytes(name.WrittenSpan);
        if (count != 0)
        {
            output.WriteU32(count);
            output.WriteBytes(attributes.WrittenSpan);
        }
    }

    private static bool TryOpen(ref TokenCursor cursor, out NameAttributeKind kind)
    {
        kind = NameAttributeKind.Implements;
        if (cursor.TryOpen("implements"u8))
        {
            return true;
        }

        kind = NameAttributeKind.VersionSuffix;
        if (cursor.TryOpen("versionsuffix"u8))
        {
            return true;
        }

        kind = NameAttributeKind.ExternalId;
        return cursor.TryOpen("external-id"u8);
    }
}
