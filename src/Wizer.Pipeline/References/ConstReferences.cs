using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Writes references as constant expressions.</summary>
internal sealed class ConstReferences(References references)
{
    /// <summary>Whether a constant expression can make a reference.</summary>
    internal bool CanWrite(ulong handle, ValType type) =>
        references.KindOf(handle, type) is ReferenceKind.Null or ReferenceKind.Func or ReferenceKind.I31;

    /// <summary>Writes a reference, without the end of the expression.</summary>
    internal void Write(ulong handle, ValType type, InstructionBuffer code) =>
        references.WriteAtom(references.KindOf(handle, type), handle, type, code);

    /// <summary>Writes the index of a function.</summary>
    internal void WriteFuncIndex(ulong handle, InstructionBuffer code) => references.WriteFuncIndex(handle, code);
}
