namespace Wizer.Binary;

/// <summary>What a clause of <c>try_table</c> catches, with its code in the binary format.</summary>
public enum CatchKind : byte
{
    /// <summary><c>catch</c>: one tag; its values go to the label.</summary>
    Catch = 0,

    /// <summary><c>catch_ref</c>: one tag; its values and the exception go to the label.</summary>
    CatchRef = 1,

    /// <summary><c>catch_all</c>: every exception; nothing goes to the label.</summary>
    CatchAll = 2,

    /// <summary><c>catch_all_ref</c>: every exception; it goes to the label.</summary>
    CatchAllRef = 3,
}

/// <summary>A clause of <c>try_table</c>. Core 3.0, Binary Format: Control Instructions.</summary>
/// <param name="Kind">What it catches.</param>
/// <param name="TagIndex">The tag. Meaningful only when <see cref="HasTag"/>.</param>
/// <param name="LabelIndex">Where it continues, counted from outside the <c>try_table</c>.</param>
public readonly record struct CatchClause(CatchKind Kind, uint TagIndex, uint LabelIndex)
{
    /// <summary>Whether the clause names a tag.</summary>
    public bool HasTag => Kind <= CatchKind.CatchRef;

    /// <summary>Whether the exception itself is passed to the label.</summary>
    public bool PassesException => Kind is CatchKind.CatchRef or CatchKind.CatchAllRef;

    internal static CatchClause Read(ref WasmReader reader)
    {
        long at = reader.Offset;
        var kind = (CatchKind)reader.ReadByte();
        if (kind > CatchKind.CatchAllRef)
        {
            Throw.Malformed($"malformed catch clause 0x{(byte)kind:x2}", at);
        }

        uint tagIndex = kind <= CatchKind.CatchRef ? reader.ReadU32() : 0;
        return new CatchClause(kind, tagIndex, reader.ReadU32());
    }
}
