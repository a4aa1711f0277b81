using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;

namespace Flyte.MultiCluster.Tasks.Verification.Cloud;

/// <summary>
/// The live service accounts name their cloud identities: flyteadmin, datacatalog, flytepropeller; and, where it is missing a warning, for syncresources
/// comes by at an interval, <c>default</c> of the projects' namespaces.
/// </summary>
internal sealed class CloudIdentityCheck()
    : ClusterCheck(
        CheckNames.CloudIdentity,
        "the live service accounts flyteadmin, datacatalog and flytepropeller have their role's ARN, or the Google service account's address",
        CheckSeverity.Fails
    )
{
    private const string Defaults = "/api/v1/serviceaccounts?fieldSelector=metadata.name%3Ddefault";
    private const int MostNamed = 4;

    /// <inheritdoc/>
    protected override async Task<string?> SkippedAsync(VerifyContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Run.Run.Fleet is { Aws: null, Gcp: null })
            return CloudReasons.NoCloud;
        return context.Aws is not null && await context.BlockedByAsync(null, CheckNames.CloudLogin) is { } blocker ? $"blocked by {blocker}" : null;
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Finding>> FindAsync(VerifyContext context, ClusterSnapshot cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cluster);
        var identities = await IdentitiesAsync(context);
        var runs = context.Running.Contains(cluster);
        var findings = new List<Finding>();
        var seen = new List<string>();
        foreach (var (name, identity) in identities.ServiceAccounts(cluster == context.Control, runs))
        {
            // A role that is not there is another check's, and so is a Deployment.
            if (identity.Length == 0 || await cluster.DeploymentAsync(name) is null)
                continue;
            seen.Add(name);
            if (Wrong(await cluster.CoreAsync("serviceaccounts", name), identities.Annotation, identity) is { } wrong)
                findings.Add(
                    Finding.Failed(
                        $"Service account {cluster.Namespace}/{name} {wrong}.",
                        "Run AddDataPlane, which annotates it; undo changes made by hand, and restart its pods."
                    )
                );
        }

        if (
            runs
            && identities.Workers.Length > 0
            && cluster.Cluster is not DataPlaneRun { Spec.Enabled: false }
            && await OfWorkersAsync(context, cluster, identities) is { } workers
        )
            findings.Add(workers);
        return findings.Count > 0
            ? findings
            :
            [
                seen.Count > 0
                    ? Finding.Ok($"{identities.Annotation} is correct on {string.Join(", ", seen)}")
                    : Finding.Skipped("there are no service accounts of Flyte to check"),
            ];
    }

    private static async Task<CloudIdentities> IdentitiesAsync(VerifyContext context)
    {
        if (context.Aws is not { } aws)
            return CloudIdentities.OfAccounts(context.Run.Run.Fleet.Gcp!);
        var arns = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (
            var role in new[] { aws.Settings.ControlPlaneRole, aws.Settings.DataPlaneRole, aws.Settings.WorkersRole }.Take(
                aws.Settings.RoleLayout == RoleLayout.Two ? 2 : 3
            )
        )
            arns[role] = (await aws.TryRoleAsync(role))?.Arn ?? string.Empty;
        return CloudIdentities.OfRoles(aws.Settings, name => arns[name]);
    }

    private static async Task<Finding?> OfWorkersAsync(VerifyContext context, ClusterSnapshot cluster, CloudIdentities identities)
    {
        var namespaces = await context.WorkloadNamespacesAsync();
        if (namespaces.Count == 0)
            return null;
        var wrong = (await cluster.ListAsync(Defaults))
            .Select(account => (Account: account, Namespace: (string?)account["metadata"]?["namespace"] ?? string.Empty))
            .Where(found => namespaces.Contains(found.Namespace) && Wrong(found.Account, identities.Annotation, identities.Workers) is not null)
            .ToArray();
        if (wrong.Length == 0)
            return null;
        var named = string.Join(", ", wrong.Take(MostNamed).Select(found => found.Namespace));
        return Finding.Warning(
            $"Service account default {Wrong(wrong[0].Account, identities.Annotation, identities.Workers)} in {wrong.Length} of the projects' "
                + $"namespaces: {named}{(wrong.Length > MostNamed ? ", …" : string.Empty)}.",
            $"syncresources sets it at its next refresh; if it persists, look at its log and at the template that uses {identities.Variable} "
                + "(ConfigMap clusterresource-template). Cluster resource attributes of the project may set another on purpose."
        );
    }

    private static string? Wrong(JsonObject? account, string annotation, string identity)
    {
        if (account is null)
            return "is missing";
        return (string?)account["metadata"]?["annotations"]?[annotation] switch
        {
            null => $"has no {annotation}; it should be {identity}",
            var live when live != identity => $"has {annotation} {live}; it should be {identity}",
            _ => null,
        };
    }
}
