namespace Flyte.MultiCluster.Common.Changes;

/// <summary>What would become of one object or document, for people and for a plan's digest.</summary>
/// <param name="kind">Its kind: <c>Deployment</c>, <c>TrustPolicy</c>; <c>Values</c> for those of a Helm release.</param>
/// <param name="ns">Its namespace; null where it has none.</param>
/// <param name="name">Its name.</param>
/// <param name="lines">The difference: each line begins with a blank, +, - or @@, and holds no secret. Empty where the change itself says it all.</param>
/// <param name="fingerprint">A hash of the object before and after, secrets included: for the digest alone, and never printed.</param>
public sealed class ObjectDifference(string kind, string? ns, string name, IReadOnlyList<string> lines, string fingerprint)
{
    /// <summary>The object's kind.</summary>
    public string Kind { get; } = kind;

    /// <summary>The object's namespace; null where it has none.</summary>
    public string? Namespace { get; } = ns;

    /// <summary>The object's name.</summary>
    public string Name { get; } = name;

    /// <summary>The lines of the difference, without secrets.</summary>
    public IReadOnlyList<string> Lines { get; } = lines;

    internal string Fingerprint { get; } = fingerprint;

    /// <summary>The object in words: <c>Deployment flyte/flyteadmin</c>.</summary>
    public override string ToString() => $"{Kind} {(Namespace is null ? string.Empty : $"{Namespace}/")}{Name}";
}
