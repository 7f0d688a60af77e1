namespace Wizer.Engine.Code;

/// <summary>What a label belongs to; see <see cref="BodyWalker{TLabel}"/>.</summary>
internal enum BlockKind : byte
{
    Function,
    Block,
    Loop,

    /// <summary>An <c>if</c>, before its <c>else</c>.</summary>
    If,

    /// <summary>An <c>if</c>, behind its <c>else</c>.</summary>
    Else,
    TryTable,

    /// <summary>A legacy <c>try</c>, before its first clause.</summary>
    Try,

    /// <summary>A legacy <c>try</c>, in one of its clauses.</summary>
    Catch,

    /// <summary>In unreachable code: only its end matters.</summary>
    Dead,
}
