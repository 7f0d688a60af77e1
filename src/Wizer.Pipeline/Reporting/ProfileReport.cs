namespace Wizer.Pipeline;

/// <summary>Whether a profile was of use.</summary>
public enum ProfileState
{
    /// <summary>It is of the module that ran.</summary>
    Used,

    /// <summary>It is no profile, or one that has been cut off or changed; it was ignored.</summary>
    Damaged,

    /// <summary>It was recorded by a newer version, and ignored.</summary>
    OtherVersion,

    /// <summary>It is of another module, or of another build of this one, and was ignored.</summary>
    OtherModule,
}

/// <summary>What became of a profile: of <see cref="InitEnvironment.Profile"/>, or of the module's own.</summary>
/// <param name="State">Whether it was used.</param>
/// <param name="IsOfModule">Whether it came with the module, in its custom section <c>wizer.profile</c>.</param>
public sealed record ProfileReport(ProfileState State, bool IsOfModule)
{
    /// <summary>How many functions it names.</summary>
    public int FunctionCount { get; init; }

    /// <summary>How many of those were busy when it was recorded.</summary>
    public int HotFunctionCount { get; init; }

    /// <summary>How many of the busy ones were compiled in this run; none on machines without a compiler of our own.</summary>
    public int CompiledFunctionCount { get; init; }
}
