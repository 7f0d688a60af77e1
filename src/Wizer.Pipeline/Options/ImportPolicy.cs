namespace Wizer.Pipeline;

/// <summary>
/// What becomes of the memories, the tables or the globals that a module imports. What a host has in them when the new module is
/// instantiated, nobody knows while it is initialized, so that there are only these ways.
/// </summary>
public enum ImportPolicy
{
    /// <summary>The module is rejected, as the original does it.</summary>
    Reject,

    /// <summary>
    /// The initialization gets a new one of the import's type: zeros, or null. The new module still imports it, of the size that the
    /// initialization left, and fills it when it is instantiated; for globals a start function does that. So a host has to give each
    /// instance a new one.
    /// </summary>
    Fresh,

    /// <summary>
    /// The module defines it instead of importing it: zeros, null, or what <see cref="WizerOptions.DefinedGlobals"/> say. Memories and
    /// tables are exported under the name they were imported with, unless something else has it.
    /// </summary>
    Define,
}
