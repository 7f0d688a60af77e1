namespace Wizer.Binary.Tests;

/// <summary>
/// Modules that the text format cannot express or would take too long to: malformed, huge, absurd. Naive on purpose.
/// </summary>
internal sealed class ModuleBytes
{
    private readonly List<byte> _types = [];
    private readonly List<byte> _funcs = [];
    private readonly List<byte> _code = [];
    private readonly List<(byte Id, byte[] Contents)> _others = [];
    private int _typeCount;
    private int _funcCount;

    internal static byte[] Leb(long value)
    {
        var bytes = new List<byte>();
        ulong rest = (ulong)value;
        do
        {
            bytes.Add((byte)((rest & 0x7f) | (rest > 0x7f ? 0x80u : 0)));
            rest >>= 7;
        }
        while (rest != 0);
        return [.. bytes];
    }

    /// <summary>Adds a function type.</summary>
    /// <returns>Its index.</returns>
    internal int FuncType(byte[] parameters, byte[] results) =>
        Type([0x60, .. Leb(parameters.Length), .. parameters, .. Leb(results.Length), .. results]);

    /// <summary>Adds a type as it is encoded.</summary>
    /// <returns>Its index.</returns>
    internal int Type(byte[] encoded)
    {
        _types.AddRange(encoded);
        return _typeCount++;
    }

    /// <summary>Adds a function without locals; its <c>end</c> is added.</summary>
    internal void Func(int type, byte[] instructions) => FuncWithLocals(type, [0], [.. instructions, 0x0b]);

    /// <summary>Adds a function; both parts as they are.</summary>
    internal void FuncWithLocals(int type, byte[] locals, byte[] instructions)
    {
        _funcs.AddRange(Leb(type));
        _code.AddRange(Leb(locals.Length + instructions.Length));
        _code.AddRange(locals);
        _code.AddRange(instructions);
        _funcCount++;
    }

    /// <summary>Adds a section that comes between functions and code.</summary>
    internal void Section(SectionId id, byte[] contents) => _others.Add(((byte)id, contents));

    internal byte[] ToArray()
    {
        var module = new List<byte> { 0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0 };
        Add(1, [.. Leb(_typeCount), .. _types]);
        Add(3, [.. Leb(_funcCount), .. _funcs]);
        foreach ((byte id, byte[] contents) in _others)
        {
            Add(id, contents);
        }

        Add(10, [.. Leb(_funcCount), .. _code]);
        return [.. module];

        void Add(byte id, byte[] contents)
        {
            module.Add(id);
            module.AddRange(Leb(contents.Length));
            module.AddRange(contents);
        }
    }
}
