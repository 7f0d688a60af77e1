namespace Wizer.Binary;

/// <summary>
/// The types of locals, and which of those without a default value have been set. Core 3.0, Validation: Contexts, Local Types.
/// </summary>
internal sealed partial class FunctionValidator
{
    // Locals below this number are looked up by index, the others by run: a body of ten bytes may declare 50,000, and a module
    // may have a million such bodies.
    private const int MaxExpandedLocals = 512;

    private ValType[] _expandedLocals = new ValType[32];
    private int _expandedLocalCount;

    // Runs of equal types: the index after the last local of each.
    private int[] _runEnds = new int[64];
    private ValType[] _runTypes = new ValType[64];
    private int _runCount;
    private int _localCount;
    private int _parameterCount;

    // Locals without a default that have been set, in order, so that a block's end can forget its own; the stamp of a local
    // is this function's while it counts as set.
    private int[] _setLocals = [];
    private int _setLocalCount;
    private int[] _setStamps = [];
    private int _stamp;

    private void BeginLocals(ValType[] parameters)
    {
        _localCount = 0;
        _expandedLocalCount = 0;
        _runCount = 0;
        _setLocalCount = 0;
        _stamp++;
        foreach (ValType parameter in parameters)
        {
            AddLocals(1, parameter);
        }

        _parameterCount = parameters.Length;
    }

    private void ReadLocals(ref WasmReader reader)
    {
        int declarationCount = reader.ReadCount();
        for (int i = 0; i < declarationCount; i++)
        {
            long at = reader.Offset;
            uint count = reader.ReadU32();
            long typeAt = reader.Offset;
            ValType type = TypeReader.ReadValType(ref reader);
            _context.CheckType(type, typeAt);
            if (count > (uint)(WasmLimits.MaxLocals - _localCount))
            {
                Throw.Malformed($"too many locals: at most {WasmLimits.MaxLocals} are supported", at);
            }

            AddLocals((int)count, type);
        }
    }

    private void AddLocals(int count, ValType type)
    {
        if (count == 0)
        {
            return;
        }

        int expanded = Math.Min(count, MaxExpandedLocals - _expandedLocalCount);
        if (expanded > _expandedLocals.Length - _expandedLocalCount)
        {
            _expandedLocals = GrowableArray.Resize(_expandedLocals, _expandedLocalCount, MaxExpandedLocals);
        }

        for (int i = 0; i < expanded; i++)
        {
            _expandedLocals[_expandedLocalCount++] = type;
        }

        _localCount += count;
        if (expanded == count)
        {
            return;
        }

        if (_runCount == _runEnds.Length)
        {
            Array.Resize(ref _runEnds, _runCount * 2);
            _runTypes = GrowableArray.Resize(_runTypes, _runCount, _runCount * 2);
        }

        _runEnds[_runCount] = _localCount;
        _runTypes[_runCount++] = type;
    }

    private ValType LocalAt(uint index)
    {
        if (index < (uint)_expandedLocalCount)
        {
            return _expandedLocals[index];
        }

        if (index >= (uint)_localCount)
        {
            Throw.Invalid($"unknown local {index}: the function has {_localCount}", _at);
        }

        int run = Array.BinarySearch(_runEnds, 0, _runCount, (int)index + 1);
        return _runTypes[run < 0 ? ~run : run];
    }

    private void CheckIsSet(uint index, ValType type)
    {
        if (!type.IsDefaultable && index >= (uint)_parameterCount && !(index < (uint)_setStamps.Length && _setStamps[index] == _stamp))
        {
            Throw.Invalid($"uninitialized local {index}: {type} has no default value", _at);
        }
    }

    private void NoteSet(uint index, ValType type)
    {
        if (type.IsDefaultable || index < (uint)_parameterCount)
        {
            return;
        }

        if (index >= (uint)_setStamps.Length)
        {
            Array.Resize(ref _setStamps, Math.Max(_localCount, _setStamps.Length * 2));
            Array.Resize(ref _setLocals, _setStamps.Length);
        }

        if (_setStamps[index] != _stamp)
        {
            _setStamps[index] = _stamp;
            _setLocals[_setLocalCount++] = (int)index;
        }
    }

    /// <summary>What a block has set is not set after it.</summary>
    private void ForgetLocals(int keptCount)
    {
        while (_setLocalCount > keptCount)
        {
            _setStamps[_setLocals[--_setLocalCount]] = 0;
        }
    }
}
