using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>The instructions that change state beside memories and numbers, by what they change.</summary>
internal static class StateInstructions
{
    // Arrays: to cut a span of these is compiled at run time.

    /// <summary>Those that change tables.</summary>
    internal static Opcode[] OfTables { get; } =
        [Opcode.TableSet, Opcode.TableFill, Opcode.TableCopy, Opcode.TableInit, Opcode.TableGrow];

    /// <summary>Those that change segments.</summary>
    internal static Opcode[] OfSegments { get; } = [Opcode.ElemDrop, Opcode.DataDrop];

    /// <summary>Those that change objects.</summary>
    internal static Opcode[] OfObjects { get; } =
    [
        Opcode.StructSet, Opcode.ArraySet, Opcode.ArrayFill, Opcode.ArrayCopy, Opcode.ArrayInitData, Opcode.ArrayInitElem,
    ];

    /// <summary>All of them.</summary>
    internal static Opcode[][] All { get; } = [OfTables, OfSegments, OfObjects];

    /// <summary>Whether one of them occurs in a module.</summary>
    internal static bool AreUsed(Opcode[] opcodes, ValidationResult validation)
    {
        foreach (Opcode opcode in opcodes)
        {
            if (validation.Uses(opcode))
            {
                return true;
            }
        }

        return false;
    }
}
