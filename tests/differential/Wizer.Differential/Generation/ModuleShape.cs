using Wizer.Binary;

namespace Wizer.Differential.Generation;

/// <summary>What the bodies of a module refer to: its index spaces, known before the first body is generated.</summary>
internal sealed class ModuleShape
{
    internal const int MixFunction = 0;
    internal const uint FuelGlobal = 0;
    internal const uint ChecksumGlobal = 1;

    /// <summary>How much a call of a function takes; it bounds the recursion to what every engine's stack can hold.</summary>
    internal const int CallFuel = 20;

    private static readonly ValType[] s_scalars = [ValType.I32, ValType.I64, ValType.F32, ValType.F64];

    private readonly Prng _random;

    internal ModuleShape(Prng random, bool newer)
    {
        _random = random;
        IsNewer = newer;

        // Compilers may leave functions with vectors to others: without them, all is theirs.
        HasVectors = random.Chance(40);
        Numbers = HasVectors ? [.. s_scalars, ValType.V128] : s_scalars;
        Functions.Add(new FuncType([ValType.I32, ValType.I64], [ValType.I64]));
        Globals.Add(new GlobalType(ValType.I32, IsMutable: true));
        Globals.Add(new GlobalType(ValType.I64, IsMutable: true));
        for (int count = random.Between(3, 8); count > 0; count--)
        {
            Globals.Add(new GlobalType(RandomType(), random.Chance(80)));
        }

        for (int count = random.Between(2, 6); count > 0; count--)
        {
            Functions.Add(new FuncType(RandomTypes(0, 4), RandomTypes(0, 3)));
        }

        HasStart = random.Chance(15);
        if (HasStart)
        {
            Functions.Add(new FuncType([], []));
        }

        int pages = random.Chance(95) ? random.Between(1, 2) : 0;
        var memory = new MemoryType(new Limits((ulong)pages, (ulong)(pages + random.Below(3)), Is64: newer && random.Chance(40)));
        Memories = newer ? [memory, .. OtherMemories()] : [memory];
        ulong elements = (ulong)random.Between(8, 16);
        Tables =
        [
            new TableType(ValType.FuncRef, new Limits(elements, elements + (ulong)random.Below(12))),
            new TableType(ValType.FuncRef, new Limits(4, random.Chance(50) ? 9 : null, Is64: newer && random.Chance(70))),
        ];
        HasLegacyHandlers = random.Chance(newer ? 30 : 50);
        Tags = newer || HasLegacyHandlers ? [RandomTypes(0, 2), [ValType.I32]] : [];
        PassiveData = new byte[random.Between(1, 90)];
        for (int i = 0; i < PassiveData.Length; i++)
        {
            PassiveData[i] = (byte)random.Next();
        }

        ElementFunctions = Indices(random.Between(1, (int)elements));
        PassiveElements = Indices(random.Between(1, 6));
    }

    /// <summary>The types that bodies and functions use; grows as blocks need more.</summary>
    internal List<FuncType> Types { get; } = [];

    /// <summary>The imported function, then those of the module, without the exported wrappers.</summary>
    internal List<FuncType> Functions { get; } = [];

    /// <summary>The first is the fuel, the second the checksum.</summary>
    internal List<GlobalType> Globals { get; } = [];

    /// <summary>The types of numbers that are used.</summary>
    internal ValType[] Numbers { get; }

    /// <summary>Whether vectors are among them.</summary>
    internal bool HasVectors { get; }

    /// <summary>Whether proposals are used that V8 has had since version 13.6 only.</summary>
    internal bool IsNewer { get; }

    internal MemoryType[] Memories { get; }

    internal TableType[] Tables { get; }

    /// <summary>The type of a reference to an exception, which only handlers use.</summary>
    internal static ValType ExnRef { get; } = ValType.Ref(HeapType.Exn, nullable: true);

    /// <summary>Whether exceptions are caught by the legacy instructions, if there are tags.</summary>
    internal bool HasLegacyHandlers { get; }

    /// <summary>The parameters of each tag.</summary>
    internal ValType[][] Tags { get; }

    /// <summary>Whether the last function is the start function.</summary>
    internal bool HasStart { get; }

    /// <summary>Data segment 1; segment 0 is active.</summary>
    internal byte[] PassiveData { get; }

    /// <summary>Element segment 0, active in table 0 from its first element on.</summary>
    internal uint[] ElementFunctions { get; }

    /// <summary>Element segment 1.</summary>
    internal uint[] PassiveElements { get; }

    internal uint TypeIndex(ReadOnlySpan<ValType> parameters, ReadOnlySpan<ValType> results)
    {
        for (int i = 0; i < Types.Count; i++)
        {
            if (Types[i].Parameters.SequenceEqual(parameters) && Types[i].Results.SequenceEqual(results))
            {
                return (uint)i;
            }
        }

        Types.Add(new FuncType(parameters.ToArray(), results.ToArray()));
        return (uint)(Types.Count - 1);
    }

    internal uint TypeIndex(FuncType type) => TypeIndex(type.Parameters, type.Results);

    internal ValType RandomType() => _random.Chance(6) ? ValType.FuncRef : _random.Pick(Numbers);

    internal ValType[] RandomTypes(int least, int greatest)
    {
        var types = new ValType[_random.Between(least, greatest)];
        for (int i = 0; i < types.Length; i++)
        {
            types[i] = RandomType();
        }

        return types;
    }

    private IEnumerable<MemoryType> OtherMemories()
    {
        for (int count = _random.Between(1, 3); count > 0; count--)
        {
            yield return new MemoryType(new Limits(1, 3, Is64: _random.Chance(50)));
        }
    }

    private uint[] Indices(int count)
    {
        var indices = new uint[count];
        for (int i = 0; i < count; i++)
        {
            indices[i] = (uint)_random.Below(Functions.Count);
        }

        return indices;
    }
}
