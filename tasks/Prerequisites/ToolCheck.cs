using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Processes;
using Flyte.MultiCluster.Common.Tools.Helm;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Tasks.Prerequisites;

/// <summary>The versions of helm and kubectl, or what is wrong with them.</summary>
/// <param name="Helm">helm's version; null when it could not be checked, and with kustomize, which needs none.</param>
/// <param name="Kubectl">kubectl's version; null when it could not be checked.</param>
/// <param name="Problems">What is wrong.</param>
internal sealed record ToolCheck(Version? Helm, Version? Kubectl, IReadOnlyList<Problem> Problems)
{
    private static readonly Version OldestHelm = new(3, 12);
    private static readonly Version OldestKubectl = new(1, 26);

    /// <summary>Both, in words: <c>helm 4.2.3, kubectl 1.36.3</c>.</summary>
    public string Versions => Helm is null ? $"kubectl {Kubectl}" : $"helm {Helm}, kubectl {Kubectl}";

    /// <summary>Asks both tools at once.</summary>
    /// <param name="helm">The helm commands; null where the fleet installs without helm.</param>
    /// <param name="kubectl">The kubectl commands.</param>
    /// <param name="cancellationToken">Ends both.</param>
    public static async Task<ToolCheck> RunAsync(HelmTools? helm, KubectlTools kubectl, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(kubectl);
        var askedHelm = helm is null
            ? Task.FromResult<(Version?, Problem?)>((null, null))
            : VersionAsync("helm", OldestHelm, () => helm.Version.GetAsync(new HelmSettings(), cancellationToken));
        var askedKubectl = VersionAsync("kubectl", OldestKubectl, () => kubectl.Version.GetAsync(new KubectlSettings(), cancellationToken));
        var (helmVersion, helmProblem) = await askedHelm;
        var (kubectlVersion, kubectlProblem) = await askedKubectl;
        return new ToolCheck(helmVersion, kubectlVersion, [.. new[] { helmProblem, kubectlProblem, helm is null ? null : Driver() }.OfType<Problem>()]);
    }

    /// <summary>Refuses the run when anything is wrong.</summary>
    /// <exception cref="RefusedException">Something is.</exception>
    public void RefuseProblems()
    {
        if (Problems.Count > 0)
            throw new RefusedException(Problems);
    }

    private static async Task<(Version? Version, Problem? Problem)> VersionAsync(string tool, Version oldest, Func<Task<Version>> ask)
    {
        try
        {
            var version = await ask();
            return version < oldest
                ? (version, new Problem(tool, $"Version {version} is too old.", $"Install {tool} {oldest} or newer, or run ./build.sh --target=InstallTools and put tools/bin first on PATH."))
                : (version, null);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return (null, new Problem(tool, $"It does not run: {exception.Message}", "Install it, or run ./build.sh --target=InstallTools."));
        }
    }

    // The release is read from Secrets, Helm's default driver.
    private static Problem? Driver()
        => ProcessEnvironment.Current.Variable("HELM_DRIVER") is { Length: > 0 } driver and not ("secret" or "secrets")
            ? new Problem("HELM_DRIVER", $"Helm is set to keep releases in '{driver}'.", "Unset it: releases are read from Secrets.")
            : null;
}
