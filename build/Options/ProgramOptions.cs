using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks;
using Flyte.MultiCluster.Tasks.Developers;
using Flyte.MultiCluster.Tasks.Drain;
using Flyte.MultiCluster.Tasks.ExecutionLabels;
using Flyte.MultiCluster.Tasks.FleetStatus;
using Flyte.MultiCluster.Tasks.FleetTopology;
using Flyte.MultiCluster.Tasks.Imports;
using Flyte.MultiCluster.Tasks.NewClusters;
using Flyte.MultiCluster.Tasks.Removal;
using Flyte.MultiCluster.Tasks.Rendering;
using Flyte.MultiCluster.Tasks.Rotation;
using Flyte.MultiCluster.Tasks.Upgrades;
using Flyte.MultiCluster.Tasks.Verification;

namespace Flyte.MultiCluster.Build.Options;

/// <summary>The options of this program. A target's own option is one more object here, read through <see cref="OptionValues"/>.</summary>
internal static class ProgramOptions
{
    private static readonly RunOptions Defaults = new();

    /// <summary><c>--fleet</c>.</summary>
    public static Option<string?> Fleet { get; } =
        new("fleet", ValueKinds.Path, "The fleet file: the desired state.", Defaults.Fleet)
        {
            DefaultIn = "values/fleet.yaml; where there is none, the sandbox's",
            Examples = ["./build.sh --target=AddDataPlane --fleet=my-fleet.yaml --plan --detailed-exitcode"],
        };

    /// <summary><c>--cluster</c>.</summary>
    public static Option<IReadOnlyList<string>> Cluster { get; } =
        new("cluster", ValueKinds.Names, "Work on these data planes only; Rollback takes the control plane's name too.", Defaults.Clusters)
        {
            DefaultIn = "all",
            Examples = ["./build.sh --target=AddDataPlane --cluster=dataplane_3 --timeout=15m --report=report.json"],
        };

    /// <summary><c>--kubeconfig</c>.</summary>
    public static Option<string?> Kubeconfig { get; } =
        new("kubeconfig", ValueKinds.Path, "The kubeconfig for kubectl and helm.", Defaults.Kubeconfig)
        {
            DefaultIn = "their own: KUBECONFIG or ~/.kube/config",
        };

    /// <summary><c>--parallelism</c>.</summary>
    public static Option<int> Parallelism { get; } =
        new("parallelism", ValueKinds.Count(1, 256), "How many clusters to work on at once.", Defaults.Parallelism);

    /// <summary><c>--timeout</c>.</summary>
    public static Option<TimeSpan> Timeout { get; } =
        new(
            "timeout",
            ValueKinds.Duration,
            "The longest wait for one operation: a rollout, a token, a helm command, an API call. A new cluster gets 40m at least.",
            Defaults.Timeout
        )
        {
            DefaultIn = "10m",
        };

    /// <summary><c>--plan</c>.</summary>
    public static Option<bool> Plan { get; } = new("plan", ValueKinds.Flag, "Show the changes and make none.", Defaults.Plan);

    /// <summary><c>--expect</c>.</summary>
    public static Option<string?> Expect { get; } =
        new("expect", ValueKinds.Digest, "Make the changes of the plan with this digest, or none.", Defaults.Expect)
        {
            Examples = ["./build.sh --target=AddDataPlane --expect=sha256:0123456789abcdef"],
        };

    /// <summary><c>--detailed-exitcode</c>.</summary>
    public static Option<bool> DetailedExitCode { get; } =
        new("detailed-exitcode", ValueKinds.Flag, "With --plan: exit 2 when there are changes to make.", Defaults.DetailedExitCode);

    /// <summary><c>--report</c>.</summary>
    public static Option<string?> Report { get; } =
        new("report", ValueKinds.Path, "Write a JSON report of the run; - is standard output, and the log then goes to standard error.", Defaults.Report);

    /// <summary><c>--require-clean</c>.</summary>
    public static Option<bool> RequireClean { get; } =
        new("require-clean", ValueKinds.Flag, "Refuse a fleet file in no Git repository, or in one with uncommitted changes.", Defaults.RequireClean);

    /// <summary><c>--recover</c>.</summary>
    public static Option<bool> Recover { get; } =
        new("recover", ValueKinds.Flag, "Recover Helm releases stuck in pending-install or pending-upgrade.", Defaults.Recover);

    /// <summary><c>--accept-value-loss</c>.</summary>
    public static Option<IReadOnlyList<string>?> AcceptValueLoss { get; } =
        new(
            "accept-value-loss",
            ValueKinds.Paths,
            "Upgrade the control plane although values of the live release would be lost. As --accept-value-loss=PATH[,PATH]: only these.",
            null
        );

    /// <summary><c>--accept-crd-deletion</c>.</summary>
    public static Option<bool> AcceptCrdDeletion { get; } =
        new("accept-crd-deletion", ValueKinds.Flag, "Upgrade although the FlyteWorkflow CRD and its objects would be deleted.", Defaults.AcceptCrdDeletion);

    /// <summary><c>--force-conflicts</c>.</summary>
    public static Option<bool> ForceConflicts { get; } =
        new("force-conflicts", ValueKinds.Flag, "Have helm take over fields that others have set and that are not the chart's yet.", Defaults.ForceConflicts);

    /// <summary><c>--prune-labels</c>.</summary>
    public static Option<bool> PruneLabels { get; } =
        new("prune-labels", ValueKinds.Flag, "Remove execution cluster labels that this tool once set and the fleet no longer names.", Defaults.PruneLabels)
        {
            Targets = [typeof(AddDataPlane), typeof(UpdateExecutionClusterLabels)],
        };

    /// <summary><c>--without-eksctl</c>.</summary>
    public static Option<bool> WithoutEksctl { get; } =
        new("without-eksctl", ValueKinds.Flag, "Create OIDC providers and roles with the aws CLI instead of eksctl.", Defaults.WithoutEksctl);

    /// <summary><c>--yes</c>.</summary>
    public static Option<bool> Yes { get; } =
        new("yes", ValueKinds.Flag, "Create without asking; needed where there is no terminal.", Defaults.Yes)
        {
            Targets = [typeof(CreateCluster), typeof(CreateNodeGroup)],
        };

    /// <summary><c>--skip-smoke</c>.</summary>
    public static Option<bool> SkipSmoke { get; } =
        new("skip-smoke", ValueKinds.Flag, "No smoke run.", Defaults.SkipSmoke)
        {
            Targets = [typeof(AddDataPlane), typeof(RotateCredentials), typeof(UpgradeFleet)],
        };

    /// <summary><c>--smoke</c>.</summary>
    public static Option<SmokeMode?> Smoke { get; } =
        new("smoke", ValueKinds.Smoke, "With the smoke run. As --smoke=pyflyte: the fleet's script, run by pyflyte.", Defaults.Smoke)
        {
            Choices = ["launchplans", "pyflyte"],
            Targets = [typeof(Verify)],
            Examples = ["./build.sh --target=Verify --smoke --output=junit"],
        };

    /// <summary><c>--lock-timeout</c>.</summary>
    public static Option<TimeSpan> LockTimeout { get; } =
        new("lock-timeout", ValueKinds.Wait, "How long to wait for another run that changes the control plane; 0 does not wait.", Defaults.LockTimeout)
        {
            DefaultIn = "5m",
        };

    /// <summary><c>--force-unlock</c>.</summary>
    public static Option<bool> ForceUnlock { get; } =
        new("force-unlock", ValueKinds.Flag, "Take the control plane's Lease from the run that holds it, which then stops.", Defaults.ForceUnlock);

    /// <summary><c>--older-than</c>.</summary>
    public static Option<TimeSpan?> OlderThan { get; } =
        new("older-than", ValueKinds.Age, "Replace only tokens of at least this age.", Defaults.OlderThan)
        {
            Targets = [typeof(RotateCredentials)],
            Examples = ["./build.sh --target=RotateCredentials --older-than=30d"],
        };

    /// <summary><c>--compromised</c>.</summary>
    public static Option<bool> Compromised { get; } =
        new(
            "compromised",
            ValueKinds.Flag,
            "Revoke a token before its successor is in use: for seconds, executions fail to start, and a leaked token does nothing.",
            Defaults.Compromised
        )
        {
            Targets = [typeof(RotateCredentials)],
        };

    /// <summary><c>--move-label</c>.</summary>
    public static Option<IReadOnlyDictionary<string, string>> MoveLabel { get; } =
        new(
            "move-label",
            ValueKinds.Pairs("LABEL=NAME[,LABEL=NAME]", "a label and the cluster that takes it, such as label2=dataplane_1, separated by commas"),
            "Which cluster takes a drained data plane's weight in a label; by default the label's other clusters, in proportion.",
            Defaults.MovedLabels
        )
        {
            Targets = [typeof(DrainDataPlane), typeof(RemoveDataPlane)],
            Examples = ["./build.sh --target=DrainDataPlane --cluster=dataplane_2 --move-label=label2=dataplane_1"],
        };

    /// <summary><c>--abort-executions</c>.</summary>
    public static Option<bool> AbortExecutions { get; } =
        new("abort-executions", ValueKinds.Flag, "Abort the executions that a drained data plane still has.", Defaults.AbortExecutions)
        {
            Targets = [typeof(DrainDataPlane)],
        };

    /// <summary><c>--unreachable</c>.</summary>
    public static Option<bool> Unreachable { get; } =
        new(
            "unreachable",
            ValueKinds.Flag,
            "Remove data planes that do not answer from the control plane alone; what they still run can never end in Flyte.",
            Defaults.Unreachable
        )
        {
            Targets = [typeof(RemoveDataPlane)],
        };

    /// <summary><c>--batch</c>.</summary>
    public static Option<BatchSize?> Batch { get; } =
        new("batch", ValueKinds.Batch, "How many data planes are upgraded, and verified, before the next ones begin.", Defaults.Batch)
        {
            DefaultIn = "1 first, then the rest by quarters",
            Targets = [typeof(UpgradeFleet)],
            Examples = ["./build.sh --target=UpgradeFleet --batch=25%"],
        };

    /// <summary><c>--accept-version-skew</c>.</summary>
    public static Option<bool> AcceptVersionSkew { get; } =
        new(
            "accept-version-skew",
            ValueKinds.Flag,
            "Upgrade over more than one minor version of the chart, or to an older version.",
            Defaults.AcceptVersionSkew
        )
        {
            Targets = [typeof(UpgradeFleet)],
        };

    /// <summary><c>--to</c>.</summary>
    public static Option<string?> To { get; } =
        new("to", ValueKinds.Revision, "The revision of the Helm release to roll back to, or the version of its chart.", Defaults.To)
        {
            Targets = [typeof(Rollback)],
            Examples = ["./build.sh --target=Rollback --cluster=dataplane_2 --to=4"],
        };

    /// <summary><c>--watch</c>.</summary>
    public static Option<TimeSpan?> Watch { get; } =
        new("watch", ValueKinds.Interval, "Show the status again every 5 seconds, until Ctrl+C. As --watch=1m: every minute.", Defaults.Watch)
        {
            Targets = [typeof(Status)],
        };

    /// <summary><c>--undrain</c>.</summary>
    public static Option<bool> Undrain { get; } =
        new("undrain", ValueKinds.Flag, "Put drained and removed data planes that the fleet enables back to work.", Defaults.Undrain)
        {
            Targets = [typeof(AddDataPlane)],
        };

    /// <summary><c>--output</c>.</summary>
    public static Option<OutputFormat> Output { get; } =
        new("output", ValueKinds.Output, "Text, json, junit or a picture's format; all but text is all that goes to standard output.", Defaults.Output)
        {
            DefaultIn = "text",
            Choices = ["text", "json", "junit", "mermaid", "svg", "html"],
            Targets = [typeof(Verify), typeof(Status), typeof(Plan), typeof(Topology)],
        };

    /// <summary><c>--output-file</c>.</summary>
    public static Option<string?> OutputFile { get; } =
        new("output-file", ValueKinds.Path, "Write the picture to this file; .svg and .html say the format too.", Defaults.OutputFile)
        {
            Targets = [typeof(Topology)],
            Examples = ["./build.sh --target=Topology --output-file=fleet.html"],
        };

    /// <summary><c>--dataplanes</c>.</summary>
    public static Option<int> DataPlanes { get; } =
        new("dataplanes", ValueKinds.Count(1, 64), "How many data plane clusters the sandbox serves.", Defaults.SandboxDataPlanes)
        {
            Group = OptionGroup.Sandbox,
        };

    /// <summary><c>--latency</c>.</summary>
    public static Option<TimeSpan> Latency { get; } =
        new("latency", ValueKinds.Milliseconds, "The round-trip time that the sandbox's API servers simulate.", Defaults.SandboxLatency)
        {
            Group = OptionGroup.Sandbox,
            DefaultIn = "0",
        };

    /// <summary><c>--sandbox</c>.</summary>
    public static Option<string?> Sandbox { get; } =
        new("sandbox", ValueKinds.Path, "The sandbox's state folder; one folder is one sandbox.", Defaults.Sandbox) { Group = OptionGroup.Sandbox };

    /// <summary><c>--help</c>.</summary>
    public static Option<bool> Help { get; } = new("help", ValueKinds.Flag, "Show this help.", false, "h", "?");

    /// <summary>All of them, Cake's own included, in help's order.</summary>
    public static IReadOnlyList<Option> All { get; } =
    [
        Fleet,
        Cluster,
        Kubeconfig,
        Parallelism,
        Timeout,
        Plan,
        Expect,
        DetailedExitCode,
        Report,
        RequireClean,
        Recover,
        AcceptValueLoss,
        AcceptCrdDeletion,
        ForceConflicts,
        PruneLabels,
        WithoutEksctl,
        Yes,
        SkipSmoke,
        Smoke,
        OlderThan,
        Compromised,
        MoveLabel,
        AbortExecutions,
        Unreachable,
        Undrain,
        Batch,
        AcceptVersionSkew,
        To,
        Watch,
        LockTimeout,
        ForceUnlock,
        Output,
        OutputFile,
        Help,
        .. ImportOptions.All,
        .. RenderOptions.All,
        DataPlanes,
        Latency,
        Sandbox,
        InstallTools.WithHelm3,
        Test.All,
        Tasks.Developers.Benchmarks.Benchmark.Cases,
        .. CakeOptions.All,
    ];

    /// <summary>Whether a run only plans: <c>--plan</c>, or the target Plan.</summary>
    /// <param name="values">What the command line says.</param>
    public static bool IsPlan(OptionValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.Get(Plan) || values.All(CakeOptions.Target).Contains(nameof(Tasks.Plan), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The run's options as one record.</summary>
    /// <param name="values">What the command line says.</param>
    public static RunOptions Run(OptionValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new RunOptions
        {
            Fleet = values.Get(Fleet),
            Clusters = values.Get(Cluster),
            Kubeconfig = values.Get(Kubeconfig),
            Parallelism = values.Get(Parallelism),
            Timeout = values.Get(Timeout),
            Plan = IsPlan(values),
            Expect = values.Get(Expect),
            DetailedExitCode = values.Get(DetailedExitCode),
            Report = values.Get(Report),
            Recover = values.Get(Recover),
            AcceptValueLoss = values.Get(AcceptValueLoss) is not null,
            AcceptedValues = values.Get(AcceptValueLoss) ?? Defaults.AcceptedValues,
            AcceptCrdDeletion = values.Get(AcceptCrdDeletion),
            ForceConflicts = values.Get(ForceConflicts),
            PruneLabels = values.Get(PruneLabels),
            WithoutEksctl = values.Get(WithoutEksctl),
            Yes = values.Get(Yes),
            SkipSmoke = values.Get(SkipSmoke),
            Smoke = values.Get(Smoke),
            LockTimeout = values.Get(LockTimeout),
            ForceUnlock = values.Get(ForceUnlock),
            OlderThan = values.Get(OlderThan),
            Compromised = values.Get(Compromised),
            MovedLabels = values.Get(MoveLabel),
            AbortExecutions = values.Get(AbortExecutions),
            Unreachable = values.Get(Unreachable),
            Undrain = values.Get(Undrain),
            Batch = values.Get(Batch),
            AcceptVersionSkew = values.Get(AcceptVersionSkew),
            To = values.Get(To),
            All = values.Get(Test.All),
            Watch = values.Get(Watch),
            Output = values.Get(Output),
            OutputFile = values.Get(OutputFile),
            RequireClean = values.Get(RequireClean),
            SandboxDataPlanes = values.Get(DataPlanes),
            SandboxLatency = values.Get(Latency),
            Sandbox = values.Get(Sandbox)!,
            DryRun = values.Get(CakeOptions.DryRun),
            Exclusive = values.Get(CakeOptions.Exclusive),
        };
    }
}
