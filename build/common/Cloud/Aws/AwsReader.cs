using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;

namespace Flyte.MultiCluster.Common.Cloud.Aws;

/// <summary>One reading of AWS: as many calls at a time as the run allows, and all their problems at once.</summary>
/// <param name="run">The run, whose fleet is on AWS.</param>
/// <param name="view">Reads AWS.</param>
/// <param name="tools">The aws commands.</param>
/// <param name="eksctl">The eksctl commands.</param>
/// <param name="options">The options.</param>
internal sealed class AwsReader(FleetRun run, AwsView view, AwsTools tools, EksctlRunner eksctl, RunOptions options) : IDisposable
{
    private readonly AwsSettings _aws = run.Fleet.Aws!;
    private readonly CloudReads<AwsException> _reads = new(
        new ProblemList([
            .. run.Clusters.Select(cluster => cluster.Name),
            "OIDC providers",
            run.Fleet.Aws!.PolicyName,
            .. FlyteRole.All(run.Fleet.Aws, run.Namespace).Select(role => role.Name),
        ]),
        options.Parallelism
    );

    private ProblemList Problems => _reads.Problems;

    private string Region => _aws.Region;

    /// <inheritdoc/>
    public void Dispose() => _reads.Dispose();

    /// <summary>Reads the roles that are there, by name.</summary>
    /// <exception cref="RefusedException">A role cannot be read.</exception>
    public async Task<IReadOnlyDictionary<string, IamRole>> RolesAsync(CancellationToken cancellationToken)
    {
        var names = FlyteRole.All(_aws, run.Namespace).Select(role => role.Name).ToArray();
        var roles = await Task.WhenAll(names.Select(name => RoleAsync(name, cancellationToken)));
        Problems.Refuse();
        return Found(names, roles);
    }

    /// <summary>Reads everything.</summary>
    /// <exception cref="RefusedException">Something is wrong: all of it.</exception>
    public async Task<AwsSnapshot> ReadAsync(CallerIdentity caller, CancellationToken cancellationToken)
    {
        var names = FlyteRole.All(_aws, run.Namespace).Select(role => role.Name).ToArray();
        var control = ClusterAsync(run.ControlPlane, cancellationToken);
        var planes = run.DataPlanes.Where(plane => plane.LeftOutReason is null).Select(plane => ClusterAsync(plane, cancellationToken)).ToArray();
        var providers = _reads.TryAsync("OIDC providers", view.ProvidersAsync, cancellationToken);
        var policy = _reads.TryAsync(_aws.PolicyName, view.PolicyAsync, cancellationToken);
        var roles = names.Select(name => RoleAsync(name, cancellationToken)).ToArray();
        await Task.WhenAll([control, providers, policy, .. planes, .. roles]);
        Problems.Refuse();

        var workers = planes.Select(plane => plane.Result!);
        var snapshot = new AwsSnapshot
        {
            Caller = caller,
            ControlPlane = control.Result!,
            Workers =
            [
                .. (run.ControlPlane.Spec.RunsWorkflows ? workers.Prepend(control.Result!) : workers).DistinctBy(
                    cluster => cluster.Issuer,
                    StringComparer.Ordinal
                ),
            ],
            Providers = providers.Result!,
            Policy = policy.Result,
            Roles = Found(names, [.. roles.Select(role => role.Result)]),
        };
        var withoutClientId = snapshot
            .Clusters.Select(snapshot.Provider)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Select(provider => WithoutClientIdAsync(provider, cancellationToken))
            .ToArray();
        await CheckTrustAsync(snapshot, cancellationToken);
        snapshot.ProvidersWithoutClientId = [.. (await Task.WhenAll(withoutClientId)).OfType<string>()];
        CheckEksctl(snapshot);
        Problems.Refuse();
        return snapshot;
    }

    private Task<EksCluster?> ClusterAsync(ClusterRun cluster, CancellationToken cancellationToken) =>
        _reads.TryAsync(
            cluster.Name,
            async () =>
            {
                var found = await view.ClusterAsync(cluster);
                if (found.Problem is { } problem)
                    Problems.Add(problem);
                return found.Cluster;
            },
            cancellationToken
        );

    private Task<IamRole?> RoleAsync(string name, CancellationToken cancellationToken) => _reads.TryAsync(name, () => view.RoleAsync(name), cancellationToken);

    private static Dictionary<string, IamRole> Found(string[] names, IamRole?[] roles) =>
        names.Zip(roles).Where(role => role.Second is not null).ToDictionary(role => role.First, role => role.Second!, StringComparer.Ordinal);

    private Task<string?> WithoutClientIdAsync(string provider, CancellationToken cancellationToken) =>
        _reads.TryAsync(
            provider,
            async () => await view.ClientIdsAsync(provider) is { } ids && !ids.Contains(TrustedCluster.Audience, StringComparer.Ordinal) ? provider : null,
            cancellationToken
        );

    // The length of a provider's ARN is known before the provider is; nothing else is made of it.
    private async Task CheckTrustAsync(AwsSnapshot snapshot, CancellationToken cancellationToken)
    {
        var documents = FlyteRole
            .All(_aws, run.Namespace)
            .Select(role =>
                (
                    Role: role,
                    Document: TrustDocument.Merge(
                        snapshot.Roles.GetValueOrDefault(role.Name)?.Trust,
                        role.Trusted(snapshot, cluster => $"arn:{snapshot.Caller.Partition}:iam::{snapshot.Caller.Account}:oidc-provider/{cluster.Issuer}"),
                        snapshot.Caller.Account
                    )
                )
            )
            .Where(one => one.Document.Size > TrustLimit.Default)
            .ToArray();
        if (documents.Length == 0)
            return;
        var limit = await _reads.TryAsync("aws", () => tools.Roles.TrustLimitAsync(Region, cancellationToken), cancellationToken);
        foreach (var problem in documents.Select(document => limit == 0 ? null : TrustLimit.Check(document.Role, document.Document, limit)).OfType<Problem>())
            Problems.Add(problem);
    }

    private void CheckEksctl(AwsSnapshot snapshot)
    {
        if (options.WithoutEksctl || eksctl.IsOnPath)
            return;
        string[] needed =
        [
            .. snapshot.Clusters.Where(cluster => snapshot.Provider(cluster) is null).Select(cluster => $"the OIDC provider of {cluster.Plane}"),
            .. FlyteRole.All(_aws, run.Namespace).Where(role => !snapshot.Roles.ContainsKey(role.Name)).Select(role => $"role {role.Name}"),
        ];
        if (needed.Length > 0)
            Problems.Add(
                new Problem(
                    "eksctl",
                    $"It is not on PATH, and it is needed to create {string.Join(", ", needed)}.",
                    "Install it (https://eksctl.io), or give --without-eksctl: the aws CLI then creates the same."
                )
            );
    }
}
