using System.Text.Json.Nodes;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Flyte.MultiCluster.Common.Tools.Kubectl;

/// <summary>Runs <c>kubectl version --client</c>.</summary>
public sealed class KubectlVersionRunner : KubectlTool<KubectlSettings>
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public KubectlVersionRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected override string Command => "version";

    /// <summary>kubectl's own version.</summary>
    /// <exception cref="KubectlException">kubectl failed.</exception>
    /// <exception cref="FormatException">The answer holds no version.</exception>
    public async Task<Version> GetAsync(KubectlSettings settings, CancellationToken cancellationToken)
    {
        var answer = Json(await RunAsync(settings, arguments => arguments.Append("--client").Append("--output=json"), cancellationToken));
        var text = (string?)answer?["clientVersion"]?["gitVersion"] ?? string.Empty;
        return ToolVersion.Parse(text) ?? throw new FormatException($"kubectl version printed no version: {text}");
    }
}

/// <summary>Runs <c>kubectl config view</c>.</summary>
public sealed class KubectlConfigViewRunner : KubectlTool<KubectlSettings>
{
    private readonly ICakeEnvironment _environment;

    /// <summary>Makes the runner from Cake's services.</summary>
    public KubectlConfigViewRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) => _environment = environment;

    /// <inheritdoc/>
    protected override string Command => "config view";

    /// <summary>Every context with its API server and, where the kubeconfig holds it whole, its credential: in memory, from kubectl's standard
    /// output.</summary>
    /// <exception cref="KubectlException">kubectl failed: the kubeconfig cannot be read.</exception>
    public async Task<IReadOnlyDictionary<string, KubeContext>> ContextsAsync(KubectlSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var view = await ReadAsync(settings, cancellationToken);
        var folder = KubeconfigFiles.Folder(settings.Kubeconfig, _environment.GetEnvironmentVariable);
        var clusters = Named(view?["clusters"]).ToDictionary(entry => (string)entry["name"]!, entry => entry["cluster"] as JsonObject, StringComparer.Ordinal);
        var users = Named(view?["users"]).ToDictionary(entry => (string)entry["name"]!, entry => entry["user"] as JsonObject, StringComparer.Ordinal);
        return Named(view?["contexts"])
            .ToDictionary(
                context => (string)context["name"]!,
                context =>
                    KubeContext.Of(
                        clusters.GetValueOrDefault((string?)context["context"]?["cluster"] ?? string.Empty),
                        users.GetValueOrDefault((string?)context["context"]?["user"] ?? string.Empty),
                        folder
                    ) with
                    {
                        ClusterName = (string?)context["context"]?["cluster"] ?? string.Empty,
                    },
                StringComparer.Ordinal
            );
    }

    /// <summary>The whole kubeconfig, credentials included: in memory, from kubectl's standard output.</summary>
    /// <exception cref="KubectlException">kubectl failed: the kubeconfig cannot be read.</exception>
    /// <exception cref="FormatException">The answer is not JSON.</exception>
    public async Task<JsonNode?> ReadAsync(KubectlSettings settings, CancellationToken cancellationToken) =>
        Json(await RunAsync(settings, arguments => arguments.Append("--raw").Append("--output=json"), cancellationToken));

    private static IEnumerable<JsonObject> Named(JsonNode? list) => (list as JsonArray ?? []).OfType<JsonObject>().DistinctBy(entry => (string?)entry["name"]);
}
