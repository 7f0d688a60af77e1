using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>Where the columns of loops are: in arrays that code makes from the image, and globals that refer to them.</summary>
/// <param name="types">Gets their types.</param>
/// <param name="helpers">Gets the globals.</param>
/// <param name="image">Gets the numbers.</param>
/// <param name="bodies">Gets the code that makes the arrays.</param>
internal sealed class LoaderColumns(AddedTypes types, HelperGlobals helpers, DataImage image, RestoreBodies bodies)
{
    internal AddedTypes Types => types;

    internal HelperGlobals Helpers => helpers;

    internal DataImage Image => image;

    /// <summary>Adds an array, and the code that makes it.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="count">Its length.</param>
    /// <param name="bytes">Its elements.</param>
    /// <returns>The global that refers to it.</returns>
    internal uint Add(uint type, int count, byte[] bytes)
    {
        uint global = helpers.Take(AddedTypes.ReferenceTo(type));
        InstructionBuffer code = bodies.Code;
        code.I32Const((int)image.Add(bytes));
        code.I32Const(count);
        code.Write(Opcode.ArrayNewData, type, image.SegmentIndex);
        code.Write(Opcode.GlobalSet, global);
        bodies.EndStatement();
        return global;
    }
}
