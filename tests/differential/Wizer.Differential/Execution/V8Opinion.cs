using System.Text.RegularExpressions;
using Microsoft.ClearScript;
using Microsoft.ClearScript.JavaScript;
using Microsoft.ClearScript.V8;
using Wizer.Binary;
using Wizer.Differential.Generation;

namespace Wizer.Differential.Execution;

/// <summary>V8 in this process: one isolate for all modules, a context for some of them.</summary>
internal sealed partial class V8Opinion : IOpinion
{
    // Each memory reserves gigabytes of address space until it is collected.
    private const int ModulesPerContext = 50;

    // V8 says less than the official texts in places: one of its messages may stand for several of ours.
    private static readonly (Regex Pattern, string[] Texts)[] s_traps =
    [
        (Unreachable(), ["unreachable"]),
        (DivideByZero(), ["integer divide by zero"]),
        (DivideUnrepresentable(), ["integer overflow"]),
        (FloatUnrepresentable(), ["integer overflow", "invalid conversion to integer"]),
        // An atomic access may be both; which of the two is said is not specified.
        (MemoryOutOfBounds(), ["out of bounds memory access", "unaligned atomic"]),
        (Unaligned(), ["unaligned atomic", "out of bounds memory access"]),
        // What initializes an array from a segment says "memory" or "table" in the official scripts.
        (DataSegment(), ["out of bounds memory access"]),
        (ElementSegment(), ["out of bounds table access"]),
        (TableIndex(), ["undefined element", "out of bounds table access"]),
        (TableOutOfBounds(), ["out of bounds table access"]),
        (TableInitializer(), ["out of bounds table access"]),
        (NullFunction(), ["uninitialized element"]),
        (Signature(), ["indirect call type mismatch"]),
        (NullPointer(),
            ["null function reference", "null structure reference", "null array reference", "null i31 reference", "null reference"]),
        (NullException(), ["null exception reference"]),
        (IllegalCast(), ["cast failure"]),
        (ArrayOutOfBounds(), ["out of bounds array access"]),
        (StackExhausted(), ["call stack exhausted"]),
        (UnhandledException(), ["unhandled exception"]),
    ];

    private readonly V8Runtime _runtime = new();
    private V8ScriptEngine? _context;
    private ScriptObject? _harness;
    private int _modules;

    public string Name => "V8";

    /// <summary>Its relaxed operators are those of the processor.</summary>
    public WasmFeatures Lacks => WasmFeatures.WideArithmetic | WasmFeatures.RelaxedSimd | WasmFeatures.CustomPageSizes;

    public void Dispose()
    {
        _context?.Dispose();
        _runtime.Dispose();
    }

    public IReadOnlyList<Observation> Run(GeneratedModule module)
    {
        if (_context is null || _modules++ == ModulesPerContext)
        {
            Renew();
        }

        var bytes = (ITypedArray<byte>)_context!.Evaluate($"new Uint8Array({module.Bytes.Length})");
        bytes.WriteBytes(module.Bytes, 0, (ulong)module.Bytes.Length, 0);
        string calls = string.Join('\n', module.Calls.Select(static call => $"{call.Export}\t{Notation.Hex(call.Arguments, call.Type.Parameters)}"));
        string[] lines = ((string)_harness!.InvokeAsFunction(bytes, calls, module.MemoryCount)).Split('\n');
        var observed = new List<Observation>();
        for (int i = 0; i < lines.Length; i++)
        {
            observed.Add(new Observation(What(module, i), Parse(lines[i])));
        }

        return observed;
    }

    private static string What(GeneratedModule module, int line)
    {
        int call = line - 2;
        int table = call - module.Calls.Count;
        return line switch
        {
            0 => Observation.Validation(Observation.Valid).What,
            1 => Observation.Instantiation(Observation.Valid).What,
            _ when table < 0 => $"{module.Calls[call].Export}({Notation.Hex(module.Calls[call].Arguments, module.Calls[call].Type.Parameters)})",
            _ when table < 2 => $"table{table}",
            _ => $"memory{table - 2}",
        };
    }

    private static Outcome Parse(string line)
    {
        int tab = line.IndexOf('\t', StringComparison.Ordinal);
        string text = line[(tab + 1)..];
        return line.StartsWith("trap", StringComparison.Ordinal)
            ? Outcome.Trap(text, s_traps.FirstOrDefault(trap => trap.Pattern.IsMatch(text)).Texts ?? [])
            : new Outcome(text);
    }

    private void Renew()
    {
        _context?.Dispose();
        _runtime.CollectGarbage(exhaustive: true);
        _modules = 1;
        _context = _runtime.CreateScriptEngine();
        using Stream source = typeof(V8Opinion).Assembly.GetManifestResourceStream("v8.js")!;
        using var reader = new StreamReader(source);
        _harness = (ScriptObject)_context.Evaluate(reader.ReadToEnd());
    }

    [GeneratedRegex("^unreachable$")]
    private static partial Regex Unreachable();

    [GeneratedRegex("^(divide|remainder) by zero$")]
    private static partial Regex DivideByZero();

    [GeneratedRegex("^divide result unrepresentable$")]
    private static partial Regex DivideUnrepresentable();

    [GeneratedRegex("^float unrepresentable in integer range$")]
    private static partial Regex FloatUnrepresentable();

    [GeneratedRegex("^memory access out of bounds$")]
    private static partial Regex MemoryOutOfBounds();

    [GeneratedRegex("^operation does not support unaligned accesses$")]
    private static partial Regex Unaligned();

    [GeneratedRegex(@"^data segment (\d+ )?(is )?out of bounds")]
    private static partial Regex DataSegment();

    [GeneratedRegex("^element segment out of bounds$")]
    private static partial Regex ElementSegment();

    [GeneratedRegex("^table index is out of bounds$")]
    private static partial Regex TableIndex();

    [GeneratedRegex("^table (access )?out of bounds$")]
    private static partial Regex TableOutOfBounds();

    [GeneratedRegex(@"^table initializer \d+:? .*(out of bounds|does not fit)|^table initializer .*table access")]
    private static partial Regex TableInitializer();

    [GeneratedRegex("^null function$")]
    private static partial Regex NullFunction();

    [GeneratedRegex("^function signature mismatch$")]
    private static partial Regex Signature();

    [GeneratedRegex("^dereferencing a null pointer$")]
    private static partial Regex NullPointer();

    [GeneratedRegex("^rethrowing null value$")]
    private static partial Regex NullException();

    [GeneratedRegex("^illegal cast$")]
    private static partial Regex IllegalCast();

    [GeneratedRegex("^array element access out of bounds$")]
    private static partial Regex ArrayOutOfBounds();

    [GeneratedRegex("^Maximum call stack size exceeded$")]
    private static partial Regex StackExhausted();

    [GeneratedRegex("^unhandled exception$")]
    private static partial Regex UnhandledException();
}
