using System.Buffers;
using Wizer.Binary;
using Wizer.Engine;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>A profile, wherever it comes from and whatever it holds, does not show in the new module.</summary>
public sealed class ProfileTests
{
    private static readonly byte[] s_module = Modules.Compile("""
        (module
          (memory 1)
          (func $step (param i32) (result i32) (i32.add (i32.mul (local.get 0) (i32.const 1103515245)) (i32.const 12345)))
          (func (export "_initialize") (i32.store (i32.const 0) (i32.const 1)))
          (func (export "wizer-initialize") (local i32)
            (loop $l
              (i32.store (local.get 0) (call $step (i32.load (i32.const 0))))
              (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 4))) (i32.const 60000))))))
        """);

    public static TheoryData<string> Cases => new(WatCase.Names);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Outputs_AreTheSame(string name)
    {
        WatCase wat = WatCase.Load(name);
        byte[] module = wat.Compile();
        (byte[] expected, RunReport report) = Run(module, new InitEnvironment { RecordsProfile = true }, wat.Options);
        ReadOnlyMemory<byte> recorded = report.RecordedProfile;
        (byte[] output, report) = Run(module, new InitEnvironment { Profile = recorded }, wat.Options);
        Assert.Equal(expected, output);
        Assert.Equal(ProfileState.Used, report.Profile!.State);
        Assert.Equal(expected, Run(module, new InitEnvironment { Profile = new byte[100] }, wat.Options).Output);
        Assert.Equal(expected, Run(Embed(module, recorded), InitEnvironment.Empty, wat.Options).Output);
        Assert.Equal(expected, Run(Embed(module, new byte[] { 1, 2, 3 }), InitEnvironment.Empty, wat.Options).Output);
    }

    [Theory]
    [InlineData(TierMode.Default)]
    [InlineData(TierMode.InterpreterOnly)]
    [InlineData(TierMode.CompileEverything)]
    public void BusyModule_IsTheSame(TierMode tier)
    {
        byte[] expected = new PreInitializer().Run(s_module, new InitEnvironment());
        (byte[] output, RunReport report) = Run(s_module, new InitEnvironment { RecordsProfile = true });
        Assert.Equal(expected, output);
        Assert.Null(report.Profile);
        ReadOnlyMemory<byte> profile = report.RecordedProfile;
        Assert.NotEqual(0, profile.Length);
        var environment = new InitEnvironment { Profile = profile, Limits = new EngineOptions { Tier = tier } };
        for (int i = 0; i < 10; i++)
        {
            (output, report) = Run(s_module, environment);
            Assert.Equal(expected, output);
            Assert.Equal(ProfileState.Used, report.Profile!.State);
            Assert.False(report.Profile.IsOfModule);
            Assert.Equal(3, report.Profile.FunctionCount);
            Assert.Equal(0, report.RecordedProfile.Length);
        }
    }

    [Fact]
    public void ModulesOwnProfile_IsUsed_AndLeftOut()
    {
        byte[] expected = new PreInitializer().Run(s_module, new InitEnvironment());
        ReadOnlyMemory<byte> profile = Run(s_module, new InitEnvironment { RecordsProfile = true }).Report.RecordedProfile;
        byte[] module = Embed(s_module, profile);
        Assert.Equal([.. s_module], module[..s_module.Length]);
        (byte[] output, RunReport report) = Run(module, new InitEnvironment());
        Assert.Equal(expected, output);
        Assert.Equal(new ProfileReport(ProfileState.Used, true) { FunctionCount = 3 }, report.Profile! with
        {
            HotFunctionCount = 0,
            CompiledFunctionCount = 0,
        });

        // A newer one takes its place.
        Assert.Equal(Embed(s_module, new byte[5]), Embed(module, new byte[5]));
    }

    [Fact]
    public void ProfileOfSomethingElse_IsReported()
    {
        byte[] other = Modules.Compile("(module (func (export \"wizer-initialize\")))");
        ReadOnlyMemory<byte> profile = Run(other, new InitEnvironment { RecordsProfile = true }).Report.RecordedProfile;
        Assert.Equal(ProfileState.OtherModule, Run(s_module, new InitEnvironment { Profile = profile }).Report.Profile!.State);
        Assert.Equal(ProfileState.Damaged, Run(s_module, new InitEnvironment { Profile = new byte[1] }).Report.Profile!.State);
        Assert.Equal(ProfileState.Damaged, Run(Embed(s_module, new byte[9]), new InitEnvironment()).Report.Profile!.State);
        Assert.Null(Run(Embed(s_module, default), new InitEnvironment()).Report.Profile);
    }

    private static byte[] Embed(byte[] module, ReadOnlyMemory<byte> profile)
    {
        var output = new ArrayBufferWriter<byte>();
        new PreInitializer().EmbedProfile(module, profile, new BufferWriterSink(output));
        return output.WrittenSpan.ToArray();
    }

    private static (byte[] Output, RunReport Report) Run(byte[] module, InitEnvironment environment, WizerOptions? options = null)
    {
        var output = new ArrayBufferWriter<byte>();
        RunReport report = new PreInitializer(options).Run(module, output, environment);
        return (output.WrittenSpan.ToArray(), report);
    }
}
