using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ValuesOverrides;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>
/// What an upgrade of the control plane would destroy: values that only the live release has, other fleets' roles, FlyteWorkflow objects, and
/// executions that are under way.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="file">The override of the upgrade; null for none.</param>
internal sealed class UpgradeCheck(FlyteContext context, IHelmValues values, OverrideFile? file = null)
{
    /// <summary>Refuses the upgrade unless the loss was accepted.</summary>
    /// <param name="live">The live release.</param>
    /// <param name="wanted">The values that it would get.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <param name="composed">The override in these values; null for none.</param>
    /// <exception cref="RefusedException">Something would be lost.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task RefuseLossAsync(HelmRelease live, JsonObject wanted, CancellationToken cancellationToken, ValuesOverride? composed = null)
    {
        ArgumentNullException.ThrowIfNull(live);
        var control = context.Run.ControlPlane;
        var propeller = new PropellerCheck(context.Run, control).Begin(cancellationToken);
        var lost = Lost(live, wanted).Concat(composed?.Lost ?? []).ToLookup(IsLabel);
        Problem?[] problems =
        [
            .. LostValues(live, [.. lost[false]]),
            .. await new RemovedLabels(context).ProblemsAsync(
                [.. lost[true].Select(path => path[RemovedLabels.Section.Length..])],
                [Clusters((live.Deployed ?? live).Config)],
                cancellationToken
            ),
            Displaced(live),
            await new WorkflowDefinition(context.Run, control, values).LostAsync(live, wanted, context.Options.AcceptCrdDeletion, cancellationToken),
            await propeller.RenamedAsync(live, wanted, cancellationToken),
        ];
        if (problems.Any(problem => problem is not null))
            throw new RefusedException([.. problems.OfType<Problem>()]);
    }

    /// <summary>The labels of the fleet's own clusters that the upgrade removes.</summary>
    /// <param name="live">The live release; null for none.</param>
    /// <param name="wanted">The values that it would get.</param>
    public IReadOnlyList<string> Removed(HelmRelease? live, JsonObject wanted) =>
        live is null ? [] : [.. Lost(live, wanted).Where(IsLabel).Select(path => path[RemovedLabels.Section.Length..])];

    private static JsonObject? Clusters(JsonObject values) => values["configmap"]?["clusters"] as JsonObject;

    private static bool IsLabel(string path) => path.StartsWith(RemovedLabels.Section, StringComparison.Ordinal);

    private IEnumerable<string> Lost(HelmRelease live, JsonObject wanted) =>
        new[] { live, live.Deployed }
            .OfType<HelmRelease>()
            .SelectMany(revision =>
                new OldChart(context, values)
                    .Losses(revision, [.. values.Lost(revision.Config, wanted).Where(path => !IdentityValues.IsOwn(path))])
                    .Concat(file?.Lost(revision, wanted) ?? [])
            )
            .Distinct(StringComparer.Ordinal);

    private IEnumerable<Problem> LostValues(HelmRelease live, IReadOnlyList<string> lost)
    {
        var accepted = lost.ToLookup(context.Options.Accepts);
        if (accepted[true].Any())
        {
            var list = string.Join(", ", accepted[true]);
            context.Journal.Add($"Values of release {live.Name} revision {live.Revision} that are set nowhere else are removed, as accepted: {list}.");
        }

        if (!accepted[false].Any())
            yield break;
        foreach (var unknown in context.Options.AcceptedValues.Where(accepted => !lost.Any(path => RunOptions.IsWithin(path, accepted))))
            yield return new Problem("--accept-value-loss", $"No value '{unknown}' would be lost.", Nearest.Remedy(unknown, lost));
        yield return new Problem(
            $"release {live.Name}",
            $"Its revision {live.Revision} sets values that neither the base values nor the fleet have; "
                + $"an upgrade would lose them: {string.Join(", ", accepted[false])}.",
            $"Put them in a values file of the fleet ({context.Run.ControlPlane.Helm($"get values {live.Name} -n {context.Run.Namespace}")} "
                + "shows them), or give --accept-value-loss, or for some of them --accept-value-loss=PATH,PATH."
        );
    }

    private Problem? Displaced(HelmRelease live)
    {
        if (file?.Displaced((live.Deployed ?? live).Config) is not { } displaced)
            return null;
        if (context.Options is { AcceptValueLoss: true, AcceptedValues.Count: 0 })
        {
            context.Journal.Add($"Release {live.Name}: {displaced} That was accepted.");
            return null;
        }

        return new Problem(
            $"release {live.Name}",
            displaced,
            "Name the same roles in all fleets of this control plane (cloud: controlPlane and workers; with two roles dataPlane), or give --accept-value-loss."
        );
    }
}
