using System.Collections.Concurrent;
using Wizer.Binary;
using Wizer.Differential.Generation;
using Xunit;

namespace Wizer.Differential.Tests;

public sealed class GeneratorTests
{
    /// <summary>With what the module says it needs, and nothing else; any choice of parts may be left out.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Modules_AreValid(bool newer)
    {
        ConcurrentBag<string> failures = [];
        Parallel.For(0, 1500, seed =>
        {
            GeneratedModule module = ModuleGenerator.Generate((ulong)seed, newer);
            Check(module, "whole", failures);
            var random = new Prng((ulong)seed);
            HashSet<int> leftOut = [.. Enumerable.Range(0, module.PartCount).Where(_ => random.Chance(30))];
            Check(ModuleGenerator.Generate((ulong)seed, newer, leftOut), "in parts", failures);
        });
        Assert.True(failures.IsEmpty, string.Join('\n', failures.Take(10)));
    }

    [Fact]
    public void EveryFeature_IsGenerated()
    {
        WasmFeatures features = WasmFeatures.None;
        for (ulong seed = 0; seed < 100; seed++)
        {
            features |= ModuleGenerator.Generate(seed, newer: true).Features;
        }

        Assert.Equal(WasmFeatures.All & ~(WasmFeatures.CustomPageSizes | WasmFeatures.CompactImports), features);
    }

    [Fact]
    public void PartsThatAreLeftOut_LeaveTheOthersAsTheyWere()
    {
        GeneratedModule whole = ModuleGenerator.Generate(7, newer: true);
        GeneratedModule empty = ModuleGenerator.Generate(7, newer: true, Enumerable.Range(0, whole.PartCount).ToHashSet());

        Assert.Equal(whole.PartCount, empty.PartCount);
        Assert.Equal(whole.Calls.SelectMany(static call => call.Arguments), empty.Calls.SelectMany(static call => call.Arguments));
        Assert.True(empty.Bytes.Length < whole.Bytes.Length / 4, $"{empty.Bytes.Length} of {whole.Bytes.Length} bytes");
    }

    /// <summary>Their index is a signed number: as an unsigned one it would be malformed, which showed in one of 35,231 modules.</summary>
    [Fact]
    public void NullReferences_ToTypesBeyondTheFirst64_AreGenerated()
    {
        bool isGenerated = false;
        Parallel.For(0, 1500, (seed, state) =>
        {
            foreach (FoundInstruction instruction in Instructions.Of(ModuleGenerator.Generate((ulong)seed, newer: true)))
            {
                if (instruction.Opcode == Opcode.RefNull && instruction.Type.HeapType.Code >= 64)
                {
                    isGenerated = true;
                    state.Stop();
                }
            }
        });
        Assert.True(isGenerated);
    }

    private static void Check(GeneratedModule module, string what, ConcurrentBag<string> failures)
    {
        try
        {
            ModuleValidator.Validate(ModuleReader.Parse(module.Bytes), module.Features);
        }
        catch (WasmException invalid)
        {
            failures.Add($"seed {module.Seed}, {what}: {invalid.Message}");
        }
    }
}
