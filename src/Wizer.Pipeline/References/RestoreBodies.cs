using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Cuts code into functions that engines compile well, which one more function calls in order. Core 3.0, Binary Format: Code Section.
/// </summary>
/// <param name="code">Written to.</param>
internal sealed class RestoreBodies(InstructionBuffer code)
{
    /// <summary>A function ends with the first statement beyond so many bytes.</summary>
    internal const int MaxLength = 64 << 10;

    private readonly List<byte[]> _bodies = [];

    internal InstructionBuffer Code => code;

    /// <summary>Says that there is nothing on the stack.</summary>
    internal void EndStatement()
    {
        if (code.Length >= MaxLength)
        {
            _bodies.Add(code.Take());
        }
    }

    /// <summary>The bodies without their sizes, the one that calls the others at the end; none where nothing was written.</summary>
    /// <param name="firstIndex">The index of the first.</param>
    internal List<byte[]> Finish(uint firstIndex)
    {
        if (code.Length != 0)
        {
            _bodies.Add(code.Take());
        }

        var finished = new List<byte[]>();
        foreach (byte[] body in _bodies)
        {
            finished.Add(Wrap(body));
        }

        if (_bodies.Count > 1)
        {
            for (int i = 0; i < _bodies.Count; i++)
            {
                code.Write(Opcode.Call, firstIndex + (uint)i);
            }

            finished.Add(Wrap(code.Take()));
        }

        return finished;
    }

    // No locals: what they refer to would have to be known at every allocation.
    internal static byte[] Wrap(byte[] instructions)
    {
        byte[] body = new byte[instructions.Length + 2];
        instructions.CopyTo(body, 1);
        body[^1] = (byte)Opcode.End;
        return body;
    }
}
