using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Flyte.MultiCluster.Common.FlyteAdmin;

/// <summary>
/// OAuth2 client credentials (RFC 6749, 4.4) at the token endpoint that FlyteAdmin's metadata names, in the way of flyteidl's Go client
/// (<c>flyteidl/clients/go/admin/token_source_provider.go</c>).
/// </summary>
/// <param name="metadata">FlyteAdmin's metadata.</param>
/// <param name="exchange">Sends the request to the token endpoint.</param>
/// <param name="clientId">The client's id.</param>
/// <param name="secret">Reads the client's secret.</param>
/// <param name="mask">Gets every secret.</param>
/// <param name="time">The clock.</param>
internal sealed class ClientCredentials(AuthMetadata metadata, HttpExchange exchange, string clientId, Func<string> secret, SecretMask mask, TimeProvider time)
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);

    /// <summary>Gets a token.</summary>
    /// <returns>It; <see cref="AccessToken.Off"/> where login is off, and the secret is then sent nowhere.</returns>
    /// <exception cref="FlyteAdminException">The token endpoint refused, or did not answer.</exception>
    public async Task<AccessToken> FetchAsync(CancellationToken cancellationToken)
    {
        // Encoded before it is joined (RFC 6749, 2.3.1); %20 is read by those, too, who do not take + for a blank.
        var credentials = $"{Uri.EscapeDataString(clientId)}:{Uri.EscapeDataString(secret())}";
        mask.Add(credentials);
        if (await metadata.ClientAsync(cancellationToken) is not { } client)
            return AccessToken.Off;
        var (tokenEndpoint, scope, audience, header) = client;
        var form = new Dictionary<string, string>(StringComparer.Ordinal) { ["grant_type"] = "client_credentials" };
        if (scope.Length > 0)
            form["scope"] = scope;
        if (audience is not null)
            form["audience"] = audience;
        var call = $"POST {tokenEndpoint.GetLeftPart(UriPartial.Path)}";
        var answer = await exchange.SendAsync(
            call,
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Post, tokenEndpoint) { Content = new FormUrlEncodedContent(form) };
                request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
                return request;
            },
            cancellationToken
        );
        if (AuthMetadata.Text(answer, "access_token") is not { } token || !AccessToken.IsUsable(token))
            throw new FlyteAdminException(call, null, GrpcCodes.Unauthenticated, "the answer holds no access_token.");
        mask.Add(token);
        return new AccessToken(header, token, RenewAt(answer["expires_in"]));
    }

    private DateTimeOffset? RenewAt(JsonNode? expiresIn)
    {
        if (!double.TryParse(expiresIn?.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || seconds is <= 0 or > int.MaxValue)
            return null;
        var life = TimeSpan.FromSeconds(seconds);
        return time.GetUtcNow() + life - (life / 5 < Margin ? life / 5 : Margin);
    }
}
