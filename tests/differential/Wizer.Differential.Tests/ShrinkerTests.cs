using Wizer.Binary;
using Wizer.Differential.Comparing;
using Wizer.Differential.Execution;
using Wizer.Differential.Generation;
using Xunit;

namespace Wizer.Differential.Tests;

public sealed class ShrinkerTests
{
    /// <summary>An engine that takes <c>i32.rotl</c> for <c>i32.rotr</c>: what is left is that instruction and what it takes to see it.</summary>
    [Fact]
    public void ALieAboutOneInstruction_IsShownByLittleElse()
    {
        using var honest = new EngineOpinion("ours", EngineForms.Of);
        using var liar = new Liar(honest);
        GeneratedModule module = ModuleGenerator.Generate(FirstSeed(honest, liar), newer: true);
        Difference difference = Difference.Of(module, [honest, liar])!;

        (GeneratedModule smallest, Difference remaining) = Shrinker.Shrink(module, difference);

        Assert.Single(smallest.Calls, call => remaining.What.StartsWith(call.Export + "(", StringComparison.Ordinal));
        Assert.InRange(Count(smallest, static opcode => opcode == Opcode.I32Rotl), 1, 2);
        int before = Count(module, static _ => true);
        int after = Count(smallest, static _ => true);
        Assert.True(after < before / 5, $"{after} of {before} instructions are left");
    }

    [Fact]
    public void AnInvalidModule_IsADifferenceEvenWhereAllAgree()
    {
        using var engine = new EngineOpinion("ours", EngineForms.Of);
        GeneratedModule module = ModuleGenerator.Generate(1, newer: false);
        module = module with { Bytes = module.Bytes[..^1] };

        Assert.True(Difference.Of(module, [engine, engine])!.IsInvalid);
    }

    private static ulong FirstSeed(IOpinion honest, IOpinion liar)
    {
        ulong seed = 1;
        while (Difference.Of(ModuleGenerator.Generate(seed, newer: true), [honest, liar]) is null)
        {
            seed++;
        }

        return seed;
    }

    private static int Count(GeneratedModule module, Func<Opcode, bool> predicate) =>
        Instructions.Of(module).Count(instruction => predicate(instruction.Opcode));

    private sealed class Liar(IOpinion honest) : IOpinion
    {
        public string Name => "the liar";

        public WasmFeatures Lacks => WasmFeatures.None;

        public void Dispose()
        {
        }

        public IReadOnlyList<Observation> Run(GeneratedModule module)
        {
            byte[] bytes = [.. module.Bytes];
            foreach (FoundInstruction instruction in Instructions.Of(module))
            {
                if (instruction.Opcode == Opcode.I32Rotl)
                {
                    // i32.rotr
                    bytes[instruction.Offset] = 0x78;
                }
            }

            return honest.Run(module with { Bytes = bytes });
        }
    }
}
