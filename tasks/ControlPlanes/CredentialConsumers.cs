using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using k8s.Models;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>
/// flyteadmin and syncresources: they read credentials once, at start, and the chart restarts them for ConfigMaps alone. What their pods have
/// loaded follows from when they began and when each credential was last written; one annotation per data plane on the Deployment notes it.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
internal sealed class CredentialConsumers(FlyteContext context, IHelmValues values)
{
    private readonly ControlPlaneRun _control = context.Run.ControlPlane;
    private readonly Dictionary<string, string?> _templates = new(StringComparer.Ordinal);

    /// <summary>Remembers the pod templates before the upgrade: pods of a new template started after the credentials were stored.</summary>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, deployment) in await DeploymentsAsync(cancellationToken))
            _templates[name] = Template(deployment);
    }

    /// <summary>Restarts those whose pods have not read what is stored; notes what is loaded.</summary>
    /// <param name="foreseen">With the gate closed: which Deployments the upgrade would give new pods; asked for where it matters.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <param name="afterRestart">Waits for a Deployment that was restarted before the next one is; null restarts them at once.</param>
    /// <returns>True when something was changed, or would be with the gate open.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="RefusedException">Pods that a restart makes would not start.</exception>
    public async Task<bool> ReloadAsync(Func<Task<ForeseenPods>> foreseen, CancellationToken cancellationToken, Func<string, Task>? afterRestart = null)
    {
        ArgumentNullException.ThrowIfNull(foreseen);
        if (!context.Run.Active.Any(plane => plane.Credential is not null || plane.IsKnownAfterApply))
            return false;
        var deployments = DeploymentsAsync(cancellationToken);
        var secret = new CredentialsSecret(context.Run).ReadAsync(cancellationToken);
        var pods = _control.Api.PodsAsync(context.Run.Namespace, cancellationToken);
        await Task.WhenAll(deployments, secret, pods);
        Entry[] wanted =
        [
            .. context.Run.Active.Where(plane => plane.Credential is not null || plane.IsKnownAfterApply).Select(plane => EntryOf(plane, secret.Result)),
        ];
        var looked = (await deployments).Select(one => Look(one.Name, one.Deployment, wanted, pods.Result)).Where(one => one.IsOutdated).ToArray();
        var coming = looked.Length == 0 || context.Gate.IsOpen ? null : await foreseen();
        var outdated = looked.Select(one => Judge(one, coming)).OfType<Outdated>().ToArray();
        if (outdated.Any(one => one.Restart))
            await RefuseBlockedAsync((await deployments).Select(one => one.Deployment), null, cancellationToken);
        if (afterRestart is null)
            await Task.WhenAll(outdated.Select(one => LoadAsync(one, cancellationToken)));
        foreach (var one in afterRestart is null ? [] : outdated)
        {
            if (await LoadAsync(one, cancellationToken) && one.Restart)
                await afterRestart!(one.State.Name);
        }

        return outdated.Length > 0;
    }

    private Task<bool> LoadAsync(Outdated one, CancellationToken cancellationToken) =>
        one.Restart ? RestartAsync(one, cancellationToken) : NoteAsync(one, cancellationToken);

    private static Entry EntryOf(DataPlaneRun plane, JsonObject? secret)
    {
        // With the gate closed it would be written later than any pod began.
        return new Entry(
            plane.Name,
            Digest(plane),
            CredentialsSecret.Holds(secret, plane) ? CredentialsSecret.WrittenAt(secret, plane) : DateTimeOffset.MaxValue,
            plane.IsNewlyStored
        );
    }

    private static ConsumerState Look(string name, JsonObject? deployment, IReadOnlyList<Entry> wanted, IReadOnlyList<V1Pod> pods)
    {
        var noted = deployment?["metadata"]?["annotations"];
        return new ConsumerState(
            name,
            deployment,
            wanted,
            [.. wanted.Where(entry => LoadedAnnotation.Digest((string?)noted?[CredentialDeployments.Annotation(entry.Plane)]) != entry.Digest || entry.IsNew)],
            [
                .. wanted.Where(entry =>
                    deployment is not null
                    && !LoadedAnnotation.AreLoaded(
                        deployment,
                        pods,
                        entry.Written,
                        entry.Digest,
                        [(string?)noted?[CredentialDeployments.Annotation(entry.Plane)]]
                    )
                ),
            ]
        );
    }

    private Outdated? Judge(ConsumerState one, ForeseenPods? coming)
    {
        if (coming is { } foreseen && !foreseen.Exists(one.Name, one.Deployment is not null))
            return null;
        if (coming?.AreNew(one.Name) ?? _templates.GetValueOrDefault(one.Name) != Template(one.Deployment))
            return one.Unnoted.Count > 0 ? new Outdated(one, one.Unnoted, Restart: false) : null;
        return one.Stale.Count > 0 ? new Outdated(one, one.Stale, Restart: true) : new Outdated(one, one.Unnoted, Restart: false);
    }

    /// <summary>Refuses a restart of pods that would not start.</summary>
    /// <param name="proven">The data planes whose credentials will be proven before the restart.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="RefusedException">They would not: all reasons.</exception>
    public async Task RefuseBlockedAsync(IEnumerable<DataPlaneRun> proven, CancellationToken cancellationToken) =>
        await RefuseBlockedAsync((await DeploymentsAsync(cancellationToken)).Select(one => one.Deployment), proven, cancellationToken);

    private async Task RefuseBlockedAsync(IEnumerable<JsonObject?> deployments, IEnumerable<DataPlaneRun>? proven, CancellationToken cancellationToken)
    {
        var syncsFirst = deployments.Any(CredentialDeployments.SyncsFirst);
        if (await new LoadedClusterConfigs(context.Run, values).ReadAsync(cancellationToken) is { } loaded)
            await new EnabledClusterConfigs(context, values).RefuseBlockedAsync(loaded, syncsFirst, cancellationToken, proven);
    }

    private Task<bool> NoteAsync(Outdated one, CancellationToken cancellationToken) =>
        PatchAsync(
            new Change(
                _control.Name,
                "Deployment",
                context.Run.Namespace,
                one.State.Name,
                ChangeAction.Update,
                $"record the loaded credentials of {Planes(one.Entries)}"
            ),
            new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = Annotations(one.Entries, one.State.Deployment?["spec"]?["template"]) } },
            cancellationToken
        );

    // As kubectl rollout restart does it, with the notes of the new template's pods in the same write.
    private Task<bool> RestartAsync(Outdated one, CancellationToken cancellationToken)
    {
        var (patch, template) = LoadedAnnotation.Restarted(one.State.Deployment?["spec"]?["template"], DateTimeOffset.UtcNow);
        return PatchAsync(
            new Change(
                _control.Name,
                "Deployment",
                context.Run.Namespace,
                one.State.Name,
                ChangeAction.Restart,
                $"load the credentials of {Planes(one.Entries)}"
            ),
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["annotations"] = Annotations(one.State.Expected, template) },
                ["spec"] = new JsonObject { ["template"] = patch },
            },
            cancellationToken
        );
    }

    private Task<bool> PatchAsync(Change change, JsonObject patch, CancellationToken cancellationToken) =>
        context.Gate.PassAsync(
            change,
            (permit, token) =>
                _control.Api.MergePatchAsync(permit, KubernetesPaths.Deployment(context.Run.Namespace, change.Name), patch, FieldManagers.Tool, token),
            cancellationToken
        );

    // A plan of a first join counts Deployments that are not there yet.
    private async Task<IReadOnlyList<(string Name, JsonObject? Deployment)>> DeploymentsAsync(CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(
            CredentialDeployments.Names.Select(name => _control.Api.GetAsync(KubernetesPaths.Deployment(context.Run.Namespace, name), cancellationToken))
        );
        return [.. CredentialDeployments.Names.Zip(found).Where(pair => pair.Second is not null || !context.Gate.IsOpen)];
    }

    private static string Digest(DataPlaneRun plane) => plane.Credential is { } credential ? CredentialDeployments.Digest(credential) : "known after apply";

    private static string? Template(JsonObject? deployment) => deployment?["spec"]?["template"]?.ToJsonString();

    private static JsonObject Annotations(IEnumerable<Entry> entries, JsonNode? template) =>
        new(
            entries.Select(entry => KeyValuePair.Create(CredentialDeployments.Annotation(entry.Plane), (JsonNode?)LoadedAnnotation.Of(entry.Digest, template)))
        );

    private static string Planes(IEnumerable<Entry> entries) => string.Join(", ", entries.Select(entry => entry.Plane));

    private sealed record Entry(string Plane, string Digest, DateTimeOffset? Written, bool IsNew);

    private sealed record ConsumerState(
        string Name,
        JsonObject? Deployment,
        IReadOnlyList<Entry> Expected,
        IReadOnlyList<Entry> Unnoted,
        IReadOnlyList<Entry> Stale
    )
    {
        public bool IsOutdated => Unnoted.Count + Stale.Count > 0;
    }

    private sealed record Outdated(ConsumerState State, IReadOnlyList<Entry> Entries, bool Restart);
}
