using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>Makes a role that is missing; an existing one gets the policy if that is missing, and is kept otherwise.</summary>
/// <param name="context">The run.</param>
/// <param name="snapshot">AWS as it is.</param>
/// <param name="aws">The aws commands.</param>
/// <param name="eksctl">The eksctl commands.</param>
internal sealed class RoleCreation(FlyteContext context, AwsSnapshot snapshot, AwsTools aws, EksctlRunner eksctl)
{
    private const string Kind = "IamRole";

    private string Region => context.Run.Fleet.Aws!.Region;

    private IamRoleRunner Roles => aws.Roles;

    /// <summary>Makes the role, or attaches the policy that it is missing.</summary>
    /// <param name="role">The role; null where the layout has none.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <exception cref="AwsException">AWS refused.</exception>
    /// <exception cref="EksctlException">eksctl failed.</exception>
    /// <exception cref="InvalidOperationException">eksctl made no role.</exception>
    public async Task<StageResult> RunAsync(FlyteRole? role, CancellationToken cancellationToken)
    {
        if (role is null)
            return StageResult.Skipped("with roleLayout two the worker Pods use the data plane's role");
        if (!snapshot.Roles.ContainsKey(role.Name))
        {
            var cluster = role.Clusters(snapshot)[0];
            var change = new Change(
                AwsStage.Place,
                Kind,
                null,
                role.Name,
                ChangeAction.Create,
                $"{(context.Options.WithoutEksctl ? "by the aws CLI" : $"by eksctl, for {role.FirstServiceAccount} in {cluster.Name}")}, its ARN "
                    + "is known after apply"
            )
            {
                Difference = context.Options.WithoutEksctl ? PolicyDifference.Of("TrustPolicy", role.Name, null, ForeseenTrust(role).Document) : null,
            };
            if (context.Options.WithoutEksctl)
                ReportTrust(role);
            if (!await context.Gate.PassAsync(change, (permit, end) => CreateAsync(permit, role, cluster, end), cancellationToken))
                return StageResult.Done;
        }

        return await AttachAsync(role, cancellationToken);
    }

    private async Task CreateAsync(ChangePermit permit, FlyteRole role, EksCluster cluster, CancellationToken cancellationToken)
    {
        if (context.Options.WithoutEksctl)
        {
            var trust = TrustDocument.Merge(null, role.Trusted(snapshot, NoProvider), snapshot.Caller.Account);
            snapshot.Roles[role.Name] = await Roles.CreateAsync(permit, Region, role.Name, PolicyJson.Text(trust.Document), cancellationToken);
            await Roles.PutAttachmentAsync(permit, Region, role.Name, Policy().Arn, cancellationToken);
            return;
        }

        await eksctl.CreateRoleAsync(
            permit,
            new EksctlServiceAccountSettings
            {
                Cluster = cluster.Name,
                Region = cluster.Region,
                Name = role.FirstServiceAccount,
                Namespace = context.Run.Namespace,
                RoleName = role.Name,
                PolicyArn = Policy().Arn,
            },
            cancellationToken
        );
        snapshot.Roles[role.Name] =
            await Roles.GetAsync(Region, role.Name, cancellationToken)
            ?? throw new InvalidOperationException(
                $"eksctl succeeded and created no role {role.Name}: a CloudFormation stack for {context.Run.Namespace}/{role.FirstServiceAccount} "
                    + $"in {cluster.Name} already exists. Delete it (eksctl delete iamserviceaccount --cluster {cluster.Name} --region "
                    + $"{cluster.Region} --namespace {context.Run.Namespace} --name {role.FirstServiceAccount}), or run with --without-eksctl."
            );
    }

    private async Task<StageResult> AttachAsync(FlyteRole role, CancellationToken cancellationToken)
    {
        var attached = await Roles.AttachedPoliciesAsync(Region, role.Name, cancellationToken);
        var name = context.Run.Fleet.Aws!.PolicyName;
        if (snapshot.Policy is { } there && attached.Contains(there.Arn, StringComparer.Ordinal))
            return StageResult.Done;
        var change = new Change(AwsStage.Place, Kind, null, role.Name, ChangeAction.Update, $"attach policy {name}");
        await context.Gate.PassAsync(change, (permit, end) => Roles.PutAttachmentAsync(permit, Region, role.Name, Policy().Arn, end), cancellationToken);
        return StageResult.Done;
    }

    private void ReportTrust(FlyteRole role)
    {
        context.Report(AwsStage.Place, $"trust policy of {role.Name}:");
        foreach (var line in ForeseenTrust(role).Difference())
            context.Report(AwsStage.Place, line);
    }

    private TrustDocument ForeseenTrust(FlyteRole role) =>
        TrustDocument.Merge(null, role.Trusted(snapshot, FlyteRole.KnownAfterApply), snapshot.Caller.Account);

    private IamPolicy Policy() =>
        snapshot.Policy
        ?? throw new InvalidOperationException(
            $"There is no policy {context.Run.Fleet.Aws!.PolicyName} yet. Run without --exclusive, or CreateIamPolicy first."
        );

    private static string NoProvider(EksCluster cluster) =>
        throw new InvalidOperationException($"{cluster.Plane} has no OIDC provider yet. Run without --exclusive, or AssociateOidcProvider first.");
}
