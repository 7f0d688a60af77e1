namespace Wizer.Engine.Compiler.X64;

// Constants of vectors: behind the code, 16 bytes each, read as operands relative to the instruction.
internal sealed unsafe partial class Assembler
{
    private const int ConstantByteLength = 16;

    // Equal ones are near each other, if anywhere: a function with thousands of constants must not look at all of them for each.
    private const int MaxLookBack = 32;

    private ulong[] _constants = new ulong[16];
    private int[] _constantLabels = new int[8];
    private int _constantCount;

    private void ResetConstants() => _constantCount = 0;

    /// <summary>An instruction whose last operand is a constant.</summary>
    /// <param name="map">See <see cref="Vex"/>, as for the rest.</param>
    /// <param name="prefix">The same.</param>
    /// <param name="wide">The same.</param>
    /// <param name="opcode">The same.</param>
    /// <param name="register">The same.</param>
    /// <param name="second">The same.</param>
    /// <param name="low">The lower half.</param>
    /// <param name="high">The upper half.</param>
    /// <param name="immediateByteLength">What follows the operand in the instruction: distances count from its end.</param>
    internal void VexConstant(
        int map, int prefix, bool wide, int opcode, int register, int second, ulong low, ulong high, int immediateByteLength = 0)
    {
        VexPrefix(map, prefix, wide, register >> 3, 0, 0, second);
        Byte(opcode);
        Byte(((register & 7) << 3) | 5);
        EmitDistance(LabelOfConstant(low, high), Length + sizeof(int) + immediateByteLength);
    }

    /// <summary>Emits the constants that instructions before it read.</summary>
    internal void EmitConstants()
    {
        if (_constantCount == 0)
        {
            return;
        }

        Reserve((_constantCount + 1) * ConstantByteLength);
        while (Length % ConstantByteLength != 0)
        {
            Byte(0xcc);
        }

        for (int i = 0; i < _constantCount; i++)
        {
            Bind(_constantLabels[i]);
            Int64((long)_constants[2 * i]);
            Int64((long)_constants[(2 * i) + 1]);
        }
    }

    private int LabelOfConstant(ulong low, ulong high)
    {
        for (int i = _constantCount - 1; i >= 0 && i >= _constantCount - MaxLookBack; i--)
        {
            if (_constants[2 * i] == low && _constants[(2 * i) + 1] == high)
            {
                return _constantLabels[i];
            }
        }

        if (_constantCount == _constantLabels.Length)
        {
            Array.Resize(ref _constantLabels, 2 * _constantCount);
            Array.Resize(ref _constants, 4 * _constantCount);
        }

        _constants[2 * _constantCount] = low;
        _constants[(2 * _constantCount) + 1] = high;
        _constantLabels[_constantCount] = NewLabel();
        return _constantLabels[_constantCount++];
    }
}
