using System.Text.Json.Nodes;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Retries;

namespace Flyte.MultiCluster.Common.Tools.Gcloud;

/// <summary>What every gcloud call has.</summary>
internal sealed class GcloudSettings : ToolSettings
{
    /// <summary><c>--project</c>; null for calls that have none.</summary>
    public required string? Project { get; set; }
}

/// <summary>The base of all gcloud runners: JSON answers, no questions, and calls that Google Cloud was too busy for made again.</summary>
public abstract class GcloudTool
{
    private readonly Func<string, string, Call> _make;
    private readonly TimeProvider _time;

    /// <summary>Makes a runner from Cake's services.</summary>
    /// <param name="fileSystem">Cake's file system.</param>
    /// <param name="environment">Cake's environment.</param>
    /// <param name="processRunner">Starts gcloud.</param>
    /// <param name="tools">Finds gcloud.</param>
    /// <param name="time">The clock for the pauses.</param>
    protected GcloudTool(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools, TimeProvider time)
    {
        _make = (command, permission) => new Call(command, permission, fileSystem, environment, processRunner, tools);
        _time = time;
    }

    /// <summary>Runs a command. Quotas are by the minute: the pauses between attempts sum to one.</summary>
    /// <param name="project">The project; null for a command that has none.</param>
    /// <param name="command">Groups and command, <c>container clusters describe</c>.</param>
    /// <param name="permission">The permission that it needs, for messages.</param>
    /// <param name="own">Adds the command's own arguments.</param>
    /// <param name="cancellationToken">Cancels gcloud.</param>
    /// <returns>The answer; null where gcloud answers nothing.</returns>
    /// <exception cref="GcloudException">gcloud failed.</exception>
    protected Task<JsonNode?> RunAsync(
        string? project,
        string command,
        string permission,
        Action<ProcessArgumentBuilder> own,
        CancellationToken cancellationToken
    ) =>
        RetryPolicy.GoogleCloud.RunAsync(
            async () => Parse(command, await _make(command, permission).RunAsync(new GcloudSettings { Project = project }, own, cancellationToken)),
            static (GcloudException exception) => exception.IsTransient,
            _time,
            cancellationToken
        );

    /// <summary>Runs a command that reads one thing.</summary>
    /// <returns>The answer; null where the thing is not there.</returns>
    /// <exception cref="GcloudException">gcloud failed.</exception>
    protected async Task<JsonObject?> FindAsync(
        string project,
        string command,
        string permission,
        Action<ProcessArgumentBuilder> own,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await RunAsync(project, command, permission, own, cancellationToken) as JsonObject
                ?? throw Foreign(command, "The answer is not a JSON object");
        }
        catch (GcloudException exception) when (exception.IsNotFound)
        {
            return null;
        }
    }

    private static JsonNode? Parse(string command, IReadOnlyList<string> output)
    {
        var text = string.Join('\n', output);
        try
        {
            return text.Trim().Length == 0 ? null : JsonNode.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            throw Foreign(command, "The answer is not JSON");
        }
    }

    private static GcloudException Foreign(string command, string what) =>
        GcloudException.From(command, string.Empty, null, 0, [$"{what} (is 'gcloud' on PATH the Google Cloud CLI?)"]);

    private sealed class Call(
        string command,
        string permission,
        IFileSystem fileSystem,
        ICakeEnvironment environment,
        IProcessRunner processRunner,
        IToolLocator tools
    ) : CommandLineTool<GcloudSettings>(fileSystem, environment, processRunner, tools)
    {
        private string? _project;

        protected override string Command => command;

        public new Task<IReadOnlyList<string>> RunAsync(GcloudSettings settings, Action<ProcessArgumentBuilder> own, CancellationToken cancellationToken)
        {
            _project = settings.Project;
            return base.RunAsync(settings, own, cancellationToken);
        }

        protected override Exception Failure(int exitCode, IReadOnlyList<string> errors) =>
            GcloudException.From(command, permission, _project, exitCode, errors);

        protected override void AddCommon(GcloudSettings settings, ProcessArgumentBuilder arguments) =>
            arguments.AppendOption("--project", settings.Project).Append("--format=json --quiet");

        protected override string GetToolName() => "gcloud";

        protected override IEnumerable<string> GetToolExecutableNames() => GcloudTools.Executables;
    }
}
