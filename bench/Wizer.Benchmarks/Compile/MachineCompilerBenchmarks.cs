using BenchmarkDotNet.Attributes;
using Wizer.Benchmarks.Inputs;
using Wizer.Binary;
using Wizer.Engine;
using Wizer.Engine.Compiler.X64;
using Wizer.Engine.Interpreter;

namespace Wizer.Benchmarks.Compile;

/// <summary>
/// Turning bodies into machine code: what a function costs once it is hot. All functions of the big module are compiled, of
/// which a run compiles a few.
/// </summary>
[Bytes(nameof(CodeLength))]
public unsafe class MachineCompilerBenchmarks
{
    private Store _store = null!;
    private Instance _instance = null!;
    private MachineCompiler _compiler = null!;
    private int _imported;

    internal static long CodeLength => Decode.ParseBenchmarks.CodeLength;

    [GlobalSetup]
    public void Setup()
    {
        ModuleInfo module = ModuleReader.Parse(BigModule.Bytes);
        _store = new Store();
        _instance = new Linker { UnknownFunctionsTrap = true }.Instantiate(_store, module);
        _imported = module.FuncTypeIndices.Length - module.Bodies.Length;
        for (int i = 0; i < module.Bodies.Length; i++)
        {
            TrapKind trap = Calls.Translate(_store.Context, _instance.Data->Funcs[_imported + i]);
            if (trap != TrapKind.None)
            {
                throw new InvalidOperationException($"function {i} cannot be translated: {trap}");
            }
        }

        // Nothing of it runs. Where there is no machine code, neither is what saves the checks of addresses.
        _compiler = new MachineCompiler(Calls.HostOf(_store.Context));
        if (Everything() < module.Bodies.Length * 9 / 10)
        {
            throw new InvalidOperationException("hardly a function was compiled");
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _compiler.Dispose();
        _store.Dispose();
    }

    [Benchmark]
    public int Everything()
    {
        int compiled = 0;
        for (int i = 0; i < _instance.Module.Bodies.Length; i++)
        {
            compiled += _compiler.TryCompile(_instance.Data->Funcs[_imported + i], _instance.Module, isKept: true) ? 1 : 0;
            _compiler.Operations.Free();
        }

        return compiled;
    }
}
