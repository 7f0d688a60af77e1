namespace Wizer.Binary;

/// <summary>The sections of a module, with their codes. Core 3.0, Binary Format: Sections.</summary>
public enum SectionId : byte
{
    /// <summary>A custom section: a name and bytes the specification does not interpret.</summary>
    Custom = 0,

    /// <summary>Type definitions.</summary>
    Type = 1,

    /// <summary>Imports.</summary>
    Import = 2,

    /// <summary>The type of each defined function.</summary>
    Function = 3,

    /// <summary>Tables.</summary>
    Table = 4,

    /// <summary>Memories.</summary>
    Memory = 5,

    /// <summary>Globals.</summary>
    Global = 6,

    /// <summary>Exports.</summary>
    Export = 7,

    /// <summary>The start function.</summary>
    Start = 8,

    /// <summary>Element segments.</summary>
    Element = 9,

    /// <summary>Function bodies.</summary>
    Code = 10,

    /// <summary>Data segments.</summary>
    Data = 11,

    /// <summary>The number of data segments.</summary>
    DataCount = 12,

    /// <summary>Tags.</summary>
    Tag = 13,
}
