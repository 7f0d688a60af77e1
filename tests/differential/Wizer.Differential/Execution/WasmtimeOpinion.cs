using Wasmtime;
using Wizer.Binary;
using Wizer.Differential.Generation;
using WasmtimeEngine = Wasmtime.Engine;

namespace Wizer.Differential.Execution;

/// <summary>
/// Wasmtime by its own binding. That ends the process for exports and imports that mention references other than funcref, of which
/// generated modules have none.
/// </summary>
internal sealed class WasmtimeOpinion : IOpinion
{
    private readonly WasmtimeEngine _engine = new(new Config()
        .WithReferenceTypes(true)
        .WithFunctionReferences(true)
        .WithGc(true)
        .WithSIMD(true)
        .WithRelaxedSIMD(true, true)
        .WithBulkMemory(true)
        .WithMultiValue(true)
        .WithMultiMemory(true)
        .WithMemory64(true)
        .WithTailCalls(true)
        .WithExceptions(true)
        .WithWasmThreads(true)
        .WithWideArithmetic(true)
        .WithParallelCompilation(false));

    public string Name => "Wasmtime";

    public WasmFeatures Lacks => WasmFeatures.LegacyExceptions | WasmFeatures.CustomPageSizes;

    public void Dispose() => _engine.Dispose();

    public IReadOnlyList<Observation> Run(GeneratedModule module)
    {
        Module compiled;
        try
        {
            compiled = Module.FromBytes(_engine, "generated", module.Bytes);
        }
        catch (WasmtimeException invalid)
        {
            return [Observation.Validation(new Outcome(invalid.Message))];
        }

        using (compiled)
        {
            using var store = new Store(_engine);
            using var linker = new Linker(_engine);
            linker.DefineFunction("host", "mix", static (int a, long b) => (b * 31) + a);
            List<Observation> observed = [Observation.Validation(Observation.Valid)];
            Instance instance;
            try
            {
                instance = linker.Instantiate(store, compiled);
            }
            catch (WasmtimeException failure)
            {
                observed.Add(Observation.Instantiation(Trap(failure)));
                return observed;
            }

            observed.Add(Observation.Instantiation(Observation.Instantiated));
            Observe(module, store, instance, observed);
            return observed;
        }
    }

    private static void Observe(GeneratedModule module, Store store, Instance instance, List<Observation> observed)
    {
        foreach (Call call in module.Calls)
        {
            observed.Add(new Observation($"{call.Export}({Notation.Hex(call.Arguments, call.Type.Parameters)})", Outcome(instance, call)));
        }

        nint[] functions = WasmtimeElements.Of(store, instance.GetTable("functions")!);
        foreach (string export in (string[])["table0", "table1"])
        {
            nint[] elements = WasmtimeElements.Of(store, instance.GetTable(export)!);
            IEnumerable<int> indices = elements.Select(element => element == 0 ? -1 : Array.IndexOf(functions, element));
            observed.Add(new Observation(export, new Outcome(Notation.Elements(indices))));
        }

        for (int i = 0; i < module.MemoryCount; i++)
        {
            Memory memory = instance.GetMemory($"memory{i}")!;
            var hashes = new string[memory.GetSize()];
            for (int page = 0; page < hashes.Length; page++)
            {
                hashes[page] = Notation.Hash(memory.GetSpan((long)page * Notation.PageSize, Notation.PageSize));
            }

            observed.Add(new Observation($"memory{i}", new Outcome(string.Join(' ', hashes))));
        }
    }

    private static Outcome Outcome(Instance instance, Call call)
    {
        var arguments = new ValueBox[call.Arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = call.Type.Parameters[i] == ValType.I32 ? (int)call.Arguments[i] : (long)call.Arguments[i];
        }

        object? results;
        try
        {
            results = instance.GetFunction(call.Export)!.Invoke(arguments);
        }
        catch (WasmtimeException failure)
        {
            return Trap(failure);
        }

        object?[] values = results switch
        {
            null => [],
            object?[] several => several,
            _ => [results],
        };
        ulong[] slots = [.. values.Select(static value => value is int narrow ? (uint)narrow : (ulong)(long)value!)];
        return new Outcome(Notation.Hex(slots, call.Type.Results));
    }

    private static Outcome Trap(WasmtimeException failure)
    {
        // That of a guest has no code of its own, and out of a start function it is no trap.
        if (failure.Message.Contains("thrown Wasm exception", StringComparison.Ordinal))
        {
            return Execution.Outcome.Trap("thrown Wasm exception", "unhandled exception");
        }

        if (failure is not TrapException trap)
        {
            return new Outcome(failure.Message);
        }

        return Execution.Outcome.Trap($"{trap.Type}: {trap.Message}", trap.Type switch
        {
            TrapCode.StackOverflow => ["call stack exhausted"],
            TrapCode.MemoryOutOfBounds => ["out of bounds memory access", "unaligned atomic"],
            TrapCode.HeapMisaligned => ["unaligned atomic", "out of bounds memory access"],
            TrapCode.TableOutOfBounds => ["out of bounds table access", "undefined element"],
            TrapCode.IndirectCallToNull => ["uninitialized element"],
            TrapCode.BadSignature => ["indirect call type mismatch"],
            TrapCode.IntegerOverflow => ["integer overflow"],
            TrapCode.IntegerDivisionByZero => ["integer divide by zero"],
            TrapCode.BadConversionToInteger => ["invalid conversion to integer"],
            TrapCode.Unreachable => ["unreachable"],
            TrapCode.NullReference =>
            [
                "null function reference", "null structure reference", "null array reference", "null i31 reference", "null reference",
                "null exception reference",
            ],
            TrapCode.ArrayOutOfBounds => ["out of bounds array access"],
            TrapCode.CastFailure => ["cast failure"],
            TrapCode.UncaughtException => ["unhandled exception"],
            _ => [],
        });
    }
}
