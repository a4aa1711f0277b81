using System.Text.Json.Nodes;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Aws;

/// <summary>A role as IAM has it.</summary>
/// <param name="Arn">Its ARN.</param>
/// <param name="Trust">Its trust policy.</param>
public sealed record IamRole(string Arn, JsonObject Trust);

/// <summary>Runs <c>aws iam</c> for roles.</summary>
public sealed class IamRoleRunner : AwsTool
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public IamRoleRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools, TimeProvider time)
        : base(fileSystem, environment, processRunner, tools, time) { }

    /// <summary>Reads a role.</summary>
    /// <returns>The role; null when there is none.</returns>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<IamRole?> GetAsync(string region, string name, CancellationToken cancellationToken) =>
        await FindAsync(region, "iam get-role", arguments => arguments.AppendOption("--role-name", name), cancellationToken) is { } answer
            ? Role(answer)
            : null;

    /// <summary>The ARNs of the policies attached to a role; none for a role that is not there.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<IReadOnlyList<string>> AttachedPoliciesAsync(string region, string name, CancellationToken cancellationToken)
    {
        var answer = await FindAsync(region, "iam list-attached-role-policies", arguments => arguments.AppendOption("--role-name", name), cancellationToken);
        return [.. answer?["AttachedPolicies"]?.AsArray().Select(policy => (string)policy!["PolicyArn"]!) ?? []];
    }

    /// <summary>How many characters a trust policy may have in this account, white space not counted.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<int> TrustLimitAsync(string region, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(region, "iam get-account-summary", static _ => { }, cancellationToken);
        return (int?)answer["SummaryMap"]?["AssumeRolePolicySizeQuota"] ?? 2048;
    }

    /// <summary>Makes a role.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<IamRole> CreateAsync(ChangePermit permit, string region, string name, string trust, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        return Role(
            await RunAsync(
                region,
                "iam create-role",
                arguments => arguments.AppendOption("--role-name", name).AppendOption("--assume-role-policy-document", trust),
                cancellationToken
            )
        );
    }

    /// <summary>Attaches a policy to a role.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public Task PutAttachmentAsync(ChangePermit permit, string region, string name, string policy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        return RunAsync(
            region,
            "iam attach-role-policy",
            arguments => arguments.AppendOption("--role-name", name).AppendOption("--policy-arn", policy),
            cancellationToken
        );
    }

    /// <summary>Replaces a role's trust policy.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public Task UpdateTrustAsync(ChangePermit permit, string region, string name, string trust, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        return RunAsync(
            region,
            "iam update-assume-role-policy",
            arguments => arguments.AppendOption("--role-name", name).AppendOption("--policy-document", trust),
            cancellationToken
        );
    }

    private static IamRole Role(JsonObject answer) =>
        new((string)answer["Role"]!["Arn"]!, answer["Role"]!["AssumeRolePolicyDocument"]?.DeepClone() as JsonObject ?? []);
}
