using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// Where loops keep the objects that they make, and those that they need, at positions from 1 on: in an array of arrays, since engines
/// with generations take note of each young object that a large array gets.
/// </summary>
internal sealed class ObjectRegistry
{
    private const int ChunkBits = 10;
    private const int ChunkMask = (1 << ChunkBits) - 1;

    private readonly int[] _positions;
    private readonly uint _chunkType;
    private readonly uint _type;
    private readonly uint _global;
    private int _count = 1;

    internal ObjectRegistry(int nodeCount, AddedTypes types, HelperGlobals helpers)
    {
        _positions = new int[nodeCount];
        _chunkType = types.ArrayOf(Element, isMutable: true);
        _type = types.ArrayOf(AddedTypes.ReferenceTo(_chunkType), isMutable: true);
        _global = helpers.Take(AddedTypes.ReferenceTo(_type));
    }

    /// <summary>The type of references as they are kept.</summary>
    internal static ValType Element => ValType.Ref(HeapType.Eq, nullable: true);

    /// <summary>The next position.</summary>
    internal int Next => _count;

    /// <summary>Gives an object the next position, unless it has one.</summary>
    internal void Add(int node)
    {
        if (_positions[node] == 0)
        {
            _positions[node] = _count++;
        }
    }

    /// <summary>The position of an object, or 0.</summary>
    internal int PositionOf(int node) => _positions[node];

    /// <summary>Adds a local that refers to all of it.</summary>
    internal uint AddLocal(LoopCode loop) => loop.AddLocal(AddedTypes.ReferenceTo(_type), _global);

    /// <summary>Writes the function that makes all of it, without objects.</summary>
    internal byte[] WriteCreate(LoopCode loop)
    {
        InstructionBuffer code = loop.Code;
        uint at = loop.AddLocal(ValType.I32);
        uint end = loop.AddLocal(ValType.I32);
        code.I32Const((_count >> ChunkBits) + 1);
        code.Write(Opcode.LocalTee, end);
        code.Write(Opcode.ArrayNewDefault, _type);
        code.Write(Opcode.GlobalSet, _global);
        loop.Begin(Opcode.Loop);
        code.Write(Opcode.GlobalGet, _global);
        code.Write(Opcode.LocalGet, at);
        code.I32Const(1 << ChunkBits);
        code.Write(Opcode.ArrayNewDefault, _chunkType);
        code.Write(Opcode.ArraySet, _type);
        loop.Increment(at);
        loop.EndLoopWhileBelow(at, end);
        return loop.Finish();
    }

    /// <summary>Writes how code gets an object.</summary>
    internal void WriteGet(int node, InstructionBuffer code)
    {
        BeginSet(node, code);
        code.Write(Opcode.ArrayGet, _chunkType);
    }

    /// <summary>Writes what comes before an object that is kept.</summary>
    internal void BeginSet(int node, InstructionBuffer code)
    {
        code.Write(Opcode.GlobalGet, _global);
        code.I32Const(_positions[node] >> ChunkBits);
        code.Write(Opcode.ArrayGet, _type);
        code.I32Const(_positions[node] & ChunkMask);
    }

    /// <summary>The same in a loop that knows the position.</summary>
    internal void BeginSet(uint registry, uint position, InstructionBuffer code)
    {
        code.Write(Opcode.LocalGet, registry);
        code.Write(Opcode.LocalGet, position);
        code.I32Const(ChunkBits);
        code.Write(Opcode.I32ShrU);
        code.Write(Opcode.ArrayGet, _type);
        code.Write(Opcode.LocalGet, position);
        code.I32Const(ChunkMask);
        code.Write(Opcode.I32And);
    }

    /// <summary>Writes what comes behind it.</summary>
    internal void EndSet(InstructionBuffer code) => code.Write(Opcode.ArraySet, _chunkType);

    /// <summary>Writes how a loop gets what is at a position.</summary>
    internal void WriteGet(uint registry, uint position, InstructionBuffer code)
    {
        BeginSet(registry, position, code);
        code.Write(Opcode.ArrayGet, _chunkType);
    }
}
