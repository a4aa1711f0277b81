using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Releases;

/// <summary>A revision of a Helm release, as Helm 3 and 4 store it in a Secret of type <c>helm.sh/release.v1</c>.</summary>
public sealed class HelmRelease
{
    private readonly JsonObject _stored;

    private readonly string? _resourceVersion;

    private HelmRelease(JsonObject stored, string? resourceVersion, HelmRelease? deployed = null) =>
        (_stored, _resourceVersion, Deployed) = (stored, resourceVersion, deployed);

    /// <summary>The revision that is still the deployed one, where this newest one failed or never ended; null otherwise. Helm upgrades from it.</summary>
    public HelmRelease? Deployed { get; }

    /// <summary>The release's name.</summary>
    public string Name => (string?)_stored["name"] ?? string.Empty;

    /// <summary>The revision's number, from 1.</summary>
    public int Revision => (int?)_stored["version"] ?? 0;

    /// <summary><c>deployed</c>, <c>failed</c>, <c>pending-install</c>, <c>pending-upgrade</c>, <c>pending-rollback</c>, <c>uninstalling</c>,
    /// <c>uninstalled</c> or <c>superseded</c>.</summary>
    public string Status => (string?)_stored["info"]?["status"] ?? "unknown";

    /// <summary>What the revision says of itself; empty where it says nothing.</summary>
    public string Description => (string?)_stored["info"]?["description"] ?? string.Empty;

    /// <summary>When its operation began; null when it does not say.</summary>
    public DateTimeOffset? LastDeployed =>
        DateTimeOffset.TryParse((string?)_stored["info"]?["last_deployed"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    /// <summary>The chart's name.</summary>
    public string ChartName => (string?)_stored["chart"]?["metadata"]?["name"] ?? string.Empty;

    /// <summary>The chart's version.</summary>
    public string ChartVersion => (string?)_stored["chart"]?["metadata"]?["version"] ?? string.Empty;

    /// <summary>The user-supplied values, as <c>helm get values</c> shows them. May hold secrets.</summary>
    public JsonObject Config => _stored["config"] as JsonObject ?? [];

    /// <summary>The chart's own default values.</summary>
    public JsonObject ChartValues => _stored["chart"]?["values"] as JsonObject ?? [];

    /// <summary>The rendered manifest, YAML documents. May hold secrets.</summary>
    public string Manifest => (string?)_stored["manifest"] ?? string.Empty;

    /// <summary>Whether helm wrote its objects by server-side apply, and will so again: since Helm 4, and not where Helm 3 installed it.</summary>
    public bool IsServerSideApplied => (string?)_stored["apply_method"] == "ssa";

    /// <summary>The chart's templates, file name to content.</summary>
    public IReadOnlyDictionary<string, byte[]> Templates => FilesOf("templates");

    /// <summary>The chart's other files, its own values files among them, file name to content.</summary>
    public IReadOnlyDictionary<string, byte[]> Files => FilesOf("files");

    /// <summary>Whether an operation was begun and never ended, or is still under way.</summary>
    public bool IsPending => IsPendingStatus(Status);

    /// <summary>Reads the release out of its Secret.</summary>
    /// <param name="secret">The Secret.</param>
    /// <exception cref="FormatException">It holds no release.</exception>
    public static HelmRelease Decode(JsonObject secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        var name = (string?)secret["metadata"]?["name"];
        var resourceVersion = (string?)secret["metadata"]?["resourceVersion"];
        try
        {
            // The value is base64 twice: once by Helm, once as Secret data.
            var once = Convert.FromBase64String((string?)secret["data"]?["release"] ?? string.Empty);
            var packed = Convert.FromBase64String(Encoding.ASCII.GetString(once));
            if (packed is not [0x1f, 0x8b, ..])
                return new HelmRelease((JsonObject)JsonNode.Parse(packed)!, resourceVersion);
            using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            return new HelmRelease((JsonObject)JsonNode.Parse(gzip)!, resourceVersion);
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or InvalidCastException or FormatException)
        {
            throw new FormatException($"Secret {name} holds no Helm release.", exception);
        }
    }

    /// <summary>The status of a release that <c>helm uninstall</c> has begun to delete.</summary>
    public const string Uninstalling = "uninstalling";

    internal static bool IsPendingStatus(string status) => status.StartsWith("pending-", StringComparison.Ordinal) || status == Uninstalling;

    private Dictionary<string, byte[]> FilesOf(string list) =>
        (_stored["chart"]?[list] as JsonArray ?? [])
            .OfType<JsonObject>()
            .ToDictionary(file => (string)file["name"]!, file => Convert.FromBase64String((string?)file["data"] ?? string.Empty), StringComparer.Ordinal);

    /// <summary>This revision over the one that is still deployed.</summary>
    public HelmRelease Over(HelmRelease? deployed) => new(_stored, _resourceVersion, deployed);

    /// <summary>
    /// The merge patch of the Secret that makes this revision a failed one, so that the next upgrade starts from it. It names the resource
    /// version that was read: a helm that finished in between is not overruled.
    /// </summary>
    public JsonObject AsFailed()
    {
        var failed = (JsonObject)_stored.DeepClone();
        failed["info"]!["status"] = "failed";
        failed["info"]!["description"] = $"{Status} was never finished; recovered by flyte-multicluster";
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(failed.ToJsonString()));
        var once = Convert.ToBase64String(packed.ToArray());
        return new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["resourceVersion"] = _resourceVersion,
                ["labels"] = new JsonObject { ["status"] = "failed" },
            },
            ["data"] = new JsonObject { ["release"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(once)) },
        };
    }
}
