namespace Wizer.Pipeline;

/// <summary>Knows what has become of tables, references, objects and segments.</summary>
internal interface IReferenceReader
{
    /// <summary>Compares them with what instantiation makes of them, and takes what is different.</summary>
    /// <param name="context">The module.</param>
    /// <param name="keptDataCount">How many of its data segments stay, before new ones.</param>
    /// <param name="limits">From where on objects are made in loops, if not as usual.</param>
    /// <exception cref="WizerException">There is a difference that a snapshot cannot hold.</exception>
    ReferenceChanges ReadReferences(ModuleContext context, int keptDataCount, LoaderLimits? limits);
}
