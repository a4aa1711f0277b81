using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Aws;

/// <summary>Runs <c>aws iam</c> for OIDC providers.</summary>
public sealed class IamProviderRunner : AwsTool
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public IamProviderRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools, TimeProvider time)
        : base(fileSystem, environment, processRunner, tools, time) { }

    /// <summary>The ARNs of the account's OIDC providers.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<IReadOnlyList<string>> ListAsync(string region, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(region, "iam list-open-id-connect-providers", static _ => { }, cancellationToken);
        return [.. answer["OpenIDConnectProviderList"]?.AsArray().Select(provider => (string)provider!["Arn"]!) ?? []];
    }

    /// <summary>The audiences of a provider's tokens: its client IDs.</summary>
    /// <returns>The ids; null when there is no such provider.</returns>
    /// <exception cref="AwsException">aws failed.</exception>
    public async Task<IReadOnlyList<string>?> ClientIdsAsync(string region, string arn, CancellationToken cancellationToken) =>
        await FindAsync(
            region,
            "iam get-open-id-connect-provider",
            arguments => arguments.AppendOption("--open-id-connect-provider-arn", arn),
            cancellationToken
        )
            is { } answer
            ? [.. answer["ClientIDList"]?.AsArray().Select(id => (string)id!) ?? []]
            : null;

    /// <summary>Adds a client id to a provider; one that is there already changes nothing.</summary>
    /// <exception cref="AwsException">aws failed.</exception>
    public Task PutClientIdAsync(ChangePermit permit, string region, string arn, string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        return RunAsync(
            region,
            "iam add-client-id-to-open-id-connect-provider",
            arguments => arguments.AppendOption("--open-id-connect-provider-arn", arn).AppendOption("--client-id", id),
            cancellationToken
        );
    }

    /// <summary>Makes the provider of an issuer.</summary>
    /// <exception cref="AwsException">aws failed; one that is there by now is no failure.</exception>
    public async Task CreateAsync(ChangePermit permit, string region, string issuer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        try
        {
            await RunAsync(
                region,
                "iam create-open-id-connect-provider",
                arguments => arguments.AppendOption("--url", issuer).AppendOption("--client-id-list", "sts.amazonaws.com"),
                cancellationToken
            );
        }
        catch (AwsException exception) when (exception.Code == "EntityAlreadyExists")
        {
            // Another run was faster.
        }
    }
}
