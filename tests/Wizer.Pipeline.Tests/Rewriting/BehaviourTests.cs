using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>A rewritten module behaves from its first moment as the input does once it is initialized.</summary>
public class BehaviourTests
{
    public static TheoryData<string> Cases => WatCaseTests.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void RewrittenModule_BehavesLikeTheInitializedOne(string name)
    {
        WatCase wat = WatCase.Load(name);
        ModuleInfo input = ModuleReader.Parse(wat.Compile());
        List<string> expected = CallAll(input, wat.Options.InitFunc);
        foreach (ModuleLayout layout in Enum.GetValues<ModuleLayout>())
        {
            byte[] output = new PreInitializer(wat.Options with { Layout = layout }).Run(wat.Compile());
            Assert.Equal(expected, CallAll(ModuleReader.Parse(output), initFunc: null));
        }
    }

    /// <summary>Calls every function without parameters that the module exports, by index: renames do not matter.</summary>
    private static List<string> CallAll(ModuleInfo module, string? initFunc)
    {
        using var store = new Store();
        Instance instance = new Linker { UnknownFunctionsTrap = true }.Instantiate(store, module);
        if (initFunc is not null)
        {
            instance.FindFunction("_initialize")?.Invoke();
            if (initFunc != "_initialize")
            {
                instance.Invoke(initFunc);
            }
        }

        var outcomes = new List<string>();
        for (uint func = (uint)module.ImportedFuncCount; func < module.FuncTypeIndices.Length; func++)
        {
            if (module.FuncTypeOf(func).ParameterSlotCount == 0 && module.FuncTypeOf(func).ResultSlotCount != 0)
            {
                outcomes.Add($"{func}: {Call(instance.FunctionAt(func))}");
            }
        }

        for (uint memory = 0; memory < module.Memories.Length; memory++)
        {
            outcomes.Add($"memory {memory}: {instance.MemoryAt(memory).PageCount} pages");
        }

        return outcomes;
    }

    private static string Call(Function function)
    {
        try
        {
            return string.Join(' ', function.Invoke());
        }
        catch (WasmTrapException trap)
        {
            return trap.Message;
        }
    }
}
