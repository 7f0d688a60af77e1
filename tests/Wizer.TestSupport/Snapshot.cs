using System.Runtime.CompilerServices;
using Xunit.Sdk;

namespace Wizer.TestSupport;

/// <summary>
/// Compares a text with the approved one beside the test, in the file convention of Verify: <c>Class.Method.verified.txt</c>
/// is checked in, <c>Class.Method.received.txt</c> appears on a mismatch. <c>WIZER_BLESS=1</c> approves what is received.
/// </summary>
public static class Snapshot
{
    private static bool IsBlessing => Environment.GetEnvironmentVariable("WIZER_BLESS") == "1";

    /// <summary>Fails when <paramref name="actual"/> is not the approved text; line endings do not count.</summary>
    /// <param name="actual">What the code under test produced.</param>
    /// <param name="parameters">Tells the cases of a theory apart; becomes part of the file name.</param>
    /// <param name="extension">The language of the text, for whoever views the file.</param>
    /// <param name="file">Filled in by the compiler: the approved text lies in this file's folder.</param>
    /// <param name="method">Filled in by the compiler: the test.</param>
    public static void Verify(
        string actual,
        string parameters = "",
        string extension = "txt",
        [CallerFilePath] string file = "",
        [CallerMemberName] string method = "")
    {
        string name = $"{Path.GetFileNameWithoutExtension(file)}.{method}{(parameters.Length == 0 ? "" : "_" + parameters)}";
        string stem = Path.Combine(Path.GetDirectoryName(file)!, name);
        string verified = $"{stem}.verified.{extension}";
        string received = $"{stem}.received.{extension}";

        string text = Normalize(actual);
        string? expected = File.Exists(verified) ? Normalize(File.ReadAllText(verified)) : null;
        if (expected == text)
        {
            File.Delete(received);
            return;
        }

        if (IsBlessing)
        {
            File.WriteAllText(verified, text);
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, text);
        throw new XunitException(
            $"{name}: {(expected is null ? "nothing is approved yet" : "differs from what is approved")}.\n"
            + $"{(expected is null ? "" : FirstDifference(expected, text) + "\n")}"
            + $"Received: {received}\nRun again with WIZER_BLESS=1 to approve it.\n\n{text}");
    }

    private static string Normalize(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n');

    private static string FirstDifference(string expected, string actual)
    {
        string[] left = expected.Split('\n');
        string[] right = actual.Split('\n');
        int line = 0;
        while (line < left.Length && line < right.Length && left[line] == right[line])
        {
            line++;
        }

        return $"Line {line + 1}\n  approved: {left.ElementAtOrDefault(line) ?? "(end)"}\n  received: {right.ElementAtOrDefault(line) ?? "(end)"}";
    }
}
