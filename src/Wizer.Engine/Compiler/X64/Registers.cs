namespace Wizer.Engine.Compiler.X64;

/// <summary>The general registers of x64, by their numbers in encodings.</summary>
internal enum Gpr : sbyte
{
    None = -1,
    Rax,
    Rcx,
    Rdx,
    Rbx,
    Rsp,
    Rbp,
    Rsi,
    Rdi,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15,
}

/// <summary>The conditions of x64, by their numbers in encodings; a condition and its negation differ in the lowest bit.</summary>
internal enum Condition : byte
{
    Overflow,
    NotOverflow,
    Below,
    AboveOrEqual,
    Equal,
    NotEqual,
    BelowOrEqual,
    Above,
    Sign,
    NotSign,
    Parity,
    NotParity,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Greater,
}

/// <summary>The operations that x64 encodes alike, by their numbers in encodings.</summary>
internal enum Alu : byte
{
    Add,
    Or,
    Adc,
    Sbb,
    And,
    Sub,
    Xor,
    Cmp,
}

/// <summary>The shifts that x64 encodes alike, by their numbers in encodings.</summary>
internal enum Shift : byte
{
    RotateLeft,
    RotateRight,
    Left = 4,
    RightUnsigned,
    RightSigned = 7,
}
