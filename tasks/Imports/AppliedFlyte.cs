using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Imports;

/// <summary>Flyte in a cluster where kustomize or kubectl applied it, and no Helm release says anything.</summary>
/// <param name="api">The cluster.</param>
/// <param name="ns">Flyte's namespace.</param>
/// <param name="values">Reads YAML.</param>
/// <param name="cancellationToken">Cancels the requests.</param>
internal sealed class AppliedFlyte(ClusterApi api, string ns, IHelmValues values, CancellationToken cancellationToken)
{
    private static readonly string[] Addresses = ["admin", "catalog-cache"];

    /// <summary>A Deployment; null where there is none.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public Task<JsonObject?> DeploymentAsync(string name) => api.GetAsync(KubernetesPaths.Deployment(ns, name), cancellationToken);

    /// <summary>flyteadmin's section <c>clusters</c>, whatever the ConfigMap's name.</summary>
    /// <param name="deployment">flyteadmin's Deployment.</param>
    /// <returns>The section, and whether flyteadmin reads it: the guide writes a list where flyteadmin reads a mapping. Null where there is none.</returns>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    /// <exception cref="FormatException">It is not YAML.</exception>
    public async Task<(JsonObject Section, bool IsRead)?> ClustersAsync(JsonObject deployment)
    {
        foreach (var map in await MapsAsync(deployment))
        {
            if (MountedClusterConfigs.Find(map, values) is var (key, section))
                return (section, values.Parse((string)map["data"]![key]!, key)["clusters"] is JsonObject);
        }

        return null;
    }

    /// <summary>The Secret with the credentials, whatever its name; null where there is none.</summary>
    /// <param name="deployment">flyteadmin's Deployment.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public Task<JsonObject?> CredentialsAsync(JsonObject deployment) =>
        api.GetAsync(KubernetesPaths.Core(ns, "secrets", CredentialsSecret.MountedName(deployment) ?? CredentialsSecret.Name), cancellationToken);

    /// <summary>Where flytepropeller finds flyteadmin and datacatalog, as Helm values would say it.</summary>
    /// <param name="deployment">flytepropeller's Deployment.</param>
    /// <exception cref="KubernetesApiException">The server refused, or did not answer.</exception>
    public async Task<JsonObject> AddressesAsync(JsonObject deployment)
    {
        var found = new JsonObject();
        foreach (var data in (await MapsAsync(deployment)).Select(map => map["data"]).OfType<JsonObject>())
        {
            foreach (var (key, text) in data.Where(entry => entry.Key.EndsWith(".yaml", StringComparison.Ordinal)))
            {
                var file = Parsed((string?)text ?? string.Empty, key);
                foreach (var section in Addresses.Where(name => file?[name] is JsonObject && !found.ContainsKey(name)))
                    found[section] = file![section]!.DeepClone();
            }
        }

        return new JsonObject
        {
            ["configmap"] = new JsonObject
            {
                ["admin"] = new JsonObject { ["admin"] = found["admin"]?.DeepClone() },
                ["catalog"] = new JsonObject { ["catalog-cache"] = found["catalog-cache"]?.DeepClone() },
            },
        };
    }

    private JsonObject? Parsed(string text, string key)
    {
        try
        {
            return values.Parse(text, key);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<JsonObject>> MapsAsync(JsonObject deployment)
    {
        var names = MountedClusterConfigs.ConfigMaps(deployment);
        var maps = await Task.WhenAll(names.Select(name => api.GetAsync(KubernetesPaths.Core(ns, "configmaps", name), cancellationToken)));
        return [.. maps.OfType<JsonObject>()];
    }
}
