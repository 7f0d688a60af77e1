namespace Wizer.Pipeline;

/// <summary>
/// What a runtime may show beside <see cref="IInstanceState"/> if it can tell functions apart: which of them the tables of an instance
/// hold, and which of its segments were dropped. For modules that were instrumented to show tables, an <see cref="IInstanceState"/> or
/// <see cref="IAsyncInstanceState"/> has to be one of these, too.
/// </summary>
/// <remarks>
/// In JavaScript, functions under <c>__wizer_func_N</c> and elements of tables are the same objects. Whether a segment was dropped, only
/// a runtime's own interfaces say.
/// </remarks>
public interface IReferenceState
{
    /// <summary>How many elements a table has.</summary>
    /// <param name="exportName"><c>__wizer_table_N</c>.</param>
    ulong GetTableLength(string exportName);

    /// <summary>The function that an element of a table is: its index in the module's function index space; null for null.</summary>
    /// <param name="exportName"><c>__wizer_table_N</c>.</param>
    /// <param name="element">Less than <see cref="GetTableLength"/>.</param>
    uint? GetFuncIndex(string exportName, ulong element);

    /// <summary>Whether a passive data segment was dropped. Asked only of modules with <c>data.drop</c>.</summary>
    bool IsDataSegmentDropped(int index);

    /// <summary>Whether a passive element segment was dropped. Asked only of modules with <c>elem.drop</c>.</summary>
    bool IsElementSegmentDropped(int index);
}
