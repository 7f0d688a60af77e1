using System.Diagnostics.CodeAnalysis;

namespace Wizer.Binary;

/// <summary>Which feature lets a module use the instructions of a proposal, and the error when it is off.</summary>
internal static class FeatureGate
{
    /// <summary>Rejects an instruction whose proposal is not enabled.</summary>
    internal static void Check(Opcode opcode, WasmFeatures features, long offset)
    {
        (WasmFeatures needed, string name) = OpcodeTable.Proposal(opcode) switch
        {
            Proposal.SatConversions => (WasmFeatures.SatConversions, "saturating float to int conversions"),
            Proposal.SignExtension => (WasmFeatures.SignExtension, "sign extension operations"),
            Proposal.BulkMemory => (WasmFeatures.BulkMemory, "bulk memory"),
            Proposal.ReferenceTypes => (WasmFeatures.ReferenceTypes, "reference types"),
            Proposal.Simd => (WasmFeatures.Simd, "SIMD"),
            Proposal.RelaxedSimd => (WasmFeatures.RelaxedSimd, "relaxed SIMD"),
            Proposal.TailCall => (WasmFeatures.TailCall, "tail calls"),
            Proposal.FunctionReferences => (WasmFeatures.FunctionReferences, "function references"),
            Proposal.Gc => (WasmFeatures.Gc, "gc"),
            Proposal.Exceptions => (WasmFeatures.Exceptions, "exceptions"),
            Proposal.LegacyExceptions => (WasmFeatures.LegacyExceptions, "legacy exceptions"),
            Proposal.Threads => (WasmFeatures.Threads, "threads"),
            Proposal.WideArithmetic => (WasmFeatures.WideArithmetic, "wide arithmetic"),
            _ => (WasmFeatures.All, ""),
        };

        // `throw` belongs to both generations of exceptions.
        if (opcode == Opcode.Throw)
        {
            needed |= WasmFeatures.LegacyExceptions;
        }

        if (name.Length != 0 && (features & needed) == 0)
        {
            NotEnabled(name, offset);
        }
    }

    [DoesNotReturn]
    internal static void NotEnabled(string name, long offset) => Throw.Invalid($"{name} support is not enabled", offset);
}
