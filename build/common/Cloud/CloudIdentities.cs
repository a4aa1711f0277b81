using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;

namespace Flyte.MultiCluster.Common.Cloud;

/// <summary>Whom Flyte's Kubernetes service accounts are in the cloud: IAM roles on AWS, service accounts on Google Cloud.</summary>
/// <param name="Annotation">The annotation of a Kubernetes service account that says so, <c>eks.amazonaws.com/role-arn</c>.</param>
/// <param name="Variable">The variable of flyteadmin's cluster resource templates with the workers' identity, <c>defaultIamRole</c> (charts/flyte-core, values-eks.yaml, values-gcp.yaml).</param>
/// <param name="ControlPlane">flyteadmin's and datacatalog's: a role's ARN, or an e-mail address.</param>
/// <param name="DataPlane">flytepropeller's.</param>
/// <param name="Workers">The worker Pods'.</param>
public sealed record CloudIdentities(string Annotation, string Variable, string ControlPlane, string DataPlane, string Workers)
{
    /// <summary>The annotation of Flyte's own pods with their identity: a pod gets its role when it is made, so that one that changes has to make new pods.</summary>
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

    /// <summary>
    /// The identities of the fleet, for values that are written now. ARNs are read from IAM, never made up: in a plan, what stands for a role that is not
    /// there yet says so.
    /// </summary>
    /// <param name="context">The run.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    /// <returns>The identities; null where the fleet has no cloud.</returns>
    /// <exception cref="InvalidOperationException">A role is not there, and this is no plan.</exception>
    /// <exception cref="RefusedException">AWS cannot be worked on.</exception>
    public static Task<CloudIdentities?> OfAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return OfAsync(context, role => context.Gate.IsOpen ? throw new InvalidOperationException($"There is no role {role} yet, and its ARN belongs in the values. Run {TargetNames.Prerequisites}, or {TargetNames.AddDataPlane}, first.") : KnownAfterApply(role), cancellationToken);
    }

    /// <summary>The identities as they will be, for checks before the first write: roles may be made by then.</summary>
    /// <param name="context">The run.</param>
    /// <param name="cancellationToken">Ends the reads.</param>
    /// <returns>The identities; null where the fleet has no cloud.</returns>
    /// <exception cref="RefusedException">AWS cannot be worked on.</exception>
    public static Task<CloudIdentities?> ForeseenAsync(FlyteContext context, CancellationToken cancellationToken) => OfAsync(context, KnownAfterApply, cancellationToken);

    /// <summary>The identities of a fleet's roles.</summary>
    /// <param name="aws">The roles.</param>
    /// <param name="arn">A role's ARN, by name.</param>
    public static CloudIdentities OfRoles(AwsSettings aws, Func<string, string> arn)
    {
        ArgumentNullException.ThrowIfNull(aws);
        ArgumentNullException.ThrowIfNull(arn);
        var dataPlane = arn(aws.DataPlaneRole);
        return new CloudIdentities("eks.amazonaws.com/role-arn", "defaultIamRole", arn(aws.ControlPlaneRole), dataPlane, aws.RoleLayout == RoleLayout.Two ? dataPlane : arn(aws.WorkersRole));
    }

    /// <summary>The identities of a fleet on Google Cloud.</summary>
    public static CloudIdentities OfAccounts(GcpSettings gcp)
    {
        ArgumentNullException.ThrowIfNull(gcp);
        return new CloudIdentities("iam.gke.io/gcp-service-account", "gsa", gcp.ControlPlane, gcp.DataPlane, gcp.Workers);
    }

    private static async Task<CloudIdentities?> OfAsync(FlyteContext context, Func<string, string> missing, CancellationToken cancellationToken)
    {
        if (context.Run.Fleet.Gcp is { } gcp)
            return OfAccounts(gcp);
        if (context.Run.Fleet.Aws is not { } aws)
            return null;
        var roles = await RolesAsync(context, cancellationToken);
        return OfRoles(aws, name => roles.GetValueOrDefault(name)?.Arn ?? missing(name));
    }

    // Three ARNs want no more than the roles, where this run makes none.
    private static async Task<IReadOnlyDictionary<string, IamRole>> RolesAsync(FlyteContext context, CancellationToken cancellationToken)
        => context.Run.State.Of<AwsReadings>().Snapshot.Value is not null || context.WillRun(TargetNames.CheckAws) || context.WillRun(TargetNames.Prerequisites)
            ? (await AwsCheck.EnsureAsync(context, cancellationToken)).Roles
            : await context.Run.State.Of<AwsReadings>().Roles.GetAsync(() => AwsCheck.RolesAsync(context, cancellationToken));

    private static string KnownAfterApply(string role) => $"{Unknown}: role {role})";
}
