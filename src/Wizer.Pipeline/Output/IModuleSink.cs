namespace Wizer.Pipeline;

/// <summary>Where a finished module goes. It takes slices, so that nothing large is copied to be written.</summary>
public interface IModuleSink
{
    /// <summary>Takes a whole module. Called once, and only when everything before it has succeeded.</summary>
    /// <param name="module">The slices and their total length. They are good until the call returns.</param>
    void Write(ModuleSlices module);
}
