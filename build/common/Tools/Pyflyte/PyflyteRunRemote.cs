using System.Text.Json.Nodes;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Tools.Pyflyte;

/// <summary>What <c>pyflyte run --remote</c> is given.</summary>
public sealed class PyflyteRunSettings : PyflyteSettings
{
    /// <summary>The script, its workflow, where to run it and its inputs.</summary>
    public required PyflyteRun Run { get; set; }
}

/// <summary>Runs <c>pyflyte run --remote</c>.</summary>
public sealed class PyflyteRunRunner : PyflyteTool<PyflyteRunSettings>
{
    /// <summary>Makes the runner from Cake's services.</summary>
    public PyflyteRunRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
        : base(fileSystem, environment, processRunner, tools) { }

    /// <inheritdoc/>
    protected override string Command => "run";

    /// <summary>Registers the script's workflow and starts it; does not wait for its end.</summary>
    /// <param name="permit">The gate's permit.</param>
    /// <param name="settings">What to run.</param>
    /// <param name="cancellationToken">Cancels pyflyte.</param>
    /// <returns>The execution that pyflyte started.</returns>
    /// <exception cref="PyflyteException">pyflyte failed, or did not print what it started.</exception>
    /// <exception cref="PyflyteInterruptedException">pyflyte was ended.</exception>
    public async Task<ExecutionId> RunRemoteAsync(ChangePermit permit, PyflyteRunSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        ArgumentNullException.ThrowIfNull(settings);
        var output = await RunAsync(
            settings,
            arguments =>
            {
                arguments
                    .Append("--remote")
                    .AppendOption("--project", settings.Run.Project)
                    .AppendOption("--domain", settings.Run.Domain)
                    .AppendEscaped(settings.Run.Script)
                    .AppendEscaped(settings.Run.Workflow);
                foreach (var (name, value) in settings.Run.Inputs)
                    AppendInput(arguments, name, value);
            },
            cancellationToken
        );
        return PyflyteOutput.Execution(output) ?? throw new PyflyteException(Command, "did not print which execution it started", output);
    }

    // As flytekit makes click options of a workflow's inputs (flytekit/clis/sdk_in_container/run.py, to_click_option): booleans are flags, maps and
    // lists are JSON, null is the default.
    private static void AppendInput(ProcessArgumentBuilder arguments, string name, JsonNode? value)
    {
        switch (value)
        {
            case null:
                break;
            case JsonValue flag when flag.TryGetValue<bool>(out var isSet):
                arguments.AppendEscaped(isSet ? $"--{name}" : $"--no_{name}");
                break;
            case JsonValue text when text.TryGetValue<string>(out var written):
                arguments.AppendEscaped($"--{name}").AppendEscaped(written);
                break;
            default:
                arguments.AppendEscaped($"--{name}").AppendEscaped(value.ToJsonString());
                break;
        }
    }
}
