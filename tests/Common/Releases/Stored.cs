using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Tests.Common.Kubernetes;

namespace Flyte.MultiCluster.Tests.Common.Releases;

/// <summary>Helm's release Secrets, as Helm writes them.</summary>
internal static class Stored
{
    public static JsonObject Release(
        string name,
        int revision,
        string status,
        JsonObject? config = null,
        string manifest = "",
        JsonObject? chart = null,
        string lastDeployed = "2026-01-02T03:04:05Z"
    ) =>
        new()
        {
            ["name"] = name,
            ["info"] = new JsonObject { ["status"] = status, ["last_deployed"] = lastDeployed },
            ["chart"] =
                chart
                ?? new JsonObject
                {
                    ["metadata"] = new JsonObject { ["name"] = "flyte-core", ["version"] = "v1.16.8" },
                },
            ["config"] = config?.DeepClone() ?? new JsonObject(),
            ["manifest"] = manifest,
            ["version"] = revision,
        };

    public static JsonObject Secret(JsonObject release, bool zipped = true)
    {
        var content = Encoding.UTF8.GetBytes(release.ToJsonString());
        using var packed = new MemoryStream();
        if (zipped)
        {
            using var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true);
            gzip.Write(content);
        }
        else
        {
            packed.Write(content);
        }

        var (name, version) = ((string)release["name"]!, (int)release["version"]!);
        return new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = $"sh.helm.release.v1.{name}.v{version}",
                ["resourceVersion"] = "41",
                ["labels"] = new JsonObject
                {
                    ["owner"] = "helm",
                    ["name"] = name,
                    ["version"] = $"{version}",
                    ["status"] = (string?)release["info"]!["status"],
                },
            },
            ["type"] = "helm.sh/release.v1",
            ["data"] = new JsonObject { ["release"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(Convert.ToBase64String(packed.ToArray()))) },
        };
    }

    public static FakeApiServer Holding(this FakeApiServer server, params IEnumerable<JsonObject> releases)
    {
        foreach (var release in releases)
        {
            var secret = Secret(release);
            server.Objects[$"/api/v1/namespaces/flyte/secrets/{(string?)secret["metadata"]!["name"]}"] = secret;
        }

        return server;
    }
}
