namespace Wizer.Pipeline;

/// <summary>How the initialized module is laid out. Either way its instances start in the same state.</summary>
public enum ModuleLayout
{
    /// <summary>
    /// The smallest module: gaps between segments are closed wherever that takes no more bytes than another segment, and old
    /// data segments above the highest index that an instruction names are dropped, together with their names. Of more than
    /// 12,000 segments each has to save more than it costs to load, and there are no more than 100,000 in the whole module.
    /// </summary>
    Compact,

    /// <summary>
    /// The original's, byte for byte: every old data segment keeps its index, gaps of up to four bytes are closed, and no more than
    /// 10,000 segments added.
    /// </summary>
    Compatible,
}
