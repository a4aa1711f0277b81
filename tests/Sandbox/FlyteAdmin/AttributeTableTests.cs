using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Database;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.FlyteAdmin;

internal sealed class AttributeTableTests
{
    private AttributeTable _table = null!;

    [SetUp]
    public void Fill()
    {
        _table = new AttributeTable();
        foreach (var (project, domain, workflow) in new[] { ("p", "", ""), ("p", "d", ""), ("p", "d", "w"), ("p", "other", "w"), ("q", "d", "") })
            _table.Put(Key(project, domain, workflow), new JsonObject { ["label"] = $"{project}/{domain}/{workflow}" });
    }

    [TestCase("p", "d", "w", "p/d/w")]
    [TestCase("p", "d", "unlabelled", "p/d/")]
    [TestCase("p", "unlabelled", "w", "p//")]
    [TestCase("q", "d", "w", "q/d/")]
    public void The_most_specific_row_is_the_best(string project, string domain, string workflow, string expected) =>
        Assert.That((string?)_table.Best(Key(project, domain, workflow))?.Attributes["label"], Is.EqualTo(expected));

    [Test]
    public void A_project_without_rows_has_none() => Assert.That(_table.Best(Key("nobody", "d", "w")), Is.Null);

    [Test]
    public void Rows_of_another_kind_are_not_looked_at() => Assert.That(_table.Best(Key("p", "d", "w") with { Kind = "TASK_RESOURCE" }), Is.Null);

    [Test]
    public void All_rows_come_the_most_specific_first() =>
        Assert.That(_table.All(MatchableResource.ExecutionClusterLabel).Select(row => row.Key.Priority), Is.EqualTo(new[] { 100, 100, 10, 10, 5 }));

    [Test]
    public void Deleting_a_project_and_domain_deletes_its_workflows_too()
    {
        _table.Delete(Key("p", "d", ""));

        Assert.That(Left(), Is.EquivalentTo(new[] { "p//", "p/other/w", "q/d/" }));
    }

    [Test]
    public void Deleting_a_project_deletes_everything_below()
    {
        _table.Delete(Key("p", "", ""));

        Assert.That(Left(), Is.EqualTo(new[] { "q/d/" }));
    }

    [Test]
    public void Deleting_a_workflow_deletes_it_alone()
    {
        _table.Delete(Key("p", "d", "w"));

        Assert.That(Left(), Does.Not.Contain("p/d/w").And.Length.EqualTo(4));
    }

    [Test]
    public void Deleting_another_kind_deletes_no_label()
    {
        _table.Delete(Key("p", "d", "") with { Kind = "TASK_RESOURCE" });

        Assert.That(Left(), Has.Length.EqualTo(5));
    }

    private string?[] Left() => [.. _table.All(MatchableResource.ExecutionClusterLabel).Select(row => (string?)row.Attributes["label"])];

    private static AttributeKey Key(string project, string domain, string workflow) => new(MatchableResource.ExecutionClusterLabel, project, domain, workflow);
}
