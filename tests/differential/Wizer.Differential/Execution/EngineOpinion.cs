using System.Globalization;
using Wizer.Binary;
using Wizer.Differential.Generation;
using Wizer.Engine;

namespace Wizer.Differential.Execution;

/// <summary>Our engine, in one form or in one that the seed decides.</summary>
/// <param name="name">Which.</param>
/// <param name="options">The form for a seed.</param>
/// <param name="tellsPlaces">Whether a trap's text is followed by the frames of its backtrace, which others do not have.</param>
internal sealed class EngineOpinion(string name, Func<ulong, EngineOptions> options, bool tellsPlaces = false) : IOpinion
{
    private static readonly FuncType s_mixType = new([ValType.I32, ValType.I64], [ValType.I64]);

    public string Name => name;

    public WasmFeatures Lacks => WasmFeatures.None;

    public void Dispose()
    {
    }

    public IReadOnlyList<Observation> Run(GeneratedModule module)
    {
        var observed = new List<Observation>();
        ModuleInfo info;
        try
        {
            info = ModuleReader.Parse(module.Bytes);
            ModuleValidator.Validate(info);
        }
        catch (WasmException invalid)
        {
            return [Observation.Validation(new Outcome(invalid.Message))];
        }

        observed.Add(Observation.Validation(Observation.Valid));
        using var store = new Store(options(module.Seed));
        Instance instance;
        try
        {
            instance = new Linker().DefineFunction("host", "mix", s_mixType, Mix).Instantiate(store, info);
        }
        catch (WasmTrapException trap)
        {
            observed.Add(Observation.Instantiation(Trap(trap)));
            return observed;
        }

        observed.Add(Observation.Instantiation(Observation.Instantiated));
        foreach (Call call in module.Calls)
        {
            observed.Add(new Observation($"{call.Export}({Notation.Hex(call.Arguments, call.Type.Parameters)})", Outcome(instance, call)));
        }

        observed.Add(Elements(instance, "table0"));
        observed.Add(Elements(instance, "table1"));
        for (int i = 0; i < module.MemoryCount; i++)
        {
            observed.Add(Pages(instance, $"memory{i}"));
        }

        return observed;
    }

    // The others have the same function.
    private static void Mix(Caller caller, Span<ulong> slots) => slots[0] = (slots[1] * 31) + (ulong)(int)slots[0];

    private static Observation Elements(Instance instance, string export)
    {
        var indices = new Dictionary<ulong, int> { [0] = -1 };
        for (int i = 0; i < instance.Module.FuncTypeIndices.Length; i++)
        {
            indices[instance.FunctionAt((uint)i).Handle] = i;
        }

        Table table = instance.FindTable(export)!;
        return new Observation(export, new Outcome(Notation.Elements(Enumerable.Range(0, (int)table.Length).Select(i => indices[table[(ulong)i]]))));
    }

    private static Observation Pages(Instance instance, string export)
    {
        LinearMemory memory = instance.FindMemory(export)!;
        var hashes = new string[memory.PageCount];
        for (int page = 0; page < hashes.Length; page++)
        {
            memory.TryGetSpan((ulong)page * Notation.PageSize, Notation.PageSize, out Span<byte> bytes);
            hashes[page] = Notation.Hash(bytes);
        }

        return new Observation(export, new Outcome(string.Join(' ', hashes)));
    }

    private Outcome Outcome(Instance instance, Call call)
    {
        try
        {
            return new Outcome(Notation.Hex(instance.FindFunction(call.Export)!.Invoke(call.Arguments), call.Type.Results));
        }
        catch (WasmTrapException trap)
        {
            return Trap(trap);
        }
    }

    private Outcome Trap(WasmTrapException trap)
    {
        string text = trap.Message;
        if (tellsPlaces)
        {
            text += string.Concat(trap.Backtrace.Select(static frame => string.Create(CultureInfo.InvariantCulture, $" f{frame.FuncIndex}@{frame.CodeOffset}")));
        }

        return Execution.Outcome.Trap(text, text);
    }
}
