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
}
