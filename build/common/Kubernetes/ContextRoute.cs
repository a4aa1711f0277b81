using System.Net;
using System.Net.Http.Headers;
using Flyte.MultiCluster.Common.Http;
using Flyte.MultiCluster.Common.Tools.Kubectl;

namespace Flyte.MultiCluster.Common.Kubernetes;

/// <summary>How a context's requests are sent.</summary>
/// <param name="Handler">The connections; owned by the route.</param>
/// <param name="Server">What requests are relative to.</param>
/// <param name="HttpVersion">The newest HTTP version to speak.</param>
/// <param name="Authorization">The header that logs in, asked for with every request; null for none.</param>
internal sealed record ApiConnection(HttpMessageHandler Handler, Uri Server, Version HttpVersion, Func<AuthenticationHeaderValue>? Authorization)
{
    public HttpMessageInvoker Invoker { get; } = new(Handler);
}

/// <summary>The way to one context's API server, found with the first request; and what to say when it does not get there.</summary>
public sealed class ContextRoute : HttpMessageHandler
{
    /// <summary>What kubectl's words begin with where a credential plugin failed.</summary>
    public const string LoginFailure = "getting credentials: ";

    private static readonly TimeSpan LoginTime = TimeSpan.FromMinutes(5);

    // A name that is not on the PATH, and a path at which there is nothing.
    private static readonly string[] NotInstalled = ["plugin that is not installed", "no such file or directory"];

    // Only one plugin at a time asks at the terminal.
    private static readonly SemaphoreSlim Terminal = new(1, 1);

    private readonly string _context;
    private readonly KubectlProxies _proxies;
    private readonly Lazy<Task<ApiConnection>> _connection;
    private readonly Lock _lock = new();
    private KubeContext? _found;
    private Task? _login;
    private bool _isProxied;
    private volatile string? _failure;

    internal ContextRoute(string context, KubectlProxies proxies, Func<ContextRoute, Task<ApiConnection>> find) =>
        (_context, _proxies, _connection) = (context, proxies, new Lazy<Task<ApiConnection>>(() => find(this)));

    /// <summary>How long the first request may take where a person may have to log in; null for no longer than any other.</summary>
    public TimeSpan? FirstPatience => _proxies.HasTerminal && Login is { TakesTerminal: true } ? LoginTime : null;

    /// <summary>The kubeconfig; null for kubectl's own default.</summary>
    public string? Kubeconfig => _proxies.Kubeconfig;

    /// <summary>The plugin that logs in; null for none, and before the first request.</summary>
    public KubeLogin? Login => _isProxied ? _found?.Login : null;

    /// <summary>Finds the way: reads the kubeconfig, where nobody has yet.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public Task FindAsync(CancellationToken cancellationToken) => _connection.Value.WaitAsync(cancellationToken);

    internal void Found(KubeContext? context, bool isProxied) => (_found, _isProxied) = (context, isProxied);

    /// <summary>What a failed request's message ends with: address, context, what has expired, and a command to try.</summary>
    /// <param name="why">Why it failed.</param>
    /// <param name="status">The answer's status; null where none came.</param>
    public string Explain(string why, HttpStatusCode? status)
    {
        ArgumentNullException.ThrowIfNull(why);
        var place = Uri.TryCreate(_found?.Server, UriKind.Absolute, out var server) ? $" at {ConnectionFailure.Place(server)}" : string.Empty;
        var expiry = status is null or HttpStatusCode.Unauthorized && _found?.Expiry() is { } expired ? $": {expired}" : string.Empty;
        var command = KubectlText.GetNamespaces(Kubeconfig, _context);
        var isLogin = status is HttpStatusCode.Unauthorized || (status is null && Login is not null);
        return $"{why.TrimEnd('.', ' ')}{place} (context '{_context}'){expiry}. {(isLogin ? $"Log in first: {command} must work." : $"{command} shows more.")}";
    }

    /// <summary>What an exec plugin's failure means, in its own words.</summary>
    /// <param name="reason">kubectl's words, <c>getting credentials: exec: …</c>; null where nothing came in time.</param>
    public string ExplainLogin(string? reason)
    {
        var login = Login;
        var first = reason?.Split('\n', 2)[0].Trim();
        var isMissing = reason is not null && NotInstalled.Any(words => reason.Contains(words, StringComparison.Ordinal));
        string?[] parts =
        [
            first ?? $"the credential plugin '{login?.Command}' has not finished",
            isMissing
                ? login?.InstallHint.ReplaceLineEndings(" ").Trim().TrimEnd('.')
                : string.Join(' ', _proxies.Output(_context).TakeLast(10)).Trim().TrimEnd('.'),
            login?.NeedsTerminal == true && !_proxies.HasTerminal ? "The plugin needs a terminal (interactiveMode: Always), and there is none here" : null,
        ];
        return string.Join(". ", parts.Where(part => !string.IsNullOrEmpty(part)));
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var way = await _connection.Value.WaitAsync(cancellationToken);
        if (_failure is { } failure)
            return Failed(failure);
        request.RequestUri = new Uri(way.Server, request.RequestUri!.PathAndQuery.TrimStart('/'));
        (request.Version, request.VersionPolicy) = (way.HttpVersion, HttpVersionPolicy.RequestVersionOrLower);
        request.Headers.Authorization = way.Authorization?.Invoke();
        if (Login is not { } login)
            return await way.Invoker.SendAsync(request, cancellationToken);
        Task<HttpResponseMessage>? first = null;
        Task others;
        lock (_lock)
        {
            if (_login is null)
                _login = first = FirstAsync(way, login, request, cancellationToken);
            others = _login;
        }

        if (first is not null)
            return await first;
        if (login.NeedsTerminal)
            await Task.WhenAny(others).WaitAsync(cancellationToken);
        return _failure is { } refused ? Failed(refused) : await way.Invoker.SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _connection is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            _connection.Value.Result.Invoker.Dispose();
        base.Dispose(disposing);
    }

    // A person is not asked again for every request of this run.
    private static HttpResponseMessage Failed(string failure) => new(HttpStatusCode.InternalServerError) { Content = new StringContent(failure) };

    private static async Task<string> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await answer.Content.LoadIntoBufferAsync(cancellationToken);
        return await answer.Content.ReadAsStringAsync(cancellationToken);
    }

    private async Task<HttpResponseMessage> FirstAsync(ApiConnection way, KubeLogin login, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isAlone = login.NeedsTerminal && _proxies.HasTerminal;
        if (isAlone)
            await Terminal.WaitAsync(cancellationToken);
        using var answered = new CancellationTokenSource();
        var saying = _proxies.PrintPluginOutputAsync(_context, answered.Token);
        try
        {
            var answer = await way.Invoker.SendAsync(request, cancellationToken);
            if (
                answer.StatusCode == HttpStatusCode.InternalServerError
                && await ReadAsync(answer, cancellationToken) is var text
                && text.StartsWith(LoginFailure, StringComparison.Ordinal)
            )
                _failure = text;
            return answer;
        }
        finally
        {
            await answered.CancelAsync();
            await saying;
            if (isAlone)
                Terminal.Release();
        }
    }
}
