using Wizer.Binary;

namespace Wizer.Engine.Code;

/// <summary>How the result of an instruction is read where NaNs are made canonical.</summary>
internal enum NanLanes : byte
{
    None,
    F32,
    F64,
    F32x4,
    F64x2,
}

/// <summary>
/// Which instructions may compute a NaN whose bits the specification leaves open. All others move bits, or clear, set and copy
/// signs, the same on every machine. Core 3.0, Execution: Numerics, NaN Propagation.
/// </summary>
internal static class NanRules
{
    /// <summary>The lanes of the result that are to be made canonical after an instruction.</summary>
    internal static NanLanes LanesOf(Opcode opcode) => opcode switch
    {
        >= Opcode.F32Ceil and <= Opcode.F32Max or Opcode.F32DemoteF64 => NanLanes.F32,
        >= Opcode.F64Ceil and <= Opcode.F64Max or Opcode.F64PromoteF32 => NanLanes.F64,
        Opcode.F32x4Ceil or Opcode.F32x4Floor or Opcode.F32x4Trunc or Opcode.F32x4Nearest or Opcode.F32x4Sqrt
            or Opcode.F32x4Add or Opcode.F32x4Sub or Opcode.F32x4Mul or Opcode.F32x4Div or Opcode.F32x4Min or Opcode.F32x4Max
            or Opcode.F32x4DemoteF64x2Zero
            or Opcode.F32x4RelaxedMadd or Opcode.F32x4RelaxedNmadd or Opcode.F32x4RelaxedMin or Opcode.F32x4RelaxedMax => NanLanes.F32x4,
        Opcode.F64x2Ceil or Opcode.F64x2Floor or Opcode.F64x2Trunc or Opcode.F64x2Nearest or Opcode.F64x2Sqrt
            or Opcode.F64x2Add or Opcode.F64x2Sub or Opcode.F64x2Mul or Opcode.F64x2Div or Opcode.F64x2Min or Opcode.F64x2Max
            or Opcode.F64x2PromoteLowF32x4
            or Opcode.F64x2RelaxedMadd or Opcode.F64x2RelaxedNmadd or Opcode.F64x2RelaxedMin or Opcode.F64x2RelaxedMax => NanLanes.F64x2,
        _ => NanLanes.None,
    };
}
