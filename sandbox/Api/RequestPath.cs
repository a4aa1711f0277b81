namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>A path below <c>/api</c> or <c>/apis</c>, taken apart as the API server's RequestInfo does.</summary>
internal sealed record RequestPath(string Group, string Version, string? Namespace, string Plural, string? Name, string? Subresource)
{
    /// <summary>Reads a path; null when it names no resource.</summary>
    public static RequestPath? Parse(string path)
    {
        string[] parts = [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
        if (parts.Length == 0)
            return null;
        int start =
            parts[0] == "api" ? 2
            : parts[0] == "apis" ? 3
            : int.MaxValue;
        if (parts.Length <= start)
            return null;
        string group = parts[0] == "api" ? "" : parts[1];
        string version = parts[start - 1];
        string[] rest = parts[start..];
        if (rest.Length > 2 && rest[0] == "namespaces" && !(rest.Length == 3 && rest[2] is "status" or "finalize"))
            return new(group, version, rest[1], rest[2], At(rest, 3), Tail(rest, 4));
        return new(group, version, null, rest[0], At(rest, 1), Tail(rest, 2));
    }

    /// <summary>The verb of a method on this path.</summary>
    public string Verb(string method, bool watch) =>
        method switch
        {
            "GET" or "HEAD" when watch => "watch",
            "GET" or "HEAD" => Name is null ? "list" : "get",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => Name is null ? "deletecollection" : "delete",
            _ => method.ToLowerInvariant(),
        };

    private static string? At(string[] parts, int index) => parts.Length > index ? parts[index] : null;

    private static string? Tail(string[] parts, int index) => parts.Length > index ? string.Join('/', parts[index..]) : null;
}
