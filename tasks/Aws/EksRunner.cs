using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Processes;

namespace Flyte.MultiCluster.Aws;

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
