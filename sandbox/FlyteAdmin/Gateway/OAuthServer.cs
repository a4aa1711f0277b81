using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Hosting;

namespace Flyte.MultiCluster.Sandbox.FlyteAdmin.Gateway;

/// <summary>The client that may ask for tokens.</summary>
/// <param name="ClientId">Its id.</param>
/// <param name="ClientSecret">Its secret.</param>
/// <param name="ExpiresIn">How long a token is taken.</param>
/// <param name="PropellerSecret">The secret of flytepropeller's own client.</param>
internal sealed record OAuthSettings(string ClientId, string ClientSecret, TimeSpan ExpiresIn, string PropellerSecret);

/// <summary>flyteadmin's own authorization server, with client credentials alone: flyteadmin/auth/authzserver. Thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class OAuthServer(TimeProvider time)
{
    /// <summary>The header that clients are told to use.</summary>
    public const string Header = "flyte-authorization";

    /// <summary>The path of the token endpoint.</summary>
    public const string TokenPath = "/oauth2/token";

    private const string Propeller = "flytepropeller";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _tokens = new(StringComparer.Ordinal);
    private OAuthSettings? _settings;

    /// <summary>Whether calls need a token.</summary>
    public bool IsOn => Volatile.Read(ref _settings) is not null;

    /// <summary>Switches it on, or off with null; tokens given out before are forgotten.</summary>
    public void Configure(OAuthSettings? settings)
    {
        lock (_lock)
        {
            _tokens.Clear();
            Volatile.Write(ref _settings, settings);
        }
    }

    /// <summary>The client whose token a request carries; empty where none is needed.</summary>
    /// <exception cref="AdminException">It carries none that is valid.</exception>
    public string Authenticate(HttpRequest request)
    {
        if (Volatile.Read(ref _settings) is not { } settings)
            return "";
        var header = request.Headers[Header] is { Count: > 0 } own ? own.ToString() : request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            throw new AdminException(AdminCode.Unauthenticated, "Request unauthenticated with Bearer");
        lock (_lock)
        {
            return !_tokens.TryGetValue(header["Bearer ".Length..].Trim(), out var end)
                    ? throw new AdminException(AdminCode.Unauthenticated, "token parse error [JWT_VERIFICATION_FAILED] Could not verify token")
                : end > time.GetUtcNow() ? settings.ClientId
                : throw new AdminException(AdminCode.Unauthenticated, "token parse error [JWT_VERIFICATION_FAILED] Token is expired");
        }
    }

    /// <summary>Refuses the events of a flytepropeller that could not log in.</summary>
    /// <exception cref="AdminException">Login is on, and this is no client with its secret.</exception>
    public void RequirePropeller((string Id, string Secret) login)
    {
        if (
            Volatile.Read(ref _settings) is not { } settings
            || login == (Propeller, settings.PropellerSecret)
            || login == (settings.ClientId, settings.ClientSecret)
        )
            return;
        throw new AdminException(AdminCode.Unauthenticated, "token parse error [JWT_VERIFICATION_FAILED] Could not verify token");
    }

    /// <summary>The metadata of the authorization server.</summary>
    public static JsonObject Metadata(HttpRequest request)
    {
        var self = $"{request.Scheme}://{request.Host}";
        return new JsonObject
        {
            ["issuer"] = self,
            ["authorization_endpoint"] = $"{self}/oauth2/authorize",
            ["token_endpoint"] = self + TokenPath,
            ["response_types_supported"] = new JsonArray("code", "token", "code token"),
            ["scopes_supported"] = new JsonArray("all"),
            ["token_endpoint_auth_methods_supported"] = new JsonArray("client_secret_basic"),
            ["jwks_uri"] = $"{self}/oauth2/jwks",
            ["code_challenge_methods_supported"] = new JsonArray("S256"),
            ["grant_types_supported"] = new JsonArray("client_credentials", "refresh_token", "authorization_code"),
            ["device_authorization_endpoint"] = "",
        };
    }

    /// <summary>What clients should know.</summary>
    public static JsonObject Client() =>
        new()
        {
            ["client_id"] = "flytectl",
            ["redirect_uri"] = "http://localhost:53593/callback",
            ["scopes"] = new JsonArray("offline", "all"),
            ["authorization_metadata_key"] = Header,
            ["service_http_endpoint"] = "",
            ["audience"] = "",
        };

    /// <summary>Answers the token endpoint: client credentials, the client by Basic authentication.</summary>
    public async Task TokenAsync(HttpContext context)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        var settings = Volatile.Read(ref _settings);
        var (status, answer) =
            form["grant_type"] != "client_credentials"
                ? (
                    StatusCodes.Status400BadRequest,
                    Refusal("unsupported_grant_type", "The authorization grant type is not supported by the authorization server.")
                )
            : settings is null || Basic(context.Request) != (settings.ClientId, settings.ClientSecret)
                ? (
                    StatusCodes.Status401Unauthorized,
                    Refusal(
                        "invalid_client",
                        "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method)."
                    )
                )
            : (StatusCodes.Status200OK, Issue(settings));
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json;charset=UTF-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
    }

    /// <summary>Reads the control interface's setting; null switches it off.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static OAuthSettings? Read(JsonNode? node)
    {
        if (node is null)
            return null;
        var body = new ControlBody(node, "oauth2", "clientId", "clientSecret", "expiresInSeconds", "propellerSecret");
        return new OAuthSettings(
            body.Text("clientId"),
            body.Text("clientSecret"),
            TimeSpan.FromSeconds(body.Number("expiresInSeconds", 3600)),
            body.Text("propellerSecret", "foobar")
        );
    }

    private JsonObject Issue(OAuthSettings settings)
    {
        var token = "sandbox." + Guid.NewGuid().ToString("n");
        lock (_lock)
            _tokens[token] = time.GetUtcNow() + settings.ExpiresIn;
        return new JsonObject
        {
            ["access_token"] = token,
            ["token_type"] = "bearer",
            ["expires_in"] = (long)settings.ExpiresIn.TotalSeconds,
            ["scope"] = "all",
        };
    }

    private static (string, string) Basic(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return ("", "");
        var bytes = new byte[header.Length];
        return
            Convert.TryFromBase64String(header["Basic ".Length..].Trim(), bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is [var id, var secret]
            ? (Uri.UnescapeDataString(id), Uri.UnescapeDataString(secret))
            : ("", "");
    }

    private static JsonObject Refusal(string error, string description) => new() { ["error"] = error, ["error_description"] = description };
}
