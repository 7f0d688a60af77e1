namespace Wizer.Cli;

/// <summary>What the command is called, where it speaks of itself.</summary>
internal static class ToolName
{
    /// <summary>The name; another command with this code says its own before it does anything else.</summary>
    public static string Text { get; set; } = "wizer";
}
