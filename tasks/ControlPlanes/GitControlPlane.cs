using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ValuesOverrides;

namespace Flyte.MultiCluster.Tasks.ControlPlanes;

/// <summary>The control plane where Argo CD or Flux changes its release: says what Git still has to bring, and restarts for new credentials.</summary>
/// <param name="context">The run.</param>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="git">Compares with what Git has to bring.</param>
/// <param name="identities">Reads the cloud identities of Flyte's service accounts.</param>
internal sealed class GitControlPlane(FlyteContext context, IHelmValues values, GitDifference git, CloudIdentityReader identities)
{
    /// <summary>Runs the stage.</summary>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public async Task<StageResult> RunAsync(CancellationToken cancellationToken)
    {
        var (run, control) = (context.Run, context.Run.ControlPlane);
        var loaded = await new LoadedValues(run, values).ReadAsync(cancellationToken);
        var live = await HelmReleases.FindAsync(control.Api, run.Namespace, control.Spec.Release, cancellationToken);
        var file = new OverrideFile(context, await identities.OfAsync(run, cancellationToken), values);
        file.Write(file.ComposeLoaded(live, loaded));
        if (await git.OfAsync(run, control, file.Files, cancellationToken) is { Count: > 0 } phrases)
            context.Journal.Add(GitDifference.Note(control, phrases));
        var known = (await new LoadedClusterConfigs(run, values).ReadAsync(cancellationToken))?.Clusters.Select(entry => entry.Name) ?? [];
        foreach (var plane in run.Active.ExceptBy(known, plane => plane.Name).ToArray())
        {
            var why = $"flyteadmin's configuration does not name it yet. {GitDifference.Remedy} Then run AddDataPlane again, for its labels and smoke run.";
            context.Journal.Add($"{plane.Name}: its credential is stored, and {why}");
            plane.LeaveOut(why);
        }

        // An annotation that is not in Git stays: Argo CD leaves it alone, and Render's Application says so.
        var consumers = new CredentialConsumers(context, values);
        await consumers.LookAsync(cancellationToken);
        var restarted = await consumers.ReloadAsync(() => Task.FromResult(ForeseenPods.Same), cancellationToken);
        run.State.Of<AdminChecked>().IsRestarted = context.Gate.IsOpen && restarted;
        return restarted ? StageResult.Done : StageResult.Skipped("Git manages the release, and the credentials are loaded");
    }
}
