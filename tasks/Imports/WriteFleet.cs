using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Differences;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>Writes the fleet file and its values files, and reports what is broken in what was read.</summary>
/// <param name="values">Reads and writes values as Helm does.</param>
/// <param name="time">The clock.</param>
[TaskName(nameof(WriteFleet))]
[TaskDescription("Write the fleet file --output-fleet with its values files, and report what is broken, by the names of Verify's checks")]
[IsDependentOn(typeof(ReadCloud))]
public sealed class WriteFleet(IHelmValues values, TimeProvider time) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var state = ImportState.Of(context);
        var fleet = ImportedFleet.Of(state);
        var cloud = state.Cloud ?? new ImportedCloud { Identities = [] };
        var findings = new ImportFindings(fleet, time.GetUtcNow());
        var kept = Values(fleet);
        var files = kept.Where(one => one.Value.Values.Count > 0)
            .ToDictionary(one => one.Key, one => Path.Combine(Path.GetFileName(state.Request.ValuesFolder), $"{one.Key}.yaml"), StringComparer.Ordinal);
        var leftOut = kept.ToDictionary(one => one.Key, one => one.Value.LeftOut, StringComparer.Ordinal);
        var text = new FleetText(fleet, findings, cloud, values).Write(files, leftOut);
        Write(context, state.Request, files.ToDictionary(file => file.Value, file => values.Write(kept[file.Key].Values), StringComparer.Ordinal), text);
        Report(context, fleet, [.. findings.Find(), .. cloud.Findings], leftOut);
        return Task.CompletedTask;
    }

    private Dictionary<string, CredentialValues> Values(ImportedFleet fleet)
    {
        var writer = new ImportedValues(values);
        var found = new Dictionary<string, CredentialValues>(StringComparer.Ordinal);
        if (fleet.Control.Release is { } release)
            found[fleet.ControlPlaneName] = writer.OfControlPlane(release, fleet);
        foreach (var plane in fleet.DataPlanes.Where(plane => plane.Release is not null))
            found[plane.Entry.Name] = writer.OfDataPlane(plane.Release!, fleet.Flyte);
        return found;
    }

    private static void Write(FlyteContext context, ImportRequest request, IReadOnlyDictionary<string, string> files, string fleet)
    {
        var folder = Path.GetDirectoryName(request.Fleet)!;
        (string Path, string Content)[] all = [.. files.Select(file => (Path.Combine(folder, file.Key), file.Value)), (request.Fleet, fleet)];
        Problem[] obstacles = [.. all.Select(file => ImportedFile.Obstacle(file.Path)).OfType<Problem>()];
        if (obstacles.Length > 0)
            throw new RefusedException(obstacles);
        foreach (var (path, content) in all)
        {
            var shown = ProcessEnvironment.Current.RelativePath(path);
            if (!context.Gate.IsOpen)
                context.Log.Information("would write {0}", shown);
            else
                context.Log.Information(ImportedFile.Write(path, content) ? "wrote {0}" : "{0} is up to date", shown);
        }

        if (context.Gate.IsOpen && new FleetReader().Read(request.Fleet) is { Problems: { Count: > 0 } problems })
            throw new InvalidOperationException($"The fleet file was written, and has to be corrected by hand: {string.Join(" ", problems)}");
    }

    private static void Report(
        FlyteContext context,
        ImportedFleet fleet,
        IReadOnlyList<ImportFinding> findings,
        IReadOnlyDictionary<string, IReadOnlyList<string>> leftOut
    )
    {
        context.Log.Information(string.Empty);
        context.Log.Information(
            "Imported {0} data planes and {1} labels; {2}.",
            fleet.DataPlanes.Count,
            fleet.Labels.Labels.Count,
            findings.Count == 0 ? "nothing is broken, as far as was looked" : $"{findings.Count} {(findings.Count == 1 ? "thing is" : "things are")} broken"
        );
        foreach (var finding in findings)
            context.Log.Warning("  [{0}] {1}: {2}", finding.Cluster, finding.Check, finding.What);
        foreach (var (name, paths) in leftOut.Where(one => one.Value.Count > 0))
            context.Log.Warning(
                "  [{0}] values left out, as they look like credentials: {1}. Give them in a values file of your own; AddDataPlane is refused before.",
                name,
                string.Join(", ", paths)
            );
        var options = context.Options with { Fleet = ProcessEnvironment.Current.RelativePath(fleet.Request.Fleet) };
        context.Log.Information("Next: {0}   (shows what AddDataPlane would repair)", SuggestedCommand.Target(nameof(Plan), options));
    }
}
