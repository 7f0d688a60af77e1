using Wizer.Binary;

namespace Wizer.Differential.Generation;

// Exceptions of both generations; a module has one, since V8 takes no module with both.
internal sealed partial class FunctionGenerator
{
    private const byte CatchTag = 0x00;
    private const byte CatchTagReference = 0x01;
    private const byte CatchAllTags = 0x02;
    private const byte CatchAllReference = 0x03;

    /// <summary>A block with handlers that leaves values: what is within it is any code, and so are the handlers.</summary>
    private void Handle(ValType[] results)
    {
        if (_shape.HasLegacyHandlers)
        {
            Try(results);
        }
        else
        {
            TryTable(results);
        }
    }

    /// <summary>Catches one tag, or the others too, or only those; what is caught is a value like any other.</summary>
    private void TryTable(ValType[] results)
    {
        int tag = _random.Below(_shape.Tags.Length);
        bool takesReference = _random.Chance(30);
        ValType[] caught = takesReference ? [.. _shape.Tags[tag], ModuleShape.ExnRef] : _shape.Tags[tag];
        ValType[] rest = _random.Chance(30) ? [ModuleShape.ExnRef] : [];
        bool one = _random.Chance(80);
        bool all = !one || _random.Chance(40);
        Begin(Opcode.Block, [], results);
        Begin(Opcode.Block, [], rest);
        Begin(Opcode.Block, [], caught);
        BeginTryTable(results);
        Out.WriteU32((one ? 1u : 0) + (all ? 1u : 0));
        if (one)
        {
            Out.WriteByte(takesReference ? CatchTagReference : CatchTag);
            Out.WriteU32((uint)tag);
            Out.WriteU32(0);
        }

        if (all)
        {
            Out.WriteByte(rest.Length != 0 ? CatchAllReference : CatchAllTags);
            Out.WriteU32(1);
        }

        Protected(results);
        EndBlock();
        Op(Opcode.Br, 2);
        EndBlock();
        DiscardAll(caught);
        Values(results);
        Op(Opcode.Br, 1);
        EndBlock();
        DiscardAll(rest);
        Values(results);
        EndBlock();
    }

    private void BeginTryTable(ValType[] results)
    {
        Op(Opcode.TryTable);
        if (results.Length == 0)
        {
            Out.WriteByte(0x40);
        }
        else
        {
            Out.WriteValType(results[0]);
        }

        _labels.Add(results);
    }

    /// <summary>The older form: handlers within the block, or those of a block around it.</summary>
    private void Try(ValType[] results)
    {
        bool delegates = _random.Chance(20);
        if (delegates)
        {
            // Around it, one that catches what is delegated past the blocks in between; or the caller's.
            Begin(Opcode.Try, [], results);
            Begin(Opcode.Block, [], results);
        }

        Begin(Opcode.Try, [], results);
        Protected(results);
        if (delegates)
        {
            Op(Opcode.Delegate, _random.Chance(80) ? 1 : (uint)_labels.Count - 2);
            _labels.RemoveAt(_labels.Count - 1);
            EndBlock();
        }

        int tag = _random.Below(_shape.Tags.Length);
        bool one = _random.Chance(80);
        if (one)
        {
            Op(Opcode.Catch, (uint)tag);
            DiscardAll(_shape.Tags[tag]);
            Caught(results);
        }

        if (!one || _random.Chance(40))
        {
            Op(Opcode.CatchAll);
            Caught(results);
        }

        EndBlock();
    }

    private void Caught(ValType[] results)
    {
        if (_random.Chance(50))
        {
            Statement();
        }

        if (_random.Chance(15))
        {
            Value(ValType.I32);
            Begin(Opcode.If, [], []);
            Op(Opcode.Rethrow, 1);
            EndBlock();
        }

        Values(results);
    }

    private void Protected(ValType[] results)
    {
        for (int count = _random.Between(1, 2); count > 0; count--)
        {
            Statement();
        }

        if (_random.Chance(60))
        {
            Value(ValType.I32);
            Begin(Opcode.If, [], []);
            Throw();
            EndBlock();
        }

        Values(results);
    }

    private void Throw()
    {
        int tag = _random.Below(_shape.Tags.Length);
        Values(_shape.Tags[tag]);
        Op(Opcode.Throw, (uint)tag);
    }

    /// <summary>Pops a reference to an exception, which may be null, and throws it on now and then.</summary>
    private void DiscardException()
    {
        if (!_random.Chance(25))
        {
            Op(Opcode.Drop);
            return;
        }

        uint scratch = Scratch(ModuleShape.ExnRef);
        Op(Opcode.LocalSet, scratch);
        Value(ValType.I32);
        Begin(Opcode.If, [], []);
        Op(Opcode.LocalGet, scratch);
        Op(Opcode.ThrowRef);
        EndBlock();
    }

    private void DiscardAll(ReadOnlySpan<ValType> types)
    {
        for (int i = types.Length - 1; i >= 0; i--)
        {
            Discard(types[i]);
        }
    }
}
