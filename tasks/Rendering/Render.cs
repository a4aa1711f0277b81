using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Cloud;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Install.Helm;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tasks.DataPlanes;
using Flyte.MultiCluster.Tasks.Prerequisites.Chart;
using Flyte.MultiCluster.Tasks.ValuesOverrides;

namespace Flyte.MultiCluster.Tasks.Rendering;

/// <summary>For people whose clusters only Argo CD or Flux may change: what AddDataPlane would give helm and flytectl, as files for Git.</summary>
/// <param name="values">Reads and merges values as Helm does.</param>
/// <param name="manifests">The rendered manifests.</param>
/// <param name="identities">Reads the cloud identities of Flyte's service accounts.</param>
/// <param name="dataPlaneValues">The data planes' values.</param>
/// <param name="source">The Git tree that the fleet file is in.</param>
/// <param name="given">What the command line says.</param>
[TaskName(nameof(Render))]
[TaskDescription("Write the fleet's values, manifests and labels to a folder, for Argo CD, Flux or people; changes no cluster")]
[IsDependentOn(typeof(FetchChart))]
[UsesFleet]
public sealed class Render(
    IHelmValues values,
    RenderedManifests manifests,
    CloudIdentityReader identities,
    DataPlaneValues dataPlaneValues,
    FleetSource source,
    OptionValues given
) : AsyncFrostingTask<FlyteContext>
{
    private readonly ClusterRenderer _renderer = new(manifests, values);

    /// <inheritdoc/>
    public override async Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Run.IsKustomize)
            throw new RefusedException([
                new Problem(
                    context.Run.Fleet.Path,
                    "Render writes Helm values and a chart's manifests, and this fleet installs with kustomize.",
                    "Let Argo CD or Flux install the overlays' folders themselves: they are files already."
                ),
            ]);
        var path = given.Get(RenderOptions.OutputFolder) is { } chosen
            ? ProcessEnvironment.Current.FullPath(chosen)
            : Path.Combine(Path.GetDirectoryName(context.Run.Fleet.Path)!, "rendered");
        var folder = new RenderFolder(path);
        folder.Open();
        var problems = context.Run.NewProblemList();
        var planes = new ConcurrentDictionary<string, RenderedCluster>(StringComparer.Ordinal);
        var rendered = context.ForEachDataPlaneAsync(
            nameof(Render),
            async (plane, cancellationToken) =>
            {
                problems.AddRange(await dataPlaneValues.ProblemsAsync(context, plane, cancellationToken));
                var files = await dataPlaneValues.FilesAsync(context, plane, cancellationToken);
                planes[plane.Name] = await _renderer.RenderAsync(context.Run, plane, files, [], cancellationToken);
                return StageResult.Done;
            }
        );
        await rendered;
        RenderedCluster? control = null;
        await context.ForControlPlaneAsync(
            nameof(Render),
            async (_, cancellationToken) =>
            {
                control = await ControlPlaneAsync(context, problems, cancellationToken);
                return StageResult.Done;
            }
        );
        problems.Refuse();
        if (control is null)
            return;
        RenderedCluster[] clusters = [control, .. context.Run.DataPlanes.Select(plane => planes.GetValueOrDefault(plane.Name)).OfType<RenderedCluster>()];
        await WriteAsync(context, folder, path, clusters);
    }

    private async Task<RenderedCluster?> ControlPlaneAsync(FlyteContext context, ProblemList problems, CancellationToken cancellationToken)
    {
        var (run, control) = (context.Run, context.Run.ControlPlane);
        var live = HelmReleases.FindAsync(control.Api, run.Namespace, control.Spec.Release, cancellationToken);
        var secret = new CredentialsSecret(run).ReadAsync(cancellationToken);
        var loaded = new LoadedValues(run, values).ReadAsync(cancellationToken);
        await Task.WhenAll(live, secret, loaded);
        LeaveOutUnstored(context, await secret, await loaded);
        var file = new OverrideFile(context, await identities.OfAsync(run, cancellationToken), values);
        var composed = file.ComposeLoaded(await live, await loaded);
        file.Write(composed);
        if (await live is { } release)
        {
            try
            {
                await new UpgradeCheck(context, values, file).RefuseLossAsync(release, file.Planned(composed), cancellationToken, composed);
            }
            catch (RefusedException refused)
            {
                problems.AddRange(refused.Problems);
                return null;
            }
        }

        SecretKeys[] own =
        [
            new(
                CredentialsSecret.Name,
                run.Namespace,
                [.. run.Fleet.DataPlanes.SelectMany(plane => new[] { plane.TokenKey, plane.CaKey }).Order(StringComparer.Ordinal)],
                IsOfChart: false
            ),
        ];
        return await _renderer.RenderAsync(run, control, file.Files, own, cancellationToken);
    }

    // flyteadmin does not start with an entry whose credential is not mounted.
    private static void LeaveOutUnstored(FlyteContext context, JsonObject? secret, JsonObject? loaded)
    {
        var known = (loaded?["configmap"]?["clusters"]?["clusterConfigs"] as JsonArray ?? [])
            .Select(entry => (string?)entry?["name"])
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        foreach (var plane in context.Run.Active.Where(plane => !known.Contains(plane.Name)))
        {
            if (CredentialsSecret.HasKeys(secret, plane))
                continue;
            plane.Endpoint = null;
            context.Journal.Add(
                $"{plane.Name} is not in the control plane's values yet: Secret {CredentialsSecret.Name} does not hold its credential, and flyteadmin "
                    + $"would not start. Once Flyte is installed there: "
                    + $"{SuggestedCommand.Target(nameof(AddDataPlane), context.Options)}, and then Render again."
            );
        }
    }

    private async Task WriteAsync(FlyteContext context, RenderFolder folder, string path, RenderedCluster[] clusters)
    {
        var flavor = given.Get(RenderOptions.Flavor);
        var commit = await source.OfFleetAsync(context.Run.Fleet, context.Cancellation);
        var files = new RenderedFiles(context.Run.Fleet, flavor, values).Of(clusters, commit);
        string[] keep =
        [
            .. context.Run.Fleet.DataPlanes.Where(plane => clusters.All(cluster => cluster.Name != plane.Name)).Select(plane => $"clusters/{plane.Name}"),
        ];
        var head = RenderedFiles.Head(context.Run.Fleet, flavor, commit);
        var done = folder.Write(files, keep, head, isDry: !context.Gate.IsOpen);
        var shown = ProcessEnvironment.Current.RelativePath(path);
        foreach (var line in done)
            context.Log.Information(context.Gate.IsOpen ? "wrote {0}" : "would write {0}", Path.Combine(shown, line));
        Report(context, folder, clusters, files, path);
        context.Log.Information(
            done.Count == 0 ? "{0} is up to date: {1} files of {2} clusters." : "{0} has {1} files of {2} clusters.",
            shown,
            files.Count,
            clusters.Length
        );
        if (keep.Length > 0)
            context.Log.Warning("Left as they were: {0}.", string.Join(", ", keep.Select(one => Path.Combine(shown, one))));
    }

    private static void Report(
        FlyteContext context,
        RenderFolder folder,
        IReadOnlyList<RenderedCluster> clusters,
        IReadOnlyDictionary<string, string> files,
        string path
    )
    {
        foreach (var cluster in clusters.Where(cluster => cluster.LeftOut.Count > 0))
            context.Log.Warning("  [{0}] values left out, as they look like credentials: {1}.", cluster.Name, string.Join(", ", cluster.LeftOut));
        foreach (var file in folder.Edited.Where(file => Path.GetFileName(file) == ExternalSecrets.FileName))
        {
            var text = File.ReadAllText(Path.Combine(path, file));
            string[] missing =
            [
                .. clusters
                    .Where(cluster => file == $"{cluster.Folder}/{ExternalSecrets.FileName}")
                    .SelectMany(cluster => cluster.Secrets)
                    .SelectMany(secret => secret.Keys)
                    .Where(key => !text.Contains(key, StringComparison.Ordinal)),
            ];
            context.Log.Information(
                "{0} is edited and stays as it is{1}.",
                Path.Combine(ProcessEnvironment.Current.RelativePath(path), file),
                missing.Length == 0 ? string.Empty : $"; it does not have {string.Join(", ", missing)}"
            );
        }
    }
}
