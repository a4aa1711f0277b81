using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Tasks.Sandboxes;
using YamlDotNet.Serialization;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>A cluster of the sandbox as its administrator sees and changes it, without a process per request.</summary>
internal sealed class ClusterView : IDisposable
{
    public const string UserAgent = "stage-tests";

    private readonly HttpClient _http;

    public ClusterView(SandboxCluster cluster, string kubeconfig)
    {
        Name = cluster.Name;
        var config = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(kubeconfig);
        var user = Entry(config, "users", $"{Name}-admin", "user");
        Authority = (string)Entry(config, "clusters", Name, "cluster")["certificate-authority-data"];
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPem(Pem(user, "client-certificate-data"), Pem(user, "client-key-data"))];
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { X509Certificate2.CreateFromPem(Decode(Authority)) },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        _http = new HttpClient(handler) { BaseAddress = cluster.Server };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue(new ProductHeaderValue(UserAgent)));
    }

    public string Name { get; }

    /// <summary>The cluster's CA certificate, PEM in base64.</summary>
    public string Authority { get; }

    /// <summary>Reads an object; null where there is none.</summary>
    public async Task<JsonObject?> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(path);
        return answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync()) as JsonObject : null;
    }

    /// <summary>The items of a kind in namespace flyte, by name.</summary>
    public async Task<SortedDictionary<string, JsonObject>> ListAsync(string kind)
    {
        var list = await GetAsync(Flyte(kind));
        var items = (list?["items"] as JsonArray ?? []).OfType<JsonObject>();
        return new(items.ToDictionary(item => (string)item["metadata"]!["name"]!), StringComparer.Ordinal);
    }

    /// <summary>The names of the tokens of service accounts in Flyte's namespace.</summary>
    public async Task<string[]> TokensAsync() =>
        [.. (await ListAsync("secrets")).Where(secret => (string?)secret.Value["type"] == "kubernetes.io/service-account-token").Select(secret => secret.Key)];

    public Task<JsonObject?> FlyteAsync(string kind, string name) => GetAsync($"{Flyte(kind)}/{name}");

    public Task CreateAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body, "application/json");

    public Task PatchAsync(string kind, string name, string patch) => PatchAsync($"{Flyte(kind)}/{name}", patch);

    public Task PatchAsync(string path, string patch) => SendAsync(HttpMethod.Patch, path, patch, "application/merge-patch+json");

    public Task DeleteAsync(string kind, string name) => DeleteAsync($"{Flyte(kind)}/{name}");

    public Task DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null, null);

    /// <summary>The entries of a Secret, base64; none where there is no Secret.</summary>
    public async Task<IReadOnlyDictionary<string, string>> SecretAsync(string name) =>
        (await FlyteAsync("secrets", name))?["data"]?.AsObject().ToDictionary(entry => entry.Key, entry => (string)entry.Value!) ?? [];

    /// <summary>The newest revision of a Helm release as Helm stored it; null where there is none.</summary>
    public async Task<(JsonObject Release, string Secret)?> ReleaseAsync(string release)
    {
        var prefix = $"sh.helm.release.v1.{release}.v";
        var revisions = (await ListAsync("secrets")).Where(secret => secret.Key.StartsWith(prefix, StringComparison.Ordinal)).ToArray();
        if (revisions.Length == 0)
            return null;
        var newest = revisions.MaxBy(secret => int.Parse(secret.Key[prefix.Length..], CultureInfo.InvariantCulture));
        var packed = Convert.FromBase64String(Decode((string)newest.Value["data"]!["release"]!));
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        return ((JsonObject)JsonNode.Parse(gzip)!, newest.Key);
    }

    /// <summary>Leaves the newest revision of a release as a helm does that was killed: in another status.</summary>
    public async Task InterruptReleaseAsync(string release, string status)
    {
        var (stored, secret) = (await ReleaseAsync(release))!.Value;
        stored["info"]!["status"] = status;
        stored["info"]!["last_deployed"] = "2026-01-01T00:00:00Z";
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(stored.ToJsonString()));
        var data = Convert.ToBase64String(Encoding.ASCII.GetBytes(Convert.ToBase64String(packed.ToArray())));
        await PatchAsync("secrets", secret, $$"""{"metadata": {"labels": {"status": "{{status}}"} }, "data": {"release": "{{data}}"} }""");
    }

    public static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    public void Dispose() => _http.Dispose();

    private static string Flyte(string kind) => $"{(kind == "deployments" ? "/apis/apps/v1" : "/api/v1")}/namespaces/flyte/{kind}";

    private async Task SendAsync(HttpMethod method, string path, string? body, string? type)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, type!);
        using var answer = await _http.SendAsync(request);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {path}: {await answer.Content.ReadAsStringAsync()}");
    }

    private static Dictionary<object, object> Entry(Dictionary<string, object> config, string list, string name, string field) =>
        (Dictionary<object, object>)((List<object>)config[list]).Cast<Dictionary<object, object>>().Single(entry => (string)entry["name"] == name)[field];

    private static string Pem(Dictionary<object, object> entry, string field) => Decode((string)entry[field]);
}
