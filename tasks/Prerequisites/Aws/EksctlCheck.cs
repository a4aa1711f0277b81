using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;

namespace Flyte.MultiCluster.Tasks.Prerequisites.Aws;

/// <summary>eksctl is on PATH where something is missing that it creates.</summary>
internal sealed class EksctlCheck()
    : CloudCheck<CheckContext>(
        "eksctl",
        "on AWS: eksctl is on PATH where something is missing that it creates",
        CheckTime.BeforeChange,
        CheckSeverity.Refuses,
        CheckNames.CloudLogin
    )
{
    /// <inheritdoc/>
    protected override IEnumerable<CheckSubject> Of(CheckContext context, AwsView aws)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(aws);
        yield return new CheckSubject("eksctl", null, async () => [await FindAsync(context, aws)]);
    }

    private static async Task<Finding> FindAsync(CheckContext context, AwsView aws)
    {
        if (context.Run.Options.WithoutEksctl)
            return Finding.Skipped("--without-eksctl");
        if (context.Services.Eksctl.IsOnPath)
            return Finding.Ok("it is on PATH");
        if (await aws.SnapshotAsync() is not { } snapshot)
            return Finding.Skipped($"blocked by {CheckNames.OidcProvider}");
        string[] needed =
        [
            .. snapshot.Clusters.Where(cluster => snapshot.Provider(cluster) is null).Select(cluster => $"the OIDC provider of {cluster.Plane}"),
            .. aws.Roles.Where(role => !snapshot.Roles.ContainsKey(role.Name)).Select(role => $"role {role.Name}"),
        ];
        return needed.Length == 0
            ? Finding.Ok("nothing is missing that it creates")
            : Finding.Refused(
                $"It is not on PATH, and it is needed to create {string.Join(", ", needed)}.",
                "Install it (https://eksctl.io), or give --without-eksctl: the aws CLI then creates the same."
            );
    }
}
