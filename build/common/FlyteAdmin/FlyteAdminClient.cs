using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Flyte.MultiCluster.Common.Changes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Http;
using Flyte.MultiCluster.Common.Problems;

namespace Flyte.MultiCluster.Common.FlyteAdmin;

/// <summary>
/// FlyteAdmin's API over HTTP: one client per run. Routes and fields are those of flyteidl's <c>service/admin.proto</c>.
/// </summary>
public sealed class FlyteAdminClient : IFlyteAdmin
{
    private const int PageSize = 100;
    private const string Unfinished = "UNDEFINED;QUEUED;RUNNING;SUCCEEDING;FAILING;ABORTING";

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private readonly Uri _base;
    private readonly HttpClient _http;
    private readonly HttpClient _tokenHttp;
    private readonly HttpExchange _exchange;
    private readonly TimeSpan _whole;
    private readonly AccessTokens? _tokens;

    /// <summary>Speaks through the given handlers; nothing is sent yet.</summary>
    /// <param name="settings">Where FlyteAdmin is and how to log in.</param>
    /// <param name="processes">Starts the token command.</param>
    /// <param name="admin">The way to FlyteAdmin; owned by this object.</param>
    /// <param name="tokenEndpoint">The way to the token endpoint; owned by this object.</param>
    /// <param name="time">The clock of pauses and tokens.</param>
    /// <param name="timeout">How long one call may take, what is tried again included; null for no bound but that of its requests.</param>
    public FlyteAdminClient(
        FlyteAdminSettings settings,
        IProcessRunner processes,
        HttpMessageHandler admin,
        HttpMessageHandler tokenEndpoint,
        TimeProvider time,
        TimeSpan? timeout = null
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        Endpoint = settings.Endpoint;
        _whole = timeout ?? TimeSpan.MaxValue;

        // Relative paths hang below the address's own path (https://example.com/flyte).
        _base = new Uri(settings.Endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");
        _http = Client(admin);
        _tokenHttp = Client(tokenEndpoint);
        var mask = new SecretMask();
        _exchange = new HttpExchange(_http, time, RequestTimeout, _whole, mask);
        if (settings.Login is { } login)
            _tokens = new AccessTokens(Fetch(login, processes, mask, time), time);
    }

    /// <inheritdoc/>
    public Uri Endpoint { get; }

    /// <inheritdoc/>
    public bool IsLoginOff => _tokens is { IsOff: true };

    /// <summary>Opens the API that a fleet names; nothing is sent yet.</summary>
    /// <param name="settings">Where FlyteAdmin is and how to log in.</param>
    /// <param name="processes">Starts the token command.</param>
    /// <param name="timeout">How long one call may take, what is tried again included; null for no bound but that of its requests.</param>
    /// <param name="log">Gets the requests at <c>--verbosity=diagnostic</c>; null for none.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The CA file is not PEM: see <see cref="Check"/>.</exception>
    public static IFlyteAdmin Open(FlyteAdminSettings settings, IProcessRunner processes, TimeSpan? timeout = null, ICakeLog? log = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var admin = RequestLog.Of(FlyteAdminTransport.ToAdmin(settings.CaFile), "FlyteAdmin", log);
        var tokenEndpoint = RequestLog.Of(FlyteAdminTransport.ToTokenEndpoint(settings.CaFile), "token endpoint", log);
        return new FlyteAdminClient(settings, processes, admin, tokenEndpoint, TimeProvider.System, timeout);
    }

    /// <summary>What is wrong with the settings on this machine, before any call: variables that are not set, a command that is not there, a CA file without a
    /// certificate.</summary>
    /// <param name="settings">The settings.</param>
    public static IReadOnlyList<Problem> Check(FlyteAdminSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return LoginCheck.Run(settings);
    }

    /// <inheritdoc/>
    public async Task<string> VersionAsync(CancellationToken cancellationToken) =>
        FlyteAdminJson.Text(await GetAsync("api/v1/version", cancellationToken), "control_plane_version", "Version") ?? string.Empty;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ProjectsAsync(CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        await foreach (var page in PagesAsync($"api/v1/projects?limit={PageSize}", cancellationToken))
            ids.AddRange(
                FlyteAdminJson
                    .List(page["projects"])
                    .Where(project => FlyteAdminJson.Text(project, "state") is not ("ARCHIVED" or "SYSTEM_ARCHIVED"))
                    .Select(project => FlyteAdminJson.Text(project, "id"))
                    .OfType<string>()
            );
        return ids;
    }

    private async IAsyncEnumerable<JsonObject> PagesAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var token = string.Empty; seen.Add(token); )
        {
            var page = await GetAsync($"{path}{(token.Length == 0 ? string.Empty : $"&token={Uri.EscapeDataString(token)}")}", cancellationToken);
            yield return page;
            token = FlyteAdminJson.Text(page, "token") ?? string.Empty;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Execution>> UnfinishedExecutionsAsync(string project, string domain, string cluster, CancellationToken cancellationToken)
    {
        var filters = Uri.EscapeDataString($"value_in(phase,{Unfinished})+eq(cluster,{cluster})");
        var path = $"{Path("executions", project, domain)}?limit={PageSize}&filters={filters}";
        var found = new List<Execution>();
        await foreach (var page in PagesAsync(path, cancellationToken))
            found.AddRange(Executions(page));
        return [.. found.DistinctBy(execution => execution.Id)];
    }

    /// <inheritdoc/>
    public async Task<RecentExecutions> ExecutionsSinceAsync(string project, string domain, DateTimeOffset since, CancellationToken cancellationToken)
    {
        // Without an order of its own PostgreSQL's pages may overlap.
        var filters = Uri.EscapeDataString($"gte(created_at,{since.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'})");
        var path = $"{Path("executions", project, domain)}?limit={PageSize}&filters={filters}&sort_by.key=created_at&sort_by.direction=DESCENDING";
        var found = new List<Execution>();
        await foreach (var page in PagesAsync(path, cancellationToken))
        {
            found.AddRange(Executions(page));
            if (found.Count >= RecentExecutions.Most)
                return new RecentExecutions(found, FlyteAdminJson.Text(page, "token") is not null);
        }

        return new RecentExecutions([.. found.DistinctBy(execution => execution.Id)], HasMore: false);
    }

    private static IEnumerable<Execution> Executions(JsonObject page) =>
        FlyteAdminJson
            .List(page["executions"])
            .Select(execution => FlyteAdminJson.Id(execution) is { } id ? FlyteAdminJson.Execution(id, execution) : null)
            .OfType<Execution>();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> DomainsAsync(CancellationToken cancellationToken)
    {
        var answer = await GetAsync("api/v1/domains", cancellationToken);
        return [.. FlyteAdminJson.List(answer["domains"]).Select(domain => FlyteAdminJson.Text(domain, "id")).OfType<string>()];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<LabelScope, string>> ExecutionLabelsAsync(CancellationToken cancellationToken) =>
        FlyteAdminJson.Labels(await GetAsync($"api/v1/matchable_attributes?resource_type={FlyteAdminJson.LabelKind}", cancellationToken));

    /// <inheritdoc/>
    public Task PutExecutionLabelAsync(ChangePermit permit, LabelScope scope, string label, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        return SendAsync(HttpMethod.Put, Path(scope), FlyteAdminJson.LabelRequest(scope, label), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task DeleteExecutionLabelAsync(ChangePermit permit, LabelScope scope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        await FoundAsync(SendAsync(HttpMethod.Delete, Path(scope), new JsonObject { ["resource_type"] = FlyteAdminJson.LabelKind }, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<LaunchPlan?> LaunchPlanAsync(string project, string domain, string name, string? version, CancellationToken cancellationToken) =>
        await FoundAsync(
            GetAsync(
                version is null ? Path("active_launch_plans", project, domain, name) : Path("launch_plans", project, domain, name, version),
                cancellationToken
            )
        )
            is { } plan
            ? FlyteAdminJson.LaunchPlan(plan)
            : null;

    /// <inheritdoc/>
    public async Task<bool> CreateExecutionAsync(ChangePermit permit, ExecutionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            await SendAsync(HttpMethod.Post, "api/v1/executions", FlyteAdminJson.ExecutionRequest(request), cancellationToken);
            return true;
        }
        catch (FlyteAdminException exception) when (exception is { Status: HttpStatusCode.Conflict, Code: GrpcCodes.AlreadyExists })
        {
            // The answer to an attempt before was lost, or another run was faster.
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<Execution?> ExecutionAsync(ExecutionId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        return await FoundAsync(GetAsync(Path("executions", id.Project, id.Domain, id.Name), cancellationToken)) is { } execution
            ? FlyteAdminJson.Execution(id, execution)
            : null;
    }

    /// <inheritdoc/>
    public async Task AbortExecutionAsync(ChangePermit permit, ExecutionId id, string cause, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        ArgumentNullException.ThrowIfNull(id);
        try
        {
            await FoundAsync(
                SendAsync(HttpMethod.Delete, Path("executions", id.Project, id.Domain, id.Name), new JsonObject { ["cause"] = cause }, cancellationToken)
            );
        }
        catch (FlyteAdminException exception) when (exception.Code == GrpcCodes.FailedPrecondition)
        {
            // "Cannot abort an already terminated workflow execution"; another precondition stays an error.
            if (await ExecutionAsync(id, cancellationToken) is not { HasEnded: true })
                throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _tokenHttp.Dispose();
    }

    private static HttpClient Client(HttpMessageHandler handler) =>
        new(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            DefaultRequestHeaders = { { "User-Agent", "flyte-multicluster/1" } },
        };

    private static string Path(LabelScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return scope switch
        {
            { Domain: null } => Path("project_attributes", scope.Project),
            { Workflow: null } => Path("project_domain_attributes", scope.Project, scope.Domain),
            _ => Path("workflow_attributes", scope.Project, scope.Domain, scope.Workflow),
        };
    }

    // An empty name or dots would make it another route.
    private static string Path(string collection, params string[] names) =>
        names.FirstOrDefault(name => name is "" or "." or "..") is { } wrong
            ? throw new ArgumentException($"'{wrong}' is not a name.", nameof(names))
            : $"api/v1/{collection}/{string.Join('/', names.Select(Uri.EscapeDataString))}";

    // A 404 that is not FlyteAdmin's own comes from something in front of it.
    private static async Task<JsonObject?> FoundAsync(Task<JsonObject> answer)
    {
        try
        {
            return await answer;
        }
        catch (FlyteAdminException exception) when (exception is { Status: HttpStatusCode.NotFound, Code: GrpcCodes.NotFound })
        {
            return null;
        }
    }

    private Func<CancellationToken, Task<AccessToken>> Fetch(FlyteAdminLogin login, IProcessRunner processes, SecretMask mask, TimeProvider time)
    {
        var metadata = new AuthMetadata(_exchange, _base);
        if (login is { ClientId: { } id, ClientSecretVariable: { } variable })
            return new ClientCredentials(
                metadata,
                new HttpExchange(_tokenHttp, time, RequestTimeout, _whole, mask),
                id,
                () => LoginCheck.Secret(variable, mask),
                mask,
                time
            ).FetchAsync;
        var wasOff = false;
        if (login.TokenCommand is { Count: > 0 } command)
            return ct => BearerAsync(() => new TokenCommand(processes, command, mask).RunAsync(ct), ct);
        return ct =>
        {
            var token = LoginCheck.Secret(login.TokenVariable ?? string.Empty, mask);
            return BearerAsync(() => Task.FromResult(token), ct);
        };

        async Task<AccessToken> BearerAsync(Func<Task<string>> token, CancellationToken cancellationToken)
        {
            var header = await metadata.HeaderAsync(cancellationToken);

            // Asked again, as a call without a token was refused: it is something in front of FlyteAdmin that wants it.
            (var isAgain, wasOff) = (wasOff, header is null);
            return header is null && !isAgain ? AccessToken.Off : new AccessToken(header ?? AuthMetadata.DefaultHeader, await token(), renewAt: null);
        }
    }

    private Task<JsonObject> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        var token = _tokens is null ? null : await _tokens.GetAsync(cancellationToken);
        try
        {
            return await SendAsync(method, path, body, token, cancellationToken);
        }
        catch (FlyteAdminException exception) when (exception.Status == HttpStatusCode.Unauthorized && token is not null)
        {
            if (await _tokens!.RenewAsync(token, cancellationToken) is not { } renewed)
                throw;
            return await SendAsync(method, path, body, renewed, cancellationToken);
        }
    }

    private Task<JsonObject> SendAsync(HttpMethod method, string path, JsonObject? body, AccessToken? token, CancellationToken cancellationToken) =>
        _exchange.SendAsync(
            $"{method} /{path}",
            () =>
            {
                var request = new HttpRequestMessage(method, new Uri(_base, path))
                {
                    // Only with the type does grpc-gateway answer in the names of the protos, so a GET has one, too.
                    Content = new ByteArrayContent(body is null ? [] : Encoding.UTF8.GetBytes(body.ToJsonString()))
                    {
                        Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
                    },
                    Version = _http.DefaultRequestVersion,
                    VersionPolicy = _http.DefaultVersionPolicy,
                };
                request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
                if (token is { Header.Length: > 0 })
                    request.Headers.TryAddWithoutValidation(token.Header, $"Bearer {token.Value}");
                return request;
            },
            cancellationToken
        );
}
