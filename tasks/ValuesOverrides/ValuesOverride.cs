using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Tasks.ValuesOverrides;

/// <summary>The composed values override.</summary>
/// <param name="Values">The values, the last ones that the control plane's <c>helm upgrade</c> gets.</param>
/// <param name="Kept">What the fleet does not know and was kept, a phrase each.</param>
internal sealed record ValuesOverride(JsonObject Values, IReadOnlyList<string> Kept)
{
    /// <summary>The labels of the fleet's own clusters that are live and that the fleet no longer has: they are left out.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>
    /// What only the live release has in lists that are written whole, as paths. It is kept until somebody accepts the loss.
    /// </summary>
    public IReadOnlyList<string> Lost { get; init; } = [];

    /// <summary>What else somebody should know of it, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
