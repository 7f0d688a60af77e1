using System.Security.Cryptography;
using Wizer.Binary;
using Wizer.Engine.Compiler.X64;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Engine.Tests.Machine;

/// <summary>Random functions do in machine code what they do interpreted: results, memory, globals and traps.</summary>
public sealed class RandomBodyTests
{
    private const uint BodyCount = 100;

    private static readonly ulong[][] s_arguments =
    [
        [1, 2, 3, 4, 0x3f80_0000, 0x4000_0000, 0x3ff0_0000_0000_0000, 0x4000_0000_0000_0000],
        [0xffff_ffff, 0x8000_0000, ulong.MaxValue, 1UL << 63, 0x7fc0_0000, 0x8000_0000, 0x7ff8_0000_0000_0000, 1UL << 63],
        [100, 31, 0x1234_5678_9abc_def0, 33, 0xff80_0000, 1, 0x41e0_0000_0000_0000, 0xc1e0_0000_0020_0000],
    ];

    [Theory]
    [InlineData(EngineForm.Machine)]
    [InlineData(EngineForm.MachineReplaced)]
    public void RandomBodies_AreAsInterpreted(EngineForm form)
    {
        for (uint seed = 1; seed <= BodyCount; seed++)
        {
            string wat = new RandomBody(seed).Write();
            ModuleInfo module = ModuleReader.Parse(Wat.Compile(wat));
            ModuleValidator.Validate(module);
            string expected = Run(EngineForm.Threaded, module);
            string actual = Run(form, module);
            Assert.True(expected == actual, $"seed {seed}: {actual}, not {expected}");
        }
    }

    private static string Run(EngineForm form, ModuleInfo module)
    {
        // Which NaN there is depends on the order of operands, which a compiler may change.
        using var store = new Store(form.Options() with { CanonicalizeNaNs = true });
        Instance instance = new Linker().Instantiate(store, module);
        var text = new List<string>();
        foreach (ulong[] arguments in s_arguments)
        {
            try
            {
                text.AddRange(instance.Invoke("f", arguments).Select(static slot => slot.ToString("x")));
            }
            catch (WasmTrapException trap)
            {
                text.Add($"{trap.Message} at {MachineGuest.Frames(trap)}");
            }

            LinearMemory memory = instance.FindMemory("memory")!;
            Assert.True(memory.TryGetSpan(0, (int)memory.ByteLength, out Span<byte> bytes));
            text.Add(Convert.ToHexString(SHA256.HashData(bytes).AsSpan(0, 8)));
            for (uint i = 0; i < 5; i++)
            {
                text.Add(instance.GlobalAt(i).Value.ToString("x"));
            }
        }

        Assert.True(form != EngineForm.Machine || !MachineCode.IsSupported || MachineGuest.HasMachineCode(instance, "f"));
        return string.Join(' ', text);
    }
}
