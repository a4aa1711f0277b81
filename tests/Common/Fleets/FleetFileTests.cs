using System.Diagnostics;
using System.Text;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Tests.Common.Values;
using NUnit.Framework;
using static Flyte.MultiCluster.Tests.Common.Fleets.FleetText;

namespace Flyte.MultiCluster.Tests.Common.Fleets;

[TestFixture]
public sealed class FleetFileTests
{
    [Test]
    public void A_missing_file_is_reported_as_written_with_both_ways_on()
    {
        var problem = new FleetReader().Read("nowhere/fleet.yaml").Problems.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(problem.Place, Is.EqualTo("nowhere/fleet.yaml"));
            Assert.That(problem.What, Does.Contain("does not exist"));
            Assert.That(problem.Remedy, Does.Contain("--fleet=").And.Contain("values/fleet.example.yaml"));
        }
    }

    [Test]
    public void A_directory_is_reported()
    {
        using var folder = new TemporaryFolder();
        Assert.That(new FleetReader().Read(folder.Path).Problems.Single().What, Does.Contain("is a directory"));
    }

    [Test]
    public void No_path_is_reported() => Assert.That(new FleetReader().Read("").Problems, Has.Count.EqualTo(1));

    [Test]
    public void A_file_over_a_mebibyte_is_refused_without_being_parsed()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("fleet.yaml", Valid + new string('#', 5 * 1024 * 1024));
        Assert.That(new FleetReader().Read(path).Problems.Single().What, Does.Contain("over 1 MiB"));
    }

    [Test]
    public void A_binary_file_is_refused([Values("a: \0b", "\u007fELF\0")] string text) => Assert.That(ProblemsOf(text).Single(), Does.Contain("is binary"));

    [Test]
    public void What_is_not_utf8_is_refused()
    {
        using var folder = new TemporaryFolder();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new FleetReader().Read(folder.Write("a", [.. "a: "u8, 0xff, 0xc0])).Problems.Single().What, Does.Contain("not UTF-8"));
            Assert.That(
                new FleetReader().Read(folder.Write("b", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Valid)])).Problems.Single().What,
                Does.Contain("UTF-16")
            );
        }
    }

    [Test]
    public void An_empty_file_is_reported([Values("", "\n\n", "# comment\n", "---\n", "null\n", "\uFEFF")] string text) =>
        Assert.That(ProblemsOf(text).Single(), Does.StartWith("1:1 The fleet file is empty."));

    [Test]
    public void A_file_that_is_no_mapping_is_reported([Values("- a\n", "text\n")] string text) =>
        Assert.That(ProblemsOf(text).Single(), Does.StartWith("1:1 The fleet file must be a mapping"));

    [Test]
    public void Every_line_that_a_tab_indents_is_reported() =>
        Assert.That(
            ProblemsOf("a:\n\tb: 1\n  \tc: 2\n\t# comment\n\t\n"),
            Is.EqualTo([
                "2:1 A tab indents this line; YAML does not allow tabs for indentation. Indent with spaces.",
                "3:3 A tab indents this line; YAML does not allow tabs for indentation. Indent with spaces.",
            ])
        );

    [Test]
    public void A_second_document_is_reported_beside_the_firsts_problems()
    {
        var problems = ProblemsOf(With(Default, "defaultLabel: nowhere") + "---\na: 1\n");
        Assert.That(problems, Has.Count.EqualTo(2).And.One.StartsWith("12:15 ").And.One.StartsWith("14:1 A second YAML document"));
    }

    [Test]
    public void What_is_no_yaml_is_reported_with_its_place(
        [Values("a: b: c\n", "a: [\n", "a: *b\n", "a: &a [*a]\n", "a: 'x\n", "a: 1\n b: 2\n", "]\n")] string text
    ) => Assert.That(ProblemsOf(text).Single(), Does.Match(@"^\d+:\d+ \S.*\.$"));

    [Test]
    public void Deep_nesting_is_refused_without_overflowing_the_stack() =>
        Assert.That(ProblemsOf(new string('[', 500_000)).Single(), Does.Contain("levels deep"));

    [Test]
    public void An_alias_bomb_ends_soon()
    {
        var merges = new StringBuilder("x-0: &m0 {a: 1}\n");
        var lists = new StringBuilder("x-l0: &l0 [{id: a, weight: 1}, {id: b, weight: 1}]\n");
        for (var level = 1; level < 30; level++)
        {
            merges.Append(string.Create(null, $"x-{level}: &m{level} {{<<: [{string.Join(", ", Enumerable.Repeat($"*m{level - 1}", 10))}]}}\n"));
            lists.Append(string.Create(null, $"x-l{level}: &l{level} [{string.Join(", ", Enumerable.Repeat($"*l{level - 1}", 10))}]\n"));
        }

        var clock = Stopwatch.StartNew();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ProblemsOf($"{merges}{Valid}<<: *m29\n"), Has.Some.Contains("to too many nodes"));
            Assert.That(ProblemsOf($"{lists}{With(Label1, "  label1: *l29")}"), Is.Not.Empty);
            Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)));
        }
    }

    [Test]
    public void Nothing_beside_the_file_is_touched()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("fleet.yaml", Valid);
        var before = File.GetLastWriteTimeUtc(path);
        new FleetReader().Read(path);
        Assert.That(Directory.GetFileSystemEntries(folder.Path), Is.EqualTo([path]));
        Assert.That(File.GetLastWriteTimeUtc(path), Is.EqualTo(before));
    }
}
