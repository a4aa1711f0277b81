using System.Globalization;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Kubernetes.Rollouts;
using Flyte.MultiCluster.Common.Run;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>
/// After a rollout of flyteadmin its replaced pods go on answering for a while, with the clusters and labels that they read when they started: what is
/// asked of FlyteAdmin then may be answered by them.
/// </summary>
internal static class ReplacedFlyteAdmin
{
    /// <summary>Waits until they have ended; the summary says how long that took.</summary>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public static async Task UntilGoneAsync(FlyteContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var control = context.Run.ControlPlane;
        var deployment = CredentialDeployments.Names[0];
        var wait = await WaitAsync(context, deployment, cancellationToken);
        if (Describe(wait, deployment, $"kubectl --context {control.Context} -n {context.Run.Namespace}") is { } words)
            context.Journal.Add(words);
    }

    /// <summary>Waits until the pods that a rollout of a Deployment has replaced have ended; where one stays, the run cannot go on.</summary>
    /// <param name="context">The run.</param>
    /// <param name="deployment">The Deployment, whose rollout is complete.</param>
    /// <param name="consequence">What a pod that stays means, to be read after its name.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="InvalidOperationException">One is there beyond its grace period.</exception>
    /// <exception cref="KubernetesApiException">The control plane refused, or did not answer.</exception>
    public static async Task RequireGoneAsync(FlyteContext context, string deployment, string consequence, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var wait = await WaitAsync(context, deployment, cancellationToken);
        if (wait.Left.Count == 0)
            return;
        var delete = context.Run.ControlPlane.Kubectl($"-n {context.Run.Namespace} delete pod {string.Join(' ', wait.Left)} --force");
        throw new InvalidOperationException($"Pod {string.Join(", ", wait.Left)} {consequence}. If its node is lost: {delete}; then run again.");
    }

    private static Task<ReplacedPodsWait> WaitAsync(FlyteContext context, string deployment, CancellationToken cancellationToken)
    {
        var control = context.Run.ControlPlane;
        return new ReplacedPods(control.Api, context.Run.Namespace, deployment).UntilGoneAsync(line => context.Report(control.Name, line), cancellationToken);
    }

    /// <summary>How a wait ended, in words; null where there was nothing to wait for.</summary>
    /// <param name="wait">The wait.</param>
    /// <param name="deployment">The Deployment.</param>
    /// <param name="kubectl">The beginning of a kubectl command line for the control plane.</param>
    public static string? Describe(ReplacedPodsWait wait, string deployment, string kubectl)
    {
        ArgumentNullException.ThrowIfNull(wait);
        if (wait.Left.Count > 0)
            return $"Pod {string.Join(", ", wait.Left)} of an earlier rollout of {deployment} still exists after its grace period. If its node "
                + $"is lost: {kubectl} delete pod {string.Join(' ', wait.Left)} --force.";
        return wait.Gone == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Waited {wait.Waited.TotalSeconds:0.0} s for {ReplacedPods.Format(wait.Gone)} of {deployment} to end: until then FlyteAdmin "
                    + $"may answer with the old clusters and labels."
            );
    }
}
