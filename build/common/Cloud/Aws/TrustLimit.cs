using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Common.Cloud.Aws;

/// <summary>IAM's limit of a trust policy: one statement per cluster is some 430 characters, so that a role takes about four clusters, nine with the highest
/// quota.</summary>
public static class TrustLimit
{
    /// <summary>The limit of an account whose quota was never raised, characters without white space.</summary>
    public const int Default = 2048;

    /// <summary>The highest quota that AWS grants.</summary>
    public const int Highest = 4096;

    /// <summary>Says that a trust policy is too long; null when it is not.</summary>
    /// <param name="role">The role.</param>
    /// <param name="document">The document.</param>
    /// <param name="limit">The account's limit.</param>
    public static Problem? Check(FlyteRole role, TrustDocument document, int limit)
    {
        ArgumentNullException.ThrowIfNull(role);
        ArgumentNullException.ThrowIfNull(document);
        if (document.Size <= limit)
            return null;
        var statements = PolicyJson.Statements(document.Document);
        var first = limit - Empty;
        var fit = statements.TakeWhile(statement => (first -= PolicyJson.Text(statement).Length + 1) >= 0).Count();
        var groups = role.Subjects.Any(TrustStatement.IsPattern)
            ? "each with its own control plane (flyteadmin gives the worker Pods of all its clusters one role)"
            : "each with its own fleet file and role names (cloud.roles)";
        var raise =
            document.Size <= Highest
                ? $"Have the quota \"Role trust policy length\" raised to {Highest} (aws service-quotas); or split"
                : $"No quota is enough ({Highest} is the highest): split";
        return new Problem(
            role.Name,
            $"Its trust policy would have {document.Size} characters for {statements.Count} statements, and this account's limit is {limit}: {fit} "
                + "of them fit.",
            $"{raise} the data planes into groups, {groups}, and remove statements of clusters that no longer exist. Each statement names one provider, "
                + "so there cannot be fewer."
        );
    }

    // {"Version":"2012-10-17","Statement":[]}
    private const int Empty = 39;
}
