using System.Globalization;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Tools.Aws;

namespace Flyte.MultiCluster.Common.Tools.Eksctl;

/// <summary>What every eksctl call has: the cluster.</summary>
public class EksctlSettings : ToolSettings
{
    /// <summary><c>--cluster</c>: its EKS name.</summary>
    public required string Cluster { get; set; }

    /// <summary><c>--region</c>.</summary>
    public required string Region { get; set; }

    /// <summary>Takes each line that eksctl prints, as it prints it; null for none.</summary>
    public Action<string>? OnOutput { get; set; }

    // The config file on standard input, which says cluster and region in the options' place.
    internal string? Config { get; set; }
}

/// <summary>What <c>eksctl create iamserviceaccount --role-only</c> is given.</summary>
public sealed class EksctlServiceAccountSettings : EksctlSettings
{
    /// <summary><c>--name</c>: the service account.</summary>
    public required string Name { get; set; }

    /// <summary><c>--namespace</c>.</summary>
    public required string Namespace { get; set; }

    /// <summary><c>--role-name</c>.</summary>
    public required string RoleName { get; set; }

    /// <summary><c>--attach-policy-arn</c>.</summary>
    public required string PolicyArn { get; set; }
}

/// <summary>What <c>eksctl create cluster</c> is given.</summary>
public sealed class EksctlNewClusterSettings : EksctlSettings
{
    /// <summary><c>metadata.version</c>: the Kubernetes version.</summary>
    public required string Version { get; set; }

    /// <summary><c>vpc.subnets.private</c>: the subnets, with their availability zones.</summary>
    public required IReadOnlyList<Subnet> PrivateSubnets { get; set; }

    /// <summary><c>--timeout</c>: eksctl's longest wait for one thing.</summary>
    public required TimeSpan Timeout { get; set; }
}

/// <summary>What <c>eksctl create nodegroup</c> is given.</summary>
public sealed class EksctlNodeGroupSettings : EksctlSettings
{
    /// <summary><c>--name</c>: the node group's.</summary>
    public required string Name { get; set; }

    /// <summary><c>--node-type</c>: the instances' type.</summary>
    public required string NodeType { get; set; }

    /// <summary><c>--nodes</c>: how many to begin with.</summary>
    public required int Nodes { get; set; }

    /// <summary>The VPC of a cluster that eksctl did not make; null where eksctl's own stack of the cluster says it.</summary>
    public EksctlVpc? Vpc { get; set; }

    /// <summary><c>--timeout</c>: eksctl's longest wait for one thing.</summary>
    public required TimeSpan Timeout { get; set; }
}

/// <summary>eksctl failed.</summary>
/// <param name="command">The subcommand.</param>
/// <param name="exitCode">eksctl's exit code.</param>
/// <param name="errors">eksctl's output.</param>
public sealed class EksctlException(string command, int exitCode, IReadOnlyList<string> errors)
    : Exception($"eksctl {command} failed (exit code {exitCode}): {Describe(errors)} {Remedy(command)}")
{
    /// <summary>Whether somebody else began to make the same before: CloudFormation has a stack of that name.</summary>
    public bool AlreadyExists { get; } = errors.Any(line => line.Contains("AlreadyExistsException", StringComparison.Ordinal));

    /// <summary>Whether somebody ended it: Ctrl+C at a terminal reaches eksctl too.</summary>
    public bool WasEnded { get; } = exitCode is 128 + 2 or 128 + 15;

    private static string Remedy(string command) =>
        command is EksctlRunner.NewCluster or EksctlRunner.NewNodeGroup
            ? "Fix this, and run again: the next run continues where this one stopped."
            : "Fix this, or run with --without-eksctl.";

    private static string Describe(IReadOnlyList<string> errors)
    {
        var lines = errors.Select(EksctlLine.Text).Where(line => line.Length > 0).ToArray();
        var reported = lines.Where(line => line.StartsWith("Error:", StringComparison.Ordinal) || line.Contains("[✖]", StringComparison.Ordinal)).ToArray();
        return string.Join(' ', (reported.Length > 0 ? reported : [.. lines.TakeLast(3)]).Take(6)) is { Length: > 0 } said ? said : "it printed nothing.";
    }
}

/// <summary>Runs eksctl.</summary>
public sealed class EksctlRunner
{
    internal const string NewCluster = "create cluster";
    internal const string NewNodeGroup = "create nodegroup";

    private readonly Call _associate;
    private readonly Call _create;
    private readonly Call _cluster;
    private readonly Call _nodeGroup;
    private readonly IToolLocator _tools;

    /// <summary>Makes the runner from Cake's services.</summary>
    public EksctlRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    {
        _tools = tools;

        // What it makes takes many minutes and several steps.
        processRunner = OutlivingProcessRunner.Of(processRunner);
        _associate = new Call("utils associate-iam-oidc-provider", fileSystem, environment, processRunner, tools);
        _create = new Call("create iamserviceaccount", fileSystem, environment, processRunner, tools);
        _cluster = new Call(NewCluster, fileSystem, environment, processRunner, tools);
        _nodeGroup = new Call(NewNodeGroup, fileSystem, environment, processRunner, tools);
    }

    /// <summary>Whether eksctl is on PATH.</summary>
    public bool IsOnPath => _tools.Resolve(Call.Executables) is not null;

    /// <summary><c>eksctl utils associate-iam-oidc-provider … --approve</c>; without --approve it only plans.</summary>
    /// <exception cref="EksctlException">eksctl failed.</exception>
    public Task CreateProviderAsync(ChangePermit permit, EksctlSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        ArgumentNullException.ThrowIfNull(settings);
        return _associate.RunAsync(settings, arguments => arguments.AppendOption("--cluster", settings.Cluster).Append("--approve"), cancellationToken);
    }

    /// <summary><c>eksctl create iamserviceaccount --role-only … --approve</c>: a role in a CloudFormation stack, trusting one service account.</summary>
    /// <exception cref="EksctlException">eksctl failed.</exception>
    public Task CreateRoleAsync(ChangePermit permit, EksctlServiceAccountSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        ArgumentNullException.ThrowIfNull(settings);
        return _create.RunAsync(
            settings,
            arguments =>
                arguments
                    .AppendOption("--name", settings.Name)
                    .AppendOption("--namespace", settings.Namespace)
                    .Append("--role-only")
                    .AppendOption("--role-name", settings.RoleName)
                    .AppendOption("--attach-policy-arn", settings.PolicyArn)
                    .AppendOption("--cluster", settings.Cluster)
                    .Append("--approve"),
            cancellationToken
        );
    }

    /// <summary>
    /// <c>eksctl create cluster -f - --without-nodegroup --write-kubeconfig=false</c>: a cluster in a CloudFormation stack; no kubeconfig is touched. Only a
    /// config file says that Auto Mode is off.
    /// </summary>
    /// <exception cref="EksctlException">eksctl failed.</exception>
    public Task CreateClusterAsync(ChangePermit permit, EksctlNewClusterSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Config = ClusterConfig.Of(settings).ToJsonString();
        return _cluster.RunAsync(
            settings,
            arguments =>
                arguments
                    .AppendOption("-f", "-")
                    .Append("--without-nodegroup")
                    .Append("--write-kubeconfig=false")
                    .AppendOption("--timeout", Seconds(settings.Timeout)),
            cancellationToken
        );
    }

    /// <summary>
    /// <c>eksctl create nodegroup … --managed --node-private-networking</c>: a managed node group in a CloudFormation stack; <c>-f -</c> where eksctl did not
    /// make the cluster, as it takes the VPC from a config file alone.
    /// </summary>
    /// <exception cref="EksctlException">eksctl failed.</exception>
    public Task CreateNodeGroupAsync(ChangePermit permit, EksctlNodeGroupSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Vpc is { } vpc)
        {
            settings.Config = ClusterConfig.Of(settings, vpc).ToJsonString();
            return _nodeGroup.RunAsync(
                settings,
                arguments => arguments.AppendOption("-f", "-").AppendOption("--timeout", Seconds(settings.Timeout)),
                cancellationToken
            );
        }

        return _nodeGroup.RunAsync(
            settings,
            arguments =>
                arguments
                    .AppendOption("--cluster", settings.Cluster)
                    .AppendOption("--name", settings.Name)
                    .AppendOption("--node-type", settings.NodeType)
                    .AppendOption("--nodes", settings.Nodes.ToString(CultureInfo.InvariantCulture))
                    .Append("--managed")
                    .Append("--node-private-networking")
                    .AppendOption("--timeout", Seconds(settings.Timeout)),
            cancellationToken
        );
    }

    private static string Seconds(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{(long)duration.TotalSeconds}s");

    private sealed class Call(string command, IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : CommandLineTool<EksctlSettings>(fileSystem, environment, processRunner, tools)
    {
        public static IReadOnlyList<string> Executables { get; } = ["eksctl", "eksctl.exe"];

        protected override string Command => command;

        public new Task<IReadOnlyList<string>> RunAsync(EksctlSettings settings, Action<ProcessArgumentBuilder> own, CancellationToken cancellationToken) =>
            base.RunAsync(settings, own, cancellationToken);

        protected override Exception Failure(int exitCode, IReadOnlyList<string> errors) => new EksctlException(command, exitCode, errors);

        protected override Exception Failure(int exitCode, IReadOnlyList<string> errors, IReadOnlyList<string> output) =>
            new EksctlException(command, exitCode, [.. errors, .. output]);

        protected override void AddCommon(EksctlSettings settings, ProcessArgumentBuilder arguments)
        {
            if (settings.Config is null)
                arguments.AppendOption("--region", settings.Region);
        }

        protected override Action<string>? OnOutput(EksctlSettings settings) => settings.OnOutput;

        protected override string? Input(EksctlSettings settings) => settings.Config;

        protected override string GetToolName() => "eksctl";

        protected override IEnumerable<string> GetToolExecutableNames() => Executables;
    }
}
