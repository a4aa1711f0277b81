using Flyte.MultiCluster.Tasks.Prerequisites;

namespace Flyte.MultiCluster.Tasks.Verification.Checks;

/// <summary>helm and kubectl are there and new enough.</summary>
internal sealed class ToolsCheck() : VerifyCheck("tools")
{
    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckResult>> RunAsync(VerifyContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return LookAsync(null, async () =>
        {
            var tools = await ToolCheck.RunAsync(context.Run.Run.IsKustomize ? null : context.Tools.Helm, context.Tools.Kubectl, cancellationToken);
            return tools.Problems.Count == 0
                ? [Finding.Ok(tools.Versions)]
                : [.. tools.Problems.Select(problem => Finding.Failed($"{problem.Place}: {problem.What}", problem.Remedy))];
        });
    }
}
