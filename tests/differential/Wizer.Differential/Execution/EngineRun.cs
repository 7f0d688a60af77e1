using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Wizer.Binary;
using Wizer.Differential.Generation;
using Wizer.Engine;

namespace Wizer.Differential.Execution;

/// <summary>
/// Runs a generated module in our engine and writes down everything that can be observed of it, a line each, the cells separated
/// by tabs:
/// <code>
/// module  seed  base64
/// start   ok | trap text                              what instantiating it did
/// call    export  arguments  ok results | trap text   integers in hexadecimal, as wide as their types, separated by commas
/// table   export  element indices, - for null
/// memory  export  size in pages, a hash for each page
/// end
/// </code>
/// </summary>
/// <param name="output">Where to.</param>
/// <param name="tellsPlaces">Whether a trap's text is followed by the frames of its backtrace, which V8 does not have.</param>
internal sealed class EngineRun(TextWriter output, bool tellsPlaces = false)
{
    private const int PageSize = 1 << 16;

    private static readonly FuncType s_mixType = new([ValType.I32, ValType.I64], [ValType.I64]);

    /// <summary>How many calls were made.</summary>
    internal long CallCount { get; private set; }

    /// <summary>Runs a module in the form of the engine that its seed decides.</summary>
    internal void Run(GeneratedModule generated) => Run(generated, EngineForms.Of(generated.Seed));

    internal void Run(GeneratedModule generated, EngineOptions options)
    {
        output.Write($"module\t{generated.Seed}\t{Convert.ToBase64String(generated.Bytes)}\n");
        ModuleInfo module = ModuleReader.Parse(generated.Bytes);
        ModuleValidator.Validate(module);
        using var store = new Store(options);
        Instance instance;
        try
        {
            instance = new Linker().DefineFunction("host", "mix", s_mixType, Mix).Instantiate(store, module);
        }
        catch (WasmTrapException trap)
        {
            output.Write($"start\ttrap\t{trap.Message}{Places(trap)}\nend\n");
            return;
        }

        output.Write("start\tok\n");
        foreach (Call call in generated.Calls)
        {
            Write(instance, call);
        }

        WriteTable(instance, "table0");
        WriteTable(instance, "table1");
        for (int i = 0; i < module.Memories.Length; i++)
        {
            WriteMemory(instance, $"memory{i}");
        }

        output.Write("end\n");
    }

    // The harness has the same function.
    private static void Mix(Caller caller, Span<ulong> slots) => slots[0] = (slots[1] * 31) + (ulong)(int)slots[0];

    private static string Hex(ReadOnlySpan<ulong> slots, ReadOnlySpan<ValType> types)
    {
        var cells = new string[slots.Length];
        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] = slots[i].ToString(types[i] == ValType.I32 ? "x8" : "x16", CultureInfo.InvariantCulture);
        }

        return string.Join(',', cells);
    }

    /// <summary>FNV-1a over 32-bit words: quick in JavaScript, too.</summary>
    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        uint hash = 0x811c9dc5;
        foreach (uint word in MemoryMarshal.Cast<byte, uint>(bytes))
        {
            hash = (hash ^ (BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word))) * 0x01000193;
        }

        return hash;
    }

    private string Places(WasmTrapException trap) => tellsPlaces
        ? string.Concat(trap.Backtrace.Select(static frame => string.Create(CultureInfo.InvariantCulture, $" f{frame.FuncIndex}@{frame.CodeOffset}")))
        : "";

    private void Write(Instance instance, Call call)
    {
        CallCount++;
        Function function = instance.FindFunction(call.Export)!;
        FuncType type = function.Type;
        output.Write($"call\t{call.Export}\t{Hex(call.Arguments, type.Parameters)}\t");
        try
        {
            output.Write($"ok\t{Hex(function.Invoke(call.Arguments), type.Results)}\n");
        }
        catch (WasmTrapException trap)
        {
            output.Write($"trap\t{trap.Message}{Places(trap)}\n");
        }
    }

    private void WriteTable(Instance instance, string export)
    {
        var indices = new Dictionary<ulong, int> { [0] = -1 };
        for (int i = 0; i < instance.Module.FuncTypeIndices.Length; i++)
        {
            indices[instance.FunctionAt((uint)i).Handle] = i;
        }

        Table table = instance.FindTable(export)!;
        var elements = new string[table.Length];
        for (int i = 0; i < elements.Length; i++)
        {
            int index = indices[table[(ulong)i]];
            elements[i] = index < 0 ? "-" : index.ToString(CultureInfo.InvariantCulture);
        }

        output.Write($"table\t{export}\t{string.Join(',', elements)}\n");
    }

    private void WriteMemory(Instance instance, string export)
    {
        LinearMemory memory = instance.FindMemory(export)!;
        output.Write($"memory\t{export}\t{memory.PageCount}\t");
        for (ulong page = 0; page < memory.PageCount; page++)
        {
            memory.TryGetSpan(page * PageSize, PageSize, out Span<byte> bytes);
            output.Write(Hash(bytes).ToString("x8", CultureInfo.InvariantCulture));
        }

        output.Write('\n');
    }
}
