namespace Wizer.Engine;

/// <summary>A module instance. Core 3.0, Execution: Module Instances.</summary>
public sealed class Instance
{
    internal Instance()
    {
    }

    /// <summary>The memory exported under a name, or null.</summary>
    public LinearMemory? FindMemory(string exportName) => null;
}
