using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Wizer.Benchmarks;

/// <summary>What all benchmarks have in common.</summary>
/// <remarks>
/// They run in this process. The default toolchain writes a project that refers to this one and builds it with an output
/// folder of its own, which builds the whole solution once more and precompiles the engine anew: minutes on two cores, beyond
/// the time it allows itself. So the settings of the runtime stand in this project's file: workstation collections without a
/// background thread, like the tool, which is a process of one short job. Tiering is on there and here; a benchmark long
/// enough to be measured has reached the last tier. For narrower vectors, set <c>DOTNET_EnableAVX512F=0</c> or
/// <c>DOTNET_EnableAVX2=0</c> around the whole run.
/// </remarks>
internal sealed class BenchmarkConfig : ManualConfig
{
    public BenchmarkConfig()
    {
        AddLogger(ConsoleLogger.Default);
        AddExporter(MarkdownExporter.GitHub);
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddColumn(new ThroughputColumn());

        // Half of what is promised is that nothing is allocated.
        AddDiagnoser(MemoryDiagnoser.Default);

        // A mutator, so that it holds for the jobs of the command line, too.
        AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).AsMutator());
    }
}
