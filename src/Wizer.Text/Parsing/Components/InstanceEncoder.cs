using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>
/// Encodes instances. Those that stand within an argument are definitions of their own, which come before.
/// Component Model, Explainer: Instance Definitions.
/// </summary>
/// <param name="identifiers">Finds what is named.</param>
internal sealed class InstanceEncoder(ComponentIdentifiers identifiers)
{
    // The index of each instance within an argument, by the position of its parenthesis.
    private readonly Dictionary<int, uint> _hoisted = [];

    /// <summary>Encodes an instance from behind its identifier.</summary>
    /// <param name="cursor">Where the text goes on.</param>
    /// <param name="scope">Where the instance goes.</param>
    /// <param name="isCore">Whether it is a core instance.</param>
    internal void Encode(ref TokenCursor cursor, ComponentScope scope, bool isCore)
    {
        if (!cursor.TryOpen("instantiate"u8))
        {
            EncodeExports(ref cursor, scope, isCore);
            return;
        }

        int start = cursor.Position;
        HoistArguments(ref cursor, scope, isCore);
        cursor.Position = start;

        using var item = new PooledBuffer(64);
        var output = new WasmWriter(item);
        output.WriteByte(0);
        output.WriteU32(identifiers.TakeRef(ref cursor, scope, isCore ? Sort.CoreModule : Sort.Component));
        using var arguments = new PooledBuffer(64);
        var writer = new WasmWriter(arguments);
        uint count = 0;
        for (; cursor.TryOpen("with"u8); count++)
        {
            NameTokens.Write(ref cursor, writer);
            TakeArgument(ref cursor, scope, isCore, writer);
            cursor.Close();
        }

        cursor.Close();
        output.WriteU32(count);
        output.WriteBytes(arguments.WrittenSpan);
        scope.Items.Add(SectionOf(isCore), item.WrittenSpan);
    }

    private static ComponentSectionId SectionOf(bool isCore) => isCore ? ComponentSectionId.CoreInstance : ComponentSectionId.Instance;

    private void TakeArgument(ref TokenCursor cursor, ComponentScope scope, bool isCore, WasmWriter writer)
    {
        Token open = cursor.Current;
        Sort sort = isCore ? Sort.CoreInstance : Sort.Instance;
        if (_hoisted.Remove(cursor.Position, out uint index))
        {
            cursor.SkipGroup();
        }
        else
        {
            index = identifiers.TakeAnyRef(ref cursor, scope, isCore, out sort);
        }

        if (isCore)
        {
            if (sort != Sort.CoreInstance)
            {
                cursor.Fail("core modules are instantiated with core instances only", open);
            }

            writer.WriteByte(ComponentSorts.CodeOf(sort));
        }
        else
        {
            ComponentSorts.Write(writer, sort);
        }

        writer.WriteU32(index);
    }

    /// <summary>Adds the instances that are put together in arguments.</summary>
    private void HoistArguments(ref TokenCursor cursor, ComponentScope scope, bool isCore)
    {
        cursor.SkipOne();
        while (cursor.TryOpen("with"u8))
        {
            cursor.Expect(TokenKind.String);
            int start = cursor.Position;
            if (cursor.TryOpen("instance"u8) && !cursor.AtIndex)
            {
                EncodeExports(ref cursor, scope, isCore);
                _hoisted.Add(start, scope[isCore ? Sort.CoreInstance : Sort.Instance].Add());
            }

            cursor.Position = start;
            cursor.SkipOne();
            cursor.Close();
        }
    }

    private void EncodeExports(ref TokenCursor cursor, ComponentScope scope, bool isCore)
    {
        using var exports = new PooledBuffer(64);
        var writer = new WasmWriter(exports);
        uint count = 0;
        for (; cursor.TryOpen("export"u8); count++)
        {
            if (isCore)
            {
                NameTokens.Write(ref cursor, writer);
                uint index = identifiers.TakeAnyRef(ref cursor, scope, isCore, out Sort sort);
                writer.WriteByte(ComponentSorts.CodeOf(sort));
                writer.WriteU32(index);
            }
            else
            {
                ExternNames.Write(ref cursor, writer);
                uint index = identifiers.TakeAnyRef(ref cursor, scope, isCore, out Sort sort);
                ComponentSorts.Write(writer, sort);
                writer.WriteU32(index);
            }

            cursor.Close();
        }

        if (cursor.Kind != TokenKind.RightParen)
        {
            cursor.UnexpectedGroup();
        }

        using var item = new PooledBuffer(exports.Length + 8);
        var output = new WasmWriter(item);
        output.WriteByte(1);
        output.WriteU32(count);
        output.WriteBytes(exports.WrittenSpan);
        scope.Items.Add(SectionOf(isCore), item.WrittenSpan);
    }
}
