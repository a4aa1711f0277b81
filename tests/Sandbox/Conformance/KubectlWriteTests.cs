using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Conformance;

/// <summary>What people write with kubectl.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
internal sealed class KubectlWriteTests : ConformanceFixture
{
    [TestCase("create job made --image=pause:3", "job.batch/made")]
    [TestCase("create ingress made --rule=a.example.com/a=made:80", "ingress.networking.k8s.io/made")]
    [TestCase("create quota made --hard=configmaps=1000", "resourcequota/made")]
    [TestCase("create poddisruptionbudget made --selector=app=x --min-available=1", "poddisruptionbudget.policy/made")]
    [TestCase("create role made --verb=get --resource=pods", "role.rbac.authorization.k8s.io/made")]
    [TestCase("create rolebinding made --role=made --serviceaccount=default:default", "rolebinding.rbac.authorization.k8s.io/made")]
    [TestCase("create serviceaccount made", "serviceaccount/made")]
    [TestCase("create deployment made --image=pause:3 --replicas=0", "deployment.apps/made")]
    [TestCase("create service nodeport made --tcp=80", "service/made")]
    [TestCase("create secret docker-registry made --docker-server=example.com --docker-username=a --docker-password=b", "secret/made")]
    [TestCase("run made-pod --image=pause:3", "pod/made-pod")]
    public void Each_thing_that_kubectl_makes_is_stored(string command, string name)
    {
        Must(command);

        Assert.That(Must($"get {name} -o name").Trim(), Is.EqualTo(name));
    }

    [Test]
    public void An_immutable_secret_keeps_its_data_and_stays_immutable()
    {
        Kubectl.Run(["create", "secret", "generic", "fixed", "-n", Namespace, "--from-literal=a=b"]);
        Kubectl.Run(["patch", "secret", "fixed", "-n", Namespace, "--type=merge", "-p", """{"immutable":true}"""]);

        string[] errors =
        [
            .. new[] { """{"data":{"a":"Yw=="}}""", """{"immutable":false}""", """{"immutable":null}""" }.Select(patch =>
                Kubectl.Run(["patch", "secret", "fixed", "-n", Namespace, "--type=merge", "-p", patch]).Error
            ),
        ];

        Assert.That(errors, Has.All.Contains("field is immutable when `immutable` is set"));
    }

    [Test]
    public void A_deployment_is_autoscaled()
    {
        Must("apply -f -", Deployment("autoscaled", replicas: 0));
        Must("autoscale deployment autoscaled --min=1 --max=3 --cpu-percent=50");

        Assert.That(Get("hpa autoscaled")["spec"]!["maxReplicas"]!.GetValue<int>(), Is.EqualTo(3));
    }

    [Test]
    public void Creating_twice_is_refused()
    {
        Must("create configmap twice --from-literal=a=1");

        Assert.That(Run("create configmap twice --from-literal=a=1").Error, Does.Contain("configmaps \"twice\" already exists"));
    }

    [Test]
    public void An_impossible_name_is_refused_in_the_servers_words() =>
        Assert.That(
            Run("create configmap Not_a_name").Error,
            Does.Contain("metadata.name: Invalid value: \"Not_a_name\": a lowercase RFC 1123 subdomain must consist of")
        );

    [Test]
    public void A_missing_namespace_is_reported() =>
        Assert.That(Kubectl.Run("create configmap x -n no-such-namespace-here").Error, Does.Contain("namespaces \"no-such-namespace-here\" not found"));

    [Test]
    public void Text_of_a_secret_is_stored_as_base64()
    {
        Must("apply -f -", """{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "texts"}, "stringData": {"a": "hello"}}""");

        JsonObject secret = Get("secret texts");
        Assert.That(
            (secret["data"]!["a"]!.GetValue<string>(), secret["type"]!.GetValue<string>(), secret["stringData"]),
            Is.EqualTo(("aGVsbG8=", "Opaque", (JsonNode?)null))
        );
    }

    [Test]
    public void A_secret_that_is_not_base64_is_refused() =>
        Assert.That(
            Run("create -f -", """{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "bad"}, "data": {"a": "***"}}""").Error,
            Does.Contain("illegal base64 data at input byte 0")
        );

    [Test]
    public void A_secrets_type_cannot_be_changed()
    {
        Must("create secret generic typed --from-literal=a=b");

        Assert.That(
            Kubectl.Run(["patch", "secret", "typed", "-n", Namespace, "--type=merge", "-p", """{"type":"other"}"""]).Error,
            Does.Contain("type: Invalid value: \"other\": field is immutable")
        );
    }

    [Test]
    public void A_secret_over_a_mebibyte_is_refused()
    {
        string half = Convert.ToBase64String(new byte[600 * 1024]);
        ToolResult said = Run(
            "create -f -",
            $$"""{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "big"}, "data": {"a": "{{half}}", "b": "{{half}}"} }"""
        );

        Assert.That(said.Error, Does.Contain("data: Too long: may not be more than 1048576 bytes"));
    }

    [Test]
    public void An_unknown_field_is_refused_by_strict_validation() =>
        Assert.That(
            Run("create -f -", """{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "strict"}, "dada": {"a": "b"}}""").Error,
            Does.Contain("unknown field \"dada\"")
        );

    [Test]
    public void A_dry_run_stores_nothing()
    {
        Must("create configmap dry --from-literal=a=1 --dry-run=server");

        Assert.That(Run("get configmap dry").Code, Is.EqualTo(1));
    }

    [Test]
    public void A_deployment_gets_its_defaults()
    {
        Must("apply -f -", Deployment("defaults"));

        JsonNode spec = Get("deployment defaults")["spec"]!;
        Assert.That(
            (
                spec["revisionHistoryLimit"]!.GetValue<int>(),
                spec["progressDeadlineSeconds"]!.GetValue<int>(),
                spec["strategy"]!["rollingUpdate"]!["maxSurge"]!.GetValue<string>(),
                spec["template"]!["spec"]!["restartPolicy"]!.GetValue<string>(),
                spec["template"]!["spec"]!["containers"]![0]!["imagePullPolicy"]!.GetValue<string>()
            ),
            Is.EqualTo((10, 600, "25%", "Always", "IfNotPresent"))
        );
    }

    [Test]
    public void A_service_gets_a_cluster_ip()
    {
        Must("create service clusterip addressed --tcp=80:8080");

        Assert.That(Get("service addressed")["spec"]!["clusterIP"]!.GetValue<string>(), Does.Match(@"^\d+\.\d+\.\d+\.\d+$"));
    }

    [Test]
    public void Only_a_spec_change_raises_the_generation()
    {
        Must("apply -f -", Deployment("generations", replicas: 0));
        Must("label deployment generations a=b");
        int labelled = Get("deployment generations")["metadata"]!["generation"]!.GetValue<int>();
        Must("set image deployment/generations main=pause:4");

        Assert.That((labelled, Get("deployment generations")["metadata"]!["generation"]!.GetValue<int>()), Is.EqualTo((1, 2)));
    }

    [Test]
    public void A_selector_cannot_be_changed()
    {
        Must("apply -f -", Deployment("selected", replicas: 0));
        string other = Deployment("selected", replicas: 0).Replace("\"app\": \"selected\"", "\"app\": \"other\"", StringComparison.Ordinal);

        Assert.That(Run("apply -f -", other).Error, Does.Contain("field is immutable"));
    }

    [Test]
    public void Scaling_changes_the_replicas()
    {
        Must("apply -f -", Deployment("scaled", replicas: 0));
        Must("scale deployment scaled --replicas=2");

        Assert.That(Get("deployment scaled")["spec"]!["replicas"]!.GetValue<int>(), Is.EqualTo(2));
    }

    [TestCase("merge", """{"data":{"a":null,"b":"2"}}""")]
    [TestCase("json", """[{"op":"remove","path":"/data/a"},{"op":"add","path":"/data/b","value":"2"}]""")]
    [TestCase("strategic", """{"data":{"a":null,"b":"2"}}""")]
    public void A_patch_of_each_type_does_the_same(string type, string patch)
    {
        Must($"create configmap patched-{type} --from-literal=a=1");
        ToolResult said = Kubectl.Run(["patch", "configmap", "patched-" + type, "-n", Namespace, "--type", type, "-p", patch]);

        Assert.That(said.Code, Is.Zero, () => said.All);
        Assert.That(Get("configmap patched-" + type)["data"]!.ToJsonString(), Is.EqualTo("""{"b":"2"}"""));
    }

    [Test]
    public void A_strategic_patch_merges_containers_by_name()
    {
        Must("apply -f -", Deployment("merged", replicas: 0));
        Kubectl.Run([
            "patch",
            "deployment",
            "merged",
            "-n",
            Namespace,
            "-p",
            """{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"pause:9"}]}}}}""",
        ]);

        Assert.That(
            Get("deployment merged")["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Select(c => c!["name"]!.GetValue<string>()),
            Is.EquivalentTo(new[] { "main", "side" })
        );
    }

    [Test]
    public void A_stale_replace_is_a_conflict()
    {
        Must("create configmap stale --from-literal=a=1");
        string old = Must("get configmap stale -o json");
        Must("label configmap stale x=y");

        Assert.That(
            Run("replace -f -", old).Error,
            Does.Contain("the object has been modified; please apply your changes to the latest version and try again")
        );
    }

    [Test]
    public void An_owned_object_goes_with_its_owner()
    {
        Must("create configmap owner");
        string uid = Get("configmap owner")["metadata"]!["uid"]!.GetValue<string>();
        Must(
            "create -f -",
            $$"""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "owned", "ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": "{{uid}}"}]} }"""
        );
        Must("delete configmap owner");

        Assert.That(Run("wait --for=delete configmap/owned --timeout=20s").Code, Is.Zero);
    }

    [Test]
    public void A_finalizer_holds_a_deleted_object()
    {
        Must("create -f -", """{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "held", "finalizers": ["example.com/hold"]}}""");
        Must("delete configmap held --wait=false");
        JsonNode? marked = Get("configmap held")["metadata"]!["deletionTimestamp"];
        Kubectl.Run(["patch", "configmap", "held", "-n", Namespace, "--type=merge", "-p", """{"metadata":{"finalizers":null}}"""]);

        Assert.That((marked is not null, Run("get configmap held").Code), Is.EqualTo((true, 1)));
    }

    [Test]
    public void Deleting_by_label_deletes_only_those()
    {
        Must("create configmap gone");
        Must("create configmap stays");
        Must("label configmap gone delete=me");
        Must("delete configmaps -l delete=me");

        Assert.That((Run("get configmap gone").Code, Run("get configmap stays").Code), Is.EqualTo((1, 0)));
    }

    [Test]
    public void A_rollout_restart_makes_a_new_revision()
    {
        Must("apply -f -", Deployment("restarted", replicas: 0));
        Must("rollout restart deployment restarted");

        Assert.That(Get("deployment restarted")["spec"]!["template"]!["metadata"]!["annotations"]!["kubectl.kubernetes.io/restartedAt"], Is.Not.Null);
    }

    [Test]
    public void A_deployment_becomes_available()
    {
        Must("apply -f -", Deployment("available"));

        Assert.That(Must("rollout status deployment available --timeout=60s"), Does.Contain("successfully rolled out"));
        Assert.That(Must("wait --for=condition=Available deployment/available --timeout=60s"), Does.Contain("condition met"));
    }
}
