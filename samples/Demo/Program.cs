// Pre-initializes samples/primes.wat with the command, the way a shell would, and shows what came of it:
//     dotnet run -c Release --project samples/Demo
using System.Diagnostics;
using Wizer.Binary;
using Wizer.Text;

string repository = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(repository, "Wizer.sln")))
{
    repository = Path.GetDirectoryName(repository)!;
}

string input = Path.Combine("samples", "primes.wat");
string output = Path.Combine("artifacts", "primes.wasm");
Directory.CreateDirectory(Path.Combine(repository, "artifacts"));

Console.WriteLine($"$ wizer {input} -o {output}");
var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "wizer")) { WorkingDirectory = repository };
start.ArgumentList.Add(input);
start.ArgumentList.Add("-o");
start.ArgumentList.Add(output);
long begin = Stopwatch.GetTimestamp();
using Process wizer = Process.Start(start)!;
wizer.WaitForExit();
TimeSpan time = Stopwatch.GetElapsedTime(begin);
if (wizer.ExitCode != 0)
{
    return wizer.ExitCode;
}

byte[] before = WatParser.ToBinary(File.ReadAllBytes(Path.Combine(repository, input)), input);
byte[] after = File.ReadAllBytes(Path.Combine(repository, output));
Console.WriteLine($"Ran `wizer-initialize` and wrote its results into a new module, in {time.TotalMilliseconds:F0} ms:");
Console.WriteLine($"{before.Length} bytes became {after.Length}. What changed, as text:");
Console.WriteLine();
PrintDifference(Lines(before), Lines(after));
return 0;

// What only one of the two has: enough here, where no line moves.
static void PrintDifference(string[] before, string[] after)
{
    foreach (string line in before.Except(after))
    {
        Console.WriteLine($"- {line.Trim()}");
    }

    foreach (string line in after.Except(before))
    {
        Console.WriteLine($"+ {line.Trim()}");
    }
}

static string[] Lines(byte[] module) => WatPrinter.Print(ModuleReader.Parse(module)).Split('\n');
