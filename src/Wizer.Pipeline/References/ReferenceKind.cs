namespace Wizer.Pipeline;

/// <summary>What a reference refers to, as far as a new module can or cannot have it again.</summary>
internal enum ReferenceKind
{
    /// <summary>Nothing.</summary>
    Null,

    /// <summary>A function of the module, defined or imported.</summary>
    Func,

    /// <summary>A number of 31 bits.</summary>
    I31,

    /// <summary>A struct or an array.</summary>
    Object,

    /// <summary>An exception.</summary>
    Exception,

    /// <summary>Something of the host's.</summary>
    Host,

    /// <summary>The value of an immutable global that the module imports.</summary>
    Import,

    /// <summary>The same where a global of its type cannot stand.</summary>
    WiderImport,

    /// <summary>A function that the module neither has nor imports.</summary>
    ForeignFunc,

    /// <summary>A function that the module imports under several names.</summary>
    AmbiguousFunc,

    /// <summary>A function that the module imports with a type that says less than its place asks for.</summary>
    WiderFunc,
}
