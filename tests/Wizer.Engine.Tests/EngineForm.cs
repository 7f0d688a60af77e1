using Wizer.Engine.Interpreter;
using Xunit;

namespace Wizer.Engine.Tests;

/// <summary>The ways in which the engine can run a guest, all with the same results.</summary>
public enum EngineForm
{
    /// <summary>Interpreted, as where everything is precompiled.</summary>
    Threaded,

    /// <summary>Interpreted, as where nothing is.</summary>
    Plain,

    /// <summary>Compiled by the runtime's compiler when first called.</summary>
    Compiled,

    /// <summary>The same as soon as the interpreter comes to a call or a branch, loops while they run.</summary>
    Replaced,

    /// <summary>Machine code of our own when first called.</summary>
    Machine,

    /// <summary>The same as soon as the interpreter comes to a call or a branch, loops while they run; it checks each address.</summary>
    MachineReplaced,
}

internal static class EngineForms
{
    internal static TheoryData<EngineForm> All => new(Enum.GetValues<EngineForm>());

    internal static EngineOptions Options(
        this EngineForm form, int stackSlotCount = Execution.DefaultSlotCount, bool reserve = true) => new()
        {
            Tier = form switch
            {
                EngineForm.Compiled or EngineForm.Machine => TierMode.CompileEverything,
                EngineForm.Replaced or EngineForm.MachineReplaced => TierMode.Default,
                _ => TierMode.InterpreterOnly,
            },
            TierThreshold = 0,
            UsesMachineCode = form is EngineForm.Machine or EngineForm.MachineReplaced,
            GuardsMemories = form != EngineForm.MachineReplaced,
            UsePlainLoop = form == EngineForm.Plain,
            StackByteLength = (ulong)stackSlotCount * sizeof(ulong),
            ReserveAddressSpace = reserve,
        };
}
