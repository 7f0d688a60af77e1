using System.Security.Cryptography;
using System.Text;
using Wizer.Engine;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Pipeline.Tests;

/// <summary>What a run looked at outside, as its report has it, and whether it would find the same again.</summary>
public sealed class RunInputTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public RunInputTests()
    {
        Directory.CreateDirectory(_directory.In("d/e"));
        File.WriteAllText(_directory.In("a"), "content of a");
        File.WriteAllText(_directory.In("d/b"), "content of b");
        File.WriteAllBytes(_directory.In("large"), new byte[200_000]);
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("open a; read 100; close", "File a content of a")]
    [InlineData("open a", "File a content of a")] // never read, never closed
    [InlineData("open a; read 3; skip 2; read 2; skip -7; read 100; close", "File a content of a")]
    [InlineData("open a; skip 5; read 100; close; open a; close", "File a content of a")]
    [InlineData("open d/e/../b; read 100", "Status d/e directory", "File d/b content of b")]
    [InlineData(
        "open nothing; open d/nothing; open d/no/thing",
        "Status nothing absent",
        "Status d directory",
        "Status d/nothing absent",
        "Status d/no absent")]
    [InlineData("open a/b", "Status a file")]
    [InlineData("stat a; stat d; stat nothing", "Size a 12", "Status d directory", "Status nothing absent")]
    [InlineData("stat a; open a; read 100; close", "File a content of a")]
    [InlineData("opendir d; list; open d/b", "Listing d 2", "File d/b content of b")]
    [InlineData("opendir .; list", "Listing  3")]
    [InlineData("opendir d", "Status d directory")]
    [InlineData("opendir a", "Status a file")]
    [InlineData("readlink a", "Status a file")]
    [InlineData("clock; clock; random", "Clock 2", "Random 1")]
    [InlineData("stdin 4; stdin 100; stdin 100", "StandardInput what stdin says")]
    [InlineData("")]
    public void Inputs_AreWhatTheGuestLookedAt(string steps, params string[] expected)
    {
        RunReport report = Run(steps);
        Assert.Equal(expected, report.Inputs.Select(Show));
        Assert.Empty(report.ChangedPaths);
        Assert.Null(report.InputProblem);
        AssertSame(report);
    }

    [Theory]
    [InlineData("edit a; write; close; open a; read 100", "a", "File a content of a")]
    [InlineData("open a; edit a; write; read 100", "a", "File a content of a")]
    [InlineData("open a; read 4; edit a; write; close; read 100", "a", "File a content of a")]
    [InlineData("truncate a; write; close; open a; read 100", "a", "Status a file")]
    [InlineData("create new; write; close; open new; read 100; close; unlink new; stat new", "new,new", "Status new absent")]
    [InlineData("mkdir own; create own/x; write; close; open own/x; stat own; stat own/y", "own,own/x", "Status own absent")]
    [InlineData("rename a z; open z; read 100; stat a", "a,z", "File a content of a", "Status z absent")]
    [InlineData("unlink nothing; mkdir d; create d", "", "Status nothing absent", "Status d directory")]
    [InlineData("open a; read 100; unlink a; create a; write; close; open a; read 100", "a,a", "File a content of a")]
    public void WhatTheGuestDoesItself_IsNotOutside(string steps, string changed, params string[] expected)
    {
        RunReport report = Run(steps);
        Assert.Equal(expected, report.Inputs.Select(Show));
        Assert.Equal(
            changed.Split(',', StringSplitOptions.RemoveEmptyEntries).Distinct().Select(path => $"{_directory.Path}/{path}"),
            report.ChangedPaths);
    }

    [Fact]
    public void Links_AreTheirTargets()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.CreateSymbolicLink(_directory.In("link"), "d/b");
        File.CreateSymbolicLink(_directory.In("out"), "/etc");
        RunReport report = Run("open link; read 100; lstat link; open out/passwd");
        Assert.Equal(["Link link d/b", "Link out /etc", "File d/b content of b"], report.Inputs.Select(Show));
        AssertSame(report);
    }

    [Fact]
    public void AFile_IsHashedToItsEnd_HoweverLittleOfItWasRead()
    {
        RunInput input = Assert.Single(Run("open large; read 10").Inputs);
        Assert.Equal(Hash(new byte[200_000]), input.Answer);
        Assert.Equal(200_000, input.Count);
    }

    [Fact]
    public void TheEnvironment_IsAll_WhenAnyOfItWasAskedFor()
    {
        WasiOptions wasi = Wasi() with { Environment = [new WasiVariable("A", "1"), new WasiVariable("B", "two")] };
        RunReport report = Run("environ", wasi);
        Assert.Equal([InputKind.Environment, InputKind.Variable, InputKind.Variable], report.Inputs.Select(input => input.Kind));
        Assert.Equal(Hash("A=1\0B=two\0"u8), report.Inputs[0].Answer);
        Assert.Equal("B", report.Inputs[2].Name);
        Assert.Equal(Hash("two"u8), report.Inputs[2].Answer);
        Assert.Equal(report.Inputs[0], new InputWitness(wasi).Ask(report.Inputs[0]));
        Assert.Empty(Run("", wasi).Inputs);
    }

    [Fact]
    public void EachChange_IsSeen()
    {
        RunReport report = Run("open a; read 9; stat d/b; opendir d; list; stat nothing; stat d/e");
        File.WriteAllText(_directory.In("a"), "content of A");
        Assert.Equal("a", Changed(report));
        File.WriteAllText(_directory.In("nothing"), "");
        Assert.Equal("a,nothing", Changed(report));
        File.WriteAllText(_directory.In("d/b"), "longer than before");
        Assert.Equal("a,d/b,nothing", Changed(report));
        Directory.Delete(_directory.In("d/e"));
        File.WriteAllText(_directory.In("d/e"), "");
        Assert.Equal("a,d,d/b,d/e,nothing", Changed(report));
        Directory.Delete(_directory.In("d"), recursive: true);
        Assert.Equal("a,d,d/b,d/e,nothing", Changed(report));
    }

    [Fact]
    public void AFile_ThatChangesMeanwhile_IsAProblem()
    {
        var stdin = new Meddler(() => File.WriteAllText(_directory.In("a"), "something else"));
        RunReport report = Run("open a; read 5; stdin 1; read 100; close", Wasi() with { Stdin = stdin });
        Assert.Equal($"`{_directory.Path}/a` changed while it was looked at", report.InputProblem);
        stdin = new Meddler(() => File.WriteAllText(_directory.In("d/b"), "of another length"));
        report = Run("open d/b; read 5; close; stdin 1; open d/b; read 50; close", Wasi() with { Stdin = stdin });
        Assert.Equal($"`{_directory.Path}/d/b` changed while it was looked at", report.InputProblem);
    }

    [Fact]
    public void ADevice_IsAProblem()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        RunReport report = Run("open null; read 5", Wasi() with { Preopens = [new WasiPreopen("/dev", ".")] });
        Assert.Equal("`/dev/null` is neither a file nor a directory", report.InputProblem);
        Assert.Equal(["other"], report.Inputs.Select(input => input.Answer));
    }

    [Fact]
    public void Nothing_IsRecorded_UnlessAskedFor()
    {
        RunReport report = new PreInitializer().Run(
            Modules.Compile(Explorer.Text("open a; read 100; clock")), new StreamSink(Stream.Null), new InitEnvironment { Wasi = Wasi() });
        Assert.Empty(report.Inputs);
    }

    [Fact]
    public void Recording_ChangesNothing()
    {
        byte[] module = Modules.Compile(Explorer.Text(
            "open a; read 100; close; stat d; opendir d; list; clock; random; stdin 5; stat nothing; environ"));
        var environment = new InitEnvironment { Wasi = Wasi(), Deterministic = new DeterministicOptions() };
        byte[] expected = new PreInitializer().Run(module, environment);
        environment = environment with { Wasi = Wasi(), RecordsInputs = true };
        Assert.Equal(expected, new PreInitializer().Run(module, environment));
    }

    [Fact]
    public void APreparedModule_RecordsEachRun()
    {
        using PreparedModule prepared = new PreInitializer().Prepare(Modules.Compile(Explorer.Text("open a; read 100")));
        var environment = new InitEnvironment { Wasi = Wasi(), RecordsInputs = true };
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(["File a content of a"], prepared.Run(new StreamSink(Stream.Null), environment).Inputs.Select(Show));
        }
    }

    private RunReport Run(string steps, WasiOptions? wasi = null) => new PreInitializer().Run(
        Modules.Compile(Explorer.Text(steps)),
        new StreamSink(Stream.Null),
        new InitEnvironment { Wasi = wasi ?? Wasi(), Deterministic = new DeterministicOptions(), RecordsInputs = true });

    private WasiOptions Wasi() => new()
    {
        Preopens = [new WasiPreopen(_directory.Path, ".")],
        Stdin = new MemoryStream("what stdin says"u8.ToArray()),
    };

    // A new answer to each question that has one.
    private void AssertSame(RunReport report)
    {
        var witness = new InputWitness(Wasi());
        foreach (RunInput input in report.Inputs.Where(input => input.Preopen >= 0))
        {
            Assert.Equal(input, witness.Ask(input));
            Assert.Equal(input.Below!.Length == 0 ? _directory.Path : $"{_directory.Path}/{input.Below}", input.Name);
        }
    }

    private string Changed(RunReport report)
    {
        var witness = new InputWitness(Wasi());
        return string.Join(
            ',', report.Inputs.Where(input => witness.Ask(input).Answer != input.Answer).Select(input => input.Below).Order());
    }

    private string Show(RunInput input) => input.Kind switch
    {
        InputKind.File => $"File {input.Below} {ContentOf(input.Answer!)}",
        InputKind.StandardInput => $"StandardInput {ContentOf(input.Answer!)}",
        InputKind.Listing => $"Listing {input.Below} {input.Count}",
        InputKind.Clock or InputKind.Random => $"{input.Kind} {input.Count}",
        _ => $"{input.Kind} {input.Below} {input.Answer}",
    };

    private static string ContentOf(string hash) => Array.Find(
        ["content of a", "content of b", "what stdin says"], content => Hash(Encoding.UTF8.GetBytes(content)) == hash) ?? hash;

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Standard input that does something to the world when it is read.</summary>
    private sealed class Meddler(Action meddle) : MemoryStream
    {
        public override int Read(Span<byte> buffer)
        {
            meddle();
            return 0;
        }
    }
}
