using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.FlyteAdmin;

/// <summary>
/// What FlyteAdmin publishes about how to log in (flyteidl's <c>AuthMetadataService</c>): <c>/.well-known/oauth-authorization-server</c> and
/// <c>/config/v1/flyte_client</c>.
/// </summary>
/// <param name="exchange">Sends the requests.</param>
/// <param name="endpoint">FlyteAdmin's address, ending in a slash.</param>
internal sealed class AuthMetadata(HttpExchange exchange, Uri endpoint)
{
    private const string ClientPath = "config/v1/flyte_client";
    private const string ServerPath = ".well-known/oauth-authorization-server";

    /// <summary>The header that takes the token where nothing names another.</summary>
    public const string DefaultHeader = "authorization";

    /// <summary>The header that takes the token (<c>authorization_metadata_key</c>), flyteadmin's default is <c>flyte-authorization</c>; the usual one where
    /// the server names none, null where login is off.</summary>
    public async Task<string?> HeaderAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Header(await GetAsync(ClientPath, cancellationToken));
        }
        catch (FlyteAdminException exception) when (IsOff(exception))
        {
            return null;
        }
        catch (FlyteAdminException exception) when (!exception.IsUnreachable)
        {
            // What stands in front of FlyteAdmin may want the token for this, too.
            return DefaultHeader;
        }
    }

    /// <summary>What a client needs for client credentials.</summary>
    /// <returns>It; null where login is off (501 <c>Unimplemented</c>).</returns>
    /// <exception cref="FlyteAdminException">The server does not say, or names a token endpoint that must not get a secret.</exception>
    public async Task<(Uri TokenEndpoint, string Scope, string? Audience, string Header)?> ClientAsync(CancellationToken cancellationToken)
    {
        JsonObject[] both;
        try
        {
            both = await Task.WhenAll(GetAsync(ServerPath, cancellationToken), GetAsync(ClientPath, cancellationToken));
        }
        catch (FlyteAdminException exception) when (IsOff(exception))
        {
            return null;
        }

        var scopes = both[1]["scopes"] as JsonArray ?? [];
        return (
            TokenEndpoint(Text(both[0], "token_endpoint")),
            string.Join(' ', scopes.Select(scope => scope?.ToString()).Where(scope => !string.IsNullOrEmpty(scope))),
            Text(both[1], "audience"),
            Header(both[1])
        );
    }

    /// <summary>Whether an answer of the metadata says that login is off: flyteadmin then has no such service.</summary>
    /// <param name="exception">What the call threw.</param>
    public static bool IsOff(FlyteAdminException exception) => exception is { Status: HttpStatusCode.NotImplemented, Code: GrpcCodes.Unimplemented };

    /// <summary>A field's text; null where it is empty or none.</summary>
    public static string? Text(JsonObject answer, string field) =>
        answer[field] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;

    private static Uri TokenEndpoint(string? written)
    {
        const string Call = $"GET /{ServerPath}";
        if (written is null || !Uri.TryCreate(written, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
            throw new FlyteAdminException(Call, null, GrpcCodes.Unauthenticated, "it names no token_endpoint. Is authentication on?");
        if (uri is { Scheme: "http", IsLoopback: false })
            throw new FlyteAdminException(Call, null, GrpcCodes.Unauthenticated, $"its token_endpoint at {uri.Host} is plain http; no secret is sent there.");
        return uri;
    }

    private static string Header(JsonObject client) =>
        Text(client, "authorization_metadata_key") is { } key && key.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
            ? key
            : DefaultHeader;

    private Task<JsonObject> GetAsync(string path, CancellationToken cancellationToken) =>
        exchange.SendAsync(
            $"GET /{path}",
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Get, new Uri(endpoint, path));
                request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
                return request;
            },
            cancellationToken
        );
}
