using Wizer.Engine;

namespace Wizer.SpecTests;

/// <summary>Puts another instance into the place of one between the commands of a script.</summary>
internal interface IInstanceSubstitution
{
    /// <summary>How many instances were replaced.</summary>
    int Count { get; }

    /// <summary>How many could not be, because something of another instance or of the host was in them.</summary>
    int RefusedCount { get; }

    /// <summary>Says that others may refer to an instance.</summary>
    void Expose(Instance instance);

    /// <summary>Replaces an instance, if its references have changed since the last time.</summary>
    /// <param name="instance">Which one.</param>
    /// <param name="difference">In what the two are not the same, or null.</param>
    /// <returns>The one to go on with.</returns>
    Instance Replace(Instance instance, out string? difference);
}

/// <summary>Makes one for a script.</summary>
/// <param name="store">That of the script.</param>
/// <param name="linker">What its modules import.</param>
internal delegate IInstanceSubstitution SubstitutionFactory(Store store, Linker linker);
