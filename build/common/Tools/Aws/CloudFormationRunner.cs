using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Aws;

/// <summary>A CloudFormation stack; eksctl makes one for each cluster and for each node group.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">Its status, <c>CREATE_COMPLETE</c>.</param>
/// <param name="Reason">Why, in CloudFormation's words; null where it says nothing.</param>
public sealed record CloudFormationStack(string Name, string Status, string? Reason)
{
    /// <summary>Whether CloudFormation is making it.</summary>
    public bool IsCreating => Status is "CREATE_IN_PROGRESS" or "REVIEW_IN_PROGRESS";

    /// <summary>Whether making it failed.</summary>
    public bool HasFailed => Status == "CREATE_FAILED" || Status.StartsWith("ROLLBACK_", StringComparison.Ordinal);

    /// <summary>Name, status and reason.</summary>
    public override string ToString() => $"{Name} is {Status}{(string.IsNullOrWhiteSpace(Reason) ? string.Empty : $" ({Reason.TrimEnd('.')})")}";
}

/// <summary>Runs <c>aws cloudformation</c>.</summary>
public sealed class CloudFormationRunner : AwsTool
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public CloudFormationRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools, TimeProvider time)
        : base(fileSystem, environment, processRunner, tools, time) { }

    /// <summary><c>aws cloudformation describe-stacks</c> for one.</summary>
    /// <param name="region">The stack's region.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Cancels aws.</param>
    /// <returns>The stack; null when there is none.</returns>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<CloudFormationStack?> StackAsync(string region, string name, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await RunAsync(region, "cloudformation describe-stacks", arguments => arguments.AppendOption("--stack-name", name), cancellationToken);
            return answer["Stacks"]?.AsArray().FirstOrDefault() is { } stack
                ? new CloudFormationStack(name, (string?)stack["StackStatus"] ?? "UNKNOWN", (string?)stack["StackStatusReason"])
                : null;
        }
        catch (AwsException exception) when (exception.Code == "ValidationError" && exception.Message.Contains("does not exist", StringComparison.Ordinal))
        {
            return null;
        }
    }
}
