using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Api;

namespace Flyte.MultiCluster.Tests.Sandbox.Wire;

/// <summary>What the recorded cluster held, as far as the recordings' own answers tell.</summary>
internal sealed class RecordedWorld
{
    private readonly Dictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);

    /// <summary>The objects by path.</summary>
    public IReadOnlyDictionary<string, JsonObject> Objects => _objects;

    /// <summary>The world before a recording: what all earlier ones left, and what its own first reads find.</summary>
    public static RecordedWorld Before(string recording)
    {
        RecordedWorld world = new();
        foreach (string earlier in Recordings.InOrder.TakeWhile(r => r != recording))
        {
            foreach (Exchange e in Recordings.Of(earlier))
                world.After(e);
        }
        foreach (Exchange e in Recordings.Of(recording))
        {
            if (e.Method == "DELETE" && e.Response?["metadata"]?["deletionTimestamp"] is not null)
                world._objects.TryAdd(e.PathOnly, Undeleted(e.Response));
            if (e.Method != "GET")
                break;
            world.ForgetReplaced(e);
            foreach ((string path, JsonObject obj) in Found(e))
                world._objects[path] = obj;
            if (e.Status == 404)
                world._objects.Remove(e.PathOnly);
        }
        return world;
    }

    /// <summary>The objects in an answer, with their paths; lists are taken apart.</summary>
    public static IEnumerable<(string Path, JsonObject Object)> Found(Exchange e)
    {
        if (e.Status is < 200 or >= 300 || e.Response is not JsonObject response || RequestPath.Parse(e.PathOnly) is not { } at)
            return [];
        if (response["items"] is JsonArray items && response["kind"]?.GetValue<string>() is { } list && list.EndsWith("List", StringComparison.Ordinal))
            return items.OfType<JsonObject>().Select(i => Item(at, response, list[..^4], i));
        if (response["metadata"]?["uid"] is null || at.Subresource is not null)
            return [];
        string path = at.Name is null ? e.PathOnly + "/" + response["metadata"]!["name"]!.GetValue<string>() : e.PathOnly;
        return [(path, response)];
    }

    private void After(Exchange e)
    {
        if (e.Path.Contains("dryRun", StringComparison.Ordinal))
            return;
        if (e.Status == 404 || (e.Method == "DELETE" && e.Status == 200))
        {
            _objects.Remove(e.PathOnly);
            return;
        }
        ForgetReplaced(e);
        foreach ((string path, JsonObject obj) in Found(e))
            _objects[path] = obj;
        if (e.Body is JsonValue && e.PathOnly.Contains("sh.helm.release", StringComparison.Ordinal) && e.Method == "PUT")
            _objects[e.PathOnly] = HelmRelease.Secret(e.PathOnly.Split('/')[^1]);
    }

    // Pods and ReplicaSets come and go without a recorded request: a list of them is the truth.
    private void ForgetReplaced(Exchange e)
    {
        if (
            e.Response?["items"] is null
            || (!e.PathOnly.EndsWith("/pods", StringComparison.Ordinal) && !e.PathOnly.EndsWith("/replicasets", StringComparison.Ordinal))
        )
            return;
        foreach (string old in _objects.Keys.Where(k => k.StartsWith(e.PathOnly + "/", StringComparison.Ordinal)).ToList())
            _objects.Remove(old);
    }

    private static JsonObject Undeleted(JsonObject deleted)
    {
        JsonObject obj = (JsonObject)deleted.DeepClone();
        ((JsonObject)obj["metadata"]!).Remove("deletionTimestamp");
        if (obj["kind"]!.GetValue<string>() == "Namespace")
            obj["status"] = new JsonObject { ["phase"] = "Active" };
        return obj;
    }

    private static (string Path, JsonObject Object) Item(RequestPath at, JsonObject list, string kind, JsonObject item)
    {
        JsonObject obj = new() { ["kind"] = kind, ["apiVersion"] = list["apiVersion"]!.GetValue<string>() };
        foreach ((string key, JsonNode? value) in item)
            obj[key] = value?.DeepClone();
        string root = at.Group.Length == 0 ? "/api/" + at.Version : $"/apis/{at.Group}/{at.Version}";
        string ns = obj["metadata"]?["namespace"]?.GetValue<string>() is { } n ? $"/namespaces/{n}" : "";
        return ($"{root}{ns}/{at.Plural}/{obj["metadata"]!["name"]!.GetValue<string>()}", obj);
    }
}

/// <summary>Stands for a release Secret, whose recorded bodies are binary and left out.</summary>
internal static class HelmRelease
{
    /// <summary>A release Secret of a name like <c>sh.helm.release.v1.flyte-core-data.v1</c>.</summary>
    public static JsonObject Secret(string name)
    {
        string[] parts = name.Split('.');
        return new()
        {
            ["kind"] = "Secret",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = "flyte",
                ["labels"] = new JsonObject
                {
                    ["name"] = parts[4],
                    ["owner"] = "helm",
                    ["status"] = "deployed",
                    ["version"] = parts[5][1..],
                },
            },
            ["type"] = "helm.sh/release.v1",
            ["data"] = new JsonObject { ["release"] = "AAAA" },
        };
    }
}
