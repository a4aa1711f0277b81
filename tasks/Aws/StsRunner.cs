using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Processes;

namespace Flyte.MultiCluster.Aws;

/// <summary>Whom AWS takes us for.</summary>
/// <param name="Account">The account's twelve digits.</param>
/// <param name="Arn">The caller's ARN.</param>
public sealed record CallerIdentity(string Account, string Arn)
{
    /// <summary>The partition in the ARN: <c>aws</c>, <c>aws-cn</c>, <c>aws-us-gov</c>.</summary>
    public string Partition => Arn.Split(':') is ["arn", { Length: > 0 } partition, ..] ? partition : throw new FormatException($"AWS tells a caller without an ARN: '{Arn}'.");
}

/// <summary>Runs <c>aws sts</c>.</summary>
public sealed class StsRunner : AwsTool
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public StsRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools, TimeProvider time)
        : base(fileSystem, environment, processRunner, tools, time)
    {
    }

    /// <summary><c>aws sts get-caller-identity</c>.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<CallerIdentity> CallerAsync(string region, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(region, "sts get-caller-identity", static _ => { }, cancellationToken);
        return new CallerIdentity((string?)answer["Account"] ?? string.Empty, (string?)answer["Arn"] ?? string.Empty);
    }
}

/// <summary>Runs <c>aws eks</c>.</summary>
public sealed class EksRunner : AwsTool
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public EksRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools, TimeProvider time)
        : base(fileSystem, environment, processRunner, tools, time)
    {
    }

    /// <summary>The OIDC issuer of a cluster (runbook: <c>aws eks describe-cluster … --query cluster.identity.oidc.issuer</c>).</summary>
    /// <param name="region">The cluster's region.</param>
    /// <param name="cluster">Its EKS name.</param>
    /// <param name="cancellationToken">Ends aws.</param>
    /// <returns>The issuer's URL; null when there is no such cluster, empty when the cluster has none.</returns>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<string?> IssuerAsync(string region, string cluster, CancellationToken cancellationToken)
        => await FindAsync(region, "eks describe-cluster", arguments => arguments.AppendOption("--name", cluster), cancellationToken) is { } answer
            ? (string?)answer["cluster"]?["identity"]?["oidc"]?["issuer"] ?? string.Empty
            : null;
}
