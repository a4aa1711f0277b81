using Flyte.MultiCluster.Common.Fleets;

namespace Flyte.MultiCluster.Common.Cloud.Aws;

/// <summary>One of Flyte's roles: its name, the service accounts it trusts, and what eksctl creates it from.</summary>
/// <param name="Name">Its IAM name.</param>
/// <param name="FirstServiceAccount">The service account that <c>eksctl create iamserviceaccount</c> is given.</param>
/// <param name="IsControlPlane">Whether it is the control plane's, else it is of the clusters that run workflows.</param>
/// <param name="Subjects">The service accounts that it trusts, in each of its clusters.</param>
public sealed record FlyteRole(string Name, string FirstServiceAccount, bool IsControlPlane, IReadOnlyList<string> Subjects)
{
    private const string AnyDefault = "*:default";

    /// <summary>The role of flyteadmin and datacatalog.</summary>
    public static FlyteRole ControlPlane(AwsSettings aws, string ns)
    {
        ArgumentNullException.ThrowIfNull(aws);
        return new FlyteRole(aws.ControlPlaneRole, "flyteadmin", IsControlPlane: true, [$"{ns}:flyteadmin", $"{ns}:datacatalog"]);
    }

    /// <summary>The role of flytepropeller; with two roles also of the worker Pods.</summary>
    public static FlyteRole DataPlane(AwsSettings aws, string ns)
    {
        ArgumentNullException.ThrowIfNull(aws);
        return new FlyteRole(
            aws.DataPlaneRole,
            "flytepropeller",
            IsControlPlane: false,
            aws.RoleLayout == RoleLayout.Two ? [$"{ns}:flytepropeller", AnyDefault] : [$"{ns}:flytepropeller"]
        );
    }

    /// <summary>The role of the worker Pods; null with two roles.</summary>
    public static FlyteRole? Workers(AwsSettings aws)
    {
        ArgumentNullException.ThrowIfNull(aws);
        return aws.RoleLayout == RoleLayout.Two ? null : new FlyteRole(aws.WorkersRole, "default", IsControlPlane: false, [AnyDefault]);
    }

    /// <summary>All roles of the layout.</summary>
    public static IReadOnlyList<FlyteRole> All(AwsSettings aws, string ns) =>
        [.. new[] { ControlPlane(aws, ns), DataPlane(aws, ns), Workers(aws) }.OfType<FlyteRole>()];

    /// <summary>What a plan shows for the ARN of a provider that does not exist yet.</summary>
    public static string KnownAfterApply(EksCluster cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return $"(known after apply: the provider of {cluster.Issuer})";
    }

    /// <summary>The clusters that the role is for.</summary>
    public IReadOnlyList<EksCluster> Clusters(AwsSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return IsControlPlane ? [snapshot.ControlPlane] : snapshot.Workers;
    }

    /// <summary>What it trusts right after eksctl has made it: one service account of its first cluster.</summary>
    /// <param name="snapshot">AWS as it is.</param>
    /// <param name="ns">Flyte's namespace.</param>
    public TrustedCluster TrustedByEksctl(AwsSnapshot snapshot, string ns) =>
        Trusted(snapshot, KnownAfterApply)[0] with
        {
            Subjects = [$"{ns}:{FirstServiceAccount}"],
        };

    /// <summary>What it trusts.</summary>
    /// <param name="snapshot">AWS as it is.</param>
    /// <param name="missing">What stands for the ARN of a provider that is not there yet.</param>
    public IReadOnlyList<TrustedCluster> Trusted(AwsSnapshot snapshot, Func<EksCluster, string> missing)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(missing);
        return
        [
            .. Clusters(snapshot)
                .Select(cluster => new TrustedCluster(cluster.Plane, snapshot.Provider(cluster) ?? missing(cluster), cluster.Issuer, Subjects)),
        ];
    }
}
