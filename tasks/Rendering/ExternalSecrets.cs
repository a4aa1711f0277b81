using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Tasks.Rendering;

/// <summary>Skeletons of the External Secrets Operator's <c>ExternalSecret</c> for the Secrets that are in no rendered file.</summary>
/// <param name="values">Writes YAML.</param>
internal sealed class ExternalSecrets(IHelmValues values)
{
    /// <summary>The file's name in a cluster's folder.</summary>
    public const string FileName = "externalsecrets.yaml";

    /// <summary>What somebody has to replace.</summary>
    public const string Placeholder = "replace-me";

    /// <summary>The file's text.</summary>
    /// <param name="secrets">The Secrets.</param>
    public string Text(IReadOnlyList<SecretKeys> secrets)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        var text = new StringBuilder(
            $"""
            # Skeletons: replace each {Placeholder} with the name of your store (External Secrets Operator) and the keys in it.
            # Render never overwrites this file once you have edited it; it reports the keys that are missing in it.

            """
        );
        foreach (var secret in secrets)
        {
            text.Append("---\n").Append(Comment(secret)).Append(values.Write(Of(secret)));
        }

        return text.ToString();
    }

    private static string Comment(SecretKeys secret) =>
        secret.IsOfChart
            ? "# The chart renders this Secret too, from its values: turn that off there (common.databaseSecret.secretManifest: null for db-pass)\n"
                + "# before you apply this, or the two overwrite each other.\n"
            : "# AddDataPlane stores these keys itself. Use this only if your store is to be their source; Merge leaves all other keys alone.\n"
                + "# RotateCredentials then has to write to the store first.\n";

    /// <summary>One object.</summary>
    /// <param name="secret">The Secret.</param>
    public static JsonObject Of(SecretKeys secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return new JsonObject
        {
            ["apiVersion"] = "external-secrets.io/v1",
            ["kind"] = "ExternalSecret",
            ["metadata"] = new JsonObject { ["name"] = secret.Name, ["namespace"] = secret.Namespace },
            ["spec"] = new JsonObject
            {
                ["secretStoreRef"] = new JsonObject { ["kind"] = "ClusterSecretStore", ["name"] = Placeholder },
                ["target"] = new JsonObject
                {
                    ["name"] = secret.Name,
                    ["creationPolicy"] = secret.IsOfChart ? "Orphan" : "Merge",
                    ["deletionPolicy"] = "Retain",
                },
                ["data"] = new JsonArray([
                    .. secret.Keys.Select(key => new JsonObject
                    {
                        ["secretKey"] = key,
                        ["remoteRef"] = new JsonObject { ["key"] = Placeholder, ["property"] = key },
                    }),
                ]),
            },
        };
    }
}
