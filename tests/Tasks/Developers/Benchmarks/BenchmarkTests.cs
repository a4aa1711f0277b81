using System.Text.Json.Nodes;
using Flyte.MultiCluster.Tasks.Developers.Benchmarks;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Developers.Benchmarks;

/// <summary>What the benchmark reads and computes; it measures nothing here.</summary>
internal sealed class BenchmarkTests
{
    private static readonly BenchmarkResult Sample = new(
        new BenchmarkCase(16, 80),
        TimeSpan.FromSeconds(100),
        TimeSpan.FromSeconds(10),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(2),
        TimeSpan.FromSeconds(3),
        TimeSpan.FromSeconds(8),
        40,
        0,
        [new StageTime("InstallDataPlane", TimeSpan.FromSeconds(5))]
    );

    [Test]
    public void Cases_are_read_and_repeated_ones_measured_once()
    {
        var read = BenchmarkCase.Kind.Read("4x80,16x0,4x80", out var cases);

        Assert.That(read, Is.True);
        Assert.That(cases, Is.EqualTo(new[] { new BenchmarkCase(4, 80), new BenchmarkCase(16, 0) }));
    }

    [TestCase("")]
    [TestCase("4")]
    [TestCase("4x80,")]
    [TestCase("0x80")]
    [TestCase("65x80")]
    [TestCase("4x60001")]
    [TestCase("4x-1")]
    [TestCase("4x8x0")]
    public void Another_case_is_refused(string text) => Assert.That(BenchmarkCase.Kind.Read(text, out _), Is.False);

    [Test]
    public void By_default_1_4_and_16_are_measured_near_and_far() =>
        Assert.That(BenchmarkCase.All.Select(one => one.ToString()), Is.EqualTo(new[] { "1x0", "1x80", "4x0", "4x80", "16x0", "16x80" }));

    [Test]
    public void The_table_reports_each_number_with_its_aim()
    {
        var row = BenchmarkTable.For([Sample]).Split('\n')[1];

        Assert.That(
            row.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            Is.EqualTo(
                new[]
                {
                    "16",
                    "80 ms",
                    "100.0 s",
                    "10.0 s",
                    "10.00 (≥8)",
                    "8.0 s",
                    "1.25 (≤1.25)",
                    "1.0 s",
                    "0.10 (≤0.2)",
                    "2.0 s (≤5)",
                    "3.0 s (≤3)",
                    "2.50 (≤6)",
                    "0",
                }
            )
        );
    }

    [Test]
    public void A_stage_takes_as_long_as_its_slowest_cluster()
    {
        var report = JsonNode.Parse("""{"stages":[{"name":"A","durationMs":5},{"name":"B","durationMs":1},{"name":"A","durationMs":7}]}""")!.AsObject();

        Assert.That(
            StageTime.Of(report),
            Is.EqualTo(new[] { new StageTime("A", TimeSpan.FromMilliseconds(7)), new StageTime("B", TimeSpan.FromMilliseconds(1)) })
        );
    }
}
