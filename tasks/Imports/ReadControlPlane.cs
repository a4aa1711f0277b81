using System.Text.Json.Nodes;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>Reads a control plane that was made by hand: its release, clusters, labels and credentials.</summary>
/// <param name="values">Reads YAML as Helm does.</param>
/// <param name="clusters">The kubeconfig's clusters.</param>
/// <param name="options">What the command line says.</param>
/// <param name="processes">Starts child processes.</param>
/// <param name="overlays">Renders overlays.</param>
[TaskName(nameof(ReadControlPlane))]
[TaskDescription("Read the control plane of --control-plane: its release, clusters, labels and credentials")]
public sealed class ReadControlPlane(
    IHelmValues values,
    KubeconfigClusters clusters,
    OptionValues options,
    ChildProcessRunner processes,
    RenderedOverlays overlays
) : AsyncFrostingTask<FlyteContext>
{
    private static readonly string LoginNeeded =
        $"FlyteAdmin requires a login: give --{ImportOptions.FlyteAdminClientId.Name} with --{ImportOptions.FlyteAdminClientSecretVariable.Name}, or "
        + $"--{ImportOptions.FlyteAdminTokenVariable.Name}.";

    private static readonly string[] Sections = ["clusterConfigs", "labelClusterMap", "defaultExecutionLabel"];

    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var state = ImportState.Of(context);
        state.Contexts = await ContextsAsync(context);
        state.Request = ImportRequest.Of(options, [.. state.Contexts.Keys]);
        var control = state.Control = await ReadAsync(context, state.Request);
        context.Report(
            state.Request.ControlPlane,
            (control.Release is { } release ? $"release {release.Name}, chart {release.ChartName} {release.ChartVersion}" : "Deployment flyteadmin")
                + $": {control.Clusters.Clusters.Count} clusters, {control.Clusters.Labels.Count} labels"
        );
        if (control.RowsFailure is { } failure)
            context.Log.Warning("  The execution cluster labels could not be read: {0}", failure);
    }

    private async Task<IReadOnlyDictionary<string, KubeContext>> ContextsAsync(FlyteContext context)
    {
        if (ToolPaths.Current.Find("kubectl") is not { } kubectl)
            throw new RefusedException([ToolPaths.Missing("kubectl")]);
        context.Tools.RegisterFile(kubectl);
        var kubeconfig = context.Options.Kubeconfig is { } given ? ProcessEnvironment.Current.FullPath(given) : null;
        try
        {
            return await clusters.ContextsAsync(kubeconfig, context.Cancellation);
        }
        catch (KubectlException exception)
        {
            throw new RefusedException([new Problem("--kubeconfig", exception.Message, "Name the kubeconfig with --kubeconfig=PATH.")]);
        }
    }

    private async Task<ImportedControlPlane> ReadAsync(FlyteContext context, ImportRequest request)
    {
        var (api, cancellationToken) = (clusters.Open(request.ControlPlane, context.Options.Timeout), context.Cancellation);
        var releases = FlyteReleases.ReadAsync(api, request.Namespace, "flyteadmin", cancellationToken);
        var configMap = api.GetAsync(KubernetesPaths.Core(request.Namespace, "configmaps", LoadedClusterConfigs.AdminConfigMap), cancellationToken);
        var secret = api.GetAsync(KubernetesPaths.Core(request.Namespace, "secrets", CredentialsSecret.Name), cancellationToken);
        var rows = RowsAsync(context, request);
        await Task.WhenAll(releases, configMap, secret, rows);
        var control = await ChosenAsync(request, await releases, api, cancellationToken) is { } release
            ? OfRelease(request, release, await configMap, await secret)
            : await AppliedAsync(request, new AppliedFlyte(api, request.Namespace, values, cancellationToken));
        return control with { Rows = (await rows).Rows, RowsFailure = (await rows).Failure };
    }

    private ImportedControlPlane OfRelease(ImportRequest request, HelmRelease release, JsonObject? configMap, JsonObject? secret)
    {
        var loaded = Loaded(request, configMap);
        var section = loaded ?? Beside(release) ?? throw Nothing(request, $"ConfigMap {LoadedClusterConfigs.AdminConfigMap}");
        return new ImportedControlPlane(release, ClusterConfigs.Of(section), section, secret) { IsLoaded = loaded is not null };
    }

    private async Task<ImportedControlPlane> AppliedAsync(ImportRequest request, AppliedFlyte applied)
    {
        const string Deployment = "the ConfigMaps of Deployment flyteadmin";
        try
        {
            var deployment = (await applied.DeploymentAsync("flyteadmin"))!;
            var (clusters, secret) = (applied.ClustersAsync(deployment), applied.CredentialsAsync(deployment));
            var (rendered, other) = (overlays.OfAsync(request.Overlays!.ControlPlane), overlays.OfAsync(request.Overlays.DataPlane));
            await Task.WhenAll(clusters, secret, rendered, other);
            var (section, isRead) = await clusters ?? throw Nothing(request, Deployment);
            return new ImportedControlPlane(null, ClusterConfigs.Of(WithDataPlanes(section) ?? throw Nothing(request, Deployment)), section, await secret)
            {
                IsLoaded = isRead,
                IsSecretInOverlay = (await rendered).Objects.Any(found =>
                    (string?)found["kind"] == "Secret" && (string?)found["metadata"]?["name"] == CredentialsSecret.Name
                ),
            };
        }
        catch (KubectlException exception)
        {
            throw Refused("--overlays", exception.Message, "'kubectl kustomize FOLDER' must work.");
        }
        catch (FormatException exception)
        {
            throw Refused(request.ControlPlane, $"A ConfigMap of flyteadmin cannot be read: {exception.Message}", "Correct it in the overlay.");
        }
    }

    // Null where kustomize installed it, and the request has its overlays.
    private static async Task<HelmRelease?> ChosenAsync(
        ImportRequest request,
        IReadOnlyList<HelmRelease> releases,
        ClusterApi api,
        CancellationToken cancellationToken
    )
    {
        if (
            releases.Count == 0
            && request.Release is null
            && await api.GetAsync(KubernetesPaths.Deployment(request.Namespace, "flyteadmin"), cancellationToken) is not null
        )
            return request.Overlays is not null
                ? null
                : throw Refused(
                    request.ControlPlane,
                    $"Deployment flyteadmin in namespace {request.Namespace} belongs to no Helm release: kustomize or kubectl installed it.",
                    "Name the overlays' folders: --overlays=CONTROL-PLANE,DATA-PLANE; without any, start with a copy of values/kustomize."
                );
        var release = Chosen(request, releases);
        return request.Overlays is null
            ? release
            : throw Refused("--overlays", $"Helm release {release.Name} installed the control plane, not kustomize.", "Leave it out.");
    }

    private static HelmRelease Chosen(ImportRequest request, IReadOnlyList<HelmRelease> releases)
    {
        string[] names = [.. releases.Select(release => release.Name).Order(StringComparer.Ordinal)];
        if (request.Release is { } given)
            return releases.FirstOrDefault(release => release.Name == given)
                ?? throw Refused(
                    "--release",
                    $"Namespace {request.Namespace} of {request.ControlPlane} has no release '{given}' of chart flyte-core with flyteadmin.",
                    Nearest.Remedy(given, names)
                );
        return releases.Count switch
        {
            1 => releases[0],
            0 => throw Refused(
                request.ControlPlane,
                $"Namespace {request.Namespace} has no Helm release of chart flyte-core with flyteadmin.",
                "Name another context with --control-plane, or Flyte's namespace with --namespace."
            ),
            _ => throw Refused(
                request.ControlPlane,
                $"Namespace {request.Namespace} has several releases of chart flyte-core with flyteadmin: {string.Join(", ", names)}.",
                "Name the control plane's with --release=NAME."
            ),
        };
    }

    private JsonObject? Loaded(ImportRequest request, JsonObject? configMap)
    {
        try
        {
            return (string?)configMap?["data"]?[ClusterConfigs.Key] is { } yaml && values.Parse(yaml, ClusterConfigs.Key)["clusters"] is JsonObject section
                ? WithDataPlanes(section)
                : null;
        }
        catch (FormatException exception)
        {
            throw Refused(
                request.ControlPlane,
                $"ConfigMap {LoadedClusterConfigs.AdminConfigMap} cannot be read: {exception.Message}",
                "Correct configmap.clusters in the release's values."
            );
        }
    }

    // The guide's second example has the lists in configmap, beside an empty clusters.
    private static JsonObject? Beside(HelmRelease release) =>
        FlyteReleases.At(release.Config, "configmap") is JsonObject map
            ? WithDataPlanes(new JsonObject(Sections.Where(map.ContainsKey).Select(key => KeyValuePair.Create(key, map[key]?.DeepClone()))))
            : null;

    private static JsonObject? WithDataPlanes(JsonObject section) => ClusterConfigs.Of(section).Clusters.Any(entry => !entry.InCluster) ? section : null;

    private static RefusedException Nothing(ImportRequest request, string place) =>
        Refused(
            request.ControlPlane,
            $"flyteadmin has no data plane in clusterConfigs ({place}): there is nothing to import.",
            "Start with a copy: cp values/fleet.example.yaml values/fleet.yaml."
        );

    private async Task<(IReadOnlyDictionary<Common.Fleets.LabelScope, string>? Rows, string? Failure)> RowsAsync(FlyteContext context, ImportRequest request)
    {
        if (request.FlyteAdmin is not { } settings)
            return (null, null);
        using var admin = FlyteAdminClient.Open(settings, processes, context.Options.Timeout, context.Log);
        try
        {
            return (await admin.ExecutionLabelsAsync(context.Cancellation), null);
        }
        catch (FlyteAdminException exception)
        {
            return (null, exception.IsLogin && settings.Login is null ? LoginNeeded : exception.Message);
        }
    }

    private static RefusedException Refused(string place, string what, string remedy) => new([new Problem(place, what, remedy)]);
}
