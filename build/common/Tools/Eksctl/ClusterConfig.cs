using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Tools.Aws;

namespace Flyte.MultiCluster.Common.Tools.Eksctl;

/// <summary>The VPC of a cluster that eksctl did not make, as eksctl takes it from a config file alone.</summary>
/// <param name="Id">The VPC's id.</param>
/// <param name="SecurityGroup">The cluster security group's id.</param>
/// <param name="Version">The cluster's Kubernetes version; null where EKS does not say it.</param>
/// <param name="PrivateSubnets">The subnets of the nodes.</param>
public sealed record EksctlVpc(string Id, string SecurityGroup, string? Version, IReadOnlyList<Subnet> PrivateSubnets);

/// <summary>
/// eksctl's config files, for its standard input: what its options cannot say. They are JSON, which is YAML too. Source: eksctl's schema of
/// <c>eksctl.io/v1alpha5</c>.
/// </summary>
internal static class ClusterConfig
{
    /// <summary>
    /// A cluster without node groups and without Auto Mode, which newer versions of eksctl turn on where nothing is said, and then make no networking add-ons.
    /// </summary>
    /// <param name="settings">The cluster.</param>
    public static JsonObject Of(EksctlNewClusterSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var config = Head(settings, settings.Version);
        config["autoModeConfig"] = new JsonObject { ["enabled"] = false };
        config["vpc"] = new JsonObject { ["subnets"] = Private(settings.PrivateSubnets) };
        return config;
    }

    /// <summary>A managed node group of a cluster that eksctl did not make.</summary>
    /// <param name="settings">The node group.</param>
    /// <param name="vpc">The cluster's VPC.</param>
    public static JsonObject Of(EksctlNodeGroupSettings settings, EksctlVpc vpc)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(vpc);
        var config = Head(settings, vpc.Version);
        config["vpc"] = new JsonObject
        {
            ["id"] = vpc.Id,
            ["securityGroup"] = vpc.SecurityGroup,
            ["subnets"] = Private(vpc.PrivateSubnets),
        };
        config["managedNodeGroups"] = new JsonArray(
            new JsonObject
            {
                ["name"] = settings.Name,
                ["instanceType"] = settings.NodeType,
                ["desiredCapacity"] = settings.Nodes,
                ["minSize"] = settings.Nodes,
                ["maxSize"] = settings.Nodes,
                ["privateNetworking"] = true,
            }
        );
        return config;
    }

    private static JsonObject Head(EksctlSettings settings, string? version)
    {
        var metadata = new JsonObject { ["name"] = settings.Cluster, ["region"] = settings.Region };
        if (version is not null)
            metadata["version"] = version;
        return new JsonObject
        {
            ["apiVersion"] = "eksctl.io/v1alpha5",
            ["kind"] = "ClusterConfig",
            ["metadata"] = metadata,
        };
    }

    // By zone; several of one zone by their ids, with the zone beside: a key that is a zone's name must be its only subnet's.
    private static JsonObject Private(IReadOnlyList<Subnet> subnets)
    {
        var mapping = new JsonObject();
        foreach (var zone in subnets.DistinctBy(subnet => subnet.Id, StringComparer.Ordinal).GroupBy(subnet => subnet.Zone, StringComparer.Ordinal))
        {
            var isOnly = zone.Count() == 1;
            foreach (var subnet in zone)
            {
                var entry = new JsonObject { ["id"] = subnet.Id };
                if (!isOnly)
                    entry["az"] = zone.Key;
                mapping[isOnly ? zone.Key : subnet.Id] = entry;
            }
        }

        return new JsonObject { ["private"] = mapping };
    }
}
