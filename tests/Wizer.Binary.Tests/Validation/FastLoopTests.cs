using Wizer.Binary.Tests.Hostile;
using Xunit;

namespace Wizer.Binary.Tests.Validation;

/// <summary>
/// The fast loop against the rules it abbreviates: on every body of the corpus, and on mutations of it, both must say the
/// same, word for word.
/// </summary>
public sealed class FastLoopTests
{
    [Fact]
    public void Loop_AgreesWithTheRules_OnEveryBody()
    {
        int bodyCount = 0;
        foreach (byte[] module in Corpus.All())
        {
            bodyCount += Compare(module);
        }

        Assert.True(bodyCount > 3);
    }

    [Fact]
    public void Loop_AgreesWithTheRules_OnMutatedBodies()
    {
        // A fixed seed: a failure must come back.
        var random = new Random(20250101);
        byte[][] modules = [.. Corpus.All().Where(module => module.Length is > 60 and < 20_000)];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] module = (byte[])modules[i % modules.Length].Clone();
            int changes = random.Next(1, 4);
            for (int change = 0; change < changes; change++)
            {
                // Small bytes are the likelier instructions, indices and types.
                int at = random.Next(module.Length / 3, module.Length);
                module[at] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)(module[at] ^ (1 << random.Next(8)));
            }

            Compare(module);
        }
    }

    private static int Compare(byte[] bytes)
    {
        ValidationContext context;
        try
        {
            context = new ValidationContext(ModuleReader.Parse(bytes), WasmFeatures.All);
            new SectionValidator(context).Validate();
        }
        catch (WasmException)
        {
            return 0;
        }

        var fast = new FunctionValidator(context, recordsUses: true);
        var slow = new FunctionValidator(context, recordsUses: true) { IsPlodding = true };
        ModuleInfo module = context.Module;
        for (int i = 0; i < module.Bodies.Length; i++)
        {
            // Twice: the first time round every opcode is new to the loop, and so goes the slow way once.
            string? error = ErrorOf(slow, module, i);
            Assert.Equal(error, ErrorOf(fast, module, i));
            Assert.Equal(error, ErrorOf(fast, module, i));
        }

        return module.Bodies.Length;
    }

    private static string? ErrorOf(FunctionValidator validator, ModuleInfo module, int body)
    {
        try
        {
            validator.Validate((uint)(module.ImportedFuncCount + body), module.Bodies[body]);
            return null;
        }
        catch (WasmException e)
        {
            return e.GetType().Name + e.Message;
        }
    }
}
