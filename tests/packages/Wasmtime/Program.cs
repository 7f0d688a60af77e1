// Pre-initializes a module in Wasmtime, with nothing but the package.
//     WasmtimeConsumer IN.wasm OUT.wasm
using Wizer.Pipeline;
using Wizer.Wasmtime;

using var runner = new WasmtimeRunner();
RunReport report = runner.RunFile(new PreInitializer(), args[0], args[1]);
Console.WriteLine($"{report.Snapshot.SegmentCount} segments");
