using System.Text;
using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Api;

/// <summary>Writing over HTTP: encodings, names, preconditions, deletion.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
internal sealed class WriteTests : ApiFixture
{
    [Test]
    public async Task A_generated_name_starts_with_its_prefix()
    {
        JsonObject wanted = ConfigMap("");
        wanted["metadata"] = new JsonObject { ["generateName"] = "made-" };

        Assert.That((await Made(ConfigMaps, wanted))["metadata"]!["name"]!.GetValue<string>(), Does.Match("^made-[a-z0-9]{5}$"));
    }

    [Test]
    public async Task A_protobuf_body_is_read()
    {
        byte[] body = Encoding.UTF8.GetBytes(
            "k8s\0\n\u000f\n\u0002v1\u0012\tNamespace\u0012\u001d\n\u0015\n\u0005other\u0012\0"
                + "\u001a\0\"\0*\u00002\u00008\0B\0\u0012\0\u001a\u0002\n\0\u001a\0\"\0"
        );
        var (status, json, _) = await Send(
            "POST",
            "/api/v1/namespaces",
            body,
            "application/vnd.kubernetes.protobuf",
            "application/vnd.kubernetes.protobuf,application/json"
        );

        Assert.That(
            (status, json["metadata"]!["name"]!.GetValue<string>(), json["status"]!["phase"]!.GetValue<string>()),
            Is.EqualTo((201, "other", "Active"))
        );
    }

    [TestCase("application/cbor", "x", 415)]
    [TestCase("application/json", "{", 400)]
    [TestCase("application/vnd.kubernetes.protobuf", "k8s\0\u00ff", 400)]
    [TestCase("application/json", """{"kind":"Secret","metadata":{"name":"x"}}""", 400)]
    [TestCase("application/json", """{"kind":"ConfigMap","metadata":{"name":"x","namespace":"kube-system"}}""", 400)]
    [TestCase("application/json", """{"kind":"ConfigMap","metadata":{}}""", 422)]
    [TestCase("application/json", """{"kind":"ConfigMap","metadata":{"name":"x"},"data":{"a":1}}""", 400)]
    [TestCase("application/json", """{"kind":"ConfigMap","metadata":{"name":"x"},"data":{"a b":"1"}}""", 422)]
    public async Task A_bad_body_is_refused(string type, string body, int code) =>
        Assert.That((await Send("POST", ConfigMaps, body, type)).Status, Is.EqualTo(code));

    [Test]
    public async Task A_yaml_body_is_read() =>
        Assert.That((await Send("POST", ConfigMaps, "kind: ConfigMap\nmetadata: {name: yaml}\n", "application/yaml")).Status, Is.EqualTo(201));

    [Test]
    public async Task A_pod_template_with_what_is_deprecated_gets_warnings_whenever_it_changes()
    {
        const string deployments = "/apis/apps/v1/namespaces/default/deployments";
        var wanted = """
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "old"}, "spec": {"selector": {"matchLabels": {"app": "old"}}, "template": {
              "metadata": {"labels": {"app": "old"}, "annotations": {"scheduler.alpha.kubernetes.io/critical-pod": ""}},
              "spec": {"nodeSelector": {"beta.kubernetes.io/os": "linux"}, "containers": [{"name": "main", "image": "pause:3"}]}}}}
            """;
        string[] warnings =
        [
            "299 - \"spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use \\\"kubernetes.io/os\\\" instead\"",
            "299 - \"spec.template.metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "
                + "\\\"priorityClassName\\\" field instead\"",
        ];
        async Task<IEnumerable<string>> WarningsAsync(string method, string path, string body, string type) =>
            (await Send(method, path, body, type)).Response.Headers.TryGetValues("Warning", out var given) ? given : [];

        Assert.That(await WarningsAsync("POST", deployments, wanted, "application/json"), Is.EqualTo(warnings));
        Assert.That(await WarningsAsync("PATCH", deployments + "/old", """{"spec": {"replicas": 3}}""", "application/merge-patch+json"), Is.EqualTo(warnings));
        Assert.That(await WarningsAsync("PATCH", deployments + "/old", """{"metadata": {"labels": {"a": "b"}}}""", "application/merge-patch+json"), Is.Empty);
        Assert.That(
            await WarningsAsync(
                "PATCH",
                deployments + "/new?fieldManager=t",
                wanted.Replace("\"name\": \"old\"", "\"name\": \"new\"", StringComparison.Ordinal),
                "application/apply-patch+yaml"
            ),
            Is.EqualTo(warnings)
        );
    }

    [Test]
    public async Task A_field_given_twice_is_refused_by_strict_validation()
    {
        var (status, json, _) = await Send(
            "POST",
            ConfigMaps + "?fieldValidation=Strict",
            """{"kind":"ConfigMap","metadata":{"name":"x"},"data":{"a":"1","a":"2"}}"""
        );

        Assert.That(
            (status, json["message"]!.GetValue<string>()),
            Is.EqualTo((400, "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: duplicate field \"data.a\""))
        );
    }

    [Test]
    public async Task Deleting_with_another_uid_is_a_conflict()
    {
        await Made(ConfigMaps, ConfigMap("guarded"));

        Assert.That((await Send("DELETE", ConfigMaps + "/guarded", """{"preconditions":{"uid":"other"}}""")).Status, Is.EqualTo(409));
    }

    [TestCase("Orphan", "orphan")]
    [TestCase("Foreground", "foregroundDeletion")]
    public async Task A_propagation_policy_marks_the_object_for_the_garbage_collector(string policy, string finalizer)
    {
        string name = "marked-" + policy.ToLowerInvariant();
        await Made(ConfigMaps, ConfigMap(name));
        var (_, json, _) = await Send("DELETE", $"{ConfigMaps}/{name}", $$"""{"propagationPolicy":"{{policy}}"}""");

        Assert.That(json["metadata"]!["finalizers"]!.ToJsonString(), Is.EqualTo($"[\"{finalizer}\"]"));
        Assert.That(json["metadata"]!["deletionTimestamp"], Is.Not.Null);
    }

    [Test]
    public async Task A_collection_is_deleted_by_label()
    {
        await Made(ConfigMaps, ConfigMap("collected", """{"collect":"me"}"""));
        await Made(ConfigMaps, ConfigMap("kept"));
        var (status, _, _) = await Send("DELETE", ConfigMaps + "?labelSelector=collect%3Dme");

        Assert.That(
            (status, (await Send("GET", ConfigMaps + "/collected")).Status, (await Send("GET", ConfigMaps + "/kept")).Status),
            Is.EqualTo((200, 404, 200))
        );
    }

    [Test]
    public async Task Nothing_is_created_in_a_terminating_namespace()
    {
        await Send("POST", "/api/v1/namespaces", """{"kind":"Namespace","metadata":{"name":"ending"}}""");
        await Send("DELETE", "/api/v1/namespaces/ending");
        var (status, json, _) = await Send("POST", "/api/v1/namespaces/ending/configmaps", ConfigMap("late").ToJsonString());

        Assert.That(
            (status, json["message"]!.GetValue<string>()),
            Is.EqualTo((403, "configmaps \"late\" is forbidden: unable to create new content in namespace ending because it is being terminated"))
        );
    }

    [Test]
    public async Task A_namespace_goes_once_it_is_finalized()
    {
        await Send("POST", "/api/v1/namespaces", """{"kind":"Namespace","metadata":{"name":"finalized"}}""");
        var (_, ending, _) = await Send("DELETE", "/api/v1/namespaces/finalized");
        ending["spec"] = new JsonObject();
        await Send("PUT", "/api/v1/namespaces/finalized/finalize", ending.ToJsonString());

        Assert.That((await Send("GET", "/api/v1/namespaces/finalized")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task Patches_that_meet_are_all_applied()
    {
        await Made(ConfigMaps, ConfigMap("crowded"));
        await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => Send("PATCH", ConfigMaps + "/crowded", $$"""{"data":{"k{{i}}":"v"} }""", "application/merge-patch+json"))
        );

        Assert.That((await Send("GET", ConfigMaps + "/crowded")).Json["data"]!.AsObject(), Has.Count.EqualTo(21));
    }

    [Test]
    public async Task A_patch_that_changes_nothing_is_no_write()
    {
        JsonObject before = await Made(ConfigMaps, ConfigMap("still"));
        var (_, after, _) = await Send("PATCH", ConfigMaps + "/still", """{"data":{"a":"1"}}""", "application/merge-patch+json");

        Assert.That(after.ToJsonString(), Is.EqualTo(before.ToJsonString()));
    }

    [Test]
    public async Task A_deleted_definition_takes_its_objects_along()
    {
        const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        await Send(
            "POST",
            Definitions,
            """{"kind":"CustomResourceDefinition","metadata":{"name":"things.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"things","kind":"Thing"},"versions":[{"name":"v1","served":true,"storage":true}]}}"""
        );
        var (made, _, _) = await Send(
            "POST",
            "/apis/example.com/v1/namespaces/default/things",
            """{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"one"}}"""
        );
        await Send("DELETE", Definitions + "/things.example.com");

        Assert.That(
            (made, (await Send("GET", "/apis/example.com/v1/namespaces/default/things/one")).Status, Cluster.Store.Objects("example.com", "things")),
            Is.EqualTo((201, 404, Array.Empty<object>()))
        );
    }

    [Test]
    public async Task A_dry_run_gives_the_answer_and_no_object()
    {
        var (status, json, _) = await Send("POST", ConfigMaps + "?dryRun=All", ConfigMap("tried").ToJsonString());

        Assert.That((status, json["data"]!["a"]!.GetValue<string>(), (await Send("GET", ConfigMaps + "/tried")).Status), Is.EqualTo((201, "1", 404)));
    }

    [Test]
    public async Task A_manager_without_a_name_is_the_user_agents()
    {
        using HttpRequestMessage request = new(HttpMethod.Post, ConfigMaps)
        {
            Content = new StringContent(ConfigMap("agent").ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("User-Agent", "flyteadmin/v1.16.8 (linux)");
        using HttpResponseMessage response = await Cluster.Http.SendAsync(request);

        JsonNode made = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.That(made["metadata"]!["managedFields"]![0]!["manager"]!.GetValue<string>(), Is.EqualTo("flyteadmin"));
    }
}
