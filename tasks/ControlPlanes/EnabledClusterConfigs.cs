using System.Globalization;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ValuesOverrides;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>
/// What keeps new flyteadmin pods from starting. flyteadmin reads the credential of every cluster in clusterConfigs, also of the disabled ones, and
/// ends without; its selector takes no weight outside of 0 to 1, and no configuration without an enabled cluster; and its init container
/// <c>sync-cluster-resources</c> reaches all enabled clusters (the chart's templates/admin/deployment.yaml): those that this run has not proven
/// are tried with what is stored.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
internal sealed class EnabledClusterConfigs(FlyteContext context, IHelmValues values)
{
    private const string List = "configmap.clusters.clusterConfigs";

    /// <summary>Refuses new flyteadmin pods that would not start.</summary>
    /// <param name="wanted">The values that the control plane would get.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <param name="proven">The data planes whose credentials are proven; null for all that take part.</param>
    /// <exception cref="RefusedException">They would not: all reasons.</exception>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public async Task RefuseBlockedAsync(JsonObject wanted, CancellationToken cancellationToken, IEnumerable<DataPlaneRun>? proven = null)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var clusters = ClusterConfigs.Of(wanted["configmap"]?["clusters"] as JsonObject ?? []);
        var names = await new TwoNames(context.Run).ProblemsAsync(clusters, cancellationToken);
        if (names.Count > 0)
            throw new RefusedException(names);
        await RefuseBlockedAsync(clusters, HasInitContainer(wanted), cancellationToken, proven);
    }

    /// <summary>Refuses new flyteadmin pods that would not start with these clusters.</summary>
    /// <param name="wanted">The configuration that flyteadmin would get.</param>
    /// <param name="reachesAll">Whether flyteadmin has the init container that reaches all enabled clusters.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <param name="proven">The data planes whose credentials are proven, or will be before the pods start; null for all that take part.</param>
    /// <exception cref="RefusedException">They would not: all reasons.</exception>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public async Task RefuseBlockedAsync(ClusterConfigs wanted, bool reachesAll, CancellationToken cancellationToken, IEnumerable<DataPlaneRun>? proven = null)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var known = (proven ?? context.Run.Active).Select(plane => plane.Name).ToHashSet(StringComparer.Ordinal);
        ClusterEntry[] others = [.. wanted.Clusters.Where(cluster => !cluster.InCluster && !known.Contains(cluster.Name))];
        var data = others.Length == 0 ? null : (await new CredentialsSecret(context.Run).ReadAsync(cancellationToken))?["data"] as JsonObject;
        var unread = others.Select(cluster => (Cluster: cluster, Problem: Unreadable(cluster, data))).ToArray();
        var dead = await Task.WhenAll(
            unread
                .Where(one => one.Problem is null && reachesAll && one.Cluster is { Enabled: true, Endpoint.Length: > 0 })
                .Select(one => UnreachableAsync(one.Cluster, data, cancellationToken))
        );
        Problem[] problems =
        [
            .. new[] { Twice(wanted), NoneEnabled(wanted) }.Concat(Weights(wanted)).Concat(unread.Select(one => one.Problem)).Concat(dead).OfType<Problem>(),
        ];
        if (problems.Length > 0)
            throw new RefusedException(problems);
    }

    private static Problem? Twice(ClusterConfigs wanted)
    {
        string[] twice =
        [
            .. wanted.Clusters.GroupBy(cluster => cluster.Name, StringComparer.Ordinal).Where(entries => entries.Count() > 1).Select(entries => entries.Key),
        ];
        return twice.Length == 0
            ? null
            : new Problem(
                List,
                $"It names {string.Join(", ", twice)} more than once, and flyteadmin does not start with that.",
                "Remove the second entry where the list is set."
            );
    }

    private static Problem? NoneEnabled(ClusterConfigs wanted) =>
        wanted.Clusters.Count == 0 || wanted.Clusters.Any(cluster => cluster.Enabled)
            ? null
            : new Problem(
                List,
                "No cluster would be enabled, and flyteadmin does not start with that.",
                "Leave one data plane of the fleet enabled, or set controlPlane.runsWorkflows: true."
            );

    // Of clusters that are not enabled no weight is looked at (random_cluster_selector.go).
    private IEnumerable<Problem> Weights(ClusterConfigs wanted) =>
        from label in wanted.Labels
        from member in label.Value
        where member.Weight is < 0 or > 1 && wanted.Clusters.Any(cluster => cluster.Name == member.Id && cluster.Enabled)
        select new Problem(
            $"label {label.Key}",
            string.Create(
                CultureInfo.InvariantCulture,
                $"It gives {member.Id} the weight {member.Weight}, and flyteadmin does not start with a weight outside of 0 to 1."
            ),
            $"Correct it in configmap.clusters.labelClusterMap of {Place(section => Maps(section, label.Key))}."
        );

    private static bool Maps(JsonNode section, string label) =>
        section["labelClusterMap"] is JsonObject labels && labels.Any(one => string.Equals(one.Key, label, StringComparison.OrdinalIgnoreCase));

    // What this run stores is there by then. A file that is mounted from elsewhere cannot be looked at.
    private Problem? Unreadable(ClusterEntry cluster, JsonObject? data)
    {
        string[] missing =
        [
            .. new[]
            {
                Missing(cluster.TokenPath, "tokenPath", data),
                Missing(cluster.CertPath, "certPath", data) ?? DescribeInvalidCertificate(cluster.CertPath!, data),
            }.OfType<string>(),
        ];
        return missing.Length == 0
            ? null
            : new Problem(
                cluster.Name,
                $"clusterConfigs has it, {(cluster.Enabled ? "enabled" : "disabled")}, and {string.Join(" and ", missing)}: flyteadmin reads the "
                    + "credentials of all clusters when it starts, also of disabled ones, and exits if one is missing.",
                StoreRemedy(cluster)
            );
    }

    private string? Missing(string? path, string field, JsonObject? data) =>
        string.IsNullOrEmpty(path) ? $"its entry has no auth.{field}"
        : CredentialsSecret.KeyAt(path) is { } key
        && data?[key] is null
        && !context.Run.Active.Any(plane => key == plane.Spec.TokenKey || key == plane.Spec.CaKey)
            ? $"Secret {CredentialsSecret.Name} has no '{key}'"
        : null;

    // One that this run stores is proven before.
    private static string? DescribeInvalidCertificate(string path, JsonObject? data)
    {
        if (CredentialsSecret.KeyAt(path) is not { } key || EncodedText.Of((string?)data?[key] ?? string.Empty) is not { } pem)
            return null;
        var certificates = GoPem.Certificates(pem);
        foreach (var certificate in certificates)
            certificate.Dispose();
        return pem.Length == 0 || certificates.Count > 0 ? null : $"'{key}' of Secret {CredentialsSecret.Name} holds no certificate that it can parse";
    }

    private string StoreRemedy(ClusterEntry cluster)
    {
        var plane = context.Run.DataPlanes.FirstOrDefault(plane => plane.Name == cluster.Name);
        var remove =
            $"remove its entry from {List} of "
            + $"{Place(section => (section["clusterConfigs"] as JsonArray ?? []).Any(entry => (string?)entry?["name"] == cluster.Name))}";
        return plane switch
        {
            { Failure: not null } => $"Fix the cluster, and run again: that stores its credential. Or {remove}.",
            { LeftOutReason: not null } => $"Make the cluster answer, and run again: that stores its credential. Or remove it from the fleet, and {remove}.",
            _ when context.Run.Fleet.DataPlanes.Any(named => named.Name == cluster.Name) =>
                "Run without --cluster, or with this cluster too: that stores its credential.",
            _ => $"Run AddDataPlane with the fleet that names it, which stores its credential; or {remove}.",
        };
    }

    // Values files come first: what they have can be corrected there.
    private string Place(Func<JsonObject, bool> has)
    {
        if (context.Run.IsKustomize)
            return "flyteadmin's ConfigMap, in the overlay or in the cluster";
        var files = new OverrideFile(context, null, values)
            .BaseFiles.Where(File.Exists)
            .Where(file => values.Parse(File.ReadAllText(file), file)["configmap"]?["clusters"] is JsonObject section && has(section));
        return files.LastOrDefault()
            ?? $"release {context.Run.ControlPlane.Spec.Release}, the only place that has it: helm get values "
                + $"{context.Run.ControlPlane.Spec.Release} -n {context.Run.Namespace} --kube-context {context.Run.ControlPlane.Context} shows it, "
                + "and helm upgrade with the corrected values sets it";
    }

    private async Task<Problem?> UnreachableAsync(ClusterEntry cluster, JsonObject? data, CancellationToken cancellationToken)
    {
        try
        {
            var credential = new ClusterCredential(Stored(data, cluster.TokenPath), Stored(data, cluster.CertPath));
            await CredentialProof.ProveAsync(cluster.Name, cluster.Endpoint!, credential, context.Run.Namespace, cancellationToken, context.Log);
            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or KubernetesApiException or FormatException)
        {
            var isOurs = context.Run.Fleet.DataPlanes.Any(plane => plane.Name == cluster.Name);
            return new Problem(
                cluster.Name,
                $"It stays enabled in flyteadmin's configuration, and no new flyteadmin pod starts while an enabled cluster does not work. {exception.Message}",
                isOurs
                    ? "Fix the cluster; or write enabled: false for it in the fleet, remove it from the labels, and run "
                        + $"again{(context.Options.Clusters.Count > 0 ? " without --cluster" : string.Empty)}."
                    : $"Fix the cluster; or disable it: add {{name: {cluster.Name}, context: {cluster.Name}, enabled: false}} to dataPlanes here, "
                        + "or enabled: false where another fleet names it. It need not answer, and its context need not exist."
            );
        }
    }

    private static string Stored(JsonObject? data, string? path)
    {
        var key = CredentialsSecret.KeyAt(path) ?? path;
        return (string?)data?[key ?? string.Empty] ?? throw new InvalidOperationException($"Secret {CredentialsSecret.Name} has no '{key}'.");
    }

    private bool HasInitContainer(JsonObject wanted) =>
        context.Run.Chart.IsOn(wanted, "cluster_resource_manager", "enabled")
        && !context.Run.Chart.IsOn(wanted, "cluster_resource_manager", "standalone_deploy");
}
