using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Cloud.Aws;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Prerequisites.Aws;
using Flyte.MultiCluster.Tasks.Verification.Cloud;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>
/// Reads the roles, their trust policies and the bucket policy that a hand-made fleet has, says what is broken in them, and what would be lost if this
/// program managed them.
/// </summary>
/// <param name="fleet">The fleet.</param>
/// <param name="aws">The aws commands.</param>
/// <param name="turns">Bounds the commands at a time.</param>
/// <param name="cancellationToken">Cancels them.</param>
internal sealed class ImportedRoles(ImportedFleet fleet, AwsTools aws, CloudTurns turns, CancellationToken cancellationToken)
{
    private readonly List<ImportFinding> _findings = [];
    private readonly List<string> _missing = [];

    /// <summary>Reads them.</summary>
    /// <param name="cloud">The fleet's section, as far as the clusters say it.</param>
    /// <returns>The section with what AWS says.</returns>
    public async Task<ImportedCloud> ReadAsync(ImportedCloud cloud)
    {
        ArgumentNullException.ThrowIfNull(cloud);
        if (cloud.Aws is not { Region.Length: > 0 } settings)
            return cloud;
        if (!aws.IsOnPath)
            return cloud with { NotAsked = "The AWS CLI is not on PATH: roles and trust policies were not read." };
        try
        {
            var caller = await aws.Sts.CallerAsync(settings.Region, cancellationToken);
            return settings.AccountId is { } account && account != caller.Account
                ? cloud with
                {
                    NotAsked = $"The login to AWS belongs to account {caller.Account}, the roles to {account}: they were not read.",
                }
                : await ReadAsync(cloud, settings, caller);
        }
        catch (AwsException exception)
        {
            return cloud with { NotAsked = $"AWS could not be read: {exception.Message}" };
        }
    }

    private async Task<ImportedCloud> ReadAsync(ImportedCloud cloud, AwsSettings settings, CallerIdentity caller)
    {
        var known = cloud
            .Identities.Where(one => one.Identity.Contains(":role/", StringComparison.Ordinal))
            .Select(one => one.Identity[(one.Identity.LastIndexOf('/') + 1)..])
            .ToHashSet(StringComparer.Ordinal);
        FlyteRole[] roles = [.. FlyteRole.All(settings, fleet.Request.Namespace).Where(role => known.Contains(role.Name))];
        var issuers = cloud.Clusters.ToDictionary(one => one.Key, one => RunAsync(() => IssuerAsync(one.Value)), StringComparer.Ordinal);
        var providers = RunAsync(() => aws.Providers.ListAsync(settings.Region, cancellationToken));
        var live = roles.Select(role => RunAsync(() => aws.Roles.GetAsync(settings.Region, role.Name, cancellationToken))).ToArray();
        var attached = roles.Select(role => RunAsync(() => aws.Roles.AttachedPoliciesAsync(settings.Region, role.Name, cancellationToken))).ToArray();
        await Task.WhenAll([.. issuers.Values, providers, .. live, .. attached]);
        var trusted = Trusted(cloud, issuers.ToDictionary(one => one.Key, one => one.Value.Result, StringComparer.Ordinal), providers.Result);
        foreach (var (role, found) in roles.Zip(live.Select(one => one.Result)))
            Look(role, found, trusted, caller.Account, isWhole: trusted.Count == fleet.DataPlanes.Count + 1);
        var (policy, doubt) = await PolicyAsync(settings, caller, [.. attached.Select(one => one.Result)]);
        return cloud with { Aws = settings with { PolicyName = policy }, PolicyDoubt = doubt, Missing = [.. cloud.Missing, .. _missing], Findings = _findings };
    }

    private Task<T> RunAsync<T>(Func<Task<T>> read) => turns.RunAsync(read, cancellationToken);

    private async Task<string?> IssuerAsync(EksName cluster) => await aws.Eks.IssuerAsync(cluster.Region, cluster.Name, cancellationToken);

    // By the cluster's fleet name, those whose tokens AWS can take.
    private Dictionary<string, TrustedCluster> Trusted(ImportedCloud cloud, IReadOnlyDictionary<string, string?> issuers, IReadOnlyList<string> providers)
    {
        var trusted = new Dictionary<string, TrustedCluster>(StringComparer.Ordinal);
        foreach (var (name, issuer) in issuers)
        {
            if (string.IsNullOrEmpty(issuer))
                _missing.Add($"there is no EKS cluster {cloud.Clusters[name].Name} with an OIDC issuer in {cloud.Clusters[name].Region} for {name}.");
            else if (EksCluster.ProviderOf(issuer, providers) is { } provider)
                trusted.Add(name, new TrustedCluster(name, provider, new EksCluster(name, name, string.Empty, issuer).Issuer, []));
            else
                _findings.Add(new ImportFinding(name, CheckNames.OidcProvider, $"There is no OIDC provider for its issuer {issuer}: its pods get no role."));
        }

        return trusted;
    }

    private void Look(FlyteRole role, IamRole? live, IReadOnlyDictionary<string, TrustedCluster> clusters, string account, bool isWhole)
    {
        if (live is null)
        {
            _findings.Add(new ImportFinding(role.Name, CheckNames.TrustPolicy, "There is no such role, but service accounts name it."));
            return;
        }

        var own = clusters.GetValueOrDefault(fleet.ControlPlaneName);
        TrustedCluster[] wanted =
        [
            .. clusters
                .Values.Where(cluster => role.IsControlPlane ? cluster == own : cluster != own || fleet.InCluster is not null)
                .Select(cluster => cluster with { Subjects = role.Subjects }),
        ];
        var merged = TrustDocument.Merge(live.Trust, wanted, account);
        _findings.AddRange(
            TrustPolicyCheck.Look(role, merged, wanted, account).Select(finding => new ImportFinding(role.Name, CheckNames.TrustPolicy, finding.Found))
        );
        if (isWhole)
            _findings.AddRange(Strangers(merged, clusters).Select(what => new ImportFinding(role.Name, CheckNames.TrustPolicy, what)));
        foreach (var change in merged.Changes.Where(change => !change.IsNone && change.Before is not null))
        {
            if (Others(change.Before!) is { Length: > 0 } others)
                _missing.Add($"role {role.Name} also trusts {string.Join(", ", others)} by a statement of Flyte's, where UpdateTrustPolicies would remove it.");
        }
    }

    private static IEnumerable<string> Strangers(TrustDocument merged, IReadOnlyDictionary<string, TrustedCluster> clusters) =>
        merged
            .Changes.Where(change => change.IsNone)
            .SelectMany(change => TrustStatement.Providers(change.Before!))
            .Where(provider => provider.Contains("/oidc.eks.", StringComparison.Ordinal) && clusters.Values.All(cluster => cluster.Provider != provider))
            .Distinct(StringComparer.Ordinal)
            .Select(provider => $"It trusts {provider}, which is the provider of no cluster here. The statement is kept; if that cluster is gone, remove it.");

    // What a statement lets in besides Flyte's own service accounts.
    private string[] Others(JsonObject statement)
    {
        const string Prefix = "system:serviceaccount:";
        var flyte = LiveAccounts.Select(account => $"{Prefix}{fleet.Request.Namespace}:{account}").ToHashSet(StringComparer.Ordinal);
        return
        [
            .. (statement["Condition"] as JsonObject ?? [])
                .SelectMany(one => one.Value as JsonObject ?? [])
                .Where(key => key.Key.EndsWith(":sub", StringComparison.OrdinalIgnoreCase))
                .SelectMany(key => PolicyJson.Texts(key.Value))
                .Where(subject => !flyte.Contains(subject) && !subject.EndsWith(":default", StringComparison.Ordinal)),
        ];
    }

    private static IReadOnlyList<string> LiveAccounts { get; } = ["flyteadmin", "datacatalog", "flytepropeller"];

    // The policy that is attached to all roles and has a statement for the buckets.
    private async Task<(string Name, string? Doubt)> PolicyAsync(AwsSettings settings, CallerIdentity caller, IReadOnlyList<IReadOnlyList<string>> attached)
    {
        string[] names =
        [
            .. attached
                .SelectMany(arns => arns)
                .Where(arn => arn.Contains($":{caller.Account}:policy/", StringComparison.Ordinal))
                .Select(arn => arn[(arn.LastIndexOf('/') + 1)..])
                .Distinct(StringComparer.Ordinal),
        ];
        foreach (var name in names)
        {
            if (
                await aws.Policies.FindAsync(settings.Region, name, cancellationToken) is not { } policy
                || await aws.Policies.DocumentAsync(settings.Region, policy, cancellationToken) is not { } document
            )
                continue;
            var merged = BucketPolicy.Merge(document, caller.Partition, settings.Buckets);
            if (merged.Changes.All(change => change.Before is not null))
            {
                if (
                    merged.Changes.Where(change => !change.IsNone).SelectMany(change => Foreign(change.Before!, settings.Buckets)).ToArray() is
                    { Length: > 0 } lost
                )
                    _missing.Add(
                        $"policy {name} also opens {string.Join(", ", lost)} by the statement for the buckets, where CreateIamPolicy would remove it."
                    );
                return (name, null);
            }
        }

        return (settings.PolicyName, "no policy of the roles has a statement for just these buckets; AddDataPlane makes this one, and attaches it");
    }

    private static IEnumerable<string> Foreign(JsonObject statement, IReadOnlyList<string> buckets) =>
        PolicyJson.Texts(statement["Resource"]).Where(arn => !buckets.Any(bucket => arn.Contains($":s3:::{bucket}", StringComparison.Ordinal)));
}
