using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Wizer.Benchmarks;

/// <summary>Says how many bytes one call of a benchmark goes through, so that its speed can be shown in bytes per second.</summary>
/// <param name="member">A static property of the class: the number of bytes.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class BytesAttribute(string member) : Attribute
{
    public string Member { get; } = member;
}

/// <summary>MB/s of benchmarks that have a <see cref="BytesAttribute"/>.</summary>
internal sealed class ThroughputColumn : IColumn
{
    public string Id => nameof(ThroughputColumn);

    public string ColumnName => "MB/s";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => "Bytes gone through per second, in millions";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        MethodInfo method = benchmarkCase.Descriptor.WorkloadMethod;
        BytesAttribute? bytes = method.GetCustomAttribute<BytesAttribute>()
            ?? benchmarkCase.Descriptor.Type.GetCustomAttribute<BytesAttribute>();
        if (bytes is null || summary[benchmarkCase]?.ResultStatistics is not { Mean: > 0 } statistics)
        {
            return "-";
        }

        PropertyInfo property = benchmarkCase.Descriptor.Type.GetProperty(bytes.Member, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
            ?? throw new InvalidOperationException($"{benchmarkCase.Descriptor.Type.Name} has no static property {bytes.Member}");
        long count = Convert.ToInt64(property.GetValue(null), CultureInfo.InvariantCulture);

        // Bytes per nanosecond are gigabytes per second.
        return (count / statistics.Mean * 1000).ToString("N0", CultureInfo.InvariantCulture);
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public bool IsAvailable(Summary summary) => true;
}
