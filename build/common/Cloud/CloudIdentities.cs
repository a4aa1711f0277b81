using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Kubernetes;

namespace Flyte.MultiCluster.Common.Cloud;

/// <summary>Whom Flyte's Kubernetes service accounts are in the cloud: IAM roles on AWS, service accounts on Google Cloud.</summary>
/// <param name="Annotation">The annotation of a Kubernetes service account that says so, <c>eks.amazonaws.com/role-arn</c>.</param>
/// <param name="Variable">The variable of flyteadmin's cluster resource templates with the workers' identity, <c>defaultIamRole</c> (charts/flyte-core,
/// values-eks.yaml, values-gcp.yaml).</param>
/// <param name="ControlPlane">flyteadmin's and datacatalog's: a role's ARN, or an e-mail address.</param>
/// <param name="DataPlane">flytepropeller's.</param>
/// <param name="Workers">The worker Pods'.</param>
public sealed record CloudIdentities(string Annotation, string Variable, string ControlPlane, string DataPlane, string Workers)
{
    /// <summary>The annotation of Flyte's own pods with their identity: a pod gets its role when it is made, so that one that changes has to make new
    /// pods.</summary>
    public const string PodAnnotation = $"{FieldManagers.Tool}/cloud-identity";

    private const string Unknown = "(known after apply";

    /// <summary>Whether an identity is one, and not what stands for a role that is not there yet.</summary>
    public static bool IsKnown(string identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return !identity.StartsWith(Unknown, StringComparison.Ordinal);
    }

    /// <summary>Flyte's own service accounts in a cluster, by name, with what they are in the cloud.</summary>
    /// <param name="isControlPlane">Whether flyteadmin and datacatalog run there.</param>
    /// <param name="runsWorkflows">Whether flytepropeller runs there.</param>
    public IEnumerable<KeyValuePair<string, string>> ServiceAccounts(bool isControlPlane, bool runsWorkflows)
    {
        if (isControlPlane)
        {
            yield return new("flyteadmin", ControlPlane);
            yield return new("datacatalog", ControlPlane);
        }

        if (runsWorkflows)
            yield return new("flytepropeller", DataPlane);
    }

    /// <summary>The annotation with the IAM role that a service account acts as on AWS.</summary>
    public const string AwsAnnotation = "eks.amazonaws.com/role-arn";

    /// <summary>The variable of flyteadmin's cluster resource templates with the worker Pods' IAM role.</summary>
    public const string AwsVariable = "defaultIamRole";

    /// <summary>The annotation with the Google service account that a Kubernetes service account acts as.</summary>
    public const string GoogleAnnotation = "iam.gke.io/gcp-service-account";

    /// <summary>The identities of a fleet's roles.</summary>
    /// <param name="aws">The roles.</param>
    /// <param name="arn">A role's ARN, by name.</param>
    public static CloudIdentities OfRoles(AwsSettings aws, Func<string, string> arn)
    {
        ArgumentNullException.ThrowIfNull(aws);
        ArgumentNullException.ThrowIfNull(arn);
        var dataPlane = arn(aws.DataPlaneRole);
        return new CloudIdentities(
            AwsAnnotation,
            AwsVariable,
            arn(aws.ControlPlaneRole),
            dataPlane,
            aws.RoleLayout == RoleLayout.Two ? dataPlane : arn(aws.WorkersRole)
        );
    }

    /// <summary>The identities of a fleet on Google Cloud.</summary>
    public static CloudIdentities OfAccounts(GcpSettings gcp)
    {
        ArgumentNullException.ThrowIfNull(gcp);
        return new CloudIdentities(GoogleAnnotation, "gsa", gcp.ControlPlane, gcp.DataPlane, gcp.Workers);
    }

    // What stands for a role that is not there yet.
    internal static string KnownAfterApply(string role) => $"{Unknown}: role {role})";
}
