using Wizer.Engine;

namespace Wizer.Differential.Execution;

/// <summary>The forms of the engine: its tiers, alone and mixed, and what other platforms use.</summary>
internal static class EngineForms
{
    /// <summary>One of each kind, and mixtures in which tiers call one another; the first is what the others are compared with.</summary>
    internal static (string Name, EngineOptions Options)[] All { get; } =
    [
        ("the plain loop", new EngineOptions { UsePlainLoop = true, Tier = TierMode.InterpreterOnly, ReserveAddressSpace = false }),
        ("the interpreter", new EngineOptions { Tier = TierMode.InterpreterOnly }),
        ("machine code", new EngineOptions { Tier = TierMode.CompileEverything }),
        ("machine code with checked addresses", new EngineOptions { Tier = TierMode.CompileEverything, GuardsMemories = false }),
        ("RyuJIT", new EngineOptions { Tier = TierMode.CompileEverything, UsesMachineCode = false, ReserveAddressSpace = false }),
        ("everything at its first poll", new EngineOptions { TierThreshold = 0, CompilesInBackground = false }),
        ("RyuJIT at the first poll", new EngineOptions { TierThreshold = 0, UsesMachineCode = false, CompilesInBackground = false }),
        ("the default, eager", new EngineOptions { MachineThreshold = 0, TierThreshold = 100 }),
    ];

    /// <summary>The form that a seed is run in beside other engines, so that each gets a share of the modules.</summary>
    internal static EngineOptions Of(ulong seed) => new()
    {
        ReserveAddressSpace = seed % 4 != 0,
        UsePlainLoop = seed % 8 == 1,
        Tier = (seed % 3) switch
        {
            0 => TierMode.CompileEverything,
            1 => TierMode.InterpreterOnly,
            _ => TierMode.Default,
        },
        TierThreshold = seed % 2 == 0 ? 0 : 100,
        MachineThreshold = 1,
        UsesMachineCode = seed % 5 != 0,
        GuardsMemories = seed % 7 != 0,
    };
}
