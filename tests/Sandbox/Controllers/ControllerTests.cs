using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Controllers;

/// <summary>A cluster with the namespace <c>flyte</c>, for each test.</summary>
internal abstract class ControllerTests
{
    protected ControlledCluster Cluster { get; private set; } = null!;

    [SetUp]
    public void StartCluster()
    {
        Cluster = new ControlledCluster();
        Cluster.Create("{apiVersion: v1, kind: Namespace, metadata: {name: flyte}}");
    }

    [TearDown]
    public async Task EndCluster() => await Cluster.DisposeAsync();

    protected async Task<JsonObject> Deploy(string name = "web", int replicas = 1, string image = "web:1", string more = "")
    {
        Cluster.Create(
            $$$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: {{{name}}}, namespace: flyte}
            spec:
              replicas: {{{replicas}}}
              {{{more}}}
              selector: {matchLabels: {app: {{{name}}} }}
              template:
                metadata: {labels: {app: {{{name}}} }}
                spec:
                  containers: [{name: main, image: "{{{image}}}"}]
            """
        );
        await Cluster.Quiet();
        return Deployment(name);
    }

    protected JsonObject Deployment(string name = "web") => Cluster.Get("Deployment", "flyte", name)!;

    protected List<JsonObject> Pods(string app = "web") =>
        [.. Cluster.List("Pod", "flyte").Where(p => p["metadata"]!["labels"]?["app"]?.GetValue<string>() == app)];

    protected static JsonNode? Status(JsonObject obj, string field) => obj["status"]?[field];

    protected static int Count(JsonObject obj, string field) => Status(obj, field)?.GetValue<int>() ?? 0;

    protected static JsonNode? Condition(JsonObject obj, string type) =>
        (Status(obj, "conditions") as JsonArray)?.FirstOrDefault(c => c!["type"]!.GetValue<string>() == type);

    protected static bool IsReady(JsonObject pod) => Condition(pod, "Ready")?["status"]?.GetValue<string>() == "True";

    protected static JsonNode? Waiting(JsonObject pod, string container = "main") => Container(pod, container)["state"]?["waiting"];

    protected static JsonNode Container(JsonObject pod, string container) =>
        new[] { "initContainerStatuses", "containerStatuses" }
            .SelectMany(s => Status(pod, s) as JsonArray ?? [])
            .Single(c => c!["name"]!.GetValue<string>() == container)!;

    protected static void SetImage(JsonObject deployment, string image) => deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = image;
}
