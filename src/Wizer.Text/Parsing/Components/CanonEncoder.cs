using Wizer.Binary;
using Wizer.Binary.Components;

namespace Wizer.Text;

/// <summary>
/// Encodes canonical definitions, in both of their forms: <c>(canon lower … (core func $f))</c> and
/// <c>(core func $f (canon lower …))</c>. Component Model, Explainer: Canonical Definitions.
/// </summary>
/// <param name="identifiers">Finds what is named.</param>
/// <param name="types">Encodes the types of lifted functions.</param>
internal sealed class CanonEncoder(ComponentIdentifiers identifiers, ComponentTypeEncoder types)
{
    /// <summary>Encodes <c>(canon …)</c> from behind the keyword.</summary>
    internal void Encode(ref TokenCursor cursor, ComponentScope scope)
    {
        Binding binding;
        if (!cursor.AtKeyword("lift"u8))
        {
            EncodeCoreFunc(ref cursor, scope);
            if (!cursor.TryOpen("core"u8))
            {
                cursor.UnexpectedGroup();
            }

            cursor.ExpectKeyword("func"u8);
            binding = identifiers.TakeBinding(ref cursor, "core function");
            cursor.Close();
            identifiers.Bind(ref cursor, scope, Sort.CoreFunc, binding);
            return;
        }

        // The type stands behind all else, and comes first.
        int start = cursor.Position;
        cursor.Take();
        while (cursor.Kind is not (TokenKind.RightParen or TokenKind.End) && !AtFunc(cursor, start))
        {
            cursor.SkipOne();
        }

        if (!cursor.TryOpen("func"u8))
        {
            cursor.UnexpectedGroup();
        }

        binding = identifiers.TakeBinding(ref cursor, "function");
        uint type = types.TakeFuncTypeUse(ref cursor, scope);
        cursor.Close();
        int end = cursor.Position;
        cursor.Position = start;
        EncodeLift(ref cursor, scope, type);
        cursor.SkipOne();
        if (cursor.Position != end)
        {
            cursor.Unexpected();
        }

        identifiers.Bind(ref cursor, scope, Sort.Func, binding);
    }

    /// <summary>Encodes a lifted function from <c>lift</c> on, without what is defined.</summary>
    internal void EncodeLift(ref TokenCursor cursor, ComponentScope scope, uint type)
    {
        cursor.ExpectKeyword("lift"u8);
        using var item = new PooledBuffer(64);
        var output = new WasmWriter(item);
        output.WriteByte((byte)CanonKind.Lift);
        output.WriteByte(0);
        output.WriteU32(identifiers.TakeRef(ref cursor, scope, Sort.CoreFunc));
        TakeOptions(ref cursor, scope, output);
        output.WriteU32(type);
        scope.Items.Add(ComponentSectionId.Canon, item.WrittenSpan);
    }

    /// <summary>Encodes what defines a core function, from behind <c>canon</c>, without what is defined.</summary>
    internal void EncodeCoreFunc(ref TokenCursor cursor, ComponentScope scope)
    {
        using var item = new PooledBuffer(64);
        var output = new WasmWriter(item);
        if (cursor.TryTakeKeyword("lower"u8))
        {
            output.WriteByte((byte)CanonKind.Lower);
            output.WriteByte(0);
            output.WriteU32(identifiers.TakeRef(ref cursor, scope, Sort.Func));
            TakeOptions(ref cursor, scope, output);
        }
        else
        {
            if (!CanonShapes.TryFind(cursor.Text, out CanonKind kind, out CanonParts parts))
            {
                cursor.Unexpected();
            }

            cursor.Take();
            output.WriteByte((byte)kind);
            EncodeParts(ref cursor, scope, parts, output);
        }

        scope.Items.Add(ComponentSectionId.Canon, item.WrittenSpan);
    }

    // What is lifted is a function, too, and may be written like what is defined.
    private static bool AtFunc(in TokenCursor cursor, int start) => cursor.AtGroup("func"u8) && cursor.Position != start + 1;

    private void EncodeParts(ref TokenCursor cursor, ComponentScope scope, CanonParts parts, WasmWriter output)
    {
        if ((parts & CanonParts.Type) != 0)
        {
            output.WriteU32(identifiers.TakeRef(ref cursor, scope, Sort.Type));
        }

        if ((parts & CanonParts.CoreType) != 0)
        {
            output.WriteU32(identifiers.TakeRef(ref cursor, scope, Sort.CoreType));
        }

        if ((parts & CanonParts.Table) != 0)
        {
            output.WriteU32(identifiers.TakeRef(ref cursor, scope, Sort.CoreTable));
        }

        if ((parts & CanonParts.Async) != 0)
        {
            output.WriteByte(cursor.TryTakeKeyword("async"u8) ? (byte)1 : (byte)0);
        }

        if ((parts & CanonParts.Cancellable) != 0)
        {
            output.WriteByte(cursor.TryTakeKeyword("cancellable"u8) ? (byte)1 : (byte)0);
        }

        if ((parts & CanonParts.Memory) != 0)
        {
            output.WriteU32(TakeMemory(ref cursor, scope));
        }

        if ((parts & CanonParts.Result) != 0)
        {
            types.HoistSignature(ref cursor, scope);
            types.TakeResult(ref cursor, scope, output);
        }

        if ((parts & CanonParts.Slot) != 0)
        {
            if (!TypeKeywords.TryParseValType(cursor.Text, out ValType type))
            {
                cursor.Unexpected();
            }

            cursor.Take();
            output.WriteValType(type);
            output.WriteU32(cursor.TakeU32());
        }

        if ((parts & CanonParts.Options) != 0)
        {
            TakeOptions(ref cursor, scope, output);
        }
    }

    private uint TakeMemory(ref TokenCursor cursor, ComponentScope scope)
    {
        if (!cursor.TryOpen("memory"u8))
        {
            cursor.UnexpectedGroup();
        }

        uint index = identifiers.TakeRef(ref cursor, scope, Sort.CoreMemory);
        cursor.Close();
        return index;
    }

    private void TakeOptions(ref TokenCursor cursor, ComponentScope scope, WasmWriter output)
    {
        using var options = new PooledBuffer(32);
        var writer = new WasmWriter(options);
        uint count = 0;
        while (TryTakeOption(ref cursor, scope, writer))
        {
            count++;
        }

        output.WriteU32(count);
        output.WriteBytes(options.WrittenSpan);
    }

    private bool TryTakeOption(ref TokenCursor cursor, ComponentScope scope, WasmWriter output)
    {
        if (cursor.Kind == TokenKind.Keyword)
        {
            if (!CanonOptions.TryParseKeyword(cursor.Text, out CanonOptionKind kind))
            {
                cursor.Unexpected();
            }

            cursor.Take();
            output.WriteByte((byte)kind);
            return true;
        }

        if (cursor.Kind != TokenKind.LeftParen || !CanonOptions.TryParseGroup(cursor.Peek(1).Of(cursor.Source), out CanonOptionKind group))
        {
            return false;
        }

        cursor.Take();
        cursor.Take();
        output.WriteByte((byte)group);
        output.WriteU32(identifiers.TakeRef(ref cursor, scope, CanonOptions.SortOf(group)));
        cursor.Close();
        return true;
    }
}
