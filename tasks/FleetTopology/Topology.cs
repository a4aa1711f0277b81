using Cake.Core.Diagnostics;
using Cake.Frosting;
using Flyte.MultiCluster.Common.Options;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tasks.FleetStatus;
using Flyte.MultiCluster.Tasks.Verification;

namespace Flyte.MultiCluster.Tasks.FleetTopology;

/// <summary>A picture of the fleet as it is; nothing is changed.</summary>
/// <param name="tools">What the checks look with.</param>
[TaskName(nameof(Topology))]
[TaskDescription("Draw the fleet: clusters, labels, projects, and where executions of the last day ran: --output=mermaid, svg or html")]
[UsesFleet]
public sealed class Topology(VerifyTools tools) : AsyncFrostingTask<FlyteContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(FlyteContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.OnceAsync(
            nameof(Topology),
            async cancellationToken =>
            {
                var (picture, rows) = await new PictureReader(new VerifyContext(context, tools, cancellationToken), cancellationToken).ReadAsync();
                var document = Draw(picture, PictureFormat.Of(context.Options.Output, context.Options.OutputFile));
                context.Outcome.State.Of<TopologyState>().Document = document;
                foreach (var note in picture.Notes)
                    context.Log.Warning("  {0}", note);
                if (context.Options is { Output: OutputFormat.Text, OutputFile: null })
                {
                    foreach (var line in document.TrimEnd('\n').Split('\n'))
                        context.Log.Information("{0}", line);
                }

                return UnreachableClusters.Fail(context, nameof(Topology), rows);
            }
        );
    }

    private static string Draw(FleetPicture picture, OutputFormat format) =>
        format switch
        {
            OutputFormat.Svg => SvgPicture.Of(picture),
            OutputFormat.Html => HtmlPicture.Of(picture),
            _ => MermaidPicture.Of(picture),
        };
}
