using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Wizer.TestSupport;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary><c>wizer worker</c> and <c>wizer batch</c>, as Bazel and people use them.</summary>
public sealed class ServeTests : RequestDirectory
{
    private const string Forever = "(module (memory 1) (func (export \"wizer-initialize\") (loop $l (br $l))))";

    [Theory]
    [InlineData("worker --worker-protocol=json")]
    [InlineData("--persistent_worker --worker-protocol=json")]
    [InlineData("--worker-protocol json --persistent_worker")]
    [InlineData("batch -")]
    [InlineData("batch --jobs 1")]
    public void Json_NeedsNothingBetweenRequests(string command)
    {
        byte[] expected = Expected();
        string requests = """{"arguments":["in.wat","-o","1.wasm"],"inputs":[{"path":"in.wat","digest":"x"}],"requestId":7}"""
            + """{"arguments":["in.wat","-o","2.wasm"],"requestId":8,"verbosity":0,"unknown":{"a":[{}]}}""" + "\n\n "
            + """{"requestId":9,"arguments":["trap.wat","-o","3.wasm"]}""";
        WizerResult result = Run(command, Encoding.UTF8.GetBytes(requests));
        Assert.Equal(command.StartsWith("batch", StringComparison.Ordinal) ? 1 : 0, result.ExitCode);
        Assert.Equal("", result.Errors);
        JsonElement[] responses = Responses(result);
        Assert.Equal([7, 8, 9], responses.Select(response => response.GetProperty("requestId").GetInt32()));
        Assert.Equal([0, 0, 1], responses.Select(response => response.GetProperty("exitCode").GetInt32()));
        Assert.Equal("", responses[0].GetProperty("output").GetString());
        Assert.StartsWith("Error: ", responses[2].GetProperty("output").GetString(), StringComparison.Ordinal);
        Assert.Equal(expected, File.ReadAllBytes(In("1.wasm")));
        Assert.Equal(expected, File.ReadAllBytes(In("2.wasm")));
        Assert.False(File.Exists(In("3.wasm")));
    }

    [Fact]
    public void Protobuf_IsTheWorkersOwn()
    {
        using var requests = new MemoryStream();
        foreach ((string input, int id) in new[] { ("in.wat", 0), ("trap.wat", 300), ("in.wat", 2) })
        {
            var request = new ProtoWriter();
            foreach (string word in new[] { input, "-o", $"{id}.wasm" })
            {
                request.WriteText(1, word);
            }

            var file = new ProtoWriter();
            file.WriteText(1, input);
            request.WriteMessage(2, file);
            request.WriteNumber(3, id);
            request.WriteNumber(5, 10);
            requests.Write(request.ToDelimited());
        }

        WizerResult result = Run("--persistent_worker", requests.ToArray());
        Assert.Equal("", result.Errors);
        Assert.Equal(0, result.ExitCode);
        var ids = new SortedDictionary<int, (int ExitCode, string Output)>();
        for (ReadOnlySpan<byte> rest = result.Output; !rest.IsEmpty;)
        {
            // A varint of one byte or of two.
            int start = rest[0] < 0x80 ? 1 : 2;
            int length = (rest[0] & 0x7f) | (start == 1 ? 0 : rest[1] << 7);
            var reader = new ProtoReader(rest.Slice(start, length));
            (int id, int exitCode, string output) = (0, 0, "");
            while (reader.Read())
            {
                id = reader.Field == 3 ? (int)reader.Number : id;
                exitCode = reader.Field == 1 ? (int)reader.Number : exitCode;
                output = reader.Field == 2 ? Encoding.UTF8.GetString(reader.Bytes) : output;
            }

            ids.Add(id, (exitCode, output));
            rest = rest[(start + length)..];
        }

        Assert.Equal([0, 2, 300], ids.Keys);
        Assert.Equal((0, ""), ids[0]);
        Assert.Equal(1, ids[300].ExitCode);
        Assert.True(File.Exists(In("0.wasm")));
    }

    [Fact]
    public void WordsOfTheWorker_ComeBeforeThoseOfEachRequest()
    {
        WizerResult result = Run(
            "--keep-init-func --worker-protocol=json --persistent_worker", """{"arguments":["in.wat","-o","out.wasm"]}"""u8.ToArray());
        Assert.Equal("", result.Errors);
        Assert.Equal(Run("in.wat --keep-init-func").Output, File.ReadAllBytes(In("out.wasm")));
    }

    [Fact]
    public void WithoutAWorker_ItsProtocolSaysNothing() =>
        Assert.Equal(Expected(), Run("--worker-protocol=proto in.wat").Succeeded().Output);

    [Fact]
    public void ARequest_HasItsOwnDirectory()
    {
        foreach (string name in new[] { "one", "two" })
        {
            System.IO.Directory.CreateDirectory(In($"{name}/files"));
            File.WriteAllText(In($"{name}/files/a"), name);
            File.WriteAllText(In($"{name}/in.wat"), Explorer.Text("print; open a; read 10; stat nothing"));
            File.WriteAllText(In($"{name}/p.wat"), "(module)");
            File.WriteAllText(In($"{name}/args"), "--allow-wasi\n--dir\nfiles\n--preload\np=p.wat\n");
        }

        const string Arguments = """["in.wat","-o","out.wasm","--report","out.json","--depfile","out.d","@args"]""";
        string requests = string.Concat(new[] { "one", "two" }.Select((name, i) =>
            $$"""{"arguments":{{Arguments}},"requestId":{{i + 1}},"sandboxDir":"{{name}}"}"""));
        WizerResult result = Run("worker --worker-protocol=json", Encoding.UTF8.GetBytes(requests));
        Assert.Equal("", result.Errors);
        Assert.All(Responses(result), response => Assert.Equal(0, response.GetProperty("exitCode").GetInt32()));
        Assert.NotEqual(File.ReadAllBytes(In("one/out.wasm")), File.ReadAllBytes(In("two/out.wasm")));

        // Nobody has to know where the sandbox is.
        Assert.Equal("out.wasm: \\\n  in.wat \\\n  p.wat \\\n  files/a\n", File.ReadAllText(In("two/out.d")));
        Assert.DoesNotContain("two", File.ReadAllText(In("two/out.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatAGuestPrints_IsPartOfTheAnswer()
    {
        File.WriteAllText(In("in.wat"), Explorer.Text("print; stdin 10; print"));
        WizerResult result = Run("batch", """{"arguments":["in.wat","--allow-wasi","-o","out.wasm"]}"""u8.ToArray());
        Assert.Equal("exyexy", Assert.Single(Responses(result)).GetProperty("output").GetString());
    }

    [Theory]
    [InlineData("\"in.wat\"", "a request has no stdin and stdout: the new module needs a file, -o FILE")]
    [InlineData("\"-o\",\"out.wasm\"", "a request has no stdin and stdout: the module needs a file, as its operand")]
    [InlineData(
        "\"in.wat\",\"-o\",\"out.wasm\",\"--report\",\"-\"", "a request has no stdin and stdout: the report needs a file, --report FILE")]
    [InlineData("\"inspect\",\"in.wat\"", "a request initializes a module, and does nothing else")]
    [InlineData("\"--version\"", "a request initializes a module, and does nothing else")]
    [InlineData("\"--nonsense\"", "unexpected argument '--nonsense' found")]
    public void ARequest_ThatMakesNoSense_IsAnswered(string arguments, string expected)
    {
        WizerResult result = Run("batch", Encoding.UTF8.GetBytes($$"""{"arguments":[{{arguments}}]}"""));
        Assert.Contains(expected, Assert.Single(Responses(result)).GetProperty("output").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }

    [Theory]
    [InlineData("worker --worker-protocol=json", "nonsense", "what was sent is no request in JSON")]
    [InlineData("worker --worker-protocol=json", "[]", "what was sent is no request in JSON")]
    [InlineData("worker --worker-protocol=json", "{\"arguments\":5}", "what was sent is no request in JSON")]
    [InlineData("worker --worker-protocol=json", "{\"arguments\":", "the last request ends early")]
    [InlineData("worker", "\u007f", "the last request ends early")]
    [InlineData("worker", "\u0001\u0007", "what was sent is no request in Protocol Buffers")]
    [InlineData("worker", "\u007f\u007f\u007f\u007f\u007f\u007f", "the last request ends early")]
    public void WhatIsNoRequest_EndsTheWorker(string command, string sent, string expected)
    {
        WizerResult result = Run(command, Encoding.UTF8.GetBytes(sent));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(expected, result.Errors, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void Batch_NumbersRequests_AndReadsThemFromAFile()
    {
        File.WriteAllText(In("requests.json"), """
            {"arguments": ["in.wat", "-o", "1.wasm"]}
            {"arguments": ["in.wat", "-o", "2.wasm"]}
            """);
        WizerResult result = Run("batch requests.json -j 2").Succeeded();
        Assert.Equal([1, 2], Responses(result).Select(response => response.GetProperty("requestId").GetInt32()));
        Assert.Contains("failed to open the requests", Run("batch nothing.json").Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Batch_OfNothing_IsDone() => Assert.Empty(Run("batch", []).Succeeded().Output);

    [Fact]
    public void ACancelledRequest_EndsAndSaysSo()
    {
        File.WriteAllText(In("forever.wat"), Forever);
        using Process process = WizerProcess.Start(["worker", "--worker-protocol=json"], Directory);
        Send("""{"arguments":["forever.wat","-o","forever.wasm"],"requestId":1}""");
        Send("""{"arguments":["in.wat","-o","out.wasm"],"requestId":2}""");
        Assert.Equal("""{"exitCode":0,"output":"","requestId":2}""", process.StandardOutput.ReadLine());
        Send("""{"requestId":5,"cancel":true}""");
        Send("""{"requestId":1,"cancel":true}""");
        Assert.Equal("""{"exitCode":0,"output":"","requestId":1,"wasCancelled":true}""", process.StandardOutput.ReadLine());
        Send("""{"requestId":1,"cancel":true}""");
        Send("""{"arguments":["in.wat","-o","out.wasm"],"requestId":1}""");
        Assert.Equal("""{"exitCode":0,"output":"","requestId":1}""", process.StandardOutput.ReadLine());
        process.StandardInput.Close();
        Assert.True(process.WaitForExit(60_000));
        Assert.Equal(0, process.ExitCode);
        Assert.False(File.Exists(In("forever.wasm")));

        void Send(string text)
        {
            process.StandardInput.Write(text);
            process.StandardInput.Flush();
        }
    }

    [Fact]
    public void ASignal_EndsTheWorkerAndWhatItRuns()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.WriteAllText(In("forever.wat"), Forever);
        using Process process = WizerProcess.Start(["worker", "--worker-protocol=json"], Directory);
        process.StandardInput.Write("""{"arguments":["forever.wat","-o","forever.wasm"],"requestId":1}""");
        process.StandardInput.Write("""{"arguments":["in.wat","-o","out.wasm"],"requestId":2}""");
        process.StandardInput.Flush();
        Assert.NotNull(process.StandardOutput.ReadLine());
        using (Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
        {
            kill.WaitForExit();
        }

        Assert.True(process.WaitForExit(60_000));
        Assert.Equal(143, process.ExitCode);
        Assert.Equal(["forever.wat", "in.wat", "out.wasm", "trap.wat"], Names());
    }

    [Fact]
    public void FailuresAndTheRest_DoNotDisturbOneAnother()
    {
        byte[] expected = Expected();
        File.WriteAllText(In("forever.wat"), Forever);
        File.WriteAllText(In("bad.wasm"), "no module");
        File.WriteAllText(In("deep.wat"), "(module (func $f (export \"wizer-initialize\") (call $f)))");
        string[] inputs = ["in.wat", "trap.wat", "in.wat", "bad.wasm", "deep.wat", "nothing.wat", "forever.wat"];
        var requests = new StringBuilder();
        for (int i = 0; i < 210; i++)
        {
            requests.Append($$"""{"arguments":["{{inputs[i % inputs.Length]}}","--timeout","0.5","-o","{{i}}.wasm"]}""");
        }

        JsonElement[] responses = Responses(Run("batch --jobs 8", Encoding.UTF8.GetBytes(requests.ToString())));
        Assert.Equal(210, responses.Length);
        foreach (JsonElement response in responses)
        {
            int i = response.GetProperty("requestId").GetInt32() - 1;
            bool isGood = inputs[i % inputs.Length] == "in.wat";
            Assert.Equal(isGood ? 0 : 1, response.GetProperty("exitCode").GetInt32());
            Assert.Equal(isGood, File.Exists(In($"{i}.wasm")));
            if (isGood)
            {
                Assert.Equal(expected, File.ReadAllBytes(In($"{i}.wasm")));
            }
        }
    }

    private static JsonElement[] Responses(WizerResult result) =>
    [
        .. Encoding.UTF8.GetString(result.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .OrderBy(response => response.GetProperty("requestId").GetInt32()),
    ];
}
