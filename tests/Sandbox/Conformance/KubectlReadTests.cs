using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Conformance;

/// <summary>What people read with kubectl.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
internal sealed class KubectlReadTests : ConformanceFixture
{
    [OneTimeSetUp]
    public void MakeObjects()
    {
        Must("create configmap one --from-literal=a=1");
        Must("create configmap two --from-literal=a=1 --from-literal=b=2");
        Must("label configmap one tier=front color=red");
        Must("label configmap two tier=back");
        Must("create secret generic plain --from-literal=key=value");
        Must("create deployment web --image=pause:3");
    }

    [Test]
    public void A_table_shows_the_columns_of_the_kind() =>
        Assert.That(Must("get configmaps").Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(new[] { "NAME", "DATA", "AGE" }));

    [Test]
    public void Wide_output_has_the_columns_of_lower_priority() =>
        Assert.That(Must("get deployment web -o wide"), Does.Contain("CONTAINERS").And.Contain("pause:3").And.Contain("app=web"));

    [Test]
    public void Yaml_output_has_kind_and_data() => Assert.That(Must("get configmap two -o yaml"), Does.Contain("kind: ConfigMap").And.Contain("b: \"2\""));

    [Test]
    public void A_list_as_json_holds_all_items()
    {
        JsonNode list = JsonNode.Parse(Must("get configmaps -o json"))!;

        Assert.That(list["items"]!.AsArray().Select(i => i!["metadata"]!["name"]!.GetValue<string>()), Is.SupersetOf(new[] { "one", "two" }));
    }

    [TestCase("tier=front", "one")]
    [TestCase("tier==back", "two")]
    [TestCase("tier,tier!=front", "two")]
    [TestCase("tier in (front,middle)", "one")]
    [TestCase("tier,tier notin (front)", "two")]
    [TestCase("tier,!color", "two")]
    [TestCase("color", "one")]
    public void A_label_selector_chooses(string selector, string name) =>
        Assert.That(Kubectl.Run(["get", "configmaps", "-o", "name", "-n", Namespace, "-l", selector]).Output.Trim(), Is.EqualTo("configmap/" + name));

    [TestCase("configmaps", "metadata.name=two", "configmap/two")]
    [TestCase("secrets", "type=Opaque", "secret/plain")]
    public void A_field_selector_chooses(string resource, string selector, string expected) =>
        Assert.That(Must($"get {resource} -o name --field-selector {selector}").Trim(), Is.EqualTo(expected));

    [TestCase("configmaps", "data.a", "\"data.a\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")]
    [TestCase("deployments.apps", "status.replicas", "\"status.replicas\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")]
    [TestCase("serviceaccounts", "type", "\"type\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")]
    [TestCase("secrets", "data.a", "field label not supported: data.a")]
    [TestCase("pods", "spec.replicas", "field label not supported: spec.replicas")]
    [TestCase("namespaces", "metadata.namespace", "field label not supported: metadata.namespace")]
    [TestCase("jobs.batch", "status.phase", "field label \"status.phase\" not supported for Job")]
    [TestCase("events", "regarding.name", "field label not supported: regarding.name")]
    [TestCase("services", "spec.clusterIPs", "field label not supported: spec.clusterIPs")]
    public void A_field_that_cannot_be_selected_on_is_refused_in_the_servers_words(string resource, string field, string refusal)
    {
        string error = Run($"get {resource} --field-selector {field}=1").Error;

        Assert.That(
            error,
            Does.Match(
                "Error from server \\(BadRequest\\): Unable to find \"[^\"]*, Resource=[a-z]+\" that match label selector \"\", field selector \""
                    + Regex.Escape($"{field}=1")
                    + "\": "
                    + Regex.Escape(refusal)
            )
        );
    }

    [Test]
    public void What_is_missing_is_not_found()
    {
        ToolResult said = Run("get secret nothing");

        Assert.That((said.Code, said.Error.Trim()), Is.EqualTo((1, "Error from server (NotFound): secrets \"nothing\" not found")));
    }

    [Test]
    public void A_missing_object_of_a_named_group_is_reported_with_the_group() =>
        Assert.That(Run("get deployment nothing").Error, Does.Contain("deployments.apps \"nothing\" not found"));

    [Test]
    public void An_unknown_kind_is_reported() =>
        Assert.That(Run("get flyingthings").Error, Does.Contain("the server doesn't have a resource type \"flyingthings\""));

    [Test]
    public void Short_names_are_understood() =>
        Assert.That(Must("get cm,deploy,sa -o name").Split('\n'), Is.SupersetOf(new[] { "configmap/one", "deployment.apps/web", "serviceaccount/default" }));

    [Test]
    public void All_lists_the_workloads() => Assert.That(Must("get all -o name"), Does.Contain("deployment.apps/web"));

    [Test]
    public void Pages_are_put_together() =>
        Assert.That(Must("get configmaps -o name --chunk-size=1"), Does.Contain("configmap/one").And.Contain("configmap/two"));

    [Test]
    public void Describe_shows_a_deployment() =>
        Assert.That(Must("describe deployment web"), Does.Contain("25% max unavailable, 25% max surge").And.Contain("pause:3"));

    [Test]
    public void Describe_shows_a_secret_without_its_value() => Assert.That(Must("describe secret plain"), Does.Contain("key:  5 bytes"));

    [Test]
    public void Explain_knows_the_kind() => Assert.That(Must("explain deployment"), Does.Contain("KIND:       Deployment").And.Contain("spec"));

    [TestCase("deployments", "deploy", "apps/v1", "true", "Deployment")]
    [TestCase("namespaces", "ns", "v1", "false", "Namespace")]
    [TestCase("customresourcedefinitions", "crd,crds", "apiextensions.k8s.io/v1", "false", "CustomResourceDefinition")]
    [TestCase("clusterroles", "", "rbac.authorization.k8s.io/v1", "false", "ClusterRole")]
    public void Api_resources_lists_the_resource(string plural, string shortNames, string apiVersion, string namespaced, string kind)
    {
        string[] expected = shortNames.Length == 0 ? [plural, apiVersion, namespaced, kind] : [plural, shortNames, apiVersion, namespaced, kind];

        Assert.That(Must("api-resources").Split('\n').Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)), Has.Some.EqualTo(expected));
    }

    [Test]
    public void Api_versions_lists_the_groups() =>
        Assert.That(Must("api-versions").Split('\n'), Is.SupersetOf(new[] { "v1", "apps/v1", "batch/v1", "networking.k8s.io/v1" }));

    [Test]
    public void The_server_says_it_is_ready() => Assert.That(Must("get --raw /readyz"), Is.EqualTo("ok"));

    [Test]
    public void A_token_can_be_made_for_a_service_account() => Assert.That(Must("create token default").Split('.'), Has.Length.EqualTo(3));

    [Test]
    public void An_admin_may_do_everything() => Assert.That(Must("auth can-i create secrets").Trim(), Is.EqualTo("yes"));

    [Test]
    public void A_watch_shows_what_is_there_and_what_comes()
    {
        Task<ToolResult> watching = Task.Run(() => Run("get configmaps --watch --request-timeout=2s --field-selector metadata.name=watched -o name"));
        Must("create configmap watched --from-literal=a=1");

        Assert.That(watching.Result.Output, Does.Contain("configmap/watched"));
    }
}
