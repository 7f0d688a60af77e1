using Wizer.Binary;

namespace Wizer.Engine.Code;

/// <summary>What the operations take and leave that helpers execute.</summary>
internal static class HelperArity
{
    /// <summary>How many operands a numeric instruction has that the loop leaves to a helper; 0 for those that it computes.</summary>
    internal static int OfNumeric(Opcode opcode) => opcode switch
    {
        Opcode.I32Clz or Opcode.I32Ctz or Opcode.I32Popcnt or Opcode.I64Clz or Opcode.I64Ctz or Opcode.I64Popcnt => 1,
        >= Opcode.F32Ceil and <= Opcode.F32Sqrt or >= Opcode.F64Ceil and <= Opcode.F64Sqrt => 1,
        Opcode.F32Min or Opcode.F32Max or Opcode.F32Copysign or Opcode.F64Min or Opcode.F64Max or Opcode.F64Copysign => 2,
        >= Opcode.F32ConvertI32S and <= Opcode.F32ConvertI64U or Opcode.F64ConvertI64S or Opcode.F64ConvertI64U => 1,
        >= Opcode.I32TruncF32S and <= Opcode.I32TruncF64U or >= Opcode.I64TruncF32S and <= Opcode.I64TruncF64U => 1,
        >= Opcode.I32TruncSatF32S and <= Opcode.I64TruncSatF64U => 1,
        _ => 0,
    };

    /// <summary>How many operands an atomic instruction with a memory takes, the address included.</summary>
    internal static int OfAtomic(Opcode opcode) => opcode switch
    {
        Opcode.MemoryAtomicNotify => 2,
        Opcode.MemoryAtomicWait32 or Opcode.MemoryAtomicWait64 => 3,
        <= Opcode.I64AtomicLoad32U => 1,
        < Opcode.I32AtomicRmwCmpxchg => 2,
        _ => 3,
    };

    /// <summary>Whether an atomic instruction leaves a value.</summary>
    internal static bool AtomicHasResult(Opcode opcode) => opcode is < Opcode.I32AtomicStore or > Opcode.I64AtomicStore32;
}
