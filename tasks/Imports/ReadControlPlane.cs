using System.Text.Json.Nodes;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
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
[TaskName(nameof(ReadControlPlane))]
[TaskDescription("Read the control plane of --control-plane: its release, clusters, labels and credentials")]
public sealed class ReadControlPlane(IHelmValues values, KubeconfigClusters clusters, OptionValues options, ChildProcessRunner processes)
    : AsyncFrostingTask<FlyteContext>
{
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
            $"release {control.Release.Name}, chart {control.Release.ChartName} {control.Release.ChartVersion}: "
                + $"{control.Clusters.Clusters.Count} clusters, {control.Clusters.Labels.Count} labels"
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
        var release = Chosen(request, await releases);
        var loaded = Loaded(request, await configMap);
        var section = loaded ?? Beside(release) ?? throw Nothing(request);
        return new ImportedControlPlane(release, ClusterConfigs.Of(section), section, await secret)
        {
            IsLoaded = loaded is not null,
            Rows = (await rows).Rows,
            RowsFailure = (await rows).Failure,
        };
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
                "Name another context with --control-plane, or Flyte's namespace with --namespace. What kustomize installed is not imported: write the fleet "
                    + "with flyte.install: kustomize."
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

    private static RefusedException Nothing(ImportRequest request) =>
        Refused(
            request.ControlPlane,
            $"flyteadmin has no data plane in clusterConfigs (ConfigMap {LoadedClusterConfigs.AdminConfigMap}): there is nothing to import.",
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
            return (null, exception.Message);
        }
    }

    private static RefusedException Refused(string place, string what, string remedy) => new([new Problem(place, what, remedy)]);
}
