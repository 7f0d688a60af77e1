using System.Diagnostics.CodeAnalysis;

namespace Wizer.Binary;

/// <summary>Which feature lets a module use the instructions of a proposal, and the error when it is off.</summary>
internal static class FeatureGate
{
    /// <summary>Rejects an instruction whose proposal is not enabled.</summary>
    internal static void Check(Opcode opcode, WasmFeatures features, long offset)
    {
        WasmFeatures needed = FeatureOf(opcode);
        if (needed != WasmFeatures.None && (features & needed) == 0)
        {
            NotEnabled(NameOf(OpcodeTable.Proposal(opcode)), offset);
        }
    }

    // `throw` belongs to both generations of exceptions.
    private static WasmFeatures FeatureOf(Opcode opcode) => OpcodeTable.Proposal(opcode) switch
    {
        Proposal.SatConversions => WasmFeatures.SatConversions,
        Proposal.SignExtension => WasmFeatures.SignExtension,
        Proposal.BulkMemory => WasmFeatures.BulkMemory,
        Proposal.ReferenceTypes => WasmFeatures.ReferenceTypes,
        Proposal.Simd => WasmFeatures.Simd,
        Proposal.RelaxedSimd => WasmFeatures.RelaxedSimd,
        Proposal.TailCall => WasmFeatures.TailCall,
        Proposal.FunctionReferences => WasmFeatures.FunctionReferences | WasmFeatures.Gc,
        Proposal.Gc => WasmFeatures.Gc,
        Proposal.Exceptions when opcode == Opcode.Throw => WasmFeatures.Exceptions | WasmFeatures.LegacyExceptions,
        Proposal.Exceptions => WasmFeatures.Exceptions,
        Proposal.LegacyExceptions => WasmFeatures.LegacyExceptions,
        Proposal.Threads => WasmFeatures.Threads,
        Proposal.WideArithmetic => WasmFeatures.WideArithmetic,
        _ => WasmFeatures.None,
    };

    private static string NameOf(Proposal proposal) => proposal switch
    {
        Proposal.SatConversions => "saturating float to int conversions",
        Proposal.SignExtension => "sign extension operations",
        Proposal.BulkMemory => "bulk memory",
        Proposal.ReferenceTypes => "reference types",
        Proposal.Simd => "SIMD",
        Proposal.RelaxedSimd => "relaxed SIMD",
        Proposal.TailCall => "tail calls",
        Proposal.FunctionReferences => "function references",
        Proposal.Gc => "gc",
        Proposal.Exceptions => "exceptions",
        Proposal.LegacyExceptions => "legacy exceptions",
        Proposal.Threads => "threads",
        _ => "wide arithmetic",
    };

    [DoesNotReturn]
    internal static void NotEnabled(string name, long offset) => Throw.Invalid($"{name} support is not enabled", offset);
}
