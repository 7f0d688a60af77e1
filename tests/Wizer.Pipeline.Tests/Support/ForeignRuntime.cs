using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>
/// Runs instrumented modules the way a foreign runtime would: it knows export names and nothing else, and all it hands out is
/// copies.
/// </summary>
internal static class ForeignRuntime
{
    public static FakeState Initialize(byte[] instrumented, string initFunc, int pieceLength = int.MaxValue)
    {
        var state = new FakeState { PieceLength = pieceLength };
        ModuleInfo module = ModuleReader.Parse(instrumented);
        using var store = new Store();
        Instance instance = new Linker { UnknownFunctionsTrap = true }.Instantiate(store, module);
        if (instance.FindFunction("_initialize") is { } reactor)
        {
            reactor.Invoke();
        }

        if (initFunc != "_initialize")
        {
            instance.Invoke(initFunc);
        }

        foreach (ExportInfo export in module.Exports)
        {
            string name = module.NameAt(export.Name);
            if (name.StartsWith("__wizer_global_", StringComparison.Ordinal))
            {
                Global global = instance.FindGlobal(name)!;
                state.Globals[name] = GlobalValue.FromBits(global.Type.Value, global.Value, global.Type.Value.IsVector ? global.High : 0);
            }
            else if (name.StartsWith("__wizer_memory_", StringComparison.Ordinal))
            {
                LinearMemory memory = instance.FindMemory(name)!;
                Assert.True(memory.TryGetSpan(0, (int)memory.ByteLength, out Span<byte> bytes));
                state.Memories[name] = bytes.ToArray();
            }
        }

        return state;
    }
}
