using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Tests.Sandbox.Api;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Conformance;

/// <summary>
/// A namespace of its own in a cluster: the sandbox's, or the one of the kubeconfig that SANDBOX_CONFORMANCE_KUBECONFIG names,
/// so that a real API server can be held against the same tests.
/// </summary>
internal abstract class ConformanceFixture
{
    private ServedCluster? _served;
    private string _kubeconfig = "";
    private string _cache = "";

    /// <summary>The namespace.</summary>
    protected string Namespace { get; } = "conformance-" + RandomNumberGenerator.GetHexString(8, lowercase: true);

    /// <summary>The kubectl in use.</summary>
    protected Tool Kubectl { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task MakeNamespace()
    {
        _cache = Directory.CreateTempSubdirectory("conformance-").FullName;
        _kubeconfig = Environment.GetEnvironmentVariable("SANDBOX_CONFORMANCE_KUBECONFIG") ?? "";
        if (_kubeconfig.Length == 0)
        {
            _served = await ServedCluster.StartAsync(controllers: true);
            _kubeconfig = _served.Kubeconfig;
        }
        Kubectl = new Tool(Tool.Kubectl(), _kubeconfig, _cache);
        Must($"create namespace {Namespace}");
    }

    [OneTimeTearDown]
    public async Task RemoveNamespace()
    {
        Kubectl.Run($"delete namespace {Namespace} --ignore-not-found --timeout=60s");
        Cleanup();
        if (_served is not null)
            await _served.DisposeAsync();
        Directory.Delete(_cache, recursive: true);
    }

    /// <summary>A helm of a major version.</summary>
    protected Tool Helm(int major) => new(Tool.Helm(major), _kubeconfig, _cache);

    /// <summary>Removes what is outside the namespace.</summary>
    protected virtual void Cleanup() { }

    /// <summary>Runs kubectl in the namespace.</summary>
    protected ToolResult Run(string arguments, string input = "") => Kubectl.Run([.. arguments.Split(' '), "-n", Namespace], input);

    /// <summary>Runs kubectl in the namespace; it must succeed.</summary>
    protected string Must(string arguments, string input = "")
    {
        ToolResult said = Run(arguments, input);
        Assert.That(said.Code, Is.Zero, () => $"kubectl {arguments}: {said.All}");
        return said.Output;
    }

    /// <summary>Reads one object.</summary>
    protected JsonObject Get(string resource) => (JsonObject)JsonNode.Parse(Must($"get {resource} -o json --show-managed-fields"))!;

    /// <summary>A Deployment's manifest.</summary>
    protected static string Deployment(string name, int replicas = 1, string image = "pause:3") =>
        $$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: {{name}}}
            spec:
              replicas: {{replicas}}
              selector: {matchLabels: {"app": "{{name}}"} }
              template:
                metadata: {labels: {app: {{name}} } }
                spec: {containers: [{name: main, image: "{{image}}"}]}
            """;

    /// <summary>A ConfigMap's manifest.</summary>
    protected static string ConfigMap(string name, string key, string value) =>
        $$"""{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{name}}"}, "data": {"{{key}}": "{{value}}"} }""";
}
