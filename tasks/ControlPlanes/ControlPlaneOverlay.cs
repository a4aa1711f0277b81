using System.Net;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ValuesOverrides;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>
/// Runbook, kustomize: what its author edits by hand (the <c>clusters</c> entries, the volume and mounts of the credentials), patched into
/// the rendered overlay; then <c>kubectl apply -f flyte_generated.yaml</c>.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="overlays">The rendered overlays.</param>
/// <param name="identities">Reads the cloud identities of Flyte's service accounts.</param>
internal sealed class ControlPlaneOverlay(FlyteContext context, IHelmValues values, RenderedOverlays overlays, CloudIdentityReader identities)
{
    private const int Rounds = 8;

    private static readonly string[] Readers = ["flyteadmin", "sync-cluster-resources"];

    private readonly ControlPlaneRun _control = context.Run.ControlPlane;

    /// <summary>Applies the overlay. Clusters that another operator adds meanwhile are taken in.</summary>
    /// <returns>Whether anything changed.</returns>
    /// <exception cref="KubectlException">The overlay does not render.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<bool> UpgradeAsync(CancellationToken cancellationToken)
    {
        for (var round = 1; ; round++)
        {
            try
            {
                await DrainedDataPlanes.RefuseEnabledAsync(context, cancellationToken);
                var (objects, refusal) = await PatchedAsync(context.Gate.IsOpen, cancellationToken);
                await refusal(cancellationToken);
                var apply = new OverlayApply(context.Run, _control, context.Gate, context.Journal, values, context.Options.Timeout);
                var changed = await apply.RunAsync(objects, cancellationToken);
                Foreseen = new ForeseenPods(
                    CredentialDeployments.Names.Where(name => PodTemplates.Deployment(objects, name) is not null).ToHashSet(StringComparer.Ordinal),
                    apply.NewPods
                );
                return changed || round > 1;
            }
            catch (KubernetesApiException exception) when (exception.Status == HttpStatusCode.Conflict && round < Rounds)
            {
                context.Report(_control.Name, "another operator changed flyteadmin's clusters; checking again");
                await Task.Delay(TimeSpan.FromMilliseconds(200 * round), _control.Api.Time, cancellationToken);
            }
        }
    }

    /// <summary>With the gate closed: which pods of flyteadmin and syncresources the overlay would replace.</summary>
    public ForeseenPods Foreseen { get; private set; } = ForeseenPods.Same;

    /// <summary>Refuses, before any write, new flyteadmin pods that would not start.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var (_, refusal) = await PatchedAsync(mayWrite: false, cancellationToken);
        await refusal(cancellationToken);
    }

    private async Task<(IReadOnlyList<JsonObject> Objects, Func<CancellationToken, Task> Refuse)> PatchedAsync(
        bool mayWrite,
        CancellationToken cancellationToken
    )
    {
        var propeller = context.Run.Fleet.ControlPlane.RunsWorkflows ? new PropellerCheck(context.Run, _control).Begin(cancellationToken) : null;
        var overlay = await overlays.OfAsync(context.Run, _control);
        var objects = overlay.Copy();
        var sites = Sites(objects, values);
        if (mayWrite)
            await MakeAsync(sites, cancellationToken);
        var live = await Task.WhenAll(
            (await LiveNamesAsync(cancellationToken))
                .Concat(sites.Select(site => site.Name))
                .Distinct(StringComparer.Ordinal)
                .Select(name => ReadAsync(name, cancellationToken))
        );
        JsonObject[] sections = [.. live.OfType<JsonObject>().Select(map => MountedClusterConfigs.Find(map, values)?.Section).OfType<JsonObject>()];
        var composed = OverrideFile.Compose(context, [.. sections.Select(Source)], [.. sites.Select(site => Source(site.Section))]);
        OverrideFile.ReportKept(context, composed);
        var wanted = (JsonObject)composed.Values["configmap"]!["clusters"]!;
        foreach (var (map, name, key, section) in sites)
        {
            MountedClusterConfigs.Write(map, key, values.Merge(section, wanted), values);

            // Somebody else's entries that came since are no loss: the server refuses then.
            if (live.FirstOrDefault(found => (string?)found?["metadata"]?["name"] == name)?["metadata"]?["resourceVersion"] is { } version)
                map["metadata"]!["resourceVersion"] = version.DeepClone();
        }

        foreach (var deployment in CredentialDeployments.Names.Select(name => PodTemplates.Deployment(objects, name)).OfType<JsonObject>())
            Mount(deployment, [.. sites.Select(site => site.Name)]);
        var rename = propeller is null ? null : await PropellerPatch.NameAsync(objects, propeller, cancellationToken);
        var accounts = mayWrite ? await identities.OfAsync(context.Run, cancellationToken) : await identities.ForeseenAsync(context.Run, cancellationToken);
        ServiceAccountPatch.Annotate(objects, accounts, isControlPlane: true, context.Run.Fleet.ControlPlane.RunsWorkflows);
        PodTemplates.Stamp(objects);
        var isSame = sections.Length > 0 && values.Same(sections[0], wanted);
        var admin = PodTemplates.Deployment(objects, "flyteadmin");
        var starts = CredentialDeployments.SyncsFirst(admin);
        return (objects, RefuseAsync);

        async Task RefuseAsync(CancellationToken token)
        {
            Problem[] problems = [.. await new RemovedLabels(context).ProblemsAsync(composed.Removed, sections, token), .. new[] { rename }.OfType<Problem>()];
            if (!isSame)
                problems = [.. problems, .. await new TwoNames(context.Run).ProblemsAsync(ClusterConfigs.Of(wanted), token)];
            if (problems.Length > 0)
                throw new RefusedException(problems);
            if (composed.Removed.Count > 0)
                context.Journal.Add($"Removed from labelClusterMap, as the fleet no longer has them: {string.Join(", ", composed.Removed)}.");
            if (admin is not null && !(isSame && await KeepsPodsAsync(admin, token)))
                await new EnabledClusterConfigs(context, values).RefuseBlockedAsync(ClusterConfigs.Of(wanted), starts, token);
        }
    }

    // Whatever else differs in its template makes new pods too: the image, the identity in the cloud.
    private async Task<bool> KeepsPodsAsync(JsonObject deployment, CancellationToken cancellationToken)
    {
        var path = KubernetesPaths.Deployment(context.Run.Namespace, "flyteadmin");
        if (await _control.Api.GetAsync(path, cancellationToken) is not { } live)
            return false;
        var stored = await _control.Api.PreviewAsync(path, deployment, FieldManagers.Tool, cancellationToken);
        return values.Same(live["spec"]?["template"], stored["spec"]?["template"]);
    }

    // Made empty, under a field manager of its own: from then on each operator's entries have a resource version to be checked against.
    private async Task MakeAsync(IReadOnlyList<(JsonObject Map, string Name, string Key, JsonObject Section)> sites, CancellationToken cancellationToken)
    {
        foreach (var name in sites.Select(site => site.Name))
        {
            if (await ReadAsync(name, cancellationToken) is not null)
                continue;
            var empty = new ObjectId("v1", "ConfigMap", context.Run.Namespace, name);
            await context.Gate.PassAsync(
                new Change(_control.Name, empty.Kind, empty.Namespace, name, ChangeAction.Create, "empty, for flyteadmin's clusters"),
                (permit, token) =>
                    _control.Api.ApplyAsync(
                        permit,
                        KubernetesPaths.Core(context.Run.Namespace, "configmaps", name),
                        empty.Bare(),
                        $"{FieldManagers.Tool}-clusters",
                        token
                    ),
                cancellationToken
            );
        }
    }

    /// <summary>The ConfigMaps of an overlay that hold <c>clusters</c> for flyteadmin or syncresources.</summary>
    internal static IReadOnlyList<(JsonObject Map, string Name, string Key, JsonObject Section)> Sites(IReadOnlyList<JsonObject> objects, IHelmValues values)
    {
        var mounted = CredentialDeployments
            .Names.SelectMany(name => MountedClusterConfigs.ConfigMaps(PodTemplates.Deployment(objects, name)))
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        return
        [
            .. objects
                .Where(found => (string?)found["kind"] == "ConfigMap" && mounted.Contains((string?)found["metadata"]?["name"], StringComparer.Ordinal))
                .Select(map => (Map: map, Name: (string)map["metadata"]!["name"]!, Found: MountedClusterConfigs.Find(map, values)))
                .Where(site => site.Found is not null)
                .Select(site => (site.Map, site.Name, site.Found!.Value.Key, site.Found.Value.Section)),
        ];
    }

    private async Task<IReadOnlyList<string>> LiveNamesAsync(CancellationToken cancellationToken) =>
        MountedClusterConfigs.ConfigMaps(await _control.Api.GetAsync(KubernetesPaths.Deployment(context.Run.Namespace, "flyteadmin"), cancellationToken));

    private Task<JsonObject?> ReadAsync(string configMap, CancellationToken cancellationToken) =>
        _control.Api.GetAsync(KubernetesPaths.Core(context.Run.Namespace, "configmaps", configMap), cancellationToken);

    private static JsonObject Source(JsonObject section) => new() { ["configmap"] = new JsonObject { ["clusters"] = section.DeepClone() } };

    // Every container that reads the clusters reads the credentials.
    private static void Mount(JsonObject deployment, IReadOnlyList<string> configMaps)
    {
        var spec = PodTemplates.Child(PodTemplates.Child(PodTemplates.Child(deployment, "spec"), "template"), "spec");
        var volumes = PodTemplates.List(spec, "volumes");
        var volume = volumes.FirstOrDefault(found => (string?)found?["secret"]?["secretName"] == CredentialsSecret.Name);
        if (volume is null)
            volumes.Add(
                volume = new JsonObject
                {
                    ["name"] = CredentialsSecret.Name,
                    ["secret"] = new JsonObject { ["secretName"] = CredentialsSecret.Name },
                }
            );
        var name = (string)volume["name"]!;
        string[] configured = [.. volumes.OfType<JsonObject>().Where(found => Holds(found, configMaps)).Select(found => (string)found["name"]!)];
        foreach (var container in PodTemplates.Containers(deployment))
        {
            var mounts = PodTemplates.List(container, "volumeMounts");
            var reads =
                mounts.Any(mount => configured.Contains((string?)mount?["name"], StringComparer.Ordinal))
                || Readers.Contains((string?)container["name"], StringComparer.Ordinal);
            if (!reads || mounts.Any(mount => (string?)mount?["name"] == name && ((string?)mount["mountPath"])?.TrimEnd('/') == CredentialsSecret.MountPath))
                continue;
            foreach (var other in mounts.Where(mount => ((string?)mount?["mountPath"])?.TrimEnd('/') == CredentialsSecret.MountPath).ToArray())
                mounts.Remove(other);
            mounts.Add(new JsonObject { ["name"] = name, ["mountPath"] = CredentialsSecret.MountPath });
        }
    }

    private static bool Holds(JsonObject volume, IReadOnlyList<string> configMaps) =>
        configMaps.Contains((string?)volume["configMap"]?["name"], StringComparer.Ordinal)
        || (volume["projected"]?["sources"] as JsonArray ?? []).Any(source =>
            configMaps.Contains((string?)source?["configMap"]?["name"], StringComparer.Ordinal)
        );
}
