using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Checks.Shared;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;

namespace Flyte.MultiCluster.Tasks.Verification.Cloud;

/// <summary>Each role is there, and trusts the service accounts of each of its clusters by one statement that says just that.</summary>
internal sealed class TrustPolicyCheck()
    : CloudCheck<VerifyContext>(
        CheckNames.TrustPolicy,
        "each role exists and trusts each of its clusters in exactly one correct statement",
        CheckTime.Verify,
        CheckSeverity.Fails,
        CheckNames.CloudLogin
    )
{
    private const string Apply = "Run UpdateTrustPolicies, which sets it and keeps all other statements.";

    /// <inheritdoc/>
    protected override IEnumerable<CheckSubject> Of(VerifyContext context, AwsView aws)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(aws);
        return aws.Roles.Select(role => new CheckSubject(role.Name, null, () => OfAsync(context, aws, role)));
    }

    private static async Task<IReadOnlyList<Finding>> OfAsync(VerifyContext context, AwsView aws, FlyteRole role)
    {
        if (await aws.RoleAsync(role.Name) is not { } live)
            return [Finding.Failed($"There is no role {role.Name}.", "Run Prerequisites, which creates it.")];
        var (trusted, unknown) = await TrustedAsync(context, aws, role);
        var account = (await aws.CallerAsync()).Account;
        var findings = Look(role, TrustDocument.Merge(live.Trust, trusted, account), trusted, account);
        if (findings.Count > 0)
            return findings;
        return unknown > 0 && trusted.Count == 0
            ? [Finding.Skipped($"blocked by {CheckNames.OidcProvider}")]
            : [Finding.Ok($"{role.Name} trusts {string.Join(", ", trusted.Select(cluster => cluster.Plane))}")];
    }

    /// <summary>What is wrong with a role's trust policy.</summary>
    /// <param name="role">The role.</param>
    /// <param name="merged">The policy as it would become.</param>
    /// <param name="trusted">What it is to trust.</param>
    /// <param name="account">The own account.</param>
    public static IReadOnlyList<Finding> Look(FlyteRole role, TrustDocument merged, IReadOnlyList<TrustedCluster> trusted, string account)
    {
        ArgumentNullException.ThrowIfNull(role);
        ArgumentNullException.ThrowIfNull(merged);
        return
        [
            .. merged.Changes.Where(change => !change.IsNone).Select(change => Of(role, change, trusted, account)),
            .. merged.Notes.Select(note =>
                Finding.Warning($"Role {role.Name}: {note}", "Fix the statement in IAM, or remove it; it is not one of the fleet's.")
            ),
        ];
    }

    // A cluster without a provider, or that cannot be read, is another check's.
    private static async Task<(IReadOnlyList<TrustedCluster> Trusted, int Unknown)> TrustedAsync(VerifyContext context, AwsView aws, FlyteRole role)
    {
        var known = await aws.ClustersAsync();
        var (trusted, unknown) = (new List<TrustedCluster>(), 0);
        foreach (var cluster in role.IsControlPlane ? [context.Control] : context.Running)
        {
            if (known[cluster.Name].Cluster is { } found && await aws.ProviderAsync(found) is { } provider)
                trusted.Add(new TrustedCluster(cluster.Name, provider, found.Issuer, role.Subjects));
            else
                unknown++;
        }

        return ([.. trusted.DistinctBy(cluster => cluster.Provider, StringComparer.Ordinal)], unknown);
    }

    private static Finding Of(FlyteRole role, StatementChange change, IReadOnlyList<TrustedCluster> trusted, string account)
    {
        var plane = TrustStatement.Provider(change.After ?? change.Before!) is { } provider
            ? trusted.FirstOrDefault(cluster => cluster.Provider == provider)?.Plane
            : null;
        return (change.Before, change.After) switch
        {
            (null, _) => Finding.Failed($"Role {role.Name} has no statement for {plane}: its service accounts do not get the role.", Apply),
            (_, null) => Finding.Warning(
                $"Role {role.Name} has a second statement{(plane is null ? string.Empty : $" for {plane}")}: {PolicyJson.Text(change.Before)}",
                Apply
            ),
            _ => Finding.Failed(
                $"Role {role.Name} has a statement for {plane} that does not match {string.Join(", ", role.Subjects)}"
                    + $"{string.Concat(TrustStatement.Defects(change.Before, account).Select(what => $"; {what}"))}: {PolicyJson.Text(change.Before)}",
                Apply
            ),
        };
    }
}

/// <summary>The policy for the fleet's buckets, and for no others, is there and attached to each role.</summary>
internal sealed class BucketPolicyCheck()
    : CloudCheck<VerifyContext>(
        CheckNames.BucketPolicy,
        "the policy names the fleet's buckets and no others, and is attached to each role",
        CheckTime.Verify,
        CheckSeverity.Fails,
        CheckNames.CloudLogin
    )
{
    /// <inheritdoc/>
    protected override IEnumerable<CheckSubject> Of(VerifyContext context, AwsView aws)
    {
        ArgumentNullException.ThrowIfNull(aws);
        yield return new CheckSubject(
            aws.Settings.PolicyName,
            null,
            async () =>
            {
                var name = aws.Settings.PolicyName;
                var roles = aws.Roles.Select(role => role.Name).ToArray();
                var policyRead = aws.PolicyDocumentAsync();
                var there = await Task.WhenAll(roles.Select(aws.TryRoleAsync));
                var attached = await Task.WhenAll(roles.Select(aws.AttachedAsync));
                if (await policyRead is not ({ } policy, var document))
                    return
                    [
                        Finding.Failed($"There is no policy {name}: Flyte cannot use its buckets.", "Run Prerequisites, which creates it and attaches it."),
                    ];
                var findings = new List<Finding>();
                var partition = (await aws.CallerAsync()).Partition;
                var merged = BucketPolicy.Merge(document, partition, aws.Settings.Buckets);
                if (merged.IsChanged)
                    findings.Add(
                        Finding.Failed(
                            $"Policy {name} ({policy.DefaultVersion}) does not match the buckets {string.Join(", ", aws.Settings.Buckets)}.",
                            "Run CreateIamPolicy, which creates a new version and keeps all other statements; earlier versions are kept."
                        )
                    );
                findings.AddRange(
                    BucketPolicy
                        .OpenOthers(merged, partition, aws.Settings.Buckets)
                        .Select(statement =>
                            Finding.Warning(
                                $"Policy {name} has a statement, not the fleet's, that opens other buckets too: {PolicyJson.Text(statement)}",
                                "It is kept; if nobody needs it, remove it from the policy in IAM."
                            )
                        )
                );

                // A role that is not there is another check's.
                foreach (var (role, index) in roles.Select((role, index) => (role, index)))
                {
                    if (there[index] is not null && !attached[index].Contains(policy.Arn, StringComparer.Ordinal))
                        findings.Add(Finding.Failed($"Policy {name} is not attached to role {role}.", "Run Prerequisites, which attaches it."));
                }

                return findings.Count > 0
                    ? findings
                    : [Finding.Ok($"{name} for {string.Join(", ", aws.Settings.Buckets)}, attached to {string.Join(", ", roles)}")];
            }
        );
    }
}
