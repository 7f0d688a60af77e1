namespace Wizer.Wasmtime;

/// <summary>What Wasmtime says in the text of its errors, and nowhere else.</summary>
internal static class ErrorText
{
    /// <summary>What stands before the causes.</summary>
    internal const string Causes = "Caused by:";

    /// <summary>The innermost cause that a message names; its first line when it names none.</summary>
    internal static string LastCause(string message)
    {
        int causes = message.IndexOf(Causes, StringComparison.Ordinal);
        string[] lines = message[(causes < 0 ? 0 : causes + Causes.Length)..].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string last = lines.Length == 0 ? message : lines[causes < 0 ? 0 : ^1].Trim();

        // Several are numbered.
        int number = last.IndexOf(": ", StringComparison.Ordinal);
        return number > 0 && last.AsSpan(0, number).IndexOfAnyExceptInRange('0', '9') < 0 ? last[(number + 2)..] : last;
    }
}
