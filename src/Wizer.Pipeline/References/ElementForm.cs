namespace Wizer.Pipeline;

/// <summary>The forms of element segments, by what they begin with. Core 3.0, Binary Format: Element Section.</summary>
internal enum ElementForm : byte
{
    /// <summary>Active, for table 0: an offset, functions.</summary>
    ActiveFuncs = 0,

    /// <summary>Passive: what they are, functions.</summary>
    PassiveFuncs = 1,

    /// <summary>Active: a table, an offset, what they are, functions.</summary>
    ActiveTableFuncs = 2,

    /// <summary>Declarative: what they are, functions.</summary>
    DeclarativeFuncs = 3,

    /// <summary>Active, for table 0: an offset, expressions of type <c>funcref</c>.</summary>
    ActiveExpressions = 4,

    /// <summary>Passive: a type, expressions.</summary>
    PassiveExpressions = 5,

    /// <summary>Active: a table, an offset, a type, expressions.</summary>
    ActiveTableExpressions = 6,
}

/// <summary>Beside them.</summary>
internal static class ElementForms
{
    /// <summary>What functions are called where their kind is asked for.</summary>
    internal const byte FuncKind = 0;
}
