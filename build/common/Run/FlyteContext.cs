using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Charts;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Tools;
using Flyte.MultiCluster.Common.Tools.Aws;
using Flyte.MultiCluster.Common.Tools.Eksctl;
using Flyte.MultiCluster.Common.Tools.Flytectl;
using Flyte.MultiCluster.Common.Tools.Gcloud;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Common.Tools.Pyflyte;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>What every task gets: the options, the fleet as it is worked on, the gate and the tools. Data; the lifetime fills it.</summary>
public sealed class FlyteContext : FrostingContext
{
    /// <summary>Makes the context of a run.</summary>
    /// <param name="context">Cake's own.</param>
    /// <param name="options">The parsed options.</param>
    /// <param name="outcome">Where the run's end is noted.</param>
    /// <param name="journal">Where stages are noted.</param>
    /// <param name="processes">Starts all child processes.</param>
    /// <param name="interruption">Ctrl+C and SIGTERM.</param>
    public FlyteContext(ICakeContext context, RunOptions options, RunOutcome outcome, RunJournal journal, ChildProcessRunner processes, Interruption interruption)
        : base(context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        (Options, Outcome, Journal, Processes, Interruption) = (options, outcome, journal, processes, interruption);
        Gate = new ChangeGate(context.Log, !options.Plan);
        Values = new HelmValues();
        Helm = new HelmTools(context.FileSystem, context.Environment, processes, context.Tools);
        KubectlVersion = new KubectlVersionRunner(context.FileSystem, context.Environment, processes, context.Tools);
        KubectlConfigView = new KubectlConfigViewRunner(context.FileSystem, context.Environment, processes, context.Tools);
        KubectlConfig = new KubectlConfigRunner(context.FileSystem, context.Environment, processes, context.Tools);
        KubectlKustomize = new KubectlKustomizeRunner(context.FileSystem, context.Environment, processes, context.Tools);
        FlytectlLabel = new FlytectlLabelRunner(context.FileSystem, context.Environment, processes, context.Tools);
        PyflyteRun = new PyflyteRunRunner(context.FileSystem, context.Environment, processes, context.Tools);
        Aws = new AwsTools(context.FileSystem, context.Environment, processes, context.Tools, TimeProvider.System);
        Eksctl = new EksctlRunner(context.FileSystem, context.Environment, processes, context.Tools);
        Gcloud = new GcloudTools(context.FileSystem, context.Environment, processes, context.Tools, TimeProvider.System);
        Charts = new ChartCache(Path.Combine(ProjectRoot.Path, "artifacts", "charts"), Values, Helm);
    }

    /// <summary>The parsed options.</summary>
    public RunOptions Options { get; }

    /// <summary>What becomes of the run.</summary>
    public RunOutcome Outcome { get; }

    /// <summary>What happens in the run.</summary>
    public RunJournal Journal { get; }

    /// <summary>The one gate for every change.</summary>
    public IChangeGate Gate { get; }

    /// <summary>Starts and counts child processes.</summary>
    public ChildProcessRunner Processes { get; }

    /// <summary>Ctrl+C and SIGTERM.</summary>
    public Interruption Interruption { get; }

    /// <summary>Ends everything when the run is interrupted.</summary>
    public CancellationToken Cancellation => Interruption.Token;

    /// <summary>Reads and merges values as Helm does.</summary>
    public IHelmValues Values { get; }

    /// <summary>The helm commands.</summary>
    public HelmTools Helm { get; }

    /// <summary><c>kubectl version</c>.</summary>
    public KubectlVersionRunner KubectlVersion { get; }

    /// <summary><c>kubectl config view</c>.</summary>
    public KubectlConfigViewRunner KubectlConfigView { get; }

    /// <summary><c>kubectl config set-…</c>.</summary>
    public KubectlConfigRunner KubectlConfig { get; }

    /// <summary><c>kubectl kustomize</c>.</summary>
    public KubectlKustomizeRunner KubectlKustomize { get; }

    /// <summary><c>flytectl update execution-cluster-label</c>.</summary>
    public FlytectlLabelRunner FlytectlLabel { get; }

    /// <summary><c>pyflyte run --remote</c>.</summary>
    public PyflyteRunRunner PyflyteRun { get; }

    /// <summary>The aws commands.</summary>
    public AwsTools Aws { get; set; }

    /// <summary>The eksctl commands.</summary>
    public EksctlRunner Eksctl { get; }

    /// <summary>The gcloud commands.</summary>
    public GcloudTools Gcloud { get; set; }

    /// <summary>The cached charts.</summary>
    public ChartCache Charts { get; }

    /// <summary>The fleet as it is worked on; set by the lifetime for targets that use one.</summary>
    /// <exception cref="InvalidOperationException">The target uses no fleet.</exception>
    public FleetRun Run
    {
        get => field ?? throw new InvalidOperationException("This target uses no fleet.");
        set;
    }

    /// <summary>helm's major version; 0 before it was asked.</summary>
    public int HelmMajor { get; set; }

    /// <summary>The names of the tasks that this run executes, set by the lifetime; empty before.</summary>
    public IReadOnlySet<string> Tasks { get; set; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Whom the run may ask.</summary>
    public ITerminal Terminal { get; set; } = new ConsoleTerminal();

    /// <summary>Whether a fleet was loaded.</summary>
    public bool HasRun { get; set; }

    /// <summary>Whether this run executes a task, or has already.</summary>
    /// <param name="task">The task's name.</param>
    public bool WillRun(string task) => Tasks.Contains(task);

    /// <summary>Logs a line about a cluster.</summary>
    public void Report(string cluster, string line) => Log.Information("[{0}] {1}", cluster, line);
}
