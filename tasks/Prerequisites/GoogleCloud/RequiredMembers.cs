using Flyte.MultiCluster.Common.Fleets;

namespace Flyte.MultiCluster.Tasks.Prerequisites.GoogleCloud;

/// <summary>The Kubernetes service accounts that may act as a Google service account.</summary>
/// <param name="Account">The Google service account's e-mail address.</param>
/// <param name="Members">The members of <see cref="Role"/> that its policy must have.</param>
public sealed record RequiredMembers(string Account, IReadOnlyList<string> Members)
{
    /// <summary>The role of workload identity (cloud.google.com/kubernetes-engine/docs/how-to/workload-identity).</summary>
    public const string Role = "roles/iam.workloadIdentityUser";

    /// <summary>
    /// Who acts as what: flyteadmin and datacatalog, flytepropeller, and each project-domain namespace's default. A pool is of all clusters of a project, and
    /// so is a member: another cluster needs no other. Google service accounts that are one have the members of both.
    /// </summary>
    /// <param name="settings">The Google service accounts.</param>
    /// <param name="ns">Flyte's namespace.</param>
    /// <param name="pool">The clusters' workload identity pool.</param>
    /// <param name="namespaces">The project-domain namespaces.</param>
    public static IReadOnlyList<RequiredMembers> Of(GcpSettings settings, string ns, string pool, IEnumerable<string> namespaces)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(namespaces);
        (string Account, string Member)[] pairs =
        [
            (settings.ControlPlane, Member(pool, ns, "flyteadmin")),
            (settings.ControlPlane, Member(pool, ns, "datacatalog")),
            (settings.DataPlane, Member(pool, ns, "flytepropeller")),
            .. namespaces.Select(one => (settings.Workers, Member(pool, one, "default"))),
        ];
        return
        [
            .. new[] { settings.ControlPlane, settings.DataPlane, settings.Workers }
                .Distinct(StringComparer.Ordinal)
                .Select(account => new RequiredMembers(account, [.. pairs.Where(pair => pair.Account == account).Select(pair => pair.Member)])),
        ];
    }

    /// <summary>A Kubernetes service account as IAM names it.</summary>
    /// <param name="pool">The clusters' workload identity pool.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="name">Its name.</param>
    public static string Member(string pool, string ns, string name) => $"serviceAccount:{pool}[{ns}/{name}]";
}
