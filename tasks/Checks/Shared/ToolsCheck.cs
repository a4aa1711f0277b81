using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Tasks.Checks.Shared;

/// <summary>helm, where the fleet installs with it, and kubectl are there and new enough.</summary>
internal sealed class ToolsCheck()
    : Check<CheckContext>(CheckNames.Tools, "helm (not with kustomize) and kubectl are installed and new enough", CheckTime.Both, CheckSeverity.Refuses)
{
    private static readonly Version OldestHelm = new(3, 12);
    private static readonly Version OldestKubectl = new(1, 26);

    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckResult>> RunAsync(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return LookAsync(null, () => FindAsync(context.Run.Run.IsKustomize ? null : context.Services.Helm, context.Services.Kubectl, cancellationToken));
    }

    /// <summary>Asks both tools at once.</summary>
    /// <param name="helm">The helm commands; null where the fleet installs without helm.</param>
    /// <param name="kubectl">The kubectl commands.</param>
    /// <param name="cancellationToken">Cancels both.</param>
    /// <returns>What is wrong; else their versions: <c>helm 4.2.3, kubectl 1.36.3</c>.</returns>
    public static async Task<IReadOnlyList<Finding>> FindAsync(HelmTools? helm, KubectlTools kubectl, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(kubectl);
        var asked = new List<Task<Finding>>();
        if (helm is not null)
            asked.Add(OfAsync("helm", OldestHelm, () => helm.Version.GetAsync(new HelmSettings(), cancellationToken)));
        asked.Add(OfAsync("kubectl", OldestKubectl, () => kubectl.Version.GetAsync(new KubectlSettings(), cancellationToken)));
        Finding[] found = [.. await Task.WhenAll(asked), .. helm is null ? [] : Driver()];
        Finding[] wrong = [.. found.Where(finding => finding.Status != CheckStatus.Ok)];
        return wrong.Length > 0 ? wrong : [Finding.Ok(string.Join(", ", found.Select(finding => finding.Found)))];
    }

    private static async Task<Finding> OfAsync(string tool, Version oldest, Func<Task<Version>> ask)
    {
        try
        {
            var version = await ask();
            return version < oldest
                ? Wrong(
                    tool,
                    $"Version {version} is too old.",
                    $"Install {tool} {oldest} or newer, or run ./build.sh --target=InstallTools and put tools/bin first on PATH."
                )
                : Finding.Ok($"{tool} {version}");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return Wrong(tool, $"It does not run: {exception.Message}", "Install it, or run ./build.sh --target=InstallTools.");
        }
    }

    // The release is read from Secrets, Helm's default driver.
    private static IEnumerable<Finding> Driver() =>
        ProcessEnvironment.Current.Variable("HELM_DRIVER") is { Length: > 0 } driver and not ("secret" or "secrets")
            ? [Wrong("HELM_DRIVER", $"Helm is set to keep releases in '{driver}'.", "Unset it: releases are read from Secrets.")]
            : [];

    private static Finding Wrong(string place, string found, string remedy) => Finding.Refused(found, remedy) with { Place = place };
}
