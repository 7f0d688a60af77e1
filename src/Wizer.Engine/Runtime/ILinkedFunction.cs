using Wizer.Binary;

namespace Wizer.Engine.Runtime;

/// <summary>A function of the host that belongs to no store yet: it becomes one of the store's when a module imports it.</summary>
internal interface ILinkedFunction
{
    /// <summary>The name under which modules import it.</summary>
    string Name { get; }

    /// <summary>Its type.</summary>
    FuncType Type { get; }

    /// <summary>What it does.</summary>
    HostFunction Body { get; }

    /// <summary>
    /// What a module gets that imports it with a certain type: itself, also where that is going to be an error, or the form that it
    /// has for that type; null when with that type it is not defined at all.
    /// </summary>
    ILinkedFunction? As(FuncType expected);
}
