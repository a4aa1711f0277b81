using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Clusters;
using Flyte.MultiCluster.Sandbox.FlyteAdmin.Gateway;

namespace Flyte.MultiCluster.Sandbox.Hosting;

/// <summary>One request, as it is known so far.</summary>
public sealed class RequestRecord
{
    /// <summary>Makes the record of a request that has just come.</summary>
    public RequestRecord(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Method = request.Method;
        Path = $"{request.PathBase}{request.Path}{request.QueryString}";
        UserAgent = request.Headers.UserAgent.ToString();
        IsWrite =
            Method is "POST" or "PUT" or "PATCH" or "DELETE"
            && !request.Query.ContainsKey("dryRun")
            && !request.Path.StartsWithSegments("/apis/authentication.k8s.io", StringComparison.Ordinal)
            && !request.Path.StartsWithSegments("/apis/authorization.k8s.io", StringComparison.Ordinal)
            && request.Path != OAuthServer.TokenPath
            && !(
                request.Path.Value!.Contains("/serviceaccounts/", StringComparison.Ordinal) && request.Path.Value.EndsWith("/token", StringComparison.Ordinal)
            );
    }

    /// <summary>The HTTP method.</summary>
    public string Method { get; }

    /// <summary>Path and query; with the prefix where it was asked for below one.</summary>
    public string Path { get; }

    /// <summary>The user agent; empty for none.</summary>
    public string UserAgent { get; }

    /// <summary>Whether it asks for a change: no review, no token and no dry run.</summary>
    public bool IsWrite { get; }

    /// <summary>Whether the sandbox's own flyteadmin sends it.</summary>
    public bool IsFlyteAdmins => UserAgent == TargetCluster.UserAgent;

    /// <summary>The status of the answer; 0 while there is none and where the connection was closed instead.</summary>
    public int Status { get; set; }

    /// <summary>The user, as authentication found out; null before it or without success.</summary>
    public string? User { get; set; }

    /// <summary>The record as the control interface shows it.</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["method"] = Method,
            ["path"] = Path,
            ["status"] = Status,
            ["user"] = User,
            ["userAgent"] = UserAgent,
        };
}

/// <summary>The last requests to one cluster, and how many there were. Thread-safe.</summary>
public sealed class RequestLog
{
    /// <summary>How many requests are kept.</summary>
    public const int Kept = 5000;

    private readonly Lock _lock = new();
    private readonly Queue<RequestRecord> _records = new();

    /// <summary>How many requests there were.</summary>
    public long Requests { get; private set; }

    /// <summary>How many of them asked for a change; those of the sandbox's own flyteadmin are not among them.</summary>
    public long Writes { get; private set; }

    /// <summary>How many requests of the sandbox's own flyteadmin asked for a change.</summary>
    public long ControllerWrites { get; private set; }

    /// <summary>Adds a request.</summary>
    public void Add(RequestRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        lock (_lock)
        {
            Requests++;
            Writes += record is { IsWrite: true, IsFlyteAdmins: false } ? 1 : 0;
            ControllerWrites += record is { IsWrite: true, IsFlyteAdmins: true } ? 1 : 0;
            _records.Enqueue(record);
            if (_records.Count > Kept)
            {
                _records.Dequeue();
            }
        }
    }

    /// <summary>The requests that are kept, oldest first.</summary>
    public IReadOnlyList<RequestRecord> Snapshot()
    {
        lock (_lock)
        {
            return [.. _records];
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _records.Clear();
            (Requests, Writes, ControllerWrites) = (0, 0, 0);
        }
    }
}

/// <summary>Writes the user that another authenticator finds into the request's record.</summary>
public sealed class RecordingAuthenticator : IAuthenticator
{
    private readonly IAuthenticator _inner;

    /// <summary>Wraps an authenticator.</summary>
    public RecordingAuthenticator(IAuthenticator inner) => _inner = inner;

    /// <inheritdoc/>
    public UserInfo? Authenticate(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var user = _inner.Authenticate(context);
        if (context.Features.Get<RequestRecord>() is { } record)
        {
            record.User = user?.Name;
        }

        return user;
    }
}
