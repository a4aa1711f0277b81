using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Cloud;

/// <summary>
/// The identities that a control plane gives to all clusters, also those of other fleets: flyteadmin knows one workers' identity for a domain, wherever its
/// Pods run.
/// </summary>
public static class SharedIdentities
{
    /// <summary>The identities of a live release that are others than the wanted ones, each once.</summary>
    /// <param name="identities">The wanted ones.</param>
    /// <param name="live">The live release's values.</param>
    public static IReadOnlyList<string> Displaced(CloudIdentities identities, JsonObject live)
    {
        ArgumentNullException.ThrowIfNull(identities);
        ArgumentNullException.ThrowIfNull(live);
        var workers = ClusterResourceValues
            .Entries(ClusterResourceValues.DataOf(live))
            .SelectMany(domain => ClusterResourceValues.Entries(domain.Value))
            .Where(variable => variable.Key == identities.Variable)
            .Select(variable => (string?)variable.Value?["value"])
            .Where(found => found != identities.Workers);
        var admin = (string?)live["flyteadmin"]?["serviceAccount"]?["annotations"]?[identities.Annotation];
        return [.. workers.Append(admin == identities.ControlPlane ? null : admin).OfType<string>().Distinct(StringComparer.Ordinal)];
    }
}
