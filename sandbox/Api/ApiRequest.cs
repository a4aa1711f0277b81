using System.Text.Json.Nodes;
using Flyte.MultiCluster.Sandbox.Access;
using Flyte.MultiCluster.Sandbox.Store;

namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>A request for a resource, read from method, path and query.</summary>
internal sealed record ApiRequest(
    HttpContext Http,
    string Group,
    string Version,
    string? Namespace,
    string Plural,
    string? Name,
    string? Subresource,
    string Verb
)
{
    /// <summary>Who sent it.</summary>
    public required UserInfo User { get; init; }

    /// <summary>Refuses objects that the user may not write, by throwing; null refuses none.</summary>
    public Admission? Admission { get; init; }

    /// <summary>Whether the query asks for nothing to be stored.</summary>
    public bool DryRun => Http.Request.Query.ContainsKey("dryRun") && Query("dryRun") is not "";

    /// <summary>The writer: the fieldManager parameter, or the User-Agent up to its first slash.</summary>
    public string FieldManager => Query("fieldManager") is { Length: > 0 } given ? given : AgentName(Http.Request.Headers.UserAgent.ToString());

    /// <summary>Ignore, Warn (the default) or Strict.</summary>
    public string FieldValidation => Query("fieldValidation") is { Length: > 0 } given ? given : "Warn";

    /// <summary>The token that ends with the request.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>A query parameter; null when absent.</summary>
    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>A boolean query parameter.</summary>
    public bool QueryFlag(string name) => Query(name) is "true" or "1" or "True";

    /// <summary>The request in RBAC's terms.</summary>
    public RequestAttributes Attributes(string? verb = null) => new(verb ?? Verb, Group, Version, Plural, Subresource, Namespace, Name, Http.Request.Path);

    /// <summary>Asks whether the user may write an object as it is.</summary>
    /// <exception cref="ApiException">403 Forbidden.</exception>
    public void Admit(ResourceInfo r, JsonObject obj) => Admission?.Invoke(User, r.Group, r.Plural, Namespace, obj);

    /// <summary>Checks the dryRun and fieldValidation parameters.</summary>
    /// <exception cref="ApiException">422 Invalid.</exception>
    public void CheckOptions(string kind)
    {
        if (DryRun && Query("dryRun") != "All")
        {
            throw new ApiException(
                422,
                "Invalid",
                $"{kind}.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: [\"{Query("dryRun")}\"]: supported values: \"All\"",
                new() { ["group"] = "meta.k8s.io", ["kind"] = kind }
            );
        }
        if (FieldValidation is not ("Ignore" or "Warn" or "Strict"))
        {
            throw new ApiException(
                422,
                "Invalid",
                $"{kind}.meta.k8s.io \"\" is invalid: fieldValidation: Unsupported value: \"{FieldValidation}\": supported values: \"Ignore\", "
                    + "\"Strict\", \"Warn\"",
                new() { ["group"] = "meta.k8s.io", ["kind"] = kind }
            );
        }
    }

    private static string AgentName(string agent)
    {
        int slash = agent.IndexOf('/', StringComparison.Ordinal);
        string name = slash < 0 ? agent : agent[..slash];
        return name.Length == 0 ? "unknown" : name;
    }
}
