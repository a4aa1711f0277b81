using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.Install.Kustomize;

/// <summary>
/// The Secrets that Flyte's own init containers write as a whole when a pod starts, labels too: <c>flytepropeller webhook init-certs</c> that of the webhook,
/// <c>flyteadmin secrets create --name NAME</c> flyteadmin's. An overlay only brings them into being.
/// </summary>
internal static class GeneratedSecrets
{
    /// <summary>The webhook's Secret under its usual name.</summary>
    public const string WebhookSecret = "flyte-pod-webhook";

    private const string WebhookFolder = "/etc/webhook/certs";

    private static readonly string[] Lists = ["command", "args"];
    private static readonly char[] Blanks = [' ', '\n', '\t', '='];

    /// <summary>Their names.</summary>
    public static IReadOnlySet<string> Secrets(IReadOnlyList<JsonObject> objects)
    {
        ArgumentNullException.ThrowIfNull(objects);
        return objects
            .Where(found => (string?)found["kind"] == "Deployment")
            .SelectMany(deployment => PodTemplates.Containers(deployment).SelectMany(container => Written(deployment, container)))
            .ToHashSet(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Written(JsonObject deployment, JsonObject container)
    {
        string[] words =
        [
            .. Lists
                .SelectMany(list => container[list] as JsonArray ?? [])
                .SelectMany(word => (word?.ToString() ?? string.Empty).Split(Blanks, StringSplitOptions.RemoveEmptyEntries)),
        ];
        for (var index = 0; index + 1 < words.Length; index++)
        {
            if (
                (words[index], words[index + 1]) == ("secrets", "create")
                && words.Skip(index).SkipWhile(word => word != "--name").ElementAtOrDefault(1) is { } name
            )
                yield return name;
            if ((words[index], words[index + 1]) == ("webhook", "init-certs"))
                yield return Certificates(deployment) ?? WebhookSecret;
        }
    }

    // The Secret that the webhook reads them from, whatever a prefix has made of its name.
    private static string? Certificates(JsonObject deployment)
    {
        var mount = PodTemplates
            .Containers(deployment)
            .SelectMany(container => container["volumeMounts"] as JsonArray ?? [])
            .FirstOrDefault(mount => ((string?)mount?["mountPath"])?.TrimEnd('/') == WebhookFolder);
        var volumes = deployment["spec"]?["template"]?["spec"]?["volumes"] as JsonArray ?? [];
        return (string?)volumes.FirstOrDefault(volume => mount is not null && (string?)volume?["name"] == (string?)mount["name"])?["secret"]?["secretName"];
    }
}
