namespace Wizer.Binary;

/// <summary>What validation learned about a valid module on its way.</summary>
public sealed class ValidationResult
{
    // Indexed by opcode; 0, where no instruction can stand, says that it does not occur.
    private readonly int[] _firstUses;

    internal ValidationResult(int[] firstUses, uint namedDataCount, uint namedElementCount, ulong[] referencedFuncs)
    {
        _firstUses = firstUses;
        NamedDataCount = namedDataCount;
        NamedElementCount = namedElementCount;
        ReferencedFuncs = referencedFuncs;
    }

    /// <summary>How many data segments code may depend on: one more than the highest index that an instruction names, or 0.</summary>
    public uint NamedDataCount { get; }

    /// <summary>The same of element segments.</summary>
    internal uint NamedElementCount { get; }

    /// <summary>A bit for each function that <c>ref.func</c> refers to in function bodies; empty when there is none.</summary>
    internal ulong[] ReferencedFuncs { get; }

    /// <summary>Whether an instruction occurs in the code section.</summary>
    public bool Uses(Opcode opcode) => _firstUses[(int)opcode] != 0;

    /// <summary>Finds the first instruction of a kind in the code section.</summary>
    /// <param name="opcode">Which kind.</param>
    /// <param name="offset">The module offset of its opcode.</param>
    /// <returns>False when there is none.</returns>
    public bool TryGetFirstUse(Opcode opcode, out long offset)
    {
        offset = _firstUses[(int)opcode];
        return offset != 0;
    }
}
