using System.Text.Json.Nodes;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Retries;

namespace Flyte.MultiCluster.Common.Tools.Aws;

/// <summary>What every aws call has.</summary>
internal sealed class AwsToolSettings : ToolSettings
{
    /// <summary><c>--region</c>, always given: IAM has none, but the CLI takes its partition from it.</summary>
    public required string Region { get; set; }
}

/// <summary>
/// The base of all aws runners: JSON answers, and calls that AWS was too busy for made again. Policy documents travel as arguments: they hold no
/// secret, have at most 6144 characters, and standard input as a file (<c>file:///dev/stdin</c>) is not there on every system.
/// </summary>
public abstract class AwsTool
{
    private readonly Func<string, Call> _make;
    private readonly TimeProvider _time;

    /// <summary>Makes a runner from Cake's services.</summary>
    /// <param name="fileSystem">Cake's file system.</param>
    /// <param name="environment">Cake's environment.</param>
    /// <param name="processRunner">Starts aws.</param>
    /// <param name="tools">Finds aws.</param>
    /// <param name="time">The clock for the pauses.</param>
    protected AwsTool(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools, TimeProvider time)
    {
        _make = command => new Call(command, fileSystem, environment, processRunner, tools);
        _time = time;
    }

    /// <summary>Runs a command.</summary>
    /// <param name="region">The region.</param>
    /// <param name="command">Service and operation, <c>iam get-role</c>.</param>
    /// <param name="own">Adds the command's own arguments.</param>
    /// <param name="cancellationToken">Cancels aws.</param>
    /// <returns>The answer; an empty object where AWS answers nothing.</returns>
    /// <exception cref="AwsException">aws failed.</exception>
    protected Task<JsonObject> RunAsync(string region, string command, Action<ProcessArgumentBuilder> own, CancellationToken cancellationToken) =>
        RetryPolicy.Aws.RunAsync(
            async () => Parse(command, await _make(command).RunAsync(new AwsToolSettings { Region = region }, own, cancellationToken)),
            static (AwsException exception) => exception.IsTransient,
            _time,
            cancellationToken
        );

    /// <summary>Runs a command that reads one thing.</summary>
    /// <param name="region">The region.</param>
    /// <param name="command">Service and operation.</param>
    /// <param name="own">Adds the command's own arguments.</param>
    /// <param name="cancellationToken">Cancels aws.</param>
    /// <returns>The answer; null where the thing is not there.</returns>
    /// <exception cref="AwsException">aws failed.</exception>
    protected async Task<JsonObject?> FindAsync(string region, string command, Action<ProcessArgumentBuilder> own, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(region, command, own, cancellationToken);
        }
        catch (AwsException exception) when (exception.IsNotFound)
        {
            return null;
        }
    }

    private static JsonObject Parse(string command, IReadOnlyList<string> output)
    {
        var text = string.Join('\n', output);
        try
        {
            return text.Trim().Length == 0 ? [] : JsonNode.Parse(text)!.AsObject();
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or InvalidOperationException)
        {
            throw AwsException.From(command, 0, ["The answer is not a JSON object (is 'aws' on PATH the AWS CLI?)"]);
        }
    }

    private sealed class Call(string command, IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : CommandLineTool<AwsToolSettings>(fileSystem, environment, processRunner, tools)
    {
        protected override string Command => command;

        public new Task<IReadOnlyList<string>> RunAsync(AwsToolSettings settings, Action<ProcessArgumentBuilder> own, CancellationToken cancellationToken) =>
            base.RunAsync(settings, own, cancellationToken);

        protected override Exception Failure(int exitCode, IReadOnlyList<string> errors) => AwsException.From(command, exitCode, errors);

        protected override void AddCommon(AwsToolSettings settings, ProcessArgumentBuilder arguments) =>
            arguments.Append("--output json").AppendOption("--region", settings.Region);

        protected override string GetToolName() => "aws";

        protected override IEnumerable<string> GetToolExecutableNames() => AwsTools.Executables;
    }
}
