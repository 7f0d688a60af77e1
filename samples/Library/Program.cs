using Wizer.Engine;
using Wizer.Pipeline;

using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) => { key.Cancel = true; cancellation.Cancel(); };
var options = new WizerOptions { InitFunc = "wizer-initialize", Progress = new Progress<RunPhase>(phase => Console.WriteLine(phase)) };
var environment = new InitEnvironment { Wasi = new WasiOptions(), Timeout = TimeSpan.FromMinutes(1) };
try
{
    RunReport report = new PreInitializer(options).RunFile(args[0], args[1], environment, cancellation.Token);
    Console.WriteLine($"{report.Snapshot.SegmentCount} segments, {report.Snapshot.OutputByteLength} bytes");
    return 0;
}
catch (WizerException error)
{
    Console.Error.WriteLine($"{error.Error}: {error.Message}");
    return 1;
}
