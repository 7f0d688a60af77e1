using Xunit;

namespace Wizer.Engine.Tests;

/// <summary>The ways in which the engine can run a guest, all with the same results.</summary>
public enum EngineForm
{
    /// <summary>Interpreted, as where everything is precompiled.</summary>
    Threaded,

    /// <summary>Interpreted, as where nothing is.</summary>
    Plain,

    /// <summary>Compiled when first called.</summary>
    Compiled,

    /// <summary>Compiled as soon as the interpreter comes to a call or a branch, loops while they run.</summary>
    Replaced,
}

internal static class EngineForms
{
    internal static TheoryData<EngineForm> All => new(Enum.GetValues<EngineForm>());

    internal static EngineOptions Options(
        this EngineForm form, int stackSlotCount = Interpreter.DefaultSlotCount, bool reserve = true) => new()
        {
            Tier = form switch
            {
                EngineForm.Compiled => TierMode.CompileEverything,
                EngineForm.Replaced => TierMode.Default,
                _ => TierMode.InterpreterOnly,
            },
            TierThreshold = 0,
            UsePlainLoop = form == EngineForm.Plain,
            StackByteLength = (ulong)stackSlotCount * sizeof(ulong),
            ReserveAddressSpace = reserve,
        };
}
