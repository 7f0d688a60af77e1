namespace Wizer.Pipeline;

/// <summary>Which imports become definitions. Those of a kind that do are the last ones, so that every index stays what it is.</summary>
internal sealed class ImportPlan
{
    // By global index; null for what stays an import.
    private readonly ConstantValue?[] _globals;

    /// <param name="definesMemories">Whether all memories do.</param>
    /// <param name="definesTables">Whether all tables do.</param>
    /// <param name="globals">The values of the globals that do.</param>
    internal ImportPlan(bool definesMemories, bool definesTables, ConstantValue?[] globals)
    {
        DefinesMemories = definesMemories;
        DefinesTables = definesTables;
        _globals = globals;
    }

    /// <summary>Whether all memories do.</summary>
    internal bool DefinesMemories { get; }

    /// <summary>Whether all tables do.</summary>
    internal bool DefinesTables { get; }

    /// <summary>Whether any global does.</summary>
    internal bool DefinesGlobals => Array.Exists(_globals, static value => value is not null);

    /// <summary>Whether there are any at all.</summary>
    internal bool DefinesAny => DefinesMemories || DefinesTables || DefinesGlobals;

    /// <summary>The value of a global that becomes a definition.</summary>
    internal ConstantValue? ValueOf(uint globalIndex) => globalIndex < _globals.Length ? _globals[globalIndex] : null;
}
