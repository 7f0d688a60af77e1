using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Wizer.Benchmarks;

// dotnet run -c Release --project bench/Wizer.Benchmarks -- --filter '*'             measures everything
// dotnet run -c Release --project bench/Wizer.Benchmarks -- --filter '*' --job Dry   only shows that all of it still runs
IEnumerable<Summary> summaries =
    BenchmarkSwitcher.FromAssembly(typeof(BenchmarkConfig).Assembly).Run(args, new BenchmarkConfig());

// A benchmark that threw is only a hole in a table to BenchmarkDotNet; whoever runs all of them wants to be told.
int executed = 0;
int failed = 0;
foreach (Summary summary in summaries)
{
    failed += summary.HasCriticalValidationErrors ? 1 : 0;
    foreach (BenchmarkReport report in summary.Reports)
    {
        executed++;
        failed += report.Success && report.ResultStatistics is not null ? 0 : 1;
    }
}

Console.WriteLine($"Executed benchmarks: {executed}, failed: {failed}");
return failed == 0 ? 0 : 1;
