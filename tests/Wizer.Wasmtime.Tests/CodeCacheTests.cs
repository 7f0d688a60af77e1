using Wizer.Engine;
using Wizer.Pipeline;
using Wizer.Pipeline.Tests;
using Xunit;

namespace Wizer.Wasmtime.Tests;

/// <summary>Compiled code is kept, replaced when it is damaged, and never taken from where others could have put it.</summary>
public sealed class CodeCacheTests : IDisposable
{
    private static readonly byte[] s_module = Modules.Compile(
        "(module (memory 1) (func (export \"wizer-initialize\") (i32.store (i32.const 4) (i32.const 5))))");

    private static readonly byte[] s_expected = EmbeddedEngine.Instance.Run(new PreInitializer(), s_module);

    private readonly TemporaryDirectory _directory = new();

    private string Cache => _directory.In("cache");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void SecondRun_FindsTheCodeOfTheFirst()
    {
        Run();
        string entry = Assert.Single(Directory.GetFiles(Cache));
        DateTime written = File.GetLastWriteTimeUtc(entry);
        File.SetLastWriteTimeUtc(entry, written.AddDays(-1));
        Run();
        Assert.Equal(written.AddDays(-1), File.GetLastWriteTimeUtc(Assert.Single(Directory.GetFiles(Cache))), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void OtherModulesAndSettings_HaveCodeOfTheirOwn()
    {
        Run();
        Run(new InitEnvironment { Deterministic = new DeterministicOptions() });
        Run(new InitEnvironment { Limits = new EngineOptions { IsRelaxedSimdDeterministic = false } });
        Assert.Equal(3, Directory.GetFiles(Cache).Length);
        Run(new InitEnvironment { Limits = new EngineOptions { StackByteLength = 1 << 20 } });
        Assert.Equal(3, Directory.GetFiles(Cache).Length);
        using var runner = new WasmtimeRunner(new WasmtimeOptions { CacheDirectory = Cache });
        runner.Run(new PreInitializer(), Modules.Compile("(module (func (export \"wizer-initialize\")))"));
        Assert.Equal(4, Directory.GetFiles(Cache).Length);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 0)]
    [InlineData(-1, 0)]
    [InlineData(int.MaxValue, 0)]
    [InlineData(int.MaxValue, 1)]
    [InlineData(int.MaxValue, 30)]
    [InlineData(int.MaxValue, 5000)]
    public void DamagedEntry_IsReplaced(int length, int changedAt)
    {
        Run();
        string entry = Assert.Single(Directory.GetFiles(Cache));
        byte[] whole = File.ReadAllBytes(entry);
        byte[] damaged = length < 0 ? whole[..^1] : whole[..Math.Min(length, whole.Length)];
        if (changedAt > 0 || length == int.MaxValue)
        {
            damaged[changedAt] ^= 1;
        }

        File.WriteAllBytes(entry, damaged);
        Run();
        Assert.Equal(whole.Length, File.ReadAllBytes(Assert.Single(Directory.GetFiles(Cache))).Length);
        Assert.NotEqual(damaged, File.ReadAllBytes(entry));
    }

    // The hash fits, but it is no code of this Wasmtime.
    [Fact]
    public void ForeignEntry_IsReplaced()
    {
        Run();
        string entry = Assert.Single(Directory.GetFiles(Cache));
        byte[] whole = File.ReadAllBytes(entry);
        CodeCache.Open(Cache).Write(Path.GetFileNameWithoutExtension(entry), "something else"u8.ToArray());
        Run();
        Assert.Equal(whole.Length, new FileInfo(entry).Length);
    }

    [Fact]
    public void DirectoryAndFiles_AreThisUsersAlone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Run();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Cache));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(Cache))));
    }

    [Fact]
    public void DirectoryThatIsOpenToOthers_IsNotUsed()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Directory.CreateDirectory(Cache);
        File.SetUnixFileMode(Cache, File.GetUnixFileMode(Cache) | UnixFileMode.GroupRead);
        WizerException error = Assert.Throws<WizerException>(() => Run());
        Assert.Equal(WizerError.EnvironmentUnusable, error.Error);
        Assert.Equal($"failed to use the directory `{Cache}` for compiled code", error.Message);
        Assert.Equal("it is open to other users; `chmod 700` closes it", error.InnerException!.Message);
    }

    // What others could have written is as if it were not there.
    [Fact]
    public void EntryThatOthersMayWrite_IsReplaced()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Run();
        string entry = Assert.Single(Directory.GetFiles(Cache));
        File.SetUnixFileMode(entry, File.GetUnixFileMode(entry) | UnixFileMode.OtherWrite);
        Run();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(entry));
    }

    [Fact]
    public void NoDirectory_IsAnErrorThatNamesIt()
    {
        File.WriteAllText(Cache, "");
        WizerException error = Assert.Throws<WizerException>(() => Run());
        Assert.Equal(WizerError.EnvironmentUnusable, error.Error);
        Assert.Contains(Cache, error.Message, StringComparison.Ordinal);
    }

    private void Run(InitEnvironment? environment = null)
    {
        using var runner = new WasmtimeRunner(new WasmtimeOptions { CacheDirectory = Cache });
        Assert.Equal(s_expected, runner.Run(new PreInitializer(), s_module, environment));
    }
}
