using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary><c>--cache</c>: what is found, what is not, and that whatever is wrong with a cache, the build is right.</summary>
public sealed class CacheTests : RequestDirectory
{
    private const string Reading = "in.wat --allow-wasi --dir world --deterministic --cache store -o out.wasm --report report.json";

    public CacheTests()
    {
        System.IO.Directory.CreateDirectory(In("world/sub"));
        File.WriteAllText(In("world/a"), "one");
        File.WriteAllText(In("in.wat"), Explorer.Text("open a; read 10; close; stat b; opendir sub; list; close; print; environ; clock"));
    }

    private string Store => In("store");

    [Fact]
    public void ASecondRun_IsFound()
    {
        WizerResult first = Request(Command());
        Assert.Equal(0, first.ExitCode);
        Assert.Equal("miss", Result());
        JsonElement firstReport = JsonDocument.Parse(File.ReadAllText(In("report.json"))).RootElement;
        byte[] expected = Take();
        WizerResult second = Request(Command("--depfile out.d -v"));
        Assert.Equal(0, second.ExitCode);
        Assert.Equal("hit", Result());
        Assert.Equal(expected, File.ReadAllBytes(In("out.wasm")));

        // What it printed, guest and warnings; and all of the report but the times and how it came to be.
        Assert.StartsWith(first.Errors, second.Errors, StringComparison.Ordinal);
        Assert.Contains("exy", first.Errors, StringComparison.Ordinal);
        Assert.Contains("segments", second.Errors, StringComparison.Ordinal);
        JsonElement secondReport = JsonDocument.Parse(File.ReadAllText(In("report.json"))).RootElement;
        string[] differing = ["phases", "totalMilliseconds", "cache", "inputs"];
        foreach (JsonProperty property in firstReport.EnumerateObject().Where(property => !differing.Contains(property.Name)))
        {
            Assert.Equal(property.Value.ToString(), secondReport.GetProperty(property.Name).ToString());
        }

        JsonSchema.Check(
            secondReport, JsonDocument.Parse(File.ReadAllText(TestFiles.InProject("../../docs/report.schema.json"))).RootElement);
        Assert.Contains("world/a", File.ReadAllText(In("out.d")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("world/a", "two")]
    [InlineData("world/b", "there")]
    [InlineData("world/sub/new", "")]
    [InlineData("in.wat", "(module (memory 1) (func (export \"wizer-initialize\")))")]
    public void AChange_OfWhatTheRunLookedAt_IsAnotherRun(string path, string content)
    {
        Request(Command());
        byte[]? before = File.Exists(In(path)) ? File.ReadAllBytes(In(path)) : null;
        File.WriteAllText(In(path), content);
        Request(Command());
        Assert.Equal("miss", Result());
        Request(Command());
        Assert.Equal("hit", Result());

        // The first one is still there.
        File.Delete(In(path));
        if (before is not null)
        {
            File.WriteAllBytes(In(path), before);
        }

        Request(Command());
        Assert.Equal("hit", Result());
    }

    [Theory]
    [InlineData("--random-seed 1")]
    [InlineData("--keep-init-func")]
    [InlineData("--arg x")]
    [InlineData("--env X=1")]
    [InlineData("--max-memory 1G")]
    [InlineData("--stub other")]
    [InlineData("--preload p=p.wat")]
    [InlineData("--mapdir more::world/sub")]
    public void AnotherOption_IsAnotherRun(string options)
    {
        File.WriteAllText(In("p.wat"), "(module)");
        Request(Command());
        Request(Command(options));
        Assert.Equal("miss", Result());
        Request(Command(options));
        Assert.Equal("hit", Result());
    }

    [Theory]
    [InlineData("-v")]
    [InlineData("--timeout 100")]
    [InlineData("--depfile out.d")]
    [InlineData("--cache-limit 1G")]
    public void AnOption_ThatChangesNothing_IsTheSameRun(string options)
    {
        Request(Command());
        Request(Command(options));
        Assert.Equal("hit", Result());
    }

    [Fact]
    public void WhatIsNotLookedAt_ChangesNothing()
    {
        Request(Command());
        File.WriteAllText(In("world/other"), "x");
        Request(Command());
        Assert.Equal("hit", Result());
    }

    [Fact]
    public void ACheckoutElsewhere_FindsTheRun()
    {
        Request(Command());
        byte[] expected = Take();
        System.IO.Directory.Move(In("world"), In("elsewhere"));
        Request(Command().Replace("--dir world", "--mapdir world::elsewhere", StringComparison.Ordinal));
        Assert.Equal("hit", Result());
        Assert.Equal(expected, File.ReadAllBytes(In("out.wasm")));
        Assert.Contains("elsewhere/a", Report("inputs").ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stdin 10", "the module read its standard input")]
    [InlineData("create new; write", "the module changed")]
    [InlineData("create new; close; unlink new", "the module changed")]
    public void ARun_ThatAnotherWouldMiss_IsNotKept(string steps, string reason)
    {
        File.WriteAllText(In("in.wat"), Explorer.Text(steps));
        for (int i = 0; i < 2; i++)
        {
            // As a process: a request has no standard input.
            WizerProcess.Run(ShellWords.Split(Command()), Directory);
            Assert.Equal("miss", Result());
            Assert.StartsWith(reason, Report("cache").GetProperty("reason").GetString(), StringComparison.Ordinal);
        }
    }

    // With a cache, what the guest prints is kept, so that it does not write to the process's streams itself.
    [Fact]
    public void TheGuest_SeesNoDifference()
    {
        File.WriteAllText(In("in.wat"), """
            (module
              (import "wasi_snapshot_preview1" "fd_fdstat_set_flags" (func $set-flags (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $get (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_filestat_get" (func $stat (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $set-size (param i32 i64) (result i32)))
              (import "wasi_snapshot_preview1" "fd_allocate" (func $allocate (param i32 i64 i64) (result i32)))
              (import "wasi_snapshot_preview1" "fd_sync" (func $sync (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_advise" (func $advise (param i32 i64 i64 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "wizer-initialize")
                (i32.store8 (i32.const 100) (call $set-flags (i32.const 1) (i32.const 2)))
                (i32.store8 (i32.const 101) (call $set-flags (i32.const 1) (i32.const 1)))
                (i32.store8 (i32.const 102) (call $get (i32.const 1) (i32.const 200)))
                (i32.store8 (i32.const 103) (call $stat (i32.const 1) (i32.const 300)))
                (i32.store8 (i32.const 104) (call $set-size (i32.const 1) (i64.const 0)))
                (i32.store8 (i32.const 105) (call $allocate (i32.const 1) (i64.const 0) (i64.const 1)))
                (i32.store8 (i32.const 106) (call $sync (i32.const 2)))
                (i32.store8 (i32.const 107) (call $advise (i32.const 2) (i64.const 0) (i64.const 0) (i32.const 0)))
                (i32.store8 (i32.const 108) (call $seek (i32.const 2) (i64.const 0) (i32.const 1) (i32.const 400)))
                (i32.store8 (i32.const 109) (call $read (i32.const 2) (i32.const 500) (i32.const 0) (i32.const 400)))))
            """);
        byte[] expected = Run("in.wat --allow-wasi --deterministic").Succeeded().Output;
        Assert.Equal(expected, Run("in.wat --allow-wasi --deterministic --cache store").Succeeded().Output);
        Assert.Equal(expected, Run("in.wat --allow-wasi --deterministic --cache store").Succeeded().Output);
    }

    [Fact]
    public void ARun_ThatTriesToChangeSomethingInVain_IsKept()
    {
        File.WriteAllText(In("in.wat"), Explorer.Text("mkdir sub; unlink nothing; open a; read 10"));
        Request(Command());
        Request(Command());
        Assert.Equal("hit", Result());
        System.IO.Directory.Delete(In("world/sub"));
        Request(Command());
        Assert.Equal("miss", Result());
        Assert.StartsWith("the module changed", Report("cache").GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AFailure_IsNotKept()
    {
        File.WriteAllText(In("in.wat"), Explorer.Text("open a; fail"));
        Assert.Equal(1, Request(Command()).ExitCode);
        Assert.Equal(1, Request(Command()).ExitCode);
        Assert.False(System.IO.Directory.Exists(In("store/ac")));
    }

    [Fact]
    public void ADamagedEntry_IsNeverUsed()
    {
        Request(Command());
        byte[] expected = Take();
        foreach (string directory in new[] { "cas", "ac" })
        {
            foreach (byte[] damage in new byte[][] { [], [0], "garbage of some length, and no hash"u8.ToArray(), expected[..^1] })
            {
                foreach (string file in System.IO.Directory.GetFiles(In($"store/{directory}")))
                {
                    File.WriteAllBytes(file, damage);
                }

                WizerResult result = Request(Command());
                Assert.Equal(0, result.ExitCode);
                Assert.Equal("miss", Result());
                Assert.Equal(expected, Take());
                Request(Command());
                Assert.Equal("hit", Result());
            }
        }
    }

    [Fact]
    public void AModule_OfAnotherLength_IsNeverUsed()
    {
        Request(Command());
        byte[] expected = Take();
        string module = Path.Combine(Store, "cas", HashOf(expected));
        File.WriteAllBytes(module, [.. expected, 0]);
        Request(Command());
        Assert.Equal("miss", Result());
        Assert.Equal(expected, Take());
    }

    // With the hash that it should have, so that nothing is amiss before it is read.
    [Fact]
    public void Words_ThatCannotBeRead_AreNeverUsed()
    {
        Request(Command());
        byte[] expected = Take();
        string run = Assert.Single(System.IO.Directory.GetFiles(In("store/ac")), file => Names(file, expected));
        string words = Assert.Single(
            System.IO.Directory.GetFiles(In("store/cas")), file => File.ReadAllBytes(file) is var bytes && Names(run, bytes) && !bytes.SequenceEqual(expected));
        byte[] garbage = File.ReadAllBytes(words);
        garbage.AsSpan().Fill(0xFF);
        File.WriteAllBytes(Path.Combine(Store, "cas", HashOf(garbage)), garbage);
        File.WriteAllText(
            run, File.ReadAllText(run, Encoding.Latin1).Replace(Path.GetFileName(words), HashOf(garbage), StringComparison.Ordinal), Encoding.Latin1);

        Assert.Equal(0, Request(Command()).ExitCode);
        Assert.Equal("miss", Result());
        Assert.Equal(expected, Take());
        Request(Command());
        Assert.Equal("hit", Result());

        static bool Names(string file, byte[] bytes) => File.ReadAllText(file, Encoding.Latin1).Contains(HashOf(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void ADirectory_ThatCannotBeUsed_IsToldOnce()
    {
        File.WriteAllText(Store, "a file");
        WizerResult result = Request(Command());
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(1, result.Errors.Split("warning: the cache").Length - 1);
        Assert.Equal("failed", Result());
        Assert.True(File.Exists(In("out.wasm")));
    }

    [Fact]
    public void Room_IsMade_ByWhatWasNotUsedForLongest()
    {
        Request(Command("--cache-limit 8000 --arg first"));
        foreach (string file in System.IO.Directory.GetFiles(Store, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-1));
        }

        for (int i = 0; i < 20; i++)
        {
            Request(Command($"--cache-limit 8000 --arg {i}"));
            Assert.Equal("miss", Result());
            long size = System.IO.Directory.GetFiles(Store, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
            Assert.InRange(size, 1, 9000);
        }

        Request(Command("--cache-limit 8000 --arg 19"));
        Assert.Equal("hit", Result());
        Request(Command("--cache-limit 8000 --arg first"));
        Assert.Equal("miss", Result());
    }

    [Fact]
    public void ManyAtATime_GetInOneAnothersWayNever()
    {
        byte[] expected = Request(Command()).ExitCode == 0 ? Take() : [];
        System.IO.Directory.Delete(Store, recursive: true);
        int hits = 0;
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i =>
        {
            WizerResult result = Request(Command($"--cache-limit 8000 --arg {i % 5}")
                .Replace("out.wasm", $"out{i}.wasm", StringComparison.Ordinal)
                .Replace("report.json", $"report{i}.json", StringComparison.Ordinal));
            Assert.Equal(0, result.ExitCode);
            Assert.DoesNotContain("warning: the cache", result.Errors, StringComparison.Ordinal);
            Assert.Equal(expected, File.ReadAllBytes(In($"out{i}.wasm")));
            if (File.ReadAllText(In($"report{i}.json")).Contains("\"hit\"", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref hits);
            }
        });
        Assert.NotEqual(0, hits);
        Assert.DoesNotContain(
            System.IO.Directory.GetFiles(Store, "*", SearchOption.AllDirectories), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void Option_DemandsADeterministicRun() => Assert.Contains(
        "'--cache <DIR|URL>' needs '--deterministic'", Run("in.wat --cache store -o out.wasm").Errors, StringComparison.Ordinal);

    [Fact]
    public void Variable_NamesTheCacheOfDeterministicRuns()
    {
        List<string> words = ShellWords.Split("in.wat --allow-wasi --dir world -o out.wasm --report report.json");
        WizerProcess.Run(words, Directory, null, ("WIZER_CACHE", "store"));
        Assert.False(System.IO.Directory.Exists(Store));
        Assert.Equal(JsonValueKind.Null, Report("cache").ValueKind);
        foreach (string expected in new[] { "miss", "hit" })
        {
            WizerProcess.Run([.. words, "--deterministic"], Directory, null, ("WIZER_CACHE", "store"));
            Assert.Equal(expected, Result());
        }
    }

    [Fact]
    public void AnotherOption_ThatIsNew_IsPartOfTheKey_UnlessItSaysOtherwise() => Assert.Equal(
        [
            "--attribute", "--cache", "--cache-limit", "--depfile", "--dir", "--env", "--error-format", "--help", "--inherit-env", "--mapdir",
            "--persistent_worker", "--preload", "--profile-embed", "--profile-use", "--profile-write", "--report", "--sample", "--timeout",
            "--verbose", "--version", "--worker-protocol", "-o",
        ],
        OptionTable.Options.Where(option => option.IsNoPartOfKey).Select(option => option.Flag).Order(StringComparer.Ordinal));

    [Fact]
    public void AServer_ServesAsADirectoryDoes()
    {
        using var server = new CacheServer();
        string command = Command(cache: server.Url);
        Request(command);
        Assert.Equal("miss", Result());
        byte[] expected = Take();

        // What an action names is there before it is.
        Assert.Equal(
            ["GET /cache/ac", "PUT /cache/cas/", "PUT /cache/cas/", "PUT /cache/ac", "PUT /cache/cas/", "PUT /cache/ac"],
            server.Requests.Select(request => request.Contains("/ac/", StringComparison.Ordinal) ? request[..13] : request));
        Request(command);
        Assert.Equal("hit", Result());
        Assert.Equal(expected, Take());

        // A directory of the same layout has the same.
        foreach ((string path, byte[] content) in server.Content)
        {
            string file = Path.Combine(Store, path["/cache/".Length..]);
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content);
        }

        Request(Command());
        Assert.Equal("hit", Result());

        foreach (string path in server.Content.Keys.Where(path => path.Contains("/cas/", StringComparison.Ordinal)))
        {
            server.Content[path] = [.. server.Content[path][..^1], 0];
        }

        Request(command);
        Assert.Equal("miss", Result());
        Assert.Equal(expected, Take());
    }

    [Theory]
    [InlineData(500, "it answered GET with 500")]
    [InlineData(403, "it answered GET with 403")]
    [InlineData(302, "it answered GET with 302")]
    public void AServer_ThatFails_IsToldOnce(int status, string reason)
    {
        using var server = new CacheServer { Status = status };
        string url = server.Url.Replace("http://", "http://me:secret@", StringComparison.Ordinal);
        WizerResult result = Request(Command(cache: url));
        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"warning: the cache {server.Url} is not used: {reason}\n", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Errors + File.ReadAllText(In("report.json")), StringComparison.Ordinal);
        Assert.Single(server.Requests);
        Assert.Equal("failed", Result());
    }

    [Fact]
    public void AServer_ThatBreaksOff_IsToldOnce()
    {
        using var server = new CacheServer();
        string command = Command(cache: server.Url);
        Request(command);
        byte[] expected = Take();
        server.CutsAnswers = true;
        WizerResult result = Request(command);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("failed", Result());
        Assert.Equal(expected, Take());
    }

    [Fact]
    public void NoServer_IsToldOnce()
    {
        var server = new CacheServer();
        server.Dispose();
        WizerResult result = Request(Command(cache: server.Url));
        Assert.Equal(0, result.ExitCode);
        Assert.Matches("warning: the cache http://localhost:[0-9]+/cache is not used: .*refused", result.Errors);
    }

    [Fact]
    public void Credentials_AreThoseOfTheUrl()
    {
        using var server = new CacheServer { Credentials = "me:p@ss:word" };
        string url = server.Url.Replace("http://", "http://me:p%40ss:word@", StringComparison.Ordinal);
        foreach (string expected in new[] { "miss", "hit" })
        {
            Request(Command(cache: url));
            Assert.Equal(expected, Result());
        }
    }

    [Fact]
    public void Credentials_AreThoseOfTheFile()
    {
        using var server = new CacheServer { Credentials = "me:secret" };
        File.WriteAllText(In(".netrc"), "machine elsewhere login x password y\nmachine localhost\n  login me\n  password secret\n");
        List<string> words = ShellWords.Split(Command(cache: server.Url));
        foreach (string expected in new[] { "miss", "hit" })
        {
            WizerProcess.Run(words, Directory, null, ("HOME", Directory));
            Assert.Equal(expected, Result());
        }
    }

    [Theory]
    [InlineData("machine a login x password y", "x:y")]
    [InlineData("machine b login n password m\nmachine a\n\tlogin x\n\tpassword y\n", "x:y")]
    [InlineData("machine A login x account z password y machine a login n password m", "x:y")]
    [InlineData("default login x password y", "x:y")]
    [InlineData("machine b login x password y", null)]
    [InlineData("machine a login", ":")]
    [InlineData("", null)]
    public void NetRc_HasALine_ForAHost(string text, string? expected) => Assert.Equal(expected, NetRc.Find(text, "a"));

    private string Result() => Report("cache").GetProperty("result").GetString()!;

    // The cache of a request is relative to the process.
    private string Command(string more = "", string? cache = null) =>
        $"{Reading.Replace("--cache store", $"--cache {cache ?? Store}", StringComparison.Ordinal)} {more}";

    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private byte[] Take()
    {
        byte[] bytes = File.ReadAllBytes(In("out.wasm"));
        File.Delete(In("out.wasm"));
        return bytes;
    }
}
