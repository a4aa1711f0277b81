using System.Diagnostics;
using Cake.Core.Diagnostics;

namespace Flyte.MultiCluster.Common.Http;

/// <summary>At <c>--verbosity=diagnostic</c>: every request with its status and time, without headers and bodies, which may be secret.</summary>
internal sealed class RequestLog : DelegatingHandler
{
    private readonly string _name;
    private readonly ICakeLog _log;

    private RequestLog(HttpMessageHandler inner, string name, ICakeLog log)
        : base(inner) => (_name, _log) = (name, log);

    /// <summary>Logs the requests of a handler, where the log wants to know them.</summary>
    /// <param name="inner">Sends the requests.</param>
    /// <param name="name">Whose API it is: the cluster's fleet name.</param>
    /// <param name="log">The log; null for none.</param>
    public static HttpMessageHandler Of(HttpMessageHandler inner, string name, ICakeLog? log) =>
        log is { Verbosity: Verbosity.Diagnostic } ? new RequestLog(inner, name, log) : inner;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (method, path) = (request.Method, request.RequestUri!.PathAndQuery);
        var since = Stopwatch.GetTimestamp();
        var answer = "no answer";
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            answer = $"{(int)response.StatusCode}";
            return response;
        }
        finally
        {
            _log.Write(
                Verbosity.Diagnostic,
                LogLevel.Debug,
                "{0}",
                $"[{_name}] {method} {path}: {answer} in {Stopwatch.GetElapsedTime(since).TotalMilliseconds:0} ms"
            );
        }
    }
}
