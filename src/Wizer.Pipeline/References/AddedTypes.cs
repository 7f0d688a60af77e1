using Wizer.Binary;

namespace Wizer.Pipeline;

/// <summary>
/// The types that come behind those of the module, for the code that makes objects in loops. Core 3.0, Binary Format: Types.
/// </summary>
/// <param name="firstIndex">The index of the first.</param>
internal sealed class AddedTypes(uint firstIndex) : IDisposable
{
    private const byte Array = 0x5e;

    private readonly PooledBuffer _bytes = new();
    private readonly Dictionary<(ValType Storage, bool IsMutable), uint> _arrays = [];
    private readonly Dictionary<(int Parameters, int Results), uint> _funcs = [];

    /// <summary>How many there are.</summary>
    internal int Count { get; private set; }

    /// <summary>An array of something.</summary>
    internal uint ArrayOf(ValType storage, bool isMutable)
    {
        if (!_arrays.TryGetValue((storage, isMutable), out uint index))
        {
            index = Next();
            _arrays.Add((storage, isMutable), index);
            var writer = new WasmWriter(_bytes);
            writer.WriteByte(Array);
            writer.WriteValType(storage);
            writer.WriteByte(isMutable ? (byte)1 : (byte)0);
        }

        return index;
    }

    /// <summary>A function that takes and returns so many integers of 32 bits.</summary>
    internal uint FuncOf(int parameters, int results)
    {
        if (!_funcs.TryGetValue((parameters, results), out uint index))
        {
            index = Next();
            _funcs.Add((parameters, results), index);
            ValType[] integers = [ValType.I32, ValType.I32];
            new WasmWriter(_bytes).WriteFuncType(integers.AsSpan(0, parameters), integers.AsSpan(0, results));
        }

        return index;
    }

    /// <summary>A reference to values of a type that may be null.</summary>
    internal static ValType ReferenceTo(uint index) => ValType.Ref(new HeapType((int)index), nullable: true);

    /// <summary>All of them, as the type section has them.</summary>
    internal byte[] ToArray() => _bytes.ToArray();

    public void Dispose() => _bytes.Dispose();

    private uint Next() => firstIndex + (uint)Count++;
}
