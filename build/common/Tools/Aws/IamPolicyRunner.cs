using System.Text.Json.Nodes;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Aws;

/// <summary>A managed policy of the account.</summary>
/// <param name="Arn">Its ARN.</param>
/// <param name="DefaultVersion">The id of the version in force, <c>v1</c>.</param>
public sealed record IamPolicy(string Arn, string DefaultVersion);

/// <summary>A version of a policy.</summary>
/// <param name="Id">Its id, <c>v1</c>.</param>
/// <param name="IsDefault">Whether it is in force.</param>
/// <param name="Created">When it was made.</param>
public sealed record IamPolicyVersion(string Id, bool IsDefault, DateTimeOffset Created);

/// <summary>Runs <c>aws iam</c> for policies.</summary>
public sealed class IamPolicyRunner : AwsTool
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public IamPolicyRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools, TimeProvider time)
        : base(fileSystem, environment, processRunner, tools, time) { }

    /// <summary>Finds a policy of the account by name, wherever its path.</summary>
    /// <returns>The policy; null when there is none.</returns>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<IamPolicy?> FindAsync(string region, string name, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(region, "iam list-policies", arguments => arguments.AppendOption("--scope", "Local"), cancellationToken);
        return answer["Policies"]?.AsArray().FirstOrDefault(policy => (string?)policy!["PolicyName"] == name) is { } found
            ? new IamPolicy((string)found["Arn"]!, (string)found["DefaultVersionId"]!)
            : null;
    }

    /// <summary>The document of a policy's version.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<JsonObject?> DocumentAsync(string region, IamPolicy policy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var answer = await FindAsync(
            region,
            "iam get-policy-version",
            arguments => arguments.AppendOption("--policy-arn", policy.Arn).AppendOption("--version-id", policy.DefaultVersion),
            cancellationToken
        );
        return answer?["PolicyVersion"]?["Document"]?.DeepClone().AsObject();
    }

    /// <summary>All versions of a policy.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<IReadOnlyList<IamPolicyVersion>> VersionsAsync(string region, string arn, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(region, "iam list-policy-versions", arguments => arguments.AppendOption("--policy-arn", arn), cancellationToken);
        return
        [
            .. answer["Versions"]!
                .AsArray()
                .Select(one => new IamPolicyVersion(
                    (string)one!["VersionId"]!,
                    (bool)one["IsDefaultVersion"]!,
                    DateTimeOffset.Parse((string)one["CreateDate"]!, System.Globalization.CultureInfo.InvariantCulture)
                )),
        ];
    }

    /// <summary>Makes a policy.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<IamPolicy> CreateAsync(ChangePermit permit, string region, string name, string document, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        var answer = await RunAsync(
            region,
            "iam create-policy",
            arguments => arguments.AppendOption("--policy-name", name).AppendOption("--policy-document", document),
            cancellationToken
        );
        return new IamPolicy((string)answer["Policy"]!["Arn"]!, (string)answer["Policy"]!["DefaultVersionId"]!);
    }

    /// <summary>Makes a version of a policy and puts it in force.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public Task CreateVersionAsync(ChangePermit permit, string region, string arn, string document, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        return RunAsync(
            region,
            "iam create-policy-version",
            arguments => arguments.AppendOption("--policy-arn", arn).AppendOption("--policy-document", document).Append("--set-as-default"),
            cancellationToken
        );
    }

    /// <summary>Deletes a version that is not in force.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public Task DeleteVersionAsync(ChangePermit permit, string region, string arn, string version, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        return FindAsync(
            region,
            "iam delete-policy-version",
            arguments => arguments.AppendOption("--policy-arn", arn).AppendOption("--version-id", version),
            cancellationToken
        );
    }
}
