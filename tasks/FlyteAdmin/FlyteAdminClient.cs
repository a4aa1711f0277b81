using Flyte.MultiCluster.Fleets;

namespace Flyte.MultiCluster.FlyteAdmin;

/// <summary>FlyteAdmin's API over HTTP.</summary>
public static class FlyteAdminClient
{
    /// <summary>Opens the API that a fleet names; nothing is sent yet.</summary>
    public static IFlyteAdmin? Open(FlyteAdminSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return null;
    }
}
