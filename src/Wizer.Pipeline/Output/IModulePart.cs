namespace Wizer.Pipeline;

/// <summary>
/// A part of a module that is made as the module is written out, since it would take as much memory as all that it is made of. Good as
/// long as the module is, and the same each time.
/// </summary>
internal interface IModulePart
{
    /// <summary>How many bytes it has.</summary>
    long ByteLength { get; }

    /// <summary>Makes it.</summary>
    void WriteTo(IPieceOutput output);
}
