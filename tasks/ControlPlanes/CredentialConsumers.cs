using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Build;
using Flyte.MultiCluster.Changes;
using Flyte.MultiCluster.Credentials;
using Flyte.MultiCluster.Kubernetes;
using Flyte.MultiCluster.Rollouts;
using Flyte.MultiCluster.Runs;

namespace Flyte.MultiCluster.ControlPlanes;

/// <summary>
/// flyteadmin and syncresources: they read credentials once, at start, and the chart restarts them for ConfigMaps alone. Which credential
/// their pods have loaded is noted on the Deployment, an annotation a data plane, so that an interrupted run is finished by the next.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="control">The control plane.</param>
public sealed class CredentialConsumers(FlyteContext context, ControlPlaneRun control)
{
    /// <summary>The Deployments.</summary>
    public static IReadOnlyList<string> Names { get; } = ["flyteadmin", "syncresources"];

    private readonly Dictionary<string, string?> _templates = new(StringComparer.Ordinal);

    /// <summary>The annotation that notes which credential of a data plane is loaded.</summary>
    /// <param name="dataPlane">The data plane's name.</param>
    public static string Annotation(string dataPlane) => $"{FieldManagers.Tool}/{dataPlane}";

    /// <summary>Remembers the pod templates before the upgrade: pods of a new template started after the credentials were stored.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, deployment) in await DeploymentsAsync(cancellationToken))
            _templates[name] = Template(deployment);
    }

    /// <summary>Restarts those whose pods are older than the credentials; notes what is loaded.</summary>
    /// <param name="upgraded">Whether the release was upgraded, or would be: then its pods are, or will be, of a new template.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <returns>True when something was changed, or would be with the gate open.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="Problems.RefusedException">Pods that a restart makes would not start.</exception>
    public async Task<bool> ReloadAsync(bool upgraded, CancellationToken cancellationToken)
    {
        var wanted = context.Run.Going.Where(plane => plane.Credential is not null || plane.IsUnknown).ToDictionary(plane => Annotation(plane.Name), Digest, StringComparer.Ordinal);
        if (wanted.Count == 0)
            return false;
        var found = await DeploymentsAsync(cancellationToken);
        var outdated = (await Task.WhenAll(found.Select(one => OutdatedAsync(one.Name, one.Deployment, wanted, upgraded, cancellationToken)))).OfType<Outdated>().ToArray();
        if (outdated.Any(one => one.Restart))
            await RefuseBlockedAsync(found.Select(one => one.Deployment), cancellationToken);
        await Task.WhenAll(outdated.Select(one => one.Restart ? RestartAsync(one.Name, one.Missing, cancellationToken) : NoteAsync(one.Name, one.Missing, cancellationToken)));
        return outdated.Length > 0;
    }

    private async Task<Outdated?> OutdatedAsync(string name, JsonObject? deployment, Dictionary<string, string> wanted, bool upgraded, CancellationToken cancellationToken)
    {
        var noted = deployment?["metadata"]?["annotations"];
        var missing = wanted.Where(mark => (string?)noted?[mark.Key] != mark.Value).ToDictionary(StringComparer.Ordinal);
        if (missing.Count == 0)
            return null;
        var isNew = context.Gate.IsOpen ? _templates.GetValueOrDefault(name) != Template(deployment) : upgraded;
        return new Outdated(name, missing, !isNew && !await ArePodsNewerAsync(name, cancellationToken));
    }

    private async Task RefuseBlockedAsync(IEnumerable<JsonObject?> deployments, CancellationToken cancellationToken)
    {
        var syncsFirst = deployments.Any(deployment => (deployment?["spec"]?["template"]?["spec"]?["initContainers"] as JsonArray ?? []).Any(container => (string?)container?["name"] == "sync-cluster-resources"));
        if (await new LoadedClusters(context, control).ReadAsync(cancellationToken) is { } loaded)
            await new EnabledClusters(context, control).RefuseBlockedAsync(loaded, syncsFirst, cancellationToken);
    }

    private Task<bool> NoteAsync(string name, Dictionary<string, string> marks, CancellationToken cancellationToken)
        => PatchAsync(
            new Change(control.Name, "Deployment", context.Run.Namespace, name, ChangeAction.Update, $"note the loaded credentials of {Planes(marks)}"),
            new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = Annotations(marks) } },
            cancellationToken);

    // As kubectl rollout restart does it, with the note in the same write.
    private Task<bool> RestartAsync(string name, Dictionary<string, string> marks, CancellationToken cancellationToken)
    {
        var restarted = new JsonObject { ["kubectl.kubernetes.io/restartedAt"] = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) };
        return PatchAsync(
            new Change(control.Name, "Deployment", context.Run.Namespace, name, ChangeAction.Restart, $"load the credentials of {Planes(marks)}"),
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["annotations"] = Annotations(marks) },
                ["spec"] = new JsonObject { ["template"] = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = restarted } } },
            },
            cancellationToken);
    }

    private Task<bool> PatchAsync(Change change, JsonObject patch, CancellationToken cancellationToken)
        => context.Gate.PassAsync(
            change,
            (permit, token) => control.Api.MergePatchAsync(permit, KubernetesPaths.Deployment(context.Run.Namespace, change.Name), patch, FieldManagers.Tool, token),
            cancellationToken);

    // Times have a resolution of a second, so only strictly newer pods are surely newer.
    private async Task<bool> ArePodsNewerAsync(string deployment, CancellationToken cancellationToken)
    {
        var secret = await new CredentialsSecret(context, control).ReadAsync(cancellationToken);
        var stored = (secret?["metadata"]?["managedFields"] as JsonArray ?? []).Select(entry => KubernetesTime.Of(entry?["time"])).Max();
        var pods = (await control.Api.ListAsync(KubernetesPaths.Core(context.Run.Namespace, "pods"), cancellationToken))
            .Where(pod => PodBlockers.IsOf(pod, deployment) && pod["metadata"]?["deletionTimestamp"] is null)
            .ToArray();
        return pods.Length > 0 && stored is not null && pods.All(pod => KubernetesTime.Of(pod["metadata"]?["creationTimestamp"]) > stored);
    }

    // A plan of a first join counts Deployments that are not there yet.
    private async Task<IReadOnlyList<(string Name, JsonObject? Deployment)>> DeploymentsAsync(CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(Names.Select(name => control.Api.GetAsync(KubernetesPaths.Deployment(context.Run.Namespace, name), cancellationToken)));
        return [.. Names.Zip(found).Where(pair => pair.Second is not null || !context.Gate.IsOpen)];
    }

    /// <summary>A credential as the annotation tells it.</summary>
    /// <param name="credential">The credential.</param>
    public static string Digest(ClusterCredential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{credential.Token}\n{credential.CaCertificate}")))[..16];
    }

    private static string Digest(DataPlaneRun plane) => plane.Credential is null ? "known after apply" : Digest(plane.Credential);

    private static string? Template(JsonObject? deployment) => deployment?["spec"]?["template"]?.ToJsonString();

    private static JsonObject Annotations(Dictionary<string, string> marks) => new(marks.Select(mark => KeyValuePair.Create(mark.Key, (JsonNode?)mark.Value)));

    private sealed record Outdated(string Name, Dictionary<string, string> Missing, bool Restart);

    private static string Planes(Dictionary<string, string> marks) => string.Join(", ", marks.Keys.Select(key => key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..]));
}
