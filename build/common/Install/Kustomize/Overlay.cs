using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Kubernetes;
using Flyte.MultiCluster.Common.Releases;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Common.Values;
using k8s.Models;

namespace Flyte.MultiCluster.Common.Install.Kustomize;

/// <summary>A kustomize overlay as <c>kubectl kustomize</c> renders it.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Objects">Its objects, in kustomize's order.</param>
public sealed record Overlay(string Folder, IReadOnlyList<JsonObject> Objects)
{
    /// <summary>The label that this program puts on all objects it applies of an overlay; its value is the plane's.</summary>
    public const string Label = $"{FieldManagers.Tool}/overlay";

    /// <summary>Whether a live object was applied from an overlay.</summary>
    /// <param name="live">The object.</param>
    public static bool IsOwn(JsonObject live)
    {
        ArgumentNullException.ThrowIfNull(live);
        return live["metadata"]?["labels"]?[Label] is not null;
    }

    /// <summary>Whether a live Deployment was applied from an overlay.</summary>
    /// <param name="live">The Deployment.</param>
    public static bool IsOwn(V1Deployment live)
    {
        ArgumentNullException.ThrowIfNull(live);
        return live.Metadata?.Labels?.ContainsKey(Label) == true;
    }

    /// <summary>A copy of its objects, to be patched.</summary>
    public IReadOnlyList<JsonObject> Copy() => [.. Objects.Select(found => (JsonObject)found.DeepClone())];

    /// <summary>Sixteen hexadecimal digits that stand for its content.</summary>
    public string Digest => DigestOf(Objects);

    /// <summary>Sixteen hexadecimal digits that stand for some objects' content.</summary>
    internal static string DigestOf(IEnumerable<JsonObject> objects) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', objects.Select(found => found.ToJsonString())))))[..16];
}

/// <summary>The overlays of a run, each rendered once, however many clusters take it.</summary>
/// <param name="kubectl">The kubectl commands.</param>
/// <param name="values">Reads YAML as Helm does.</param>
/// <param name="interruption">Ends kubectl.</param>
public sealed class RenderedOverlays(KubectlTools kubectl, IHelmValues values, Interruption interruption)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<Overlay>>> _rendered = new(StringComparer.Ordinal);

    /// <summary>A folder's overlay.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="KubectlException">It does not render.</exception>
    /// <exception cref="FormatException">What it renders is not YAML.</exception>
    public Task<Overlay> OfAsync(string folder) => _rendered.GetOrAdd(folder, path => new(() => RenderAsync(path))).Value;

    /// <summary>A cluster's overlay.</summary>
    /// <param name="run">The run; its fleet installs with kustomize.</param>
    /// <param name="cluster">The cluster.</param>
    /// <exception cref="KubectlException">It does not render.</exception>
    /// <exception cref="FormatException">What it renders is not YAML.</exception>
    public Task<Overlay> OfAsync(FleetRun run, ClusterRun cluster) => OfAsync(Folder(run, cluster));

    /// <summary>The folder of a cluster's overlay.</summary>
    /// <param name="run">The run; its fleet installs with kustomize.</param>
    /// <param name="cluster">The cluster.</param>
    public static string Folder(FleetRun run, ClusterRun cluster)
    {
        ArgumentNullException.ThrowIfNull(run);
        var overlays = run.Fleet.Flyte.Overlays!;
        return cluster is DataPlaneRun plane ? plane.Spec.Overlay ?? overlays.DataPlane : overlays.ControlPlane;
    }

    private async Task<Overlay> RenderAsync(string folder)
    {
        var text = await kubectl.Kustomize.RenderAsync(folder, new KubectlSettings(), interruption.Token);
        return new Overlay(folder, [.. ManifestObjects.Parse(text, values).Select(Plain)]);
    }

    // The server turns stringData into data, and would not know the next time that it is up to date.
    private static JsonObject Plain(JsonObject manifest)
    {
        if ((string?)manifest["kind"] != "Secret" || !manifest.ContainsKey("stringData"))
            return manifest;
        var data = manifest["data"] as JsonObject ?? [];
        foreach (var (key, value) in manifest["stringData"] as JsonObject ?? [])
            data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes((string?)value ?? string.Empty));
        manifest.Remove("stringData");
        manifest["data"] = data;
        return manifest;
    }
}
