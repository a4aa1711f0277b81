using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Controllers.Deployments;

/// <summary>How many pods a Deployment wants, and how far a rolling update may go beyond and below.</summary>
/// <param name="Desired">spec.replicas.</param>
/// <param name="MaxSurge">Pods above.</param>
/// <param name="MaxUnavailable">Pods below.</param>
/// <param name="Recreate">Whether all old pods go before new ones come.</param>
internal sealed record ReplicaCounts(int Desired, int MaxSurge, int MaxUnavailable, bool Recreate)
{
    public static ReplicaCounts Of(JsonObject deployment)
    {
        var spec = deployment.Child("spec") ?? [];
        var desired = (int)(spec.Number("replicas") ?? 1);
        if (spec.Child("strategy")?.Text("type") == "Recreate")
            return new ReplicaCounts(desired, 0, desired, true);
        var rolling = spec.Child("strategy", "rollingUpdate") ?? [];
        var surge = Share(rolling["maxSurge"], desired, Math.Ceiling);
        var unavailable = Share(rolling["maxUnavailable"], desired, Math.Floor);
        if (surge == 0 && unavailable == 0)
            unavailable = 1;
        return new ReplicaCounts(desired, surge, Math.Min(unavailable, desired), false);
    }

    /// <summary>As many pods as there may be.</summary>
    public int MaxTotal => Desired + MaxSurge;

    /// <summary>As many pods as must be available.</summary>
    public int MinAvailable => Desired - MaxUnavailable;

    private static int Share(JsonNode? value, int of, Func<double, double> round)
    {
        var text = value?.ToString() ?? "25%";
        return text.EndsWith('%') ? (int)round(int.Parse(text[..^1]) * of / 100.0) : int.Parse(text);
    }
}
