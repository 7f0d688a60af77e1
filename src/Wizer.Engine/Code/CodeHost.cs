using Wizer.Binary;
using Wizer.Engine.Layout;

namespace Wizer.Engine.Code;

/// <summary>
/// What translating a function takes of the store that it belongs to, and of the rooms above: modules, types, and the methods that
/// code calls.
/// </summary>
internal abstract unsafe class CodeHost
{
    /// <summary>Owns all translated code; disposed with the store, after its last execution.</summary>
    internal CodeArena Code { get; } = new();

    /// <summary>Whether relaxed vector instructions have the deterministic profile's results.</summary>
    internal virtual bool IsRelaxedSimdDeterministic => true;

    /// <summary>Whether a NaN that an instruction computes is always the positive canonical one.</summary>
    internal virtual bool CanonicalizesNaNs => false;

    /// <summary>Whether every write to a memory is left to a helper, which notes it.</summary>
    internal virtual bool NotesWrites => false;

    /// <summary>The types of the store.</summary>
    internal abstract TypeRegistry Types { get; }

    /// <summary>The module that an instance was made from.</summary>
    internal abstract ModuleInfo ModuleOf(InstanceData* instance);

    /// <summary>How a struct or array type lies in memory.</summary>
    internal abstract GcLayout* LayoutOf(uint typeId);

    /// <summary>
    /// The method of a vector instruction without immediates: where its result goes, and its operands; null when it has none.
    /// </summary>
    internal abstract delegate*<ulong*, ulong*, ulong*, ulong*, void> VectorMethodOf(Opcode opcode);

    /// <summary>The method that makes the NaNs of a vector canonical.</summary>
    internal abstract delegate*<ulong*, ulong*, ulong*, ulong*, void> CanonicalizerOf(NanLanes lanes);
}
