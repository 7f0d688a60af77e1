namespace Wizer.Engine.Native;

/// <summary>Holds native memory for a store, which frees it when it is disposed.</summary>
internal interface INativeOwner
{
    /// <summary>Frees everything; called once, after the last guest instruction.</summary>
    void Free();
}
