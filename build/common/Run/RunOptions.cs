using System.Collections.ObjectModel;
using Flyte.MultiCluster.Common.Options;

namespace Flyte.MultiCluster.Common.Run;

/// <summary>Every option of the program, parsed and typed. Names, defaults and help live beside the parser in <c>build/Options</c>.</summary>
public sealed record RunOptions
{
    /// <summary><c>--fleet=PATH</c>: the fleet file as given; null for <c>values/fleet.yaml</c> or, where there is none, the sandbox's.</summary>
    public string? Fleet { get; init; }

    /// <summary><c>--cluster=NAME[,NAME]</c>: the data planes to work on, by their fleet names; empty for all.</summary>
    public IReadOnlyList<string> Clusters { get; init; } = [];

    /// <summary><c>--kubeconfig=PATH</c>: passed to kubectl and helm; null for their own default.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary><c>--parallelism=N</c>: how many clusters are worked on at once, at least 1.</summary>
    public int Parallelism { get; init; } = 16;

    /// <summary><c>--timeout=DURATION</c>: the longest wait for one thing (a rollout, a token, a helm command).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary><c>--plan</c>: the gate stays closed; changes are reported, none is made.</summary>
    public bool Plan { get; init; }

    /// <summary><c>--detailed-exitcode</c>: with <see cref="Plan"/>, exit 2 when there are changes to make.</summary>
    public bool DetailedExitCode { get; init; }

    /// <summary><c>--expect=DIGEST</c>: the plan that the run has to be; null for any.</summary>
    public string? Expect { get; init; }

    /// <summary>Whether the run only looks whether it is the plan of <see cref="Expect"/>; the run that makes the changes follows.</summary>
    public bool IsRehearsal { get; init; }

    /// <summary><c>--report=PATH</c>: where to write the JSON report; null for none.</summary>
    public string? Report { get; init; }

    /// <summary><c>--recover</c>: recover Helm releases stuck in pending-install or pending-upgrade.</summary>
    public bool Recover { get; init; }

    /// <summary><c>--accept-value-loss</c>: upgrade the control plane although values of the live release would be lost.</summary>
    public bool AcceptValueLoss { get; init; }

    /// <summary><c>--accept-value-loss=PATH[,PATH]</c>: the values that may be lost, by their paths; empty for all.</summary>
    public IReadOnlyList<string> AcceptedValues { get; init; } = [];

    /// <summary><c>--accept-crd-deletion</c>: upgrade although the FlyteWorkflow CRD and its objects would be deleted.</summary>
    public bool AcceptCrdDeletion { get; init; }

    /// <summary><c>--force-conflicts</c>: helm takes over fields that others have set and that are not the chart's yet.</summary>
    public bool ForceConflicts { get; init; }

    /// <summary><c>--prune-labels</c>: remove execution cluster labels that this tool once set and the fleet no longer names.</summary>
    public bool PruneLabels { get; init; }

    /// <summary><c>--without-eksctl</c>: OIDC providers and roles are made by the aws CLI.</summary>
    public bool WithoutEksctl { get; init; }

    /// <summary><c>--yes</c>: what costs money is created without a question.</summary>
    public bool Yes { get; init; }

    /// <summary><c>--skip-smoke</c>: no smoke run.</summary>
    public bool SkipSmoke { get; init; }

    /// <summary><c>--smoke[=launchplans|pyflyte]</c>: how to run the smoke run; null where it is not given: Verify then leaves it out.</summary>
    public SmokeMode? Smoke { get; init; }

    /// <summary><c>--lock-timeout=5m</c>: how long to wait for another run that changes the control plane; zero does not wait.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary><c>--force-unlock</c>: take the control plane's Lease from whoever holds it.</summary>
    public bool ForceUnlock { get; init; }

    /// <summary><c>--older-than=30d</c>: the age from which a token is replaced; null replaces all.</summary>
    public TimeSpan? OlderThan { get; init; }

    /// <summary><c>--compromised</c>: revoke a token before its successor is in use.</summary>
    public bool Compromised { get; init; }

    /// <summary><c>--move-label=label2=dataplane_1</c>: the clusters that take a drained data plane's weight in labels, by label.</summary>
    public IReadOnlyDictionary<string, string> MovedLabels { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary><c>--abort-executions</c>: abort the executions that a drained data plane still has.</summary>
    public bool AbortExecutions { get; init; }

    /// <summary><c>--unreachable</c>: remove a data plane that does not answer; only the control plane's side is changed.</summary>
    public bool Unreachable { get; init; }

    /// <summary><c>--batch=N|P%</c>: how many data planes are upgraded before the next ones begin; null for one first, then the rest by quarters.</summary>
    public BatchSize? Batch { get; init; }

    /// <summary><c>--accept-version-skew</c>: upgrade over more than one minor version of the chart, or to an older one.</summary>
    public bool AcceptVersionSkew { get; init; }

    /// <summary><c>--to=REVISION</c>: the revision to roll back to, or the version of its chart; null where it is not given.</summary>
    public string? To { get; init; }

    /// <summary><c>--all</c>: every cluster.</summary>
    public bool All { get; init; }

    /// <summary><c>--watch[=5s]</c>: how often the status is read and shown again; null for once.</summary>
    public TimeSpan? Watch { get; init; }

    /// <summary><c>--undrain</c>: put drained and removed data planes that the fleet enables back to work.</summary>
    public bool Undrain { get; init; }

    /// <summary>
    /// <c>--output=text|json|junit|mermaid|svg|html</c>: what standard output holds; log lines go to standard error for all but text.
    /// </summary>
    public OutputFormat Output { get; init; }

    /// <summary><c>--output-file=PATH</c>: the file that a picture of the fleet goes to; null for standard output.</summary>
    public string? OutputFile { get; init; }

    /// <summary><c>--require-clean</c>: refuse to work for a fleet file that is in no Git commit as it is.</summary>
    public bool RequireClean { get; init; }

    /// <summary><c>--dataplanes=N</c>: how many data plane clusters the sandbox serves beside the control plane.</summary>
    public int SandboxDataPlanes { get; init; } = 2;

    /// <summary><c>--latency=MS</c>: the round-trip time that the sandbox's API servers pretend.</summary>
    public TimeSpan SandboxLatency { get; init; }

    /// <summary><c>--sandbox=DIR</c>: the sandbox's state folder, relative to the working directory; one folder is one sandbox.</summary>
    public string Sandbox { get; init; } = "artifacts/sandbox";

    /// <summary><c>--dryrun</c>: Cake's own dry run; no task runs, so nothing is prepared for one.</summary>
    public bool DryRun { get; init; }

    /// <summary><c>--exclusive</c>: the target runs without its dependencies.</summary>
    public bool Exclusive { get; init; }

    /// <summary>Whether a value may be lost.</summary>
    /// <param name="path">Its path, as <see cref="Values.IHelmValues.Lost"/> gives it.</param>
    public bool Accepts(string path) => AcceptValueLoss && (AcceptedValues.Count == 0 || IsNamed(path));

    /// <summary>Whether <c>--accept-value-loss</c> names a value, or a part of the values that it is in.</summary>
    /// <param name="path">Its path.</param>
    public bool IsNamed(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return AcceptedValues.Any(accepted => IsWithin(path, accepted));
    }

    /// <summary>Whether a value is another one, or in it.</summary>
    /// <param name="path">The value's path.</param>
    /// <param name="other">The other one's path.</param>
    public static bool IsWithin(string path, string other)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path == other || path.StartsWith(other + ".", StringComparison.Ordinal);
    }
}
