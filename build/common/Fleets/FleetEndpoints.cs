using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Flyte.MultiCluster.Common.Fleets;

/// <summary>What is wrong with an endpoint, and the remedy.</summary>
public sealed record EndpointProblem(string What, string Remedy);

/// <summary>The rules of the three endpoints a fleet holds. Each answers null for an endpoint that is right.</summary>
public static class FleetEndpoints
{
    private const string GrpcScheme = "dns:///";

    /// <summary>
    /// flyteadmin's gRPC endpoint. Flyte reads it as a URL first, in which a bare IP with a port does not parse; gRPC reads what
    /// stands between <c>dns://</c> and the next slash as a name server.
    /// </summary>
    public static EndpointProblem? Admin(string endpoint)
    {
        var split = endpoint.IndexOf("://", StringComparison.Ordinal);
        if (split < 0 && endpoint.StartsWith("dns:", StringComparison.Ordinal))
        {
            return new EndpointProblem(
                "'dns:' without three slashes is not a gRPC address.",
                $"Write {GrpcScheme}{FleetValue.Format(endpoint[4..].Trim('/').Split('@')[^1])}."
            );
        }

        if (split < 0)
        {
            return HostAndPort(endpoint, needsPort: false)
                ?? (
                    IsUrlHost(endpoint)
                        ? null
                        : new EndpointProblem(
                            "A bare IP address does not parse as a URL in Flyte's configuration.",
                            $"Write {GrpcScheme}{FleetValue.Format(endpoint)}."
                        )
                );
        }

        var rest = endpoint[(split + 3)..];
        var host = rest.TrimStart('/').Split('/')[0].Split('@')[^1];
        var scheme = endpoint[..split].ToLowerInvariant();
        if (!string.Equals(endpoint[..split], "dns", StringComparison.Ordinal))
        {
            var port =
                host.Contains(':', StringComparison.Ordinal) ? ""
                : scheme == "http" ? ":80"
                : ":443";
            return new EndpointProblem(
                $"'{FleetValue.Format(endpoint[..split])}' is not a scheme of a gRPC address.",
                $"Write {GrpcScheme}{FleetValue.Format(host)}{port}; flyte.insecure says whether it is plain text."
            );
        }

        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash < 0
            ? new EndpointProblem("What follows 'dns://' is a name server, not the address.", $"Write {GrpcScheme}{FleetValue.Format(host)}: three slashes.")
            : HostAndPort(rest[(slash + 1)..], needsPort: false);
    }

    /// <summary>datacatalog's address, <c>host:port</c>; gRPC's <c>dns:///host:port</c> is the same.</summary>
    public static EndpointProblem? Catalog(string endpoint)
    {
        var plain = endpoint.StartsWith(GrpcScheme, StringComparison.Ordinal) ? endpoint[GrpcScheme.Length..] : endpoint;
        if (plain.Contains("://", StringComparison.Ordinal))
        {
            return new EndpointProblem("datacatalog's endpoint is a host and a port, not a URL.", "Write host:port, such as datacatalog.internal:89.");
        }

        return HostAndPort(plain, needsPort: true);
    }

    /// <summary>An API server's address as flyteadmin reaches it: flyteadmin sends the bearer token there.</summary>
    public static EndpointProblem? ApiServer(string endpoint)
    {
        var split = endpoint.IndexOf("://", StringComparison.Ordinal);
        if (split < 0)
        {
            return new EndpointProblem("The API server's endpoint is not a URL.", $"Write https://{FleetValue.Format(endpoint.Split('@')[^1])}.");
        }

        var rest = endpoint[(split + 3)..];
        if (!endpoint.StartsWith("https://", StringComparison.Ordinal))
        {
            return new EndpointProblem("The API server's endpoint must be https: flyteadmin sends its token there.", "Write https://host:port.");
        }

        if (rest.Contains('@', StringComparison.Ordinal))
        {
            return new EndpointProblem("The API server's endpoint holds a user name or password.", "Leave it out: flyteadmin uses the data plane's token.");
        }

        var end = rest.IndexOfAny(['?', '#']);
        if (end >= 0)
        {
            return new EndpointProblem("The API server's endpoint has a query or a fragment.", $"Write https://{FleetValue.Format(rest[..end])}.");
        }

        // client-go keeps the path of a URL, as of https://rancher.example.com/k8s/clusters/c-1.
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        return HostAndPort(slash < 0 ? rest : rest[..slash], needsPort: false)
            ?? (
                slash < 0 || Uri.IsWellFormedUriString(endpoint, UriKind.Absolute)
                    ? null
                    : new EndpointProblem("The API server's endpoint has a path that is not valid in a URL.", "Write it as a URL has it, with %20 for a space.")
            );
    }

    /// <summary>A Helm repository's address.</summary>
    public static EndpointProblem? Repository(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http" or "oci") || uri.Host.Length == 0)
        {
            return new EndpointProblem(
                "The chart's repository is not an https, http or oci address.",
                "Write the repository's URL; a local chart is given by 'path'."
            );
        }

        if (uri.UserInfo.Length > 0)
        {
            return new EndpointProblem(
                "The chart's repository holds a user name or password.",
                "Leave it out and log in with 'helm registry login', or fetch the chart and give its 'path'."
            );
        }

        return uri.Query.Length + uri.Fragment.Length > 0
            ? new EndpointProblem("The chart's repository has a query or a fragment.", "Write the address of the folder that holds index.yaml.")
            : null;
    }

    /// <summary>Whether Go's url.Parse takes a host with a port for a scheme and the rest, or a host alone for a path.</summary>
    private static bool IsUrlHost(string hostAndPort) => !hostAndPort.Contains(':', StringComparison.Ordinal) || char.IsAsciiLetter(hostAndPort[0]);

    private static EndpointProblem? HostAndPort(string text, bool needsPort)
    {
        var bracket = text.LastIndexOf(']');
        var colon = text.LastIndexOf(':');
        var hasPort = colon > bracket;
        var host = hasPort ? text[..colon] : text;
        if (hasPort && !(int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535))
        {
            return new EndpointProblem("The endpoint's port is not between 1 and 65535.", "Write host:port.");
        }

        if (!IsHost(host))
        {
            return new EndpointProblem("The endpoint's host is neither a DNS name nor an IP address.", "Write host:port; an IPv6 address goes in brackets.");
        }

        return needsPort && !hasPort ? new EndpointProblem("The endpoint has no port.", $"Write {FleetValue.Format(host)}:PORT.") : null;
    }

    private static bool IsHost(string host)
    {
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            return IPAddress.TryParse(host.AsSpan(1, host.Length - 2), out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        }

        var isNumeric = host.Length > 0 && host.All(c => char.IsAsciiDigit(c) || c == '.');
        return isNumeric ? host.Count(c => c == '.') == 3 && IPAddress.TryParse(host, out _) : FleetNames.IsDnsSubdomain(host.ToLowerInvariant());
    }
}
