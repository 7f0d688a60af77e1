namespace Wizer.TestSupport.Scripts;

/// <summary>A module as a script holds it; encoded only when someone asks.</summary>
public abstract class ScriptModule
{
    /// <summary>The module in the binary format.</summary>
    /// <exception cref="Wizer.Text.WatException">It is text and malformed.</exception>
    public abstract byte[] Encode();
}

/// <summary><c>(module binary "…")</c>.</summary>
public sealed class BinaryScriptModule(byte[] bytes) : ScriptModule
{
    public override byte[] Encode() => bytes;
}
