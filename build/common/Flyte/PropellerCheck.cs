using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>What a change of a cluster's flytepropeller would do to the executions that are under way there.</summary>
/// <param name="run">The run.</param>
/// <param name="cluster">The cluster.</param>
public sealed class PropellerCheck(FleetRun run, ClusterRun cluster)
{
    private const string Deployment = "flytepropeller";

    private Task<JsonObject?>? _deployment;
    private Task<IReadOnlyList<string>>? _unfinished;

    /// <summary>Begins to read the live Deployment, beside other reads.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    public PropellerCheck Begin(CancellationToken cancellationToken)
    {
        _ = DeploymentAsync(cancellationToken);
        return this;
    }

    /// <summary>The live name of a release's flytepropeller.</summary>
    /// <param name="live">The release; null for none.</param>
    /// <returns>The name; null where there is none.</returns>
    public static string? Live(HelmRelease? live)
    {
        var inForce = live?.Deployed ?? live;
        return inForce is null ? null : PropellerName.OfValues(inForce.Config) ?? PropellerName.OfValues(inForce.ChartValues);
    }

    /// <summary>The name that the live Deployment gives.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>Whether there is a Deployment, and its name; null for none.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<(bool IsThere, string? Name)> LiveAsync(CancellationToken cancellationToken) =>
        await DeploymentAsync(cancellationToken) is { } deployment ? (true, PropellerName.OfDeployment(deployment)) : (false, null);

    /// <summary>What is wrong with a change of a release's values: it would give flytepropeller another name under running executions.</summary>
    /// <param name="live">The live release; null for none.</param>
    /// <param name="wanted">The values that it would get, over the chart's.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>The problem; null where there is none.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<Problem?> RenamedAsync(HelmRelease? live, JsonObject wanted, CancellationToken cancellationToken)
    {
        if (!run.Chart.IsOn(wanted, "flytepropeller", "enabled"))
            return null;
        var name = PropellerName.OfValues(wanted) ?? PropellerName.OfValues(run.Chart.Defaults);
        var (isThere, given) = await LiveAsync(cancellationToken);
        return await RenamedAsync(isThere ? given ?? FileName(live) : Live(live), name, cancellationToken);
    }

    /// <summary>What is wrong with a change to another revision: its flytepropeller has another name than the live one.</summary>
    /// <param name="target">The revision.</param>
    /// <param name="values">Reads YAML as Helm does.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>The problem; null where there is none.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="FormatException">Its manifest is not YAML.</exception>
    public async Task<Problem?> RenamedAsync(HelmRelease target, IHelmValues values, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        var deployments = ManifestObjects.OfKind(target.Manifest, "Deployment", values);
        if (deployments.FirstOrDefault(found => (string?)found["metadata"]?["name"] == Deployment) is not { } deployment)
            return null;
        var (isThere, name) = await LiveAsync(cancellationToken);
        return isThere ? await RenamedAsync(name, PropellerName.OfDeployment(deployment), cancellationToken) : null;
    }

    /// <summary>What is wrong with a change of flytepropeller's name.</summary>
    /// <param name="live">Its name; null for none.</param>
    /// <param name="wanted">The name that it would get; null for none.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The problem; null where there is none.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<Problem?> RenamedAsync(string? live, string? wanted, CancellationToken cancellationToken)
    {
        if (PropellerName.Same(live, wanted))
            return null;
        var unfinished = await UnfinishedAsync(cancellationToken);
        if (unfinished.Count == 0)
            return null;
        var wait = $"wait until they have ended ({UnfinishedWorkflows.Command(cluster.Context)} lists them), and run again.";
        return new Problem(
            cluster.Name,
            $"flytepropeller would change its name ({PropellerName.Argument}) from {PropellerName.Format(live)} to {PropellerName.Format(wanted)}, "
                + $"and {UnfinishedWorkflows.Named(unfinished)}. flyteadmin refuses events with a name other than the one that an execution was "
                + "started with, and flytepropeller then ends the execution.",
            PropellerName.IsFree(live)
                ? $"Remove flytepropeller.clusterName from the values files, or {PropellerName.Argument} from the overlay: "
                    + $"without a name all its events are accepted. Or {wait}"
                : $"Keep the name {PropellerName.Format(live)} in the values files or the overlay, if it is the cluster's name in clusterConfigs; "
                    + $"otherwise {wait}"
        );
    }

    /// <summary>The name for flytepropeller in an installation that is written now.</summary>
    /// <param name="files">What the user's files say; null for nothing.</param>
    /// <param name="live">What is live; null for nothing.</param>
    /// <param name="isInstalled">Whether flytepropeller was installed before.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The name; null to leave it to the files.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<string?> ChooseAsync(string? files, string? live, bool isInstalled, CancellationToken cancellationToken)
    {
        // The control plane's own flytepropeller needs none, and had executions before there were clusters.
        var isNew = cluster is DataPlaneRun && !isInstalled && files is null && (await UnfinishedAsync(cancellationToken)).Count == 0;
        return PropellerName.Choose(cluster.Name, files, live, isNew);
    }

    private Task<IReadOnlyList<string>> UnfinishedAsync(CancellationToken cancellationToken) =>
        _unfinished ??= UnfinishedWorkflows.ListAsync(cluster.Api, cancellationToken);

    private Task<JsonObject?> DeploymentAsync(CancellationToken cancellationToken) =>
        _deployment ??= cluster.Api.GetAsync(KubernetesPaths.Deployment(run.Namespace, Deployment), cancellationToken);

    // The configuration file's name, of which the Deployment says nothing.
    private static string? FileName(HelmRelease? live) => (live?.Deployed ?? live)?.Config["configmap"]?["core"]?["propeller"]?["cluster-id"]?.ToString();
}
