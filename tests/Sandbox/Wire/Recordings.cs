using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Tests.Sandbox.Wire;

/// <summary>One recorded request and its answer.</summary>
internal sealed record Exchange(JsonObject Json)
{
    public int Number => Json["n"]!.GetValue<int>();

    public string Method => Json["method"]!.GetValue<string>();

    public string Path => Json["path"]!.GetValue<string>();

    public string PathOnly => Path.Split('?')[0];

    public int Status => Json["status"]!.GetValue<int>();

    public JsonNode? Body => Json["body"];

    public JsonObject? Response => Json["response"] as JsonObject;

    public string Header(string name) => Json["headers"]![name]?.GetValue<string>() ?? "";

    public string ResponseHeader(string name) => Json["responseHeaders"]![name]?.GetValue<string>() ?? "";
}

/// <summary>
/// The helm and kubectl commands recorded against a real Kubernetes 1.36 API server, in the order in which they were recorded.
/// The OpenAPI bodies are left out.
/// </summary>
internal static class Recordings
{
    /// <summary>The recordings' names, in time order.</summary>
    public static readonly string[] InOrder =
    [
        "kubectl-version",
        "kubectl-api-resources",
        "kubectl-get-namespaces",
        "helm4-install",
        "helm4-upgrade-same",
        "helm4-upgrade-change-wait",
        "helm4-status",
        "helm4-rollback",
        "helm4-list",
        "helm4-history",
        "helm4-get-values",
        "helm4-upgrade-dryrun-server",
        "helm4-uninstall",
        "helm3-install",
        "helm3-upgrade-same",
        "helm3-upgrade-change",
        "kubectl-apply-create",
        "kubectl-apply-unchanged",
        "kubectl-apply-serverside",
        "kubectl-apply-serverside-unchanged",
        "kubectl-apply-serverside-conflict",
        "kubectl-apply-serverside-dryrun",
        "kubectl-apply-token",
        "kubectl-get-secret",
        "kubectl-get-pods-json",
        "kubectl-get-pods",
        "kubectl-describe-pods",
        "kubectl-wait",
        "kubectl-rollout-restart",
        "kubectl-rollout-status",
        "kubectl-whoami",
        "kubectl-can-i",
        "kubectl-can-i-list",
        "kubectl-create-token",
        "kubectl-cluster-info",
        "kubectl-delete-secret",
        "kubectl-create-namespace",
        "kubectl-delete-namespace",
    ];

    private static readonly Lazy<Dictionary<string, List<Exchange>>> All = new(Read);

    /// <summary>A recording's exchanges.</summary>
    public static IReadOnlyList<Exchange> Of(string name) => All.Value[name];

    private static Dictionary<string, List<Exchange>> Read()
    {
        Dictionary<string, List<Exchange>> all = new(StringComparer.Ordinal);
        using ZipArchive zip = ZipFile.OpenRead(Path.Combine(Repository(), "tests", "Sandbox", "Wire", "recordings.zip"));
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            using StreamReader lines = new(entry.Open());
            List<Exchange> exchanges = [];
            while (lines.ReadLine() is { Length: > 0 } line)
                exchanges.Add(new Exchange((JsonObject)JsonNode.Parse(line)!));
            all[Path.GetFileNameWithoutExtension(entry.Name)] = exchanges;
        }
        return all;
    }

    private static string Repository()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "flyte-multicluster.slnx")))
            at = at.Parent;
        return at?.FullName ?? throw new DirectoryNotFoundException("the repository's root");
    }
}
