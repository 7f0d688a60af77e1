using BenchmarkDotNet.Running;
using Wizer.Benchmarks;

// dotnet run -c Release --project bench/Wizer.Benchmarks -- --filter '*'             measures everything
// dotnet run -c Release --project bench/Wizer.Benchmarks -- --filter '*' --job Dry   only shows that all of it still runs
BenchmarkSwitcher.FromAssembly(typeof(BenchmarkConfig).Assembly).Run(args, new BenchmarkConfig());
