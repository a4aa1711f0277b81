namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>What an execution cluster label is set for: a project, a project and domain, or a workflow in them (a row of FlyteAdmin's matchable
/// attributes).</summary>
/// <param name="Project">The project's id.</param>
/// <param name="Domain">The domain's id; null for the whole project.</param>
/// <param name="Workflow">The workflow's name; null for all of them. Never without a domain.</param>
public sealed record LabelScope(string Project, string? Domain = null, string? Workflow = null)
{
    /// <summary>Whether FlyteAdmin deletes the other scope's label together with this one's: it is the same project's, and within this domain where there is
    /// one.</summary>
    /// <param name="other">The other scope.</param>
    public bool Covers(LabelScope other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Workflow is null && Project == other.Project && this != other && (Domain is null || Domain == other.Domain);
    }

    /// <summary>The scope as a path: <c>flytesnacks/development/core.hello</c>.</summary>
    public override string ToString() => string.Join('/', new[] { Project, Domain, Workflow }.OfType<string>());
}

/// <summary>A label that the fleet wants for a scope.</summary>
/// <param name="Scope">What it is for.</param>
/// <param name="Label">The execution cluster label, lower case.</param>
/// <param name="Place">Where it is written: file, line and column.</param>
public sealed record ExecutionLabel(LabelScope Scope, string Label, string Place);
