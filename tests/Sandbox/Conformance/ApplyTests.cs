using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Conformance;

/// <summary>kubectl apply, client-side and server-side.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
internal sealed class ApplyTests : ConformanceFixture
{
    [Test]
    public void Applying_creates_then_changes_then_leaves_alone()
    {
        string created = Must("apply -f -", ConfigMap("stages", "a", "1"));
        string changed = Must("apply -f -", ConfigMap("stages", "a", "2"));
        string same = Must("apply -f -", ConfigMap("stages", "a", "2"));

        Assert.That(
            (created.Trim(), changed.Trim(), same.Trim()),
            Is.EqualTo(("configmap/stages created", "configmap/stages configured", "configmap/stages unchanged"))
        );
    }

    [Test]
    public void Applying_removes_what_the_manifest_does_not_have_any_more()
    {
        Must("apply -f -", ConfigMap("removed", "a", "1"));
        Must("apply -f -", ConfigMap("removed", "b", "1"));

        Assert.That(Get("configmap removed")["data"]!.ToJsonString(), Is.EqualTo("""{"b":"1"}"""));
    }

    [Test]
    public void Diff_shows_the_change_and_its_exit_code_is_1()
    {
        Must("apply -f -", ConfigMap("different", "a", "1"));
        ToolResult said = Run("diff -f -", ConfigMap("different", "a", "2"));

        Assert.That((said.Code, said.Output.Contains("+  a: \"2\"", StringComparison.Ordinal)), Is.EqualTo((1, true)));
    }

    [Test]
    public void Diff_of_the_same_is_empty()
    {
        Must("apply -f -", ConfigMap("undifferent", "a", "1"));

        Assert.That(Run("diff -f -", ConfigMap("undifferent", "a", "1")).Code, Is.Zero);
    }

    [Test]
    public void Two_managers_keep_each_others_keys()
    {
        Must("apply --server-side --field-manager=first -f -", ConfigMap("shared", "a", "1"));
        Must("apply --server-side --field-manager=second -f -", ConfigMap("shared", "b", "2"));

        Assert.That(Get("configmap shared")["data"]!.ToJsonString(), Is.EqualTo("""{"a":"1","b":"2"}"""));
    }

    [Test]
    public void A_manager_that_gives_a_key_up_removes_it()
    {
        Must("apply --server-side --field-manager=first -f -", ConfigMap("given-up", "a", "1"));
        Must("apply --server-side --field-manager=first -f -", ConfigMap("given-up", "b", "1"));

        Assert.That(Get("configmap given-up")["data"]!.ToJsonString(), Is.EqualTo("""{"b":"1"}"""));
    }

    [Test]
    public void Another_managers_field_is_a_conflict()
    {
        Must("apply --server-side --field-manager=first -f -", ConfigMap("disputed", "a", "1"));
        ToolResult said = Run("apply --server-side --field-manager=second -f -", ConfigMap("disputed", "a", "2"));

        Assert.That(said.Code, Is.EqualTo(1));
        Assert.That(said.Error, Does.Contain("Apply failed with 1 conflict: conflict with \"first\": .data.a"));
    }

    [Test]
    public void Force_takes_another_managers_field()
    {
        Must("apply --server-side --field-manager=first -f -", ConfigMap("forced", "a", "1"));
        Must("apply --server-side --field-manager=second --force-conflicts -f -", ConfigMap("forced", "a", "2"));

        JsonObject forced = Get("configmap forced");
        Assert.That((forced["data"]!["a"]!.GetValue<string>(), Managers(forced)), Is.EqualTo(("2", "second:Apply")));
    }

    [Test]
    public void An_unchanged_apply_does_not_write()
    {
        Must("apply --server-side --field-manager=first -f -", Deployment("unwritten", replicas: 0));
        Must("rollout status deployment unwritten --timeout=60s");
        string before = Get("deployment unwritten")["metadata"]!["resourceVersion"]!.GetValue<string>();
        Must("apply --server-side --field-manager=first -f -", Deployment("unwritten", replicas: 0));

        Assert.That(Get("deployment unwritten")["metadata"]!["resourceVersion"]!.GetValue<string>(), Is.EqualTo(before));
    }

    [Test]
    public void A_server_side_dry_run_answers_and_stores_nothing()
    {
        string said = Must("apply --server-side --dry-run=server --field-manager=first -f - -o json", ConfigMap("dry", "a", "1"));

        Assert.That((JsonNode.Parse(said)!["data"]!["a"]!.GetValue<string>(), Run("get configmap dry").Code), Is.EqualTo(("1", 1)));
    }

    [Test]
    public void A_client_side_manifest_moves_to_server_side()
    {
        Must("apply -f -", ConfigMap("moved", "a", "1"));
        Must("apply --server-side -f -", ConfigMap("moved", "a", "2"));

        Assert.That(Get("configmap moved")["data"]!["a"]!.GetValue<string>(), Is.EqualTo("2"));
    }

    [Test]
    public void A_writer_is_known_by_its_manager()
    {
        Must("create configmap written --from-literal=a=1");

        Assert.That(Managers(Get("configmap written")), Is.EqualTo("kubectl-create:Update"));
    }

    private static string Managers(JsonObject obj) =>
        string.Join(",", obj["metadata"]!["managedFields"]!.AsArray().Select(m => $"{m!["manager"]}:{m["operation"]}"));
}
