using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

/// <summary>
/// How flyteadmin names the namespace of a project and domain (its <c>namespace_mapping.template</c>, pkg/common/namespace.go). The chart's own values for
/// Google Cloud set it to <c>{{ domain }}</c>.
/// </summary>
internal sealed record NamespaceTemplate(string Text)
{
    private const string ConfigMap = "flyte-admin-base-config";
    private const string Key = "namespace_config.yaml";

    /// <summary>flyteadmin's own, where its configuration says nothing.</summary>
    public static NamespaceTemplate Default { get; } = new("{{ project }}-{{ domain }}");

    /// <summary>Reads it: from the fleet's values files, which the control plane is upgraded with; else from flyteadmin's live configuration; else flyteadmin's
    /// own.</summary>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    /// <exception cref="FormatException">A values file, or the configuration, is not YAML.</exception>
    /// <exception cref="IOException">A values file cannot be read.</exception>
    public static async Task<NamespaceTemplate> ReadAsync(FleetRun run, IHelmValues values, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(values);
        var merged = values.MergeFiles(run.Fleet.Flyte.Values.Concat(run.Fleet.ControlPlane.Values));
        if (Of((merged["configmap"] as JsonObject)?["namespace_config"]) is { } wanted)
            return wanted;
        var map = await run.ControlPlane.Api.GetAsync(KubernetesPaths.Core(run.Namespace, "configmaps", ConfigMap), cancellationToken);
        return (string?)map?["data"]?[Key] is { } yaml && Of(values.Parse(yaml, Key)) is { } live ? live : Default;
    }

    /// <summary>The namespace of a project and domain.</summary>
    public string Of(string project, string domain) =>
        Text.Replace("{{ project }}", project, StringComparison.Ordinal).Replace("{{ domain }}", domain, StringComparison.Ordinal);

    private static NamespaceTemplate? Of(JsonNode? section) =>
        ((section as JsonObject)?["namespace_mapping"] as JsonObject)?["template"] is JsonValue text
        && text.TryGetValue(out string? template)
        && template.Length > 0
            ? new NamespaceTemplate(template)
            : null;
}
