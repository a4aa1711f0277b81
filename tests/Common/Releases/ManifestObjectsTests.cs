using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tests.Common.Kubernetes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Releases;

/// <summary>A release's manifest, split into objects and held against the cluster.</summary>
internal sealed class ManifestObjectsTests
{
    private const string Map = "---\n# Source: flyte-core/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n";
    private const string Deployment =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {containers: [{name: c, image: i:1, args: [run]}]}}}\n";

    [Test]
    public void Documents_are_split_at_their_marks()
    {
        var objects = ManifestObjects.Parse("---\nkind: A\n--- # comment\nkind: B\n---\n---\n# only a comment\n---\t\nkind: C", new HelmValues());

        Assert.That(objects.Select(found => (string?)found["kind"]), Is.EqualTo(new[] { "A", "B", "C" }));
    }

    [Test]
    public void Windows_line_ends_are_line_ends() =>
        Assert.That(
            ManifestObjects.Parse("kind: A\r\n---\r\nkind: B\r\n", new HelmValues()).Select(found => (string?)found["kind"]),
            Is.EqualTo(new[] { "A", "B" })
        );

    [TestCase("  x: |\n    one\n    two\n", "one\ntwo\n")]
    [TestCase("  x: |-\n    one\n", "one")]
    [TestCase("  x: |+\n    one\n\n", "one\n\n")]
    [TestCase("  x: |\n    ---\n    one\n", "---\none\n")]
    [TestCase("  x: \"a\"", "a")]
    public void A_block_of_text_stays_as_it_is_at_the_end_and_in_the_middle(string data, string expected)
    {
        var middle = data.EndsWith('\n') ? data : data + "\n";

        Assert.That(
            ManifestObjects.Parse($"{Map}{middle}{Map}{data}", new HelmValues()).Select(found => (string?)found["data"]!["x"]),
            Is.All.EqualTo(expected)
        );
    }

    [Test]
    public async Task A_cluster_as_Helm_left_it_has_no_drift() =>
        Assert.That(await DriftAsync(Map + "  x: one\n---\n" + Deployment, Live("one", "i:1")), Is.Empty);

    [Test]
    public async Task What_the_server_and_others_add_is_no_drift()
    {
        var live = Live("one", "i:1");
        live["/api/v1/namespaces/flyte/configmaps/a"]["data"]!["more"] = "two";
        live["/apis/apps/v1/namespaces/flyte/deployments/d"]["spec"]!["template"]!["spec"]!["containers"]![0]!["imagePullPolicy"] = "Always";

        Assert.That(await DriftAsync(Map + "  x: one\n---\n" + Deployment, live), Is.Empty);
    }

    [Test]
    public async Task Changed_entries_and_containers_are_drift() =>
        Assert.That(
            await DriftAsync(Map + "  x: one\n---\n" + Deployment, Live("two", "i:2")),
            Is.EqualTo(new[] { "ConfigMap a has a different x", "Deployment d has a different container c image" })
        );

    private const string Pod = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: d}
        spec:
          replicas: 2
          template:
            spec:
              serviceAccountName: sa
              volumes: [{name: v, secret: {secretName: s}}, {name: e, emptyDir: {}}]
              initContainers: [{name: i, image: "i:1"}]
              containers:
              - {name: c, image: "i:1", env: [{name: A, value: "1"}, {name: EMPTY, value: ""}, {name: S, valueFrom: {secretKeyRef: {name: s, key: k}}}], envFrom: [{secretRef: {name: s}}], volumeMounts: [{name: v, mountPath: /v, readOnly: false}]}
        """;

    // As the API server stores it: with defaults, and without what is empty.
    private const string ServerSide = """
        {"kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":2,"template":{"spec":{"serviceAccountName":"sa","serviceAccount":"sa",
         "volumes":[{"name":"v","secret":{"secretName":"s","defaultMode":420}},{"name":"e","emptyDir":{}},{"name":"added","emptyDir":{}}],
         "initContainers":[{"name":"i","image":"i:1"}],
         "containers":[{"name":"c","image":"i:1","env":[{"name":"A","value":"1"},{"name":"EMPTY"},{"name":"S","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}},{"name":"ADDED","value":"x"}],"envFrom":[{"secretRef":{"name":"s"}}],"volumeMounts":[{"name":"v","mountPath":"/v"}]}]}}}}
        """;

    [Test]
    public async Task A_pod_template_as_the_server_stores_it_has_no_drift() => Assert.That(await DriftAsync(Pod, AsStored(ServerSide)), Is.Empty);

    [TestCase("\"secretName\":\"s\"", "\"secretName\":\"other\"", "volume v")]
    [TestCase("{\"name\":\"v\",\"secret\":{\"secretName\":\"s\",\"defaultMode\":420}},", "", "volume v")]
    [TestCase("{\"name\":\"e\",\"emptyDir\":{}}", "{\"name\":\"e\",\"configMap\":{\"name\":\"m\"}}", "volume e")]
    [TestCase("\"mountPath\":\"/v\"", "\"mountPath\":\"/elsewhere\"", "container c volumeMounts /v")]
    [TestCase("\"value\":\"1\"", "\"value\":\"2\"", "container c env A")]
    [TestCase("\"key\":\"k\"", "\"key\":\"other\"", "container c env S")]
    [TestCase("{\"secretRef\":{\"name\":\"s\"}}", "", "container c envFrom")]
    [TestCase("\"serviceAccountName\":\"sa\"", "\"serviceAccountName\":\"default\"", "serviceAccountName")]
    [TestCase("{\"name\":\"i\",\"image\":\"i:1\"}", "{\"name\":\"i\",\"image\":\"i:2\"}", "init container i image")]
    public async Task What_somebody_changed_in_a_pod_template_is_drift(string from, string to, string field) =>
        Assert.That(
            await DriftAsync(Pod, AsStored(ServerSide.Replace(from, to, StringComparison.Ordinal))),
            Is.EqualTo(new[] { $"Deployment d has a different {field}" })
        );

    [TestCase("0", null, true)]
    [TestCase("5", "[]", true)]
    [TestCase("5", """[{"spec":{"scaleTargetRef":{"kind":"Deployment","name":"d"}}}]""", false)]
    [TestCase("0", """[{"spec":{"scaleTargetRef":{"kind":"Deployment","name":"d"}}}]""", true)]
    [TestCase("5", """[{"spec":{"scaleTargetRef":{"kind":"Deployment","name":"other"}}}]""", true)]
    public async Task Another_number_of_replicas_is_drift_unless_it_is_an_autoscalers(string replicas, string? autoscalers, bool isDrift)
    {
        using var server = new FakeApiServer();
        server.Put("/apis/apps/v1/namespaces/flyte/deployments/d", ServerSide.Replace("\"replicas\":2", $"\"replicas\":{replicas}", StringComparison.Ordinal));
        const string Autoscalers = "/apis/autoscaling/v2/namespaces/flyte/horizontalpodautoscalers";
        server.On(Autoscalers, autoscalers is null ? FakeApiServer.Status(403, "Forbidden") : FakeApiServer.Ok($$"""{"items":{{autoscalers}}}"""));

        Assert.That((await DriftAsync(Pod, server)).Phrases, isDrift ? Is.EqualTo(new[] { $"Deployment d has {replicas} replicas, not 2" }) : Is.Empty);
    }

    [Test]
    public async Task A_Deployment_at_0_without_a_number_in_its_manifest_is_reported_apart_as_Helm_leaves_it()
    {
        using var server = new FakeApiServer();
        server.Put("/apis/apps/v1/namespaces/flyte/deployments/d", ServerSide.Replace("\"replicas\":2", "\"replicas\":0", StringComparison.Ordinal));

        var drift = await DriftAsync(Pod.Replace("replicas: 2", "paused: false", StringComparison.Ordinal), server);

        Assert.That((drift.Phrases.Count, drift.Idle.Single()), Is.EqualTo((0, "d")));
    }

    [TestCase(
        "ServiceAccount",
        "api/v1",
        "serviceaccounts",
        "metadata: {name: x, annotations: {role: a}}",
        """{"metadata":{"annotations":{"role":"b"}}}""",
        "annotation role"
    )]
    [TestCase(
        "Role",
        "apis/rbac.authorization.k8s.io/v1",
        "roles",
        "metadata: {name: x}\nrules: [{apiGroups: [''], resources: [pods], verbs: [get, list]}]",
        """{"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]}""",
        "rules"
    )]
    [TestCase(
        "RoleBinding",
        "apis/rbac.authorization.k8s.io/v1",
        "rolebindings",
        "metadata: {name: x}\nsubjects: [{kind: ServiceAccount, name: a}]",
        """{"subjects":[{"kind":"ServiceAccount","name":"b"}]}""",
        "subjects"
    )]
    public async Task What_somebody_changed_in_rights_and_accounts_is_drift(
        string kind,
        string version,
        string plural,
        string manifest,
        string live,
        string field
    )
    {
        var found = new Dictionary<string, JsonObject>(StringComparer.Ordinal)
        {
            [$"/{version}/namespaces/flyte/{plural}/x"] = (JsonObject)JsonNode.Parse(live)!,
        };

        Assert.That(
            await DriftAsync($"apiVersion: {version[(version.IndexOf('/', StringComparison.Ordinal) + 1)..]}\nkind: {kind}\n{manifest}\n", found),
            Is.EqualTo(new[] { $"{kind} x has a different {field}" })
        );
    }

    [Test]
    public async Task Objects_that_are_gone_are_drift() => Assert.That(await DriftAsync(Map + "  x: one\n", []), Is.EqualTo(new[] { "ConfigMap a is gone" }));

    private static Dictionary<string, JsonObject> Live(string x, string image) =>
        new(StringComparer.Ordinal)
        {
            ["/api/v1/namespaces/flyte/configmaps/a"] = new JsonObject { ["data"] = new JsonObject { ["x"] = x } },
            ["/apis/apps/v1/namespaces/flyte/deployments/d"] = (JsonObject)
                JsonNode.Parse(
                    """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"IMAGE","args":["run"]}]}}}}""".Replace(
                        "IMAGE",
                        image,
                        StringComparison.Ordinal
                    )
                )!,
        };

    private static async Task<IReadOnlyList<string>> DriftAsync(string manifest, Dictionary<string, JsonObject> live)
    {
        using var server = new FakeApiServer();
        foreach (var (path, found) in live)
            server.Objects[path] = found;
        return (await DriftAsync(manifest, server)).Phrases;
    }

    private static Dictionary<string, JsonObject> AsStored(string deployment) =>
        new(StringComparer.Ordinal) { ["/apis/apps/v1/namespaces/flyte/deployments/d"] = (JsonObject)JsonNode.Parse(deployment)! };

    private static async Task<ManifestDrift> DriftAsync(string manifest, FakeApiServer server)
    {
        using var api = server.Api();
        var release = HelmRelease.Decode(Stored.Secret(Stored.Release("r", 1, "deployed", manifest: manifest)));
        return await ManifestObjects.DriftAsync(api, "flyte", release, new HelmValues(), CancellationToken.None);
    }
}
