using System.Collections.Concurrent;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Aws;

namespace Flyte.MultiCluster.Common.Cloud.Aws;

/// <summary>
/// Reads what the stages on AWS need, once a run and all at once, and refuses what cannot work: a wrong account, a cluster that is not there, a trust
/// policy that would be too long, a missing tool. It only reads.
/// </summary>
public sealed class AwsCheck
{
    /// <summary>Why there is nothing to do outside of AWS.</summary>
    public const string NoAws = "the fleet is not on AWS (cloud: {provider: aws})";

    private readonly FlyteContext _context;
    private readonly AwsSettings _aws;
    private readonly ConcurrentQueue<Problem> _problems = new();

    private AwsCheck(FlyteContext context, AwsSettings aws) => (_context, _aws) = (context, aws);

    private string Region => _aws.Region;

    /// <summary>Reads AWS, unless this run has already.</summary>
    /// <exception cref="RefusedException">Something is wrong: all of it.</exception>
    public static Task<AwsSnapshot> EnsureAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Run.State.Of<AwsReadings>().Snapshot.GetAsync(() => new AwsCheck(context, context.Run.Fleet.Aws!).ReadAsync(cancellationToken));
    }

    /// <summary>Reads the roles that are there, by name, and nothing else: all that values need of AWS.</summary>
    /// <exception cref="RefusedException">There is no login, or a role cannot be read: all of it.</exception>
    public static async Task<IReadOnlyDictionary<string, IamRole>> RolesAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        var check = new AwsCheck(context, context.Run.Fleet.Aws!);
        await LoginAsync(context, check._aws, cancellationToken);
        using var atOnce = new SemaphoreSlim(context.Options.Parallelism);
        var names = FlyteRole.All(check._aws, context.Run.Namespace).Select(role => role.Name).ToArray();
        var roles = await Task.WhenAll(names.Select(name => check.RoleAsync(name, atOnce, cancellationToken)));
        check.Refuse();
        return Found(names, roles);
    }

    private async Task<AwsSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        // Alone and first: without a login every other call would report the same once more.
        var caller = await LoginAsync(_context, _aws, cancellationToken);
        using var atOnce = new SemaphoreSlim(_context.Options.Parallelism);
        var names = FlyteRole.All(_aws, _context.Run.Namespace).Select(role => role.Name).ToArray();
        var control = ClusterAsync(_context.Run.ControlPlane.Name, _context.Run.ControlPlane.Spec.Cluster!, atOnce, cancellationToken);
        var planes = _context.Run.DataPlanes.Where(plane => plane.Away is null).Select(plane => ClusterAsync(plane.Name, plane.Spec.Cluster!, atOnce, cancellationToken)).ToArray();
        var providers = TryAsync("OIDC providers", () => _context.Aws.Providers.ListAsync(Region, cancellationToken), atOnce, cancellationToken);
        var policy = TryAsync(_aws.PolicyName, () => _context.Aws.Policies.FindAsync(Region, _aws.PolicyName, cancellationToken), atOnce, cancellationToken);
        var roles = names.Select(name => RoleAsync(name, atOnce, cancellationToken)).ToArray();
        await Task.WhenAll([control, providers, policy, .. planes, .. roles]);
        Refuse();

        var workers = planes.Select(plane => plane.Result!);
        var snapshot = new AwsSnapshot
        {
            Caller = caller,
            ControlPlane = control.Result!,
            Workers = [.. (_context.Run.ControlPlane.Spec.RunsWorkflows ? workers.Prepend(control.Result!) : workers).DistinctBy(cluster => cluster.Issuer, StringComparer.Ordinal)],
            Providers = providers.Result!,
            Policy = policy.Result,
            Roles = Found(names, [.. roles.Select(role => role.Result)]),
        };
        var deaf = snapshot.Clusters.Select(snapshot.Provider).OfType<string>().Distinct(StringComparer.Ordinal).Select(provider => DeafAsync(provider, atOnce, cancellationToken)).ToArray();
        await CheckTrustAsync(snapshot, cancellationToken);
        snapshot.Deaf = [.. (await Task.WhenAll(deaf)).OfType<string>()];
        CheckEksctl(snapshot);
        Refuse();
        _context.Report("aws", $"account {caller.Account} as {caller.Arn}; EKS clusters: {string.Join(", ", snapshot.Clusters.Select(cluster => cluster.Name))}");
        return snapshot;
    }

    /// <summary>The caller identity in AWS: one of the fleet's account.</summary>
    /// <exception cref="RefusedException">The AWS CLI is missing, there is no login, or it is of another account.</exception>
    public static async Task<CallerIdentity> LoginAsync(FlyteContext context, AwsSettings aws, CancellationToken cancellationToken)
    {
        if (!context.Aws.IsOnPath)
            throw new RefusedException([new Problem("aws", "The AWS CLI is not on PATH, and the fleet says provider: aws.", "Install it (https://aws.amazon.com/cli), or write cloud: {provider: none} and keep the roles yourself.")]);
        CallerIdentity caller;
        try
        {
            caller = await context.Aws.Sts.CallerAsync(aws.Region, cancellationToken);
        }
        catch (AwsException exception)
        {
            throw new RefusedException([new Problem("aws", exception.Message, "'aws sts get-caller-identity' must work in this shell.")]);
        }

        if (aws.AccountId is { } account && account != caller.Account)
            throw new RefusedException([new Problem("aws", $"The login belongs to account {caller.Account} ({caller.Arn}), and the fleet says accountId {account}.", "Log in to the fleet's account (AWS_PROFILE), or correct cloud.accountId.")]);
        return caller;
    }

    private async Task<EksCluster?> ClusterAsync(string plane, CloudCluster cluster, SemaphoreSlim atOnce, CancellationToken cancellationToken)
    {
        var region = cluster.Region ?? Region;
        return await TryAsync(
            plane,
            async () =>
            {
                var issuer = await _context.Aws.Eks.IssuerAsync(region, cluster.Name, cancellationToken);
                if (issuer is null)
                    _problems.Enqueue(new Problem(plane, $"There is no EKS cluster '{cluster.Name}' in {region}.", cluster.Create is null
                        ? $"Correct 'cluster' or 'region' in the fleet: 'aws eks list-clusters --region {region}' lists the names."
                        : $"The fleet says how to create it: {SuggestedCommand.Target(TargetNames.CreateNodeGroup, _context.Options)} does, its nodes and context too."));
                else if (issuer.Length == 0)
                    _problems.Enqueue(new Problem(plane, $"EKS cluster '{cluster.Name}' has no OIDC issuer.", "Wait until it is ACTIVE, and run again."));
                return issuer is { Length: > 0 } ? new EksCluster(plane, cluster.Name, region, issuer) : null;
            },
            atOnce,
            cancellationToken);
    }

    private Task<IamRole?> RoleAsync(string name, SemaphoreSlim atOnce, CancellationToken cancellationToken)
        => TryAsync(name, () => _context.Aws.Roles.GetAsync(Region, name, cancellationToken), atOnce, cancellationToken);

    private static Dictionary<string, IamRole> Found(string[] names, IamRole?[] roles)
        => names.Zip(roles).Where(role => role.Second is not null).ToDictionary(role => role.First, role => role.Second!, StringComparer.Ordinal);

    private Task<string?> DeafAsync(string provider, SemaphoreSlim atOnce, CancellationToken cancellationToken)
        => TryAsync(
            provider,
            async () => await _context.Aws.Providers.ClientIdsAsync(Region, provider, cancellationToken) is { } ids && !ids.Contains(TrustedCluster.Audience, StringComparer.Ordinal) ? provider : null,
            atOnce,
            cancellationToken);

    private async Task<T?> TryAsync<T>(string place, Func<Task<T>> read, SemaphoreSlim atOnce, CancellationToken cancellationToken)
    {
        await atOnce.WaitAsync(cancellationToken);
        try
        {
            return await read();
        }
        catch (AwsException exception)
        {
            _problems.Enqueue(new Problem(place, exception.Message, "It must be readable, even for a plan."));
            return default;
        }
        finally
        {
            atOnce.Release();
        }
    }

    // The length of a provider's ARN is known before the provider is; nothing else is made of it.
    private async Task CheckTrustAsync(AwsSnapshot snapshot, CancellationToken cancellationToken)
    {
        var documents = FlyteRole.All(_aws, _context.Run.Namespace)
            .Select(role => (Role: role, Document: TrustDocument.Merge(
                snapshot.Roles.GetValueOrDefault(role.Name)?.Trust,
                role.Trusted(snapshot, cluster => $"arn:{snapshot.Caller.Partition}:iam::{snapshot.Caller.Account}:oidc-provider/{cluster.Issuer}"),
                snapshot.Caller.Account)))
            .Where(one => one.Document.Size > TrustLimit.Default)
            .ToArray();
        if (documents.Length == 0)
            return;
        using var one = new SemaphoreSlim(1);
        var limit = await TryAsync("aws", () => _context.Aws.Roles.TrustLimitAsync(Region, cancellationToken), one, cancellationToken);
        foreach (var problem in documents.Select(document => limit == 0 ? null : TrustLimit.Check(document.Role, document.Document, limit)).OfType<Problem>())
            _problems.Enqueue(problem);
    }

    private void CheckEksctl(AwsSnapshot snapshot)
    {
        if (_context.Options.WithoutEksctl || _context.Eksctl.IsOnPath)
            return;
        string[] needed =
        [
            .. snapshot.Clusters.Where(cluster => snapshot.Provider(cluster) is null).Select(cluster => $"the OIDC provider of {cluster.Plane}"),
            .. FlyteRole.All(_aws, _context.Run.Namespace).Where(role => !snapshot.Roles.ContainsKey(role.Name)).Select(role => $"role {role.Name}"),
        ];
        if (needed.Length > 0)
            _problems.Enqueue(new Problem("eksctl", $"It is not on PATH, and it is needed to create {string.Join(", ", needed)}.", "Install it (https://eksctl.io), or give --without-eksctl: the aws CLI then creates the same."));
    }

    private void Refuse()
    {
        if (!_problems.IsEmpty)
            throw new RefusedException([.. _problems]);
    }
}
