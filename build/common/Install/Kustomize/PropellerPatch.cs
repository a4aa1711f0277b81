using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Problems;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Install.Kustomize;

/// <summary>What differs from one data plane to the next in one and the same overlay: flytepropeller's cluster, and where it finds flyteadmin.</summary>
public static class PropellerPatch
{
    private const string Argument = PropellerName.Argument;

    /// <summary>Gives flytepropeller its name: the live one, and where it is installed now in a data plane the cluster's.</summary>
    /// <returns>What is wrong with a name that would change; null for nothing.</returns>
    public static async Task<Problem?> NameAsync(IReadOnlyList<JsonObject> objects, PropellerCheck check, CancellationToken cancellationToken)
    {
        var files = PodTemplates.Deployment(objects, "flytepropeller") is { } deployment ? PropellerName.OfDeployment(deployment) : null;
        var (isThere, live) = await check.LiveAsync(cancellationToken);
        var name = await check.ChooseAsync(files, live, isThere, cancellationToken);
        if (name is not null)
            Name(objects, name);
        return await check.RenamedAsync(live, name ?? files, cancellationToken);
    }

    private static void Name(IReadOnlyList<JsonObject> objects, string cluster)
    {
        if (PodTemplates.Deployment(objects, "flytepropeller") is not { } deployment)
            return;
        foreach (var container in PodTemplates.Containers(deployment).Where(container => (string?)container["name"] == "flytepropeller"))
        {
            Remove(container["command"] as JsonArray);
            Remove(container["args"] as JsonArray);
            var words = container["args"] as JsonArray ?? PodTemplates.List(container, "command");
            words.Add(Argument);
            words.Add(cluster);
        }
    }

    /// <summary>flyteadmin's and datacatalog's addresses, where the overlay's ConfigMaps have some.</summary>
    public static void Addresses(FlyteSettings flyte, IReadOnlyList<JsonObject> objects, IHelmValues values)
    {
        ArgumentNullException.ThrowIfNull(flyte);
        foreach (var data in objects.Where(found => (string?)found["kind"] == "ConfigMap").Select(map => map["data"]).OfType<JsonObject>())
        {
            foreach (var (key, text) in data.Select(entry => (entry.Key, (string?)entry.Value ?? string.Empty)).ToArray())
            {
                if (MountedClusterConfigs.Has(key, text, "admin"))
                    Address(values, data, key, "admin", flyte.Endpoint, flyte.Insecure);
                if (flyte.Catalog is { } catalog && MountedClusterConfigs.Has(key, text, "catalog-cache"))
                    Address(values, data, key, "catalog-cache", catalog.Endpoint, catalog.Insecure);
            }
        }
    }

    private static void Address(IHelmValues values, JsonObject data, string key, string section, string endpoint, bool insecure)
    {
        var document = values.Parse((string)data[key]!, key);
        if (document[section] is not JsonObject found || !found.ContainsKey("endpoint"))
            return;
        (found["endpoint"], found["insecure"]) = (endpoint, insecure);
        data[key] = values.Write(document);
    }

    private static void Remove(JsonArray? words)
    {
        for (var index = (words?.Count ?? 0) - 1; index >= 0; index--)
        {
            var word = words![index]?.ToString() ?? string.Empty;
            if (word == Argument && index + 1 < words.Count)
                words.RemoveAt(index + 1);
            if (word == Argument || word.StartsWith(Argument + "=", StringComparison.Ordinal))
                words.RemoveAt(index);
        }
    }
}
