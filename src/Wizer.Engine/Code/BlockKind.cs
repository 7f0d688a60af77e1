namespace Wizer.Engine.Code;

/// <summary>What a label of compiled code belongs to.</summary>
internal enum BlockKind : byte
{
    Function,
    Block,
    Loop,
    If,
    Else,

    /// <summary>In unreachable code: only its end matters.</summary>
    Dead,
}
