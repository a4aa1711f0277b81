using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>The fleet's section <c>cloud</c> on AWS, from the roles of the live service accounts.</summary>
/// <param name="fleet">The fleet.</param>
/// <param name="contexts">The kubeconfig's contexts.</param>
internal sealed class AwsSection(ImportedFleet fleet, IReadOnlyDictionary<string, KubeContext> contexts)
{
    private readonly List<string> _missing = [];

    /// <summary>Composes it.</summary>
    /// <param name="identities">The service accounts' identities.</param>
    /// <param name="workers">The worker Pods'.</param>
    /// <param name="buckets">The buckets.</param>
    public ImportedCloud Compose(IReadOnlyList<LiveIdentity> identities, IReadOnlyList<LiveIdentity> workers, IReadOnlyList<string> buckets)
    {
        ArgumentNullException.ThrowIfNull(identities);
        ArgumentNullException.ThrowIfNull(workers);
        ArgumentNullException.ThrowIfNull(buckets);
        _missing.Clear();
        LiveIdentity[] aws = [.. identities.Where(one => one.Annotation == CloudIdentities.AwsAnnotation)];
        var control = One("flyteadmin and datacatalog", aws.Where(one => one.Account is "flyteadmin" or "datacatalog"), 2);
        var running = fleet.DataPlanes.Count + (fleet.InCluster is null ? 0 : 1);
        var data = One("flytepropeller", aws.Where(one => one.Account == "flytepropeller"), running);
        var work = One($"the worker Pods ({CloudIdentities.AwsVariable} in cluster_resource_manager's customData)", workers, 1);
        if (control is not null && (control == data || control == work))
            _missing.Add($"{control} is the role of both planes, and a fleet has one for each.");
        string[] accounts = [.. new[] { control, data, work }.OfType<string>().Select(arn => arn.Split(':')[4]).Distinct(StringComparer.Ordinal)];
        if (accounts.Length > 1)
            _missing.Add($"the roles belong to several accounts: {string.Join(", ", accounts)}.");
        if (buckets.Count == 0 || buckets.Any(bucket => !IsBucket(bucket)))
            _missing.Add("no bucket of S3 is in flyteadmin's and flytepropeller's configuration.");
        var clusters = Clusters();
        var settings = new AwsSettings
        {
            Region = clusters.GetValueOrDefault(fleet.ControlPlaneName)?.Region ?? string.Empty,
            AccountId = accounts.FirstOrDefault(),
            Buckets = buckets,
            RoleLayout = data is not null && data == work ? RoleLayout.Two : RoleLayout.Three,
        };
        return new ImportedCloud
        {
            Identities = [.. identities, .. workers],
            Clusters = clusters,
            Missing = [.. _missing],
            Aws = settings with
            {
                ControlPlaneRole = Name(control) ?? settings.ControlPlaneRole,
                DataPlaneRole = Name(data) ?? settings.DataPlaneRole,
                WorkersRole = Name(work) ?? settings.WorkersRole,
            },
        };
    }

    private Dictionary<string, EksName> Clusters()
    {
        var planes = fleet.DataPlanes.Select(plane => (plane.Entry.Name, Context: plane.Found?.Name));
        var clusters = new Dictionary<string, EksName>(StringComparer.Ordinal);
        foreach (var (name, context) in planes.Prepend((fleet.ControlPlaneName, fleet.Request.ControlPlane)))
        {
            if (context is not null && EksName.Of(context, contexts[context]) is { } found)
                clusters.Add(name, found);
            else
                _missing.Add($"the kubeconfig does not say which EKS cluster {name} is.");
        }

        foreach (var twice in clusters.GroupBy(one => one.Value).Where(group => group.Count() > 1))
            _missing.Add($"{string.Join(" and ", twice.Select(one => one.Key))} are both EKS cluster {twice.Key.Name}.");
        return clusters;
    }

    // All that have a role have the same, and none is without.
    private string? One(string who, IEnumerable<LiveIdentity> identities, int expected)
    {
        LiveIdentity[] found = [.. identities];
        string[] roles = [.. found.Select(one => one.Identity).Distinct(StringComparer.Ordinal)];
        if (roles.Length > 1)
            _missing.Add($"{who} have several roles: {string.Join(", ", roles)}.");
        else if (found.Length < expected)
            _missing.Add($"{(roles.Length == 0 ? "there is no role" : "not every cluster has the role")} of {who}.");
        var isRole =
            roles.Length == 1 && roles[0].Split(':') is ["arn", _, "iam", "", { Length: 12 }, _] && roles[0].Contains(":role/", StringComparison.Ordinal);
        if (roles.Length == 1 && !isRole)
            _missing.Add($"{roles[0]} of {who} is no role's ARN.");
        return isRole ? roles[0] : null;
    }

    private static string? Name(string? arn) => arn?[(arn.LastIndexOf('/') + 1)..];

    private static bool IsBucket(string name) => name.Length is >= 3 and <= 63 && FleetNames.IsDnsSubdomain(name);
}
