using System.Text.RegularExpressions;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>An EKS cluster as a kubeconfig names it.</summary>
/// <param name="Name">Its EKS name.</param>
/// <param name="Region">Its region.</param>
internal sealed partial record EksName(string Name, string Region)
{
    /// <summary>
    /// Reads it from what <c>aws eks update-kubeconfig</c> and <c>eksctl</c> write: the cluster's ARN, <c>NAME.REGION.eksctl.io</c>, or the arguments of the
    /// command that logs in.
    /// </summary>
    /// <param name="name">The context's name.</param>
    /// <param name="context">The context.</param>
    /// <returns>The cluster; null where the kubeconfig does not say it.</returns>
    public static EksName? Of(string name, KubeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new[] { context.ClusterName, name }.Select(Written).OfType<EksName>().FirstOrDefault() ?? OfLogin(context);
    }

    private static EksName? Written(string text) =>
        new[] { Arn().Match(text), Eksctl().Match(text) }.FirstOrDefault(match => match.Success) is { } found
            ? new EksName(found.Groups["name"].Value, found.Groups["region"].Value)
            : null;

    private static EksName? OfLogin(KubeContext context)
    {
        var arguments = context.Login?.Arguments ?? [];
        var name = After(arguments, "--cluster-name", "--cluster-id", "-i");
        var region = After(arguments, "--region") ?? (Server().Match(context.Server) is { Success: true } server ? server.Groups["region"].Value : null);
        return name is not null && region is not null && Plain().IsMatch(name) && Code().IsMatch(region) ? new EksName(name, region) : null;
    }

    private static string? After(IReadOnlyList<string> arguments, params string[] options) =>
        arguments.Zip(arguments.Skip(1)).Where(pair => options.Contains(pair.First, StringComparer.Ordinal)).Select(pair => pair.Second).FirstOrDefault();

    [GeneratedRegex(
        @"^arn:aws[a-z-]*:eks:(?<region>[a-z]+(-[a-z]+)+-\d):\d{12}:cluster/(?<name>[A-Za-z0-9][A-Za-z0-9_-]{0,99})$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Arn();

    [GeneratedRegex(@"^([^@]*@)?(?<name>[A-Za-z0-9][A-Za-z0-9_-]{0,99})\.(?<region>[a-z]+(-[a-z]+)+-\d)\.eksctl\.io$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Eksctl();

    [GeneratedRegex(@"\.(?<region>[a-z]+(-[a-z]+)+-\d)\.eks\.amazonaws\.com", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Server();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Plain();

    [GeneratedRegex(@"^[a-z]+(-[a-z]+)+-\d$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();
}
