using System.Xml.Linq;
using Flyte.MultiCluster.Tasks.Developers;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Build;

/// <summary>What the Test target makes of dotnet test's output.</summary>
internal sealed class TestTargetTests
{
    [Test]
    public void Results_are_counted_over_several_files()
    {
        var counts = new TestCounts(0, 0, 0).Plus(Results("Passed", "Passed", "Failed", "NotExecuted")).Plus(Results("Passed", "Timeout"));

        Assert.That(counts, Is.EqualTo(new TestCounts(3, 2, 1)));
    }

    [TestCase(3, 0, 0, "3 passed, 0 failed")]
    [TestCase(3, 1, 2, "3 passed, 1 failed, 2 skipped")]
    public void The_last_line_reports_the_counts(int passed, int failed, int skipped, string expected) =>
        Assert.That(new TestCounts(passed, failed, skipped).ToString(), Is.EqualTo(expected));

    [Test]
    public void Passed_tests_become_a_count_now_and_then_and_all_else_is_passed_on()
    {
        var clock = new HandClock();
        var progress = new TestProgress(clock);

        Assert.Multiple(() =>
        {
            Assert.That(progress.Take("  Passed One [1 ms]"), Is.Null);
            Assert.That(progress.Take("  Failed Two [1 ms]"), Is.EqualTo("  Failed Two [1 ms]"));
            clock.Advance(TimeSpan.FromSeconds(11));
            Assert.That(progress.Take("  Passed Three [1 ms]"), Is.EqualTo("  ... 2 passed, 1 failed so far"));
            Assert.That(progress.Take("  Passed Four [1 ms]"), Is.Null);
        });
    }

    [Test]
    public void The_slowest_tests_are_listed_with_their_time()
    {
        var document = XDocument.Parse(
            """
            <TestRun>
              <UnitTest id="1"><TestMethod className="A.B.FirstTests" /></UnitTest>
              <UnitTestResult testId="1" testName="Short" duration="00:00:00.2000000" />
              <UnitTestResult testId="1" testName="Long" duration="00:01:01.5000000" />
              <UnitTestResult testId="2" testName="Middle" duration="00:00:03" />
              <UnitTestResult testId="2" testName="Skipped" />
            </TestRun>
            """
        );

        Assert.That(TestDurations.Slowest([document], 2), Is.EqualTo(new[] { "The 2 slowest tests:", "    61.5 s  FirstTests.Long", "     3.0 s  .Middle" }));
        Assert.That(TestDurations.Slowest([], 2), Is.Empty);
    }

    private static XDocument Results(params string[] outcomes)
    {
        XNamespace ns = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";
        return new XDocument(
            new XElement(
                ns + "TestRun",
                new XElement(ns + "Results", outcomes.Select(outcome => new XElement(ns + "UnitTestResult", new XAttribute("outcome", outcome))))
            )
        );
    }

    private sealed class HandClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan by) => _now += by.Ticks;
    }
}
