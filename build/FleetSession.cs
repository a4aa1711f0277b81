using System.Security.Cryptography;
using System.Text;
using Cake.Core.Diagnostics;
using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tasks.ControlPlanes;
using Flyte.MultiCluster.Tasks.DataPlanes;
using Flyte.MultiCluster.Tasks.Drain;
using Flyte.MultiCluster.Tasks.ExecutionLabels;
using Flyte.MultiCluster.Tasks.Prerequisites.Chart;
using Flyte.MultiCluster.Tasks.Rendering;
using Flyte.MultiCluster.Tasks.Sandboxes;
using Flyte.MultiCluster.Tasks.ValuesOverrides;

namespace Flyte.MultiCluster.Build;

/// <summary>The fleet of a run, opened: read, validated, with a way to every cluster; ended with the run.</summary>
internal sealed class FleetSession : IAsyncDisposable
{
    // The stages that write below artifacts/.
    private static readonly string[] Writing =
    [
        nameof(AddHelmRepository),
        nameof(FetchChart),
        nameof(WriteDataPlaneValues),
        nameof(InstallDataPlane),
        nameof(WriteValuesOverride),
        nameof(UpgradeControlPlane),
        nameof(UpdateExecutionClusterLabels),
        nameof(Render),
    ];

    private readonly ClusterConnections _connections;
    private readonly FleetRun _run;

    private FleetSession(ClusterConnections connections, FleetRun run) => (_connections, _run) = (connections, run);

    /// <summary>Opens the fleet that the options choose, and starts the sandbox where there is none; logs which first.</summary>
    /// <param name="context">The run, which gets the fleet.</param>
    /// <param name="kubectl">The kubectl commands.</param>
    /// <param name="values">Reads YAML as Helm does.</param>
    /// <param name="charts">The cached charts.</param>
    /// <param name="processes">Starts what is not run as a tool: kubectl proxy, the command that gets a token.</param>
    /// <param name="source">The Git tree that the fleet file is in.</param>
    /// <exception cref="RefusedException">The fleet file, a tool or a chosen cluster's name is wrong: all problems at once.</exception>
    /// <exception cref="SandboxException">The sandbox does not start.</exception>
    public static async Task<FleetSession> OpenAsync(
        FlyteContext context,
        KubectlTools kubectl,
        IHelmValues values,
        ChartCache charts,
        ChildProcessRunner processes,
        FleetSource source
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        var choice = FleetChoice.For(context.Options, ProjectRoot.Path);
        context.Log.Information("Fleet: {0}", choice);
        var problems = new List<Problem>();
        if (choice.IsSandbox && context.Options.Kubeconfig is not null)
            throw new RefusedException([
                new Problem(
                    "--kubeconfig",
                    $"There is no fleet file ({FleetChoice.DefaultPath}), and the sandbox has its own kubeconfig.",
                    $"Write the fleet file (cp values/fleet.example.yaml {FleetChoice.DefaultPath}) or name it with --fleet=PATH; for the sandbox "
                        + "leave --kubeconfig out."
                ),
            ]);
        if (choice.IsSandbox)
            InstallMissingTools(context);
        var missing = RegisterTools(context);
        var (path, kubeconfig) =
            choice.IsSandbox && missing.Count == 0 ? await SandboxAsync(context) : (choice.Path ?? string.Empty, context.Options.Kubeconfig);
        var (fleet, drain) = path.Length == 0 ? default : Read(path, context, problems);
        problems.InsertRange(0, missing.Where(tool => tool != "helm" || fleet?.Flyte.Overlays is null).Select(ToolPaths.Missing));
        if (context.Options.RequireClean && path.Length > 0)
            problems.AddRange(await source.UncleanAsync(ProcessEnvironment.Current.FullPath(path), context.Cancellation));
        problems.AddRange(Unwritable(context));
        if (fleet?.FlyteAdmin is { } admin)
            problems.AddRange(FlyteAdminClient.Check(admin));
        if (problems.Count > 0 || fleet is null)
            throw new RefusedException(problems);
        return await OpenAsync(
            context,
            fleet,
            drain,
            kubeconfig is null ? null : ProcessEnvironment.Current.FullPath(kubeconfig),
            kubectl,
            values,
            charts,
            processes
        );
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in _run.Clusters)
            cluster.Api.Dispose();
        _run.FlyteAdmin?.Dispose();
        await _connections.DisposeAsync();
    }

    private static async Task<FleetSession> OpenAsync(
        FlyteContext context,
        Fleet fleet,
        FleetDrain? drain,
        string? kubeconfig,
        KubectlTools kubectl,
        IHelmValues values,
        ChartCache charts,
        ChildProcessRunner processes
    )
    {
        var contexts = kubectl.ConfigView.ContextsAsync(new KubectlSettings { Kubeconfig = kubeconfig }, context.Cancellation);
        var connections = new ClusterConnections(
            contexts,
            new KubectlProxies(processes, ToolPaths.Current.Find("kubectl")!, kubeconfig, (name, line) => context.Report(NameOf(fleet, name), line))
        );
        if (drain is not null)
            fleet = drain.Drained(await UnnamedContexts.FindAsync(drain, connections, contexts, values, context));
        var chosen = context.Options.Clusters;
        var timeout = context.Options.Timeout;
        var run = new FleetRun
        {
            Fleet = fleet,
            Drain = drain,
            UpgradesChart = Targets.Upgrading.Overlaps(context.Tasks),
            IsControlPlaneChosen =
                Targets.RollingBack.Overlaps(context.Tasks) && (context.Options.All || chosen.Contains(fleet.ControlPlane.Name, StringComparer.Ordinal)),
            ControlPlane = new ControlPlaneRun(
                fleet.ControlPlane,
                ClusterApi.Through(connections, fleet.ControlPlane.Name, fleet.ControlPlane.Context, timeout, context.Log)
            ),
            DataPlanes =
            [
                .. fleet
                    .DataPlanes.Where(plane => chosen.Count == 0 || chosen.Contains(plane.Name, StringComparer.Ordinal))
                    .Select(plane => new DataPlaneRun(plane, ClusterApi.Through(connections, plane.Name, plane.Context, timeout, context.Log))),
            ],
            Artifacts = Path.Combine(ProjectRoot.Path, "artifacts", "values", $"{Path.GetFileNameWithoutExtension(fleet.Path)}-{Short(fleet.Path)}"),
            Kubeconfig = kubeconfig,
            Contexts = contexts,
            CachedChart = () => fleet.Flyte.Overlays is null ? charts.Find(fleet.Flyte.Chart) : null,
            FlyteAdmin = fleet.FlyteAdmin is { } admin ? FlyteAdminClient.Open(admin, processes, timeout, context.Log) : null,
        };
        context.Run = run;
        RunSummary.PrintStart(context);
        return new FleetSession(connections, run);
    }

    private static string NameOf(Fleet fleet, string context) =>
        fleet.ControlPlane.Context == context ? fleet.ControlPlane.Name : fleet.DataPlanes.FirstOrDefault(plane => plane.Context == context)?.Name ?? context;

    private static (Fleet? Fleet, FleetDrain? Drain) Read(string path, FlyteContext context, List<Problem> problems)
    {
        var (result, options) = (new FleetReader().Read(path), context.Options);
        problems.AddRange(result.Problems);
        if (result.Fleet is not { } fleet)
            return default;
        var isRollback = Targets.RollingBack.Overlaps(context.Tasks);
        string[] names = [.. fleet.DataPlanes.Select(plane => plane.Name), .. isRollback ? new[] { fleet.ControlPlane.Name } : []];
        if (fleet.Flyte.IsGitOps && (isRollback || Targets.Upgrading.Overlaps(context.Tasks)))
            problems.Add(
                new Problem(
                    "flyte.managedBy",
                    "Argo CD or Flux manages this fleet's releases, and this target changes them with helm.",
                    "Write the chart's version into the fleet file, then Render, commit, and sync: the control plane first, then the data planes."
                )
            );
        if (Targets.Draining.Overlaps(context.Tasks))
        {
            if (fleet.Flyte.IsGitOps)
                problems.Add(
                    new Problem(
                        "flyte.managedBy",
                        "Argo CD or Flux manages this fleet's releases, and this target changes the control plane's.",
                        "Write enabled: false for the data plane, or remove it and its labels from the fleet file, then Render, commit, and sync. "
                            + "Wait until nothing runs there (Status shows it) before its entry goes."
                    )
                );
            var drain = new FleetDrain(fleet, options.Clusters, options.MovedLabels) { IsRemoval = Targets.Removing.Overlaps(context.Tasks) };
            if (options.Clusters.Count == 0)
                problems.Add(new Problem("--cluster", "It has to name the data planes to take out of service.", $"The fleet has {string.Join(", ", names)}."));
            problems.AddRange(drain.Problems());
            return (fleet, drain);
        }

        if (isRollback && options.All == options.Clusters.Count > 0)
            problems.Add(
                new Problem(
                    "--cluster",
                    options.All ? "--all and --cluster are both given." : "It has to name the clusters to roll back.",
                    $"Give --all for every cluster, or --cluster with some of {string.Join(", ", names)}."
                )
            );
        problems.AddRange(
            options
                .Clusters.Where(name => !names.Contains(name, StringComparer.Ordinal))
                .Select(name => new Problem(
                    "--cluster",
                    $"The fleet has no {(isRollback ? "cluster" : "data plane")} '{name}'.",
                    Nearest.To(name, names) is { } nearest ? $"Did you mean '{nearest}'?" : $"It has {string.Join(", ", names)}."
                ))
        );
        return (fleet, null);
    }

    // Found out by a stage, it would be after the first write.
    private static IEnumerable<Problem> Unwritable(FlyteContext context)
    {
        if (!context.Tasks.Overlaps(Writing))
            return [];
        try
        {
            ArtifactFile.Try(Path.Combine(ProjectRoot.Path, "artifacts", "writable"));
            return [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return
            [
                new Problem(
                    "artifacts",
                    $"It cannot be written: {exception.Message.TrimEnd('.')}.",
                    "Run in a checkout that you can write to, or in a copy of it."
                ),
            ];
        }
    }

    private static void InstallMissingTools(FlyteContext context)
    {
        if (ToolPaths.Current.Find("helm") is not null && ToolPaths.Current.Find("kubectl") is not null)
            return;
        context.Log.Information("helm or kubectl is missing: installing pinned versions into tools/bin for the sandbox");
        new PinnedTools(ProjectRoot.Path, context.ProcessRunner, context.Log).Install([ToolSet.Current]);
    }

    // Which tools are missing; whether helm is needed is the fleet's to say.
    private static List<string> RegisterTools(FlyteContext context)
    {
        var missing = new List<string>();
        var isWithoutHelm = context.Tasks.Count > 0 && !Targets.UsingHelm.Overlaps(context.Tasks);
        foreach (var tool in isWithoutHelm ? ["kubectl"] : new[] { "helm", "kubectl" })
        {
            if (ToolPaths.Current.Find(tool) is { } path)
                context.Tools.RegisterFile(path);
            else
                missing.Add(tool);
        }

        return missing;
    }

    private static async Task<(string Fleet, string Kubeconfig)> SandboxAsync(FlyteContext context)
    {
        var sandbox = await SandboxClient
            .ForOptions(context.Options)
            .EnsureUpAsync(context.Options.SandboxDataPlanes, Given(context.Options.SandboxLatency), context.Cancellation);
        return (sandbox.Fleet, sandbox.Kubeconfig);
    }

    // A running sandbox keeps its latency unless one is asked for.
    private static TimeSpan? Given(TimeSpan latency) => latency == TimeSpan.Zero ? null : latency;

    private static string Short(string path) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..6];
}
