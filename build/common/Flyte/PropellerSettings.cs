using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Values;

namespace Flyte.MultiCluster.Common.Flyte;

/// <summary>What a data plane's flytepropeller gets that may be a default of the chart with which it cannot work there.</summary>
/// <param name="Catalog">datacatalog's address; null where nothing says it.</param>
/// <param name="ClientSecret">The client secret for FlyteAdmin; null where the release or overlay has none of its own. Not to be shown.</param>
public sealed record PropellerSettings(string? Catalog, string? ClientSecret)
{
    /// <summary>The Secret that holds flytepropeller's client secret, in the chart and in the overlays.</summary>
    public const string Secret = "flyte-secret-auth";

    /// <summary>flytepropeller's ConfigMap.</summary>
    public const string ConfigMap = "flyte-propeller-config";

    /// <summary>The key of <see cref="Secret"/>.</summary>
    public const string SecretKey = "client_secret";

    /// <summary>The chart's default for <c>secrets.adminOauthClientCredentials.clientSecret</c> (values.yaml of flyte-core).</summary>
    public const string DefaultClientSecret = "foobar";

    /// <summary>Whether the client secret is the chart's default.</summary>
    public bool IsDefaultSecret => ClientSecret == DefaultClientSecret;

    /// <summary>The settings in merged values of the chart.</summary>
    /// <param name="values">The values, the chart's defaults included.</param>
    public static PropellerSettings Of(JsonObject values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var credentials = values["secrets"]?["adminOauthClientCredentials"];
        return new PropellerSettings(
            Text(values["configmap"]?["catalog"]?["catalog-cache"]?["endpoint"]),
            IsOn(credentials?["enabled"]) ? Text(credentials?["clientSecret"]) : null
        );
    }

    /// <summary>The settings in rendered or live objects.</summary>
    /// <param name="values">Reads YAML.</param>
    /// <param name="configMap">flytepropeller's ConfigMap; null for none.</param>
    /// <param name="secret">The Secret; null for none.</param>
    /// <exception cref="FormatException">A file in the ConfigMap is not YAML.</exception>
    public static PropellerSettings Of(IHelmValues values, JsonObject? configMap, JsonObject? secret)
    {
        ArgumentNullException.ThrowIfNull(values);
        var catalog = Text(configMap?["data"]?["catalog.yaml"]) is { } yaml ? Text(values.Parse(yaml, "catalog.yaml")["catalog-cache"]?["endpoint"]) : null;
        return new PropellerSettings(catalog, Text(secret?["stringData"]?[SecretKey]) ?? Decoded(Text(secret?["data"]?[SecretKey])));
    }

    /// <summary>The Service that an address in the cluster points to.</summary>
    /// <param name="endpoint">The address, <c>datacatalog:89</c>; null for none.</param>
    /// <param name="ns">Flyte's namespace.</param>
    /// <returns>Its namespace and name; null where the address is none of a Service in the cluster.</returns>
    public static (string Namespace, string Name)? Service(string? endpoint, string ns)
    {
        if (
            endpoint is null
            || endpoint.Contains("{{", StringComparison.Ordinal)
            || ClientConfiguration.Host(endpoint) is not { } host
            || host == "localhost"
            || IPAddress.TryParse(host.Trim('[', ']'), out _)
        )
            return null;
        return host.Split('.') switch
        {
            [var name] => (ns, name),
            [var name, var other] when other == ns => (other, name),
            [var name, var other, "svc"] => (other, name),
            [var name, var other, "svc", "cluster", "local"] => (other, name),
            _ => null,
        };
    }

    /// <summary>That an address of datacatalog points nowhere.</summary>
    /// <param name="endpoint">The address.</param>
    /// <param name="service">The Service that is not there.</param>
    public static string NoCatalog(string endpoint, (string Namespace, string Name) service) =>
        $"flytepropeller looks for datacatalog at {endpoint}, and the cluster has no Service {service.Name} in namespace {service.Namespace}: "
        + "tasks with a cache fail.";

    /// <summary>What to do about an address of datacatalog that leads nowhere.</summary>
    public const string CatalogRemedy = "Write flyte.catalog in the fleet: catalog: {endpoint: datacatalog.internal:89}, as the data planes reach datacatalog.";

    /// <summary>That the client secret is the chart's default although FlyteAdmin wants a login.</summary>
    public const string DefaultLogin =
        $"FlyteAdmin requires a login, and Secret {Secret} holds the chart's default client secret: FlyteAdmin refuses flytepropeller's events, unless "
        + "it accepts that secret, which is public.";

    /// <summary>What to do about the default client secret.</summary>
    public const string LoginRemedy =
        "Give flytepropeller FlyteAdmin's client secret: secrets.adminOauthClientCredentials.clientSecret in the data plane's values, or the "
        + "Secret in its overlay.";

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;

    private static bool IsOn(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var on) && on;

    private static string? Decoded(string? base64)
    {
        try
        {
            return base64 is null ? null : Encoding.UTF8.GetString(Convert.FromBase64String(base64)).Trim();
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
