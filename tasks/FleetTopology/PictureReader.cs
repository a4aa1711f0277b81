using System.Globalization;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.FleetStatus;
using Flyte.MultiCluster.Tasks.Verification;

namespace Flyte.MultiCluster.Tasks.FleetTopology;

/// <summary>Reads what the picture shows: the clusters as Status sees them, and beside them FlyteAdmin's labels and executions.</summary>
/// <param name="context">The clusters, with what has been read of them.</param>
/// <param name="cancellationToken">Cancels the requests.</param>
internal sealed class PictureReader(VerifyContext context, CancellationToken cancellationToken)
{
    // A control plane without flyteadmin's configuration has no cluster yet.
    private static readonly ClusterConfigs Nothing = new([], new Dictionary<string, IReadOnlyList<WeightedCluster>>(StringComparer.Ordinal), null);

    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private readonly List<string> _notes = [];

    private FleetRun Run => context.Run.Run;

    private DateTimeOffset Now => Run.ControlPlane.Api.Time.GetUtcNow();

    /// <summary>Reads it.</summary>
    /// <returns>The picture, and the clusters as Status would show them.</returns>
    public async Task<(FleetPicture Picture, IReadOnlyList<ClusterStatus> Rows)> ReadAsync()
    {
        var reader = new ClusterStatusReader(context, cancellationToken);
        var (rows, admin) = (reader.ReadAsync(), AdminAsync());
        await Task.WhenAll(rows, admin);
        if (reader.DrainsUnread is { } why)
            Note($"Which data planes are drained could not be read: {why}");
        return (Picture(await rows, await LoadedAsync(), await admin), await rows);
    }

    private FleetPicture Picture(
        IReadOnlyList<ClusterStatus> rows,
        ClusterConfigs? loaded,
        (IReadOnlyDictionary<LabelScope, string>? Labels, IReadOnlyList<Execution>? Executions) admin
    )
    {
        if (loaded is null)
            _notes.Add("flyteadmin's configuration could not be read: labels and weights are the fleet file's.");
        var labels = Labels(loaded, rows);
        var defaultLabel = loaded is null || loaded == Nothing ? Run.Fleet.DefaultLabel : loaded.DefaultLabel;
        var runs = (admin.Executions ?? [])
            .Where(execution => execution.Cluster is not null)
            .GroupBy(execution => execution.Cluster!, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, Counted, StringComparer.Ordinal);
        PictureCluster[] clusters = [.. rows.Select(row => Cluster(row, loaded is not null, admin.Executions is null ? null : runs))];
        var scopes = Scopes(admin.Labels ?? Run.Fleet.ExecutionLabels.ToDictionary(label => label.Scope, label => label.Label), admin.Executions, defaultLabel);
        var used = labels.SelectMany(label => label.Members).Select(member => member.Cluster).ToHashSet(StringComparer.Ordinal);
        AddUnplaced(admin.Executions ?? [], rows);
        return new FleetPicture(
            Path.GetFileName(Run.Fleet.Path),
            clusters[0] with
            {
                State = rows[0].IsReachable == false ? ClusterState.Unreachable : ClusterState.Enabled,
            },
            [.. clusters.Skip(1).Concat(rows[0].IsEnabled is not null || used.Contains(rows[0].Cluster) ? [clusters[0]] : [])],
            [
                .. labels.Select(label => label with { IsDefault = label.Name == defaultLabel }),
                .. scopes
                    .Select(scope => scope.Label)
                    .OfType<string>()
                    .Distinct(StringComparer.Ordinal)
                    .Where(name => labels.All(label => label.Name != name))
                    .Select(name => new PictureLabel(name, [], name == defaultLabel)),
            ],
            scopes
        )
        {
            At = Now,
            Notes = _notes,
        }.Ordered();
    }

    private static PictureCluster Cluster(ClusterStatus row, bool isLoaded, Dictionary<string, RunCount>? runs)
    {
        var state =
            row.Drained is not null && row.IsEnabled != true ? ClusterState.Drained
            : row.IsReachable == false ? ClusterState.Unreachable
            : row.IsEnabled switch
            {
                true => ClusterState.Enabled,
                false => ClusterState.Disabled,
                null => isLoaded ? ClusterState.New : ClusterState.Unknown,
            };
        return new PictureCluster(row.Cluster, state)
        {
            Versions = string.Join(" · ", new[] { row.Kubernetes, row.Chart }.OfType<string>()),
            Runs = runs is null ? null : runs.GetValueOrDefault(row.Cluster) ?? new RunCount(0, 0),
            Details = [.. Details(row).Where(detail => detail.Value is not null).Select(detail => (detail.Name, detail.Value!))],
        };
    }

    private static IEnumerable<(string Name, string? Value)> Details(ClusterStatus row)
    {
        yield return ("Kubernetes", row.Kubernetes);
        yield return ("Chart", row.Chart);
        yield return (
            "Release",
            row.Revision is { } revision ? string.Create(CultureInfo.InvariantCulture, $"revision {revision}, {row.ReleaseStatus}") : null
        );
        yield return ("Git commit", row.Source?.Short);
        yield return ("Deployments", row.Deployments is { } all ? $"{row.ReadyDeployments} of {all} ready" : null);
        yield return (
            "In clusterConfigs",
            row.IsEnabled switch
            {
                true => "enabled",
                false => "disabled",
                null => null,
            }
        );
        yield return ("Drain", row.Drained);
        yield return ("FlyteWorkflows running", row.RunningWorkflows?.ToString(CultureInfo.InvariantCulture));
        yield return ("CA expires", row.CaExpiry?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        yield return ("Drift", row.Drift is { Count: > 0 } drift ? string.Join("; ", drift) : null);
        yield return ("Fleet", row.IsInFleet ? null : "not in the fleet file");
        yield return ("Problem", row.Problem);
    }

    private List<PictureLabel> Labels(ClusterConfigs? loaded, IReadOnlyList<ClusterStatus> rows)
    {
        var shown = rows.Select(row => row.Cluster).ToHashSet(StringComparer.Ordinal);
        var fleet = Run.Fleet.Labels.ToDictionary(label => label.Name, label => label.Clusters, StringComparer.Ordinal);
        return
        [
            .. fleet
                .Keys.Concat(loaded?.Labels.Keys ?? [])
                .Distinct(StringComparer.Ordinal)
                .Select(name => new PictureLabel(name, [.. Members(name).Where(member => shown.Contains(member.Cluster))], IsDefault: false)),
        ];

        IEnumerable<PictureMember> Members(string name)
        {
            var live = (loaded?.Labels.GetValueOrDefault(name) ?? []).Select(member => new PictureMember(member.Id, member.Weight, IsPlanned: false)).ToArray();
            var planned = (fleet.GetValueOrDefault(name) ?? [])
                .Where(member => Array.TrueForAll(live, one => one.Cluster != member.Id))
                .Select(member => new PictureMember(member.Id, member.Weight, IsPlanned: loaded is not null));
            return live.Concat(planned);
        }
    }

    private static List<PictureScope> Scopes(IReadOnlyDictionary<LabelScope, string> labels, IReadOnlyList<Execution>? executions, string? defaultLabel)
    {
        var runs = (executions ?? [])
            .GroupBy(execution => new LabelScope(execution.Id.Project, execution.Id.Domain))
            .ToDictionary(group => group.Key, group => group.ToArray());
        return [.. labels.Keys.Union(runs.Keys).Select(Scope)];

        PictureScope Scope(LabelScope scope)
        {
            var own = labels.GetValueOrDefault(scope);
            var all = scope is { Domain: not null, Workflow: null } && executions is not null ? runs.GetValueOrDefault(scope) ?? [] : null;
            return new PictureScope(scope, own ?? labels.GetValueOrDefault(new LabelScope(scope.Project)) ?? defaultLabel, own is null)
            {
                Runs = all is null ? null : Counted(all),
                RanIn =
                [
                    .. (all ?? [])
                        .CountBy(execution => execution.Cluster ?? "no cluster", StringComparer.Ordinal)
                        .OrderByDescending(count => count.Value)
                        .ThenBy(count => count.Key, StringComparer.Ordinal)
                        .Select(count => (count.Key, count.Value)),
                ],
            };
        }
    }

    private static RunCount Counted(IEnumerable<Execution> executions)
    {
        Execution[] all = [.. executions];
        return new RunCount(all.Length, all.Count(execution => execution.Phase is ExecutionPhase.Failed or ExecutionPhase.TimedOut));
    }

    private void AddUnplaced(IReadOnlyList<Execution> executions, IReadOnlyList<ClusterStatus> rows)
    {
        var nowhere = executions.Count(execution => execution.Cluster is null);
        if (nowhere > 0)
            _notes.Add($"{new RunCount(nowhere, 0)} reached no cluster.");
        var elsewhere = executions
            .Select(execution => execution.Cluster)
            .OfType<string>()
            .Where(cluster => rows.All(row => row.Cluster != cluster))
            .CountBy(cluster => cluster, StringComparer.Ordinal);
        _notes.AddRange(
            elsewhere
                .OrderBy(count => count.Key, StringComparer.Ordinal)
                .Select(count => $"{new RunCount(count.Value, 0)} ran in {count.Key}, which is not in the picture.")
        );
    }

    private async Task<ClusterConfigs?> LoadedAsync()
    {
        if ((await context.Control.ReachAsync()).Failure is not null)
            return null;
        try
        {
            var loaded = await context.LoadedAsync();
            return loaded.Problem is null ? loaded.Admin ?? Nothing : null;
        }
        catch (KubernetesApiException)
        {
            // The control plane's own row says why.
            return null;
        }
    }

    private async Task<(IReadOnlyDictionary<LabelScope, string>? Labels, IReadOnlyList<Execution>? Executions)> AdminAsync()
    {
        if (Run.FlyteAdmin is not { } admin)
        {
            Note("The fleet file has no flyteAdmin: labels of projects are the fleet file's, and executions are not shown.");
            return default;
        }

        try
        {
            var (labels, projects, domains) = (
                admin.ExecutionLabelsAsync(cancellationToken),
                admin.ProjectsAsync(cancellationToken),
                admin.DomainsAsync(cancellationToken)
            );
            await Task.WhenAll(labels, projects, domains);
            return (await labels, await ExecutionsAsync(admin, await projects, await domains));
        }
        catch (FlyteAdminException exception)
        {
            Note($"FlyteAdmin could not be read, so labels of projects are the fleet file's, and executions are not shown: {exception.Message}");
            return default;
        }
    }

    private async Task<IReadOnlyList<Execution>> ExecutionsAsync(IFlyteAdmin admin, IReadOnlyList<string> projects, IReadOnlyList<string> domains)
    {
        var since = Now - Day;
        var found = await DomainSweep.OfAsync(
            projects,
            domains,
            async (project, domain) => (Place: $"{project}/{domain}", Recent: await admin.ExecutionsSinceAsync(project, domain, since, cancellationToken)),
            cancellationToken
        );
        foreach (var (place, recent) in found.Where(one => one.Recent.HasMore))
            Note($"{place} had more executions in 24 h: the newest {recent.Executions.Count} are counted.");
        return [.. found.SelectMany(one => one.Recent.Executions)];
    }

    private void Note(string note)
    {
        lock (_notes)
            _notes.Add(note);
    }
}
