using System.Text.Json.Nodes;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Flyte.MultiCluster.Kubectl;

/// <summary>Runs <c>kubectl version --client</c>.</summary>
public sealed class KubectlVersionRunner : KubectlTool<KubectlSettings>
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public KubectlVersionRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools)
    {
    }

    /// <inheritdoc/>
    protected override string Command => "version";

    /// <summary>kubectl's own version.</summary>
    /// <exception cref="KubectlException">kubectl failed.</exception>
    /// <exception cref="FormatException">The answer holds no version.</exception>
    public async Task<Version> GetAsync(KubectlSettings settings, CancellationToken cancellationToken)
    {
        var answer = Json(await RunAsync(settings, arguments => arguments.Append("--client").Append("--output=json"), cancellationToken));
        var text = ((string?)answer?["clientVersion"]?["gitVersion"] ?? string.Empty).TrimStart('v').Split('-', '+')[0];
        return Version.TryParse(text, out var version) ? version : throw new FormatException($"kubectl version answered no version: {text}");
    }
}

/// <summary>Runs <c>kubectl config view</c>.</summary>
public sealed class KubectlConfigViewRunner : KubectlTool<KubectlSettings>
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public KubectlConfigViewRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools)
    {
    }

    /// <inheritdoc/>
    protected override string Command => "config view";

    /// <summary>The API server of every context; kubectl leaves credentials out of what it shows.</summary>
    /// <exception cref="KubectlException">kubectl failed: the kubeconfig cannot be read.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ServersAsync(KubectlSettings settings, CancellationToken cancellationToken)
    {
        var view = Json(await RunAsync(settings, arguments => arguments.Append("--output=json"), cancellationToken));
        var servers = Named(view?["clusters"]).ToDictionary(
            cluster => (string)cluster["name"]!, cluster => (string?)cluster["cluster"]?["server"] ?? string.Empty, StringComparer.Ordinal);
        return Named(view?["contexts"]).ToDictionary(
            context => (string)context["name"]!,
            context => servers.GetValueOrDefault((string?)context["context"]?["cluster"] ?? string.Empty, string.Empty),
            StringComparer.Ordinal);
    }

    private static IEnumerable<JsonObject> Named(JsonNode? list) => (list as JsonArray ?? []).OfType<JsonObject>().DistinctBy(entry => (string?)entry["name"]);
}
