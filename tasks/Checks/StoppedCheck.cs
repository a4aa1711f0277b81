using System.Net;
using Flyte.MultiCluster.Common.Kubernetes;

namespace Flyte.MultiCluster.Tasks.Checks;

/// <summary>What is reported of a check that could not look.</summary>
internal static class StoppedCheck
{
    /// <summary>What to do where the login may not do something.</summary>
    public const string ForbiddenRemedy = "Use a context that has the permission, or have it granted.";

    /// <summary>The result of a check that stopped.</summary>
    /// <param name="check">The check's name.</param>
    /// <param name="cluster">The cluster that it looked at; null for none.</param>
    /// <param name="exception">Why it stopped.</param>
    /// <param name="duration">How long it looked.</param>
    public static CheckResult Of(string check, string? cluster, Exception exception, TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return new CheckResult(
            check,
            cluster,
            CheckStatus.Failed,
            $"could not be checked: {exception.Message}",
            exception is KubernetesApiException { Status: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized }
                ? ForbiddenRemedy
                : "Run again; if it persists, check what the message names.",
            duration
        );
    }
}
