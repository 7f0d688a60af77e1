using System.Text;
using Wizer.Binary;
using Wizer.Engine.Native;
using Xunit;

namespace Wizer.Cli.Tests;

/// <summary>Ten thousand requests leave nothing in the process. Not parallel with other tests: it counts for all of it.</summary>
[Collection(nameof(ServeLeakTests))]
public sealed class ServeLeakTests : RequestDirectory
{
    [Fact]
    public void TenThousandRequests_LeakNothing()
    {
        File.WriteAllText(In("p.wat"), "(module (func (export \"f\")))");
        File.WriteAllText(In("profile"), "no profile");
        string[] commands =
        [
            "in.wat -o out.wasm",
            "trap.wat -o out.wasm",
            "in.wat -o out.wasm --preload p=p.wat --allow-wasi --dir . --report out.json --depfile out.d",
            "in.wat -o out.wasm --profile-use profile",
            "nothing.wat -o out.wasm",
            $"in.wat -o out.wasm --deterministic --cache {In("store")}",
            "--nonsense",
        ];
        byte[][] requests = [.. commands.Select((command, i) => Request(command, i))];
        Serve(requests, 200);
        Counts before = Counts.Now;
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        Serve(requests, 10_000);
        Counts after = Counts.Now;
        Assert.Equal(before with { Descriptors = 0 }, after with { Descriptors = 0 });

        // The runtime opens some of its own, and tests before this one may have closed some: a leak would be thousands.
        Assert.InRange(after.Descriptors - before.Descriptors, int.MinValue, 100);

        // Of managed memory, what the tables of the runtime grow by; one buffer kept for each request would be 100 times as much.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - memory, long.MinValue, 4 << 20);
    }

    private byte[] Request(string command, int id)
    {
        string arguments = string.Join(',', ShellWords.Split(command).Select(word => $"\"{word}\""));
        return Encoding.UTF8.GetBytes($$"""{"arguments":[{{arguments}}],"requestId":{{id % 2 * (id + 1)}},"sandboxDir":"{{Directory}}"}""");
    }

    private static void Serve(byte[][] requests, int count)
    {
        int next = 0;
        int responseCount = 0;
        var input = new RequestInput(buffer =>
        {
            if (next == count)
            {
                return 0;
            }

            byte[] request = requests[next++ % requests.Length];
            request.CopyTo(buffer);
            return request.Length;
        });
        using var loop = new RequestLoop(
            new JsonProtocol(input),
            _ => Interlocked.Increment(ref responseCount),
            (request, host) => Command.RunRequest([.. request.Arguments], request.SandboxDirectory, null, host),
            jobCount: 2);
        loop.Run();
        Assert.Equal(count, responseCount);
    }

    private readonly record struct Counts(int Inputs, int Buffers, int Reservations, int Blocks, int Descriptors)
    {
        public static Counts Now
        {
            get
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                int descriptors = OperatingSystem.IsLinux() ? System.IO.Directory.GetFiles("/proc/self/fd").Length : 0;
                return new(
                    NativeBuffer.Outstanding, PooledBuffer.LiveCount, AddressSpace.Outstanding, NativeBlock.Outstanding, descriptors);
            }
        }
    }
}

/// <summary>Keeps the counting test away from all others.</summary>
[CollectionDefinition(nameof(ServeLeakTests), DisableParallelization = true)]
public class ServeLeakTestsCollection;
