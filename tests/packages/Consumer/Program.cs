// Looks into the packages, and pre-initializes a module with them. Exits with 3 when the engine had to be compiled by the JIT.
//     Consumer FEED IN.wasm OUT.wasm
using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.IO.Compression;
using System.Text;
using Wizer.Pipeline;
using Wizer.Text;

string[] libraries = ["Wizer.Binary", "Wizer.Text", "Wizer.Engine", "Wizer.Pipeline"];
foreach (string library in libraries)
{
    string package = Find(args[0], library, ".nupkg");
    Expect(
        package,
        $"lib/net10.0/{library}.dll", $"lib/net10.0/{library}.xml", $"runtimes/*/lib/net10.0/{library}.dll", "README.md", "LICENSE",
        $"{library}.nuspec");
    Expect(Path.ChangeExtension(package, ".snupkg"), $"lib/net10.0/{library}.pdb");
}

using var jit = new JitListener();
byte[] module = WatParser.ToBinary(Encoding.UTF8.GetBytes("""
    (module (memory 1) (global $sum (mut i32) (i32.const 0))
      (func (export "wizer-initialize") (local $i i32)
        (loop $next
          (global.set $sum (i32.add (global.get $sum) (local.get $i)))
          (i32.store (i32.mul (local.get $i) (i32.const 8)) (global.get $sum))
          (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1000))))))
    """), "in.wat");
File.WriteAllBytes(args[1], module);
long start = Stopwatch.GetTimestamp();
RunReport report = new PreInitializer().RunFile(args[1], args[2]);
Console.WriteLine($"{report.Snapshot.SegmentCount} segments, {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F1} ms");

// The listener hears of what is compiled a little later: of this last method, after all others.
Last();
for (int i = 0; i < 200 && !jit.Saw(nameof(Last)); i++)
{
    Thread.Sleep(50);
}

if (!jit.Saw(nameof(Last)))
{
    throw new InvalidOperationException("the listener heard nothing");
}

string[] loops = jit.Loops();
Console.WriteLine(loops.Length == 0 ? "the engine's loop is precompiled" : $"compiled by the JIT: {string.Join(", ", loops)}");
return loops.Length == 0 ? 0 : 3;

static void Last()
{
}

static string Find(string feed, string library, string extension)
{
    string[] found = Directory.GetFiles(feed, $"{library}.*{extension}");
    return found.Length == 1 ? found[0] : throw new InvalidOperationException($"{found.Length} packages of {library}");
}

static void Expect(string package, params string[] names)
{
    using ZipArchive archive = ZipFile.OpenRead(package);
    foreach (string name in names)
    {
        // One star at most.
        string[] parts = name.Split('*');
        if (!archive.Entries.Any(entry => entry.Length > 0 && entry.FullName.StartsWith(parts[0], StringComparison.Ordinal) && entry.FullName.EndsWith(parts[^1], StringComparison.Ordinal)))
        {
            throw new InvalidOperationException($"{Path.GetFileName(package)} has no {name}");
        }
    }
}

/// <summary>Hears of every method that the JIT compiles in this process.</summary>
internal sealed class JitListener : EventListener
{
    private readonly List<string> _methods = [];

    public bool Saw(string part)
    {
        lock (_methods)
        {
            return _methods.Exists(method => method.Contains(part, StringComparison.Ordinal));
        }
    }

    /// <summary>The loops among them: the threaded one, or the one that runs where nothing is precompiled.</summary>
    public string[] Loops()
    {
        lock (_methods)
        {
            return [.. _methods.Where(method => method.StartsWith("Wizer.Engine.", StringComparison.Ordinal) && method.EndsWith("Loop.Run", StringComparison.Ordinal))];
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
        {
            EnableEvents(eventSource, EventLevel.Verbose, (EventKeywords)0x10);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName?.StartsWith("MethodLoadVerbose", StringComparison.Ordinal) == true && _methods is not null)
        {
            lock (_methods)
            {
                _methods.Add($"{eventData.Payload![6]}.{eventData.Payload[7]}");
            }
        }
    }
}
