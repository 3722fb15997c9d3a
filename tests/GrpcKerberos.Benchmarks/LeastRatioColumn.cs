using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace GrpcKerberos.Benchmarks;

/// <summary>The quickest iteration, divided by the baseline's quickest: what stays comparable while other processes take the machine's time.</summary>
internal sealed class LeastRatioColumn : IColumn
{
    public string Id => nameof(LeastRatioColumn);

    public string ColumnName => "Ratio of Min";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Baseline;

    public int PriorityInCategory => 1;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => "The quickest iteration divided by the baseline's quickest";

    public bool IsAvailable(Summary summary) => summary.HasBaselines();

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        var baseline = summary.BenchmarksCases.FirstOrDefault(c => summary.IsBaseline(c) && c.Parameters.DisplayInfo == benchmarkCase.Parameters.DisplayInfo);
        return Least(summary, benchmarkCase) is { } own && Least(summary, baseline) is { } other ? (own / other).ToString("0.00", CultureInfo.InvariantCulture) : "?";
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    private static double? Least(Summary summary, BenchmarkCase? benchmarkCase) => benchmarkCase is null ? null : summary[benchmarkCase]?.ResultStatistics?.Min;
}
