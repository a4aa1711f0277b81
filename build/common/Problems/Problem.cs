namespace Flyte.MultiCluster.Common.Problems;

/// <summary>One thing that is wrong, described so that a person can act on it.</summary>
/// <param name="Place">Where: a file with line and column (<c>values/fleet.yaml:12:7</c>), an option, a cluster, a tool.</param>
/// <param name="What">What is wrong, one sentence, never holding a secret.</param>
/// <param name="Remedy">What to do about it, one sentence or a command.</param>
public sealed record Problem(string Place, string What, string Remedy)
{
    /// <summary>The problem on one line: place, what, remedy.</summary>
    public override string ToString() => $"{Place}: {What} {Remedy}";
}
