using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Wizer.Binary;

/// <summary>The rejections that several rules share, in the wording of the official scripts: cold, so that rules stay small.</summary>
internal static class Invalid
{
    /// <summary>Operands that an instruction cannot take, both lists deepest first.</summary>
    [DoesNotReturn]
    internal static void Operands(string who, TypeSequence required, TypeSequence actual, long offset) =>
        Throw.Invalid($"type mismatch: {who} requires {List(required)} but stack has {List(actual)}", offset);

    private static string List(TypeSequence types)
    {
        // A hostile stack can be megabytes high.
        const int Shown = 10;
        var text = new StringBuilder("[");
        int start = Math.Max(0, types.Count - Shown);
        text.Append(start == 0 ? "" : "... ");
        for (int i = start; i < types.Count; i++)
        {
            text.Append(i == start ? "" : " ").Append(types[i].ToString());
        }

        return text.Append(']').ToString();
    }
}
