using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Api;
using Flyte.MultiCluster.Sandbox.Store;
using Flyte.MultiCluster.Tests.Sandbox.Api;

namespace Flyte.MultiCluster.Tests.Sandbox.Wire;

/// <summary>Sends one recording's requests to a server that holds what the recorded one held.</summary>
internal sealed class Replay(ServedCluster cluster, string recording)
{
    private readonly IReadOnlyList<Exchange> _exchanges = Recordings.Of(recording);
    private readonly Dictionary<string, string> _etags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _versions = new(StringComparer.Ordinal);

    /// <summary>Sends all requests; the differences between the answers and the recorded ones.</summary>
    public async Task<List<string>> Run()
    {
        foreach ((string path, JsonObject obj) in RecordedWorld.Before(recording).Objects)
            Restore(path, obj);
        List<string> differences = [];
        foreach (Exchange e in _exchanges)
        {
            if (e.Method == "GET")
                ControllersAct(e);
            List<string> found = await Send(e);
            differences.AddRange(found.Select(d => $"{e.Number} {e.Method} {e.Path}: {d}"));
        }
        return differences;
    }

    private async Task<List<string>> Send(Exchange e)
    {
        using HttpRequestMessage request = new(new HttpMethod(e.Method), e.Path);
        request.Headers.TryAddWithoutValidation("Accept", e.Header("accept"));
        request.Headers.TryAddWithoutValidation("User-Agent", e.Header("user-agent"));
        if (e.Status == 304)
            request.Headers.TryAddWithoutValidation("If-None-Match", _etags[e.PathOnly]);
        (byte[] Bytes, string Type)? body = Body(e);
        if (body is { } sent)
        {
            request.Content = new ByteArrayContent(sent.Bytes);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(sent.Type);
        }
        using HttpResponseMessage response = await cluster.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (response.Headers.ETag is { } etag)
            _etags[e.PathOnly] = etag.ToString();
        if ((int)response.StatusCode != e.Status)
            return [$"status {(int)response.StatusCode}, not {e.Status}: {await response.Content.ReadAsStringAsync()}"];
        List<string> differences = [];
        if (e.ResponseHeader("warning") is { Length: > 0 } warning && !response.Headers.TryGetValues("Warning", out _))
            differences.Add("no warning: " + warning);
        if (e.Status == 304 || e.Path.Contains("watch=true", StringComparison.Ordinal))
            return differences;
        string text = await response.Content.ReadAsStringAsync();
        if (
            e.ResponseHeader("content-type") is { Length: > 0 } type
            && !type.Contains("protobuf", StringComparison.Ordinal)
            && response.Content.Headers.ContentType?.ToString().Replace(" ", "", StringComparison.Ordinal) != type.Replace(" ", "", StringComparison.Ordinal)
        )
            differences.Add($"content type {response.Content.Headers.ContentType}, not {type}");
        if (e.Response?["metadata"]?["resourceVersion"]?.GetValue<string>() is { } version)
            _versions[version] = JsonNode.Parse(text)?["metadata"]?["resourceVersion"]?.GetValue<string>() ?? "";
        if (e.Response is JsonObject recorded)
            differences.AddRange(
                e.PathOnly is "/api" or "/apis" or "/api/v1"
                    ? DiscoveryShape.Differences(recorded, JsonNode.Parse(text)!.AsObject())
                    : Shape.Differences(recorded, JsonNode.Parse(text))
            );
        return differences;
    }

    // A recorded binary body whose bytes were left out is a release Secret of helm's: one that stands for it is sent.
    private (byte[], string)? Body(Exchange e)
    {
        switch (e.Body)
        {
            case null:
                return null;
            case JsonValue text when text.GetValue<string>() is { } s && s.StartsWith("k8s\0", StringComparison.Ordinal):
                return (Encoding.UTF8.GetBytes(s), e.Header("content-type"));
            case JsonValue:
                string name =
                    e.Method == "PUT"
                        ? e.PathOnly.Split('/')[^1]
                        : _exchanges.Last(x => x.Method == "PUT" && x.PathOnly.Contains("sh.helm.release", StringComparison.Ordinal)).PathOnly.Split('/')[^1];
                return (Encoding.UTF8.GetBytes(HelmRelease.Secret(name).ToJsonString()), "application/json");
            default:
                string json = e.Body.ToJsonString();
                foreach ((string theirs, string ours) in _versions)
                    json = json.Replace(
                        $"\"/metadata/resourceVersion\",\"value\":\"{theirs}\"",
                        $"\"/metadata/resourceVersion\",\"value\":\"{ours}\"",
                        StringComparison.Ordinal
                    );
                return (Encoding.UTF8.GetBytes(json), e.Header("content-type"));
        }
    }

    // No controllers run here: what they had done when the recorded cluster was read is put in place before the read.
    private void ControllersAct(Exchange e)
    {
        HashSet<string> present = new(StringComparer.Ordinal);
        foreach ((string path, JsonObject obj) in RecordedWorld.Found(e))
        {
            bool touched =
                obj["metadata"]?["managedFields"] is JsonArray managers
                && managers.Any(m =>
                    m?["manager"]?.GetValue<string>() is "kube-controller-manager" or "kubelet" || m?["subresource"]?.GetValue<string>() == "status"
                );
            RequestPath at = RequestPath.Parse(path)!;
            present.Add(obj["metadata"]!["name"]!.GetValue<string>());
            if (touched || cluster.Store.Find(at.Group, at.Plural, at.Namespace, at.Name!) is null)
                Restore(path, obj);
        }
        if (e.Response?["kind"]?.GetValue<string>() != "PodList")
            return;
        LabelSelector selector = LabelSelector.Parse(
            System.Web.HttpUtility.ParseQueryString(new Uri(cluster.Http.BaseAddress!, e.Path).Query)["labelSelector"]
        );
        foreach (StoredObject gone in cluster.Store.Objects("", "pods", "flyte").Where(p => selector.Matches(p.View) && !present.Contains(p.Name)))
            cluster.Store.Delete("", "pods", "flyte", gone.Name);
    }

    private void Restore(string path, JsonObject obj)
    {
        RequestPath at = RequestPath.Parse(path)!;
        if (at.Namespace is not null && cluster.Store.Find("", "namespaces", null, at.Namespace) is null)
            cluster.Store.Create("", "namespaces", null, new JsonObject { ["metadata"] = new JsonObject { ["name"] = at.Namespace } }, "test");
        ResourceInfo? r = cluster.Store.Catalog.Find(at.Group, at.Version, at.Plural);
        if (r is not null)
            cluster.Store.Restore(r, (JsonObject)obj.DeepClone());
    }
}
