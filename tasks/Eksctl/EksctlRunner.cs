using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Changes;
using Flyte.MultiCluster.Processes;

namespace Flyte.MultiCluster.Eksctl;

/// <summary>What every eksctl call has: the cluster.</summary>
public class EksctlSettings : ToolSettings
{
    /// <summary><c>--cluster</c>: its EKS name.</summary>
    public required string Cluster { get; set; }

    /// <summary><c>--region</c>.</summary>
    public required string Region { get; set; }
}

/// <summary>What <c>eksctl create iamserviceaccount --role-only</c> is told.</summary>
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

/// <summary>eksctl failed.</summary>
/// <param name="command">The subcommand.</param>
/// <param name="exitCode">eksctl's exit code.</param>
/// <param name="errors">eksctl's output.</param>
public sealed class EksctlException(string command, int exitCode, IReadOnlyList<string> errors)
    : Exception($"eksctl {command} failed (exit code {exitCode}): {Said(errors)} Mend this, or run with --without-eksctl.")
{
    private static string Said(IReadOnlyList<string> errors)
    {
        var told = errors.Select(line => line.Trim()).Where(line => line.StartsWith("Error:", StringComparison.Ordinal) || line.Contains("[✖]", StringComparison.Ordinal)).ToArray();
        return string.Join(' ', (told.Length > 0 ? told : [.. errors.Select(line => line.Trim()).Where(line => line.Length > 0).TakeLast(3)]).Take(6)) is { Length: > 0 } said ? said : "it said nothing.";
    }
}

/// <summary>Runs eksctl.</summary>
public sealed class EksctlRunner
{
    private readonly Call _associate;
    private readonly Call _create;
    private readonly IToolLocator _tools;

    /// <summary>Makes the runner from Cake's services.</summary>
    public EksctlRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    {
        _tools = tools;
        _associate = new Call("utils associate-iam-oidc-provider", fileSystem, environment, processRunner, tools);
        _create = new Call("create iamserviceaccount", fileSystem, environment, processRunner, tools);
    }

    /// <summary>Whether eksctl is on PATH.</summary>
    public bool IsOnPath => _tools.Resolve(Call.Executables) is not null;

    /// <summary><c>eksctl utils associate-iam-oidc-provider … --approve</c>; without --approve it only plans.</summary>
    /// <exception cref="EksctlException">eksctl failed.</exception>
    public Task CreateProviderAsync(ChangePermit permit, EksctlSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        return _associate.RunAsync(settings, static _ => { }, cancellationToken);
    }

    /// <summary><c>eksctl create iamserviceaccount --role-only … --approve</c>: a role in a CloudFormation stack, trusting one service account.</summary>
    /// <exception cref="EksctlException">eksctl failed.</exception>
    public Task CreateRoleAsync(ChangePermit permit, EksctlServiceAccountSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        ArgumentNullException.ThrowIfNull(settings);
        return _create.RunAsync(
            settings,
            arguments => arguments.AppendOption("--name", settings.Name).AppendOption("--namespace", settings.Namespace).Append("--role-only")
                .AppendOption("--role-name", settings.RoleName).AppendOption("--attach-policy-arn", settings.PolicyArn),
            cancellationToken);
    }

    private sealed class Call(string command, IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : CommandLineTool<EksctlSettings>(fileSystem, environment, processRunner, tools)
    {
        public static IReadOnlyList<string> Executables { get; } = ["eksctl", "eksctl.exe"];

        protected override string Command => command;

        public new Task<IReadOnlyList<string>> RunAsync(EksctlSettings settings, Action<ProcessArgumentBuilder> own, CancellationToken cancellationToken)
            => base.RunAsync(settings, own, cancellationToken);

        protected override Exception Failure(int exitCode, IReadOnlyList<string> errors) => new EksctlException(command, exitCode, errors);

        protected override Exception Failure(int exitCode, IReadOnlyList<string> errors, IReadOnlyList<string> output)
            => new EksctlException(command, exitCode, [.. errors, .. output]);

        protected override void AddCommon(EksctlSettings settings, ProcessArgumentBuilder arguments)
            => arguments.AppendOption("--cluster", settings.Cluster).AppendOption("--region", settings.Region).Append("--approve");

        protected override string GetToolName() => "eksctl";

        protected override IEnumerable<string> GetToolExecutableNames() => Executables;
    }
}
