using Flyte.MultiCluster.Common.Fleets;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>The section <c>cloud</c> of an imported fleet file, and what the planes say of it.</summary>
/// <param name="cloud">What the clusters and AWS say.</param>
/// <param name="scalar">Writes a text as YAML.</param>
internal sealed class CloudText(ImportedCloud cloud, Func<string, string> scalar)
{
    /// <summary>The section's lines; comments, where the fleet is not to manage the roles.</summary>
    public IEnumerable<string> Section()
    {
        if (cloud.Identities.Count == 0)
            yield break;
        if (!cloud.IsManaged)
        {
            foreach (var line in Comments())
                yield return $"# {line}";
        }

        var mark = cloud.IsManaged ? string.Empty : "# ";
        foreach (var line in Lines())
            yield return mark + line;
    }

    /// <summary>What a plane says of its cluster; comments, where the fleet is not to manage the roles.</summary>
    /// <param name="plane">Its fleet name.</param>
    public IEnumerable<string> Plane(string plane)
    {
        if (cloud.Aws is not { } aws || !cloud.Clusters.TryGetValue(plane, out var cluster))
            yield break;
        var mark = cloud.IsManaged ? string.Empty : "# ";
        yield return $"{mark}cluster: {scalar(cluster.Name)}";
        if (cluster.Region != aws.Region)
            yield return $"{mark}region: {scalar(cluster.Region)}";
    }

    private IEnumerable<string> Comments()
    {
        yield return "Flyte's service accounts have these cloud identities, and keep them:";
        foreach (var one in cloud.Identities.Select(one => $"  {one.Account}: {one.Identity}").Distinct(StringComparer.Ordinal))
            yield return one;
        if (cloud.NotAsked is { } why)
            yield return $"{why} The section can be used once 'aws sts get-caller-identity' works: import again.";
        foreach (var missing in cloud.Missing)
            yield return $"Not managed by this program: {missing}";
    }

    private IEnumerable<string> Lines()
    {
        if (cloud.Aws is not { } aws)
            yield break;
        var workers = aws.RoleLayout == RoleLayout.Two ? string.Empty : $", workers: {scalar(aws.WorkersRole)}";
        yield return "cloud:";
        yield return "  provider: aws";
        yield return $"  region: {(aws.Region.Length == 0 ? "REGION" : scalar(aws.Region))}";
        if (aws.AccountId is { } account)
            yield return $"  accountId: {scalar(account)}";
        yield return $"  buckets: [{string.Join(", ", aws.Buckets.Select(scalar))}]";
        yield return $"  roleLayout: {(aws.RoleLayout == RoleLayout.Two ? "two" : "three")}";
        yield return $"  policyName: {scalar(aws.PolicyName)}{(cloud.PolicyDoubt is { } doubt ? $"   # GUESS: {doubt}" : string.Empty)}";
        yield return $"  roles: {{controlPlane: {scalar(aws.ControlPlaneRole)}, dataPlane: {scalar(aws.DataPlaneRole)}{workers}}}";
    }
}
