using Wizer.Engine.Layout;

namespace Wizer.Engine.Interpreter;

/// <summary>Is told of every instruction that is about to write to a memory. There is none unless somebody asks who wrote what.</summary>
internal unsafe interface IWriteLog
{
    /// <summary>An operation of <see cref="RareOperations"/>, which may write or not.</summary>
    /// <param name="context">Where.</param>
    /// <param name="fp">The frame.</param>
    /// <param name="ip">The operation.</param>
    void Note(GuestContext* context, ulong* fp, ushort* ip);

    /// <summary>The same of <see cref="VectorMemory"/>.</summary>
    void NoteVector(GuestContext* context, ulong* fp, ushort* ip);
}
