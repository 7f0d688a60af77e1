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

    private const WasmFeatures Older = WasmFeatures.MutableGlobals | WasmFeatures.SatConversions | WasmFeatures.SignExtension
        | WasmFeatures.MultiValue | WasmFeatures.BulkMemory | WasmFeatures.ReferenceTypes | WasmFeatures.TailCall | WasmFeatures.Threads;

    private const WasmFeatures Newer = WasmFeatures.MultiMemory | WasmFeatures.Memory64 | WasmFeatures.ExtendedConst
        | WasmFeatures.FunctionReferences;

    private static readonly ValType[] s_scalars = [ValType.I32, ValType.I64, ValType.F32, ValType.F64];

    private readonly Prng _random;

    internal ModuleShape(Prng random, bool newer)
    {
        _random = random;
        IsNewer = newer;

        // Compilers may leave functions with vectors to others: without them, all is theirs.
        HasVectors = random.Chance(40);
        Numbers = HasVectors ? [.. s_scalars, ValType.V128] : s_scalars;
        HasRelaxedVectors = newer && HasVectors && random.Chance(30);
        HasWideArithmetic = newer && random.Chance(20);
        Objects = newer && random.Chance(45) ? ObjectTypes.Generate(random, Numbers) : null;
        References = Objects is null ? [ValType.FuncRef] : [ValType.FuncRef, .. Objects.References];
        if (random.Chance(10))
        {
            // Nobody uses them, but the indices of all others take more than one byte.
            for (int count = 10; count < 80; count++)
            {
                Types.Add(new FuncType(Enumerable.Repeat(ValType.I32, count).ToArray(), []));
            }
        }

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

        // What one engine lacks does not meet what the other lacks: nobody would be left to compare with.
        HasLegacyHandlers = random.Chance(newer ? 25 : 50) && !HasWideArithmetic && !HasRelaxedVectors;
        Tags = newer || HasLegacyHandlers ? [RandomTypes(0, 2), [ValType.I32]] : [];
        PassiveData = new byte[random.Between(1, 90)];
        for (int i = 0; i < PassiveData.Length; i++)
        {
            PassiveData[i] = (byte)random.Next();
        }

        ElementFunctions = Indices(random.Between(1, (int)elements));
        PassiveElements = Indices(random.Between(1, 6));
    }

    /// <summary>The types that bodies and functions use, after those of objects; grows as blocks need more.</summary>
    internal List<FuncType> Types { get; } = [];

    /// <summary>The imported function, then those of the module, without the exported wrappers.</summary>
    internal List<FuncType> Functions { get; } = [];

    /// <summary>The first is the fuel, the second the checksum.</summary>
    internal List<GlobalType> Globals { get; } = [];

    /// <summary>The types of numbers that are used.</summary>
    internal ValType[] Numbers { get; }

    /// <summary>Whether vectors are among them.</summary>
    internal bool HasVectors { get; }

    /// <summary>Whether relaxed operators are among those on vectors.</summary>
    internal bool HasRelaxedVectors { get; }

    /// <summary>Whether there is arithmetic on 128 bits in two halves.</summary>
    internal bool HasWideArithmetic { get; }

    /// <summary>The types of objects, which come first in the type section, or null when there are none.</summary>
    internal ObjectTypes? Objects { get; }

    /// <summary>The types of references that values have.</summary>
    internal ValType[] References { get; }

    /// <summary>Whether proposals are used that came after the second edition, but for legacy exceptions.</summary>
    internal bool IsNewer { get; }

    /// <summary>What an engine has to know to run the module.</summary>
    internal WasmFeatures Features
    {
        get
        {
            WasmFeatures features = Older;
            if (HasVectors)
            {
                features |= WasmFeatures.Simd;
            }

            if (Tags.Length != 0)
            {
                features |= HasLegacyHandlers ? WasmFeatures.LegacyExceptions : WasmFeatures.Exceptions;
            }

            if (IsNewer)
            {
                features |= Newer;
            }

            if (Objects is not null)
            {
                features |= WasmFeatures.Gc;
            }

            if (HasRelaxedVectors)
            {
                features |= WasmFeatures.RelaxedSimd;
            }

            return HasWideArithmetic ? features | WasmFeatures.WideArithmetic : features;
        }
    }

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
                return (uint)(ObjectTypeCount + i);
            }
        }

        Types.Add(new FuncType(parameters.ToArray(), results.ToArray()));
        return (uint)(ObjectTypeCount + Types.Count - 1);
    }

    internal uint TypeIndex(FuncType type) => TypeIndex(type.Parameters, type.Results);

    internal ValType RandomType() => _random.Chance(Objects is null ? 6 : 25) ? _random.Pick(References) : _random.Pick(Numbers);

    internal ValType[] RandomTypes(int least, int greatest)
    {
        var types = new ValType[_random.Between(least, greatest)];
        for (int i = 0; i < types.Length; i++)
        {
            types[i] = RandomType();
        }

        return types;
    }

    private int ObjectTypeCount => Objects?.Types.Count ?? 0;

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
