using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Kubectl;

/// <summary>A command that kubectl runs to log in (a kubeconfig's <c>user.exec</c>).</summary>
/// <param name="Command">The program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">The variables that it gets; none of them a secret.</param>
public sealed record ExecLogin(string Command, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>The version of what the command prints.</summary>
    public const string ApiVersion = "client.authentication.k8s.io/v1beta1";
}

/// <summary>Runs <c>kubectl config set-…</c>. None of it touches the kubeconfig's current-context, nor any entry of another name.</summary>
public sealed class KubectlConfigRunner
{
    private readonly Call _cluster;
    private readonly Call _credentials;
    private readonly Call _context;

    /// <summary>Makes the runner from Cake's services.</summary>
    public KubectlConfigRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    {
        _cluster = new Call("config set-cluster", fileSystem, environment, processRunner, tools);
        _credentials = new Call("config set-credentials", fileSystem, environment, processRunner, tools);
        _context = new Call("config set-context", fileSystem, environment, processRunner, tools);
    }

    /// <summary><c>kubectl config set-cluster … --embed-certs</c>.</summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="server">The API server's URL.</param>
    /// <param name="authorityFile">A file with its CA, PEM; its content is taken into the kubeconfig.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="cancellationToken">Cancels kubectl.</param>
    /// <exception cref="KubectlException">kubectl failed.</exception>
    public Task SetClusterAsync(
        ChangePermit permit,
        string name,
        string server,
        string authorityFile,
        KubectlSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(permit);
        return _cluster.RunAsync(
            settings,
            arguments =>
                arguments
                    .AppendEscaped(name)
                    .AppendOption("--server", server)
                    .AppendOption("--certificate-authority", authorityFile)
                    .Append("--embed-certs=true"),
            cancellationToken
        );
    }

    /// <summary><c>kubectl config set-credentials … --exec-command</c>.</summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="login">How it logs in.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="cancellationToken">Cancels kubectl.</param>
    /// <exception cref="KubectlException">kubectl failed.</exception>
    public Task SetCredentialsAsync(ChangePermit permit, string name, ExecLogin login, KubectlSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        ArgumentNullException.ThrowIfNull(login);
        return _credentials.RunAsync(
            settings,
            arguments =>
            {
                arguments.AppendEscaped(name).AppendOption("--exec-api-version", ExecLogin.ApiVersion).AppendOption("--exec-command", login.Command);
                foreach (var argument in login.Arguments)
                    arguments.AppendEscaped($"--exec-arg={argument}");
                foreach (var (variable, value) in login.Environment)
                    arguments.AppendEscaped($"--exec-env={variable}={value}");
            },
            cancellationToken
        );
    }

    /// <summary><c>kubectl config set-context</c>.</summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="name">The context's name.</param>
    /// <param name="cluster">Its cluster's entry.</param>
    /// <param name="user">Its user's entry.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="cancellationToken">Cancels kubectl.</param>
    /// <exception cref="KubectlException">kubectl failed.</exception>
    public Task SetContextAsync(ChangePermit permit, string name, string cluster, string user, KubectlSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        return _context.RunAsync(
            settings,
            arguments => arguments.AppendEscaped(name).AppendOption("--cluster", cluster).AppendOption("--user", user),
            cancellationToken
        );
    }

    private sealed class Call(string command, IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : KubectlTool<KubectlSettings>(fileSystem, environment, processRunner, tools)
    {
        protected override string Command => command;

        public new Task<IReadOnlyList<string>> RunAsync(KubectlSettings settings, Action<ProcessArgumentBuilder> own, CancellationToken cancellationToken) =>
            base.RunAsync(settings, own, cancellationToken);
    }
}
