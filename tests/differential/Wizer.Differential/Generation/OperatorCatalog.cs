using Wizer.Binary;

namespace Wizer.Differential.Generation;

/// <summary>
/// The operators whose types their opcode alone decides, straight from the instruction table: a new row of a covered proposal
/// is generated from the day it is added. Relaxed operators are apart, because their results may differ legally where an engine does
/// not keep to the deterministic profile.
/// </summary>
internal static class OperatorCatalog
{
    private static readonly Proposal[] s_proposals =
        [Proposal.Mvp, Proposal.SignExtension, Proposal.SatConversions, Proposal.Simd, Proposal.Threads];

    // Everything else that has a float's name may make a NaN, whose sign and payload are the implementation's choice.
    private static readonly string[] s_bitExact =
    [
        "abs", "neg", "copysign", "pmin", "pmax", "splat", "replace_lane", "extract_lane", "load", "store", "reinterpret", "convert",
        "eq", "ne", "lt", "gt", "le", "ge", "const",
    ];

    private static readonly Dictionary<ValType, List<Opcode>> s_operators = [];
    private static readonly Dictionary<ValType, List<Opcode>> s_scalarOperators = [];
    private static readonly List<Opcode> s_relaxed = [];
    private static readonly List<Opcode> s_stores = [];
    private static readonly List<Opcode> s_scalarStores = [];
    private static readonly Dictionary<ValType, List<Opcode>> s_loads = [];
    private static readonly Dictionary<ValType, List<Opcode>> s_atomics = [];

    static OperatorCatalog()
    {
        for (int code = 0; code < OpcodeTable.Size; code++)
        {
            var opcode = (Opcode)code;
            if (OpcodeTable.IsDefined(opcode) && OpcodeTable.Proposal(opcode) == Proposal.RelaxedSimd)
            {
                s_relaxed.Add(opcode);
            }

            if (!OpcodeTable.IsDefined(opcode) || !s_proposals.Contains(OpcodeTable.Proposal(opcode))
                || !OpcodeTable.Signature(opcode).IsRegular || IsConstant(opcode))
            {
                continue;
            }

            OpcodeSignature signature = OpcodeTable.Signature(opcode);
            bool accesses = OpcodeTable.Immediates(opcode) is ImmediateKind.MemArg or ImmediateKind.MemArgLane;
            if (accesses && !IsWait(opcode))
            {
                if (signature.Result != OpcodeSignature.Nothing)
                {
                    Of(IsAtomic(opcode) ? s_atomics : s_loads, signature.Result).Add(opcode);
                    continue;
                }

                s_stores.Add(opcode);
                if (!TakesVectors(signature))
                {
                    s_scalarStores.Add(opcode);
                }
            }
            else if (OpcodeTable.Immediates(opcode) is ImmediateKind.None or ImmediateKind.Lane or ImmediateKind.Shuffle
                && signature.Result != OpcodeSignature.Nothing)
            {
                Of(s_operators, signature.Result).Add(opcode);
                if (!TakesVectors(signature))
                {
                    Of(s_scalarOperators, signature.Result).Add(opcode);
                }
            }
        }
    }

    /// <summary>The accesses without a result, those of vectors too or not.</summary>
    internal static IReadOnlyList<Opcode> Stores(bool vectors) => vectors ? s_stores : s_scalarStores;

    /// <summary>The operators that only compute, those with operands that are vectors too or not.</summary>
    internal static IReadOnlyList<Opcode> Operators(ValType result, bool vectors) => (vectors ? s_operators : s_scalarOperators)[result];

    /// <summary>The relaxed operators on vectors, all of which make a vector.</summary>
    internal static IReadOnlyList<Opcode> Relaxed => s_relaxed;

    /// <summary>The accesses with a result that are not atomic.</summary>
    internal static IReadOnlyList<Opcode> Loads(ValType result) => s_loads[result];

    /// <summary>The atomic accesses with a result; none but integers have any.</summary>
    internal static IReadOnlyList<Opcode> Atomics(ValType result) => s_atomics.GetValueOrDefault(result) ?? [];

    /// <summary>The lane type whose NaNs an operator's result may have: f32, f64, or null.</summary>
    internal static ValType? NanLanes(Opcode opcode)
    {
        byte result = OpcodeTable.Signature(opcode).Result;
        string mnemonic = OpcodeTable.Mnemonic(opcode);
        string operation = mnemonic[(mnemonic.IndexOf('.') + 1)..];
        if (result is not (0x7d or 0x7c or 0x7b)
            || s_bitExact.Any(name => operation == name || operation.StartsWith(name + "_", StringComparison.Ordinal)))
        {
            return null;
        }

        return mnemonic.StartsWith("f32", StringComparison.Ordinal) ? ValType.F32
            : mnemonic.StartsWith("f64", StringComparison.Ordinal) ? ValType.F64
            : null;
    }

    /// <summary>Whether the operands alone decide whether it traps: a division, or a conversion that does not saturate.</summary>
    internal static bool MayTrap(Opcode opcode) =>
        OpcodeTable.Family(opcode) is OpcodeFamily.Divide or OpcodeFamily.Truncate;

    internal static bool IsAtomic(Opcode opcode) => OpcodeTable.Proposal(opcode) == Proposal.Threads;

    private static bool TakesVectors(OpcodeSignature signature) =>
        signature.Operand0 == ValType.V128.Kind || signature.Operand1 == ValType.V128.Kind || signature.Operand2 == ValType.V128.Kind;

    // A wait needs another agent.
    private static bool IsWait(Opcode opcode) => opcode is Opcode.MemoryAtomicWait32 or Opcode.MemoryAtomicWait64;

    private static bool IsConstant(Opcode opcode) =>
        OpcodeTable.Family(opcode) is OpcodeFamily.Constant or OpcodeFamily.VectorConstant;

    private static List<Opcode> Of(Dictionary<ValType, List<Opcode>> lists, byte type)
    {
        ValType key = ValType.FromCode(type);
        if (!lists.TryGetValue(key, out List<Opcode>? list))
        {
            lists.Add(key, list = []);
        }

        return list;
    }
}
