using System.Globalization;
using System.Net;
using Flyte.MultiCluster.Common.Processes;

namespace Flyte.MultiCluster.Common.Http;

/// <summary>
/// The proxies that the environment names, by the rules of kubectl, helm and everything else in Go (golang.org/x/net/http/httpproxy):
/// <c>HTTPS_PROXY</c> for https and <c>HTTP_PROXY</c> for http, in capitals first; this machine's own addresses never go through one, nor what
/// <c>NO_PROXY</c> names. <c>ALL_PROXY</c>, which Go does not know, stands for either that is not set.
/// </summary>
public sealed class ProxySettings : IWebProxy
{
    private readonly Choice? _http;
    private readonly Choice? _https;
    private readonly NoProxy _exceptions;

    private ProxySettings(Func<string, string?> environment)
    {
        _http = Choice.Of(environment, "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy");
        _https = Choice.Of(environment, "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy");
        _exceptions = new NoProxy(First(environment, "NO_PROXY", "no_proxy")?.Value ?? string.Empty);
    }

    /// <summary>Those of the run that asks.</summary>
    public static ProxySettings OfRun => new(ProcessEnvironment.Current.Variable);

    /// <inheritdoc/>
    /// <remarks>The user and password in the proxies' addresses; what is set here is not kept.</remarks>
    public ICredentials? Credentials
    {
        get
        {
            var cache = new CredentialCache();
            foreach (var choice in new[] { _http, _https }.OfType<Choice>().Where(choice => choice.Login is not null).DistinctBy(choice => choice.Proxy))
                cache.Add(choice.Proxy, "Basic", choice.Login!);
            return cache;
        }
        set { }
    }

    /// <summary>Reads an environment.</summary>
    /// <param name="environment">A variable's value; null where it is not set.</param>
    public static ProxySettings Of(Func<string, string?> environment) => new(environment);

    /// <inheritdoc/>
    /// <returns>The proxy, without its user and password; null for none.</returns>
    public Uri? GetProxy(Uri destination) => For(destination)?.Proxy;

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => For(host) is null;

    /// <summary>The proxy of a destination for messages, without its password: <c>http://proxy:3128 (HTTPS_PROXY)</c>.</summary>
    /// <param name="destination">The request's address.</param>
    /// <returns>The words; null where no proxy is used.</returns>
    public string? Describe(Uri destination) => For(destination) is { } choice ? $"{choice.Proxy.GetLeftPart(UriPartial.Authority)} ({choice.Variable})" : null;

    private Choice? For(Uri destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var choice =
            destination.Scheme == Uri.UriSchemeHttps ? _https
            : destination.Scheme == Uri.UriSchemeHttp ? _http
            : null;
        return choice is null || _exceptions.Holds(destination) ? null : choice;
    }

    private static (string Name, string Value)? First(Func<string, string?> environment, params string[] names)
    {
        foreach (var name in names)
        {
            if (environment(name) is { Length: > 0 } value)
                return (name, value);
        }

        return null;
    }

    /// <summary>A proxy and the variable that names it.</summary>
    private sealed record Choice(string Variable, Uri Proxy, NetworkCredential? Login)
    {
        public static Choice? Of(Func<string, string?> environment, params string[] names)
        {
            if (First(environment, names) is not var (name, value))
                return null;
            var text = value.Contains("://", StringComparison.Ordinal) ? value : $"http://{value}";
            if (!Uri.TryCreate(text, UriKind.Absolute, out var given) || given.Host.Length == 0)
                return null;

            // What is neither https nor SOCKS is spoken to in plain HTTP, as Go does it.
            var (scheme, port) = given.Scheme switch
            {
                "https" => ("https", 443),
                "socks5" or "socks5h" => ("socks5", 1080),
                _ => ("http", 80),
            };
            var proxy = new UriBuilder(scheme, given.Host, given.Port > 0 ? given.Port : port).Uri;
            var login = given.UserInfo.Length == 0 ? null : given.UserInfo.Split(':', 2);
            return new Choice(
                name,
                proxy,
                login is null
                    ? null
                    : new NetworkCredential(Uri.UnescapeDataString(login[0]), login.Length > 1 ? Uri.UnescapeDataString(login[1]) : string.Empty)
            );
        }
    }

    /// <summary>What <c>NO_PROXY</c> names; what cannot be read there is passed over, as Go does it.</summary>
    private sealed class NoProxy
    {
        private readonly bool _isAll;
        private readonly List<(IPAddress Address, int Bits)> _networks = [];
        private readonly List<(IPAddress Address, string Port)> _addresses = [];
        private readonly List<(string Suffix, bool WithHost, string Port)> _domains = [];

        public NoProxy(string list)
        {
            foreach (
                var entry in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.ToLowerInvariant())
            )
            {
                _isAll |= entry == "*";
                if (Network(entry) is { } network)
                    _networks.Add(network);
                else
                    Add(entry);
            }
        }

        public bool Holds(Uri destination)
        {
            var host = destination.IdnHost.ToLowerInvariant();
            if (host == "localhost")
                return true;
            var port = destination.Port.ToString(CultureInfo.InvariantCulture);
            if (destination.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6)
            {
                var address = Plain(IPAddress.Parse(host));
                return _isAll
                    || IPAddress.IsLoopback(address)
                    || _networks.Exists(network => IsIn(address, network.Address, network.Bits))
                    || _addresses.Exists(known => known.Address.Equals(address) && IsPort(known.Port, port));
            }

            return _isAll
                || _domains.Exists(domain =>
                    (host.EndsWith(domain.Suffix, StringComparison.Ordinal) || (domain.WithHost && host == domain.Suffix[1..])) && IsPort(domain.Port, port)
                );
        }

        private void Add(string entry)
        {
            var (host, port) = Split(entry);
            if (Address(host) is { } address)
            {
                _addresses.Add((address, port));
                return;
            }

            host = host.StartsWith("*.", StringComparison.Ordinal) ? host[1..] : host;
            var isSuffix = host.StartsWith('.');
            if (host.TrimStart('.').Length > 0)
                _domains.Add(($".{Ascii(isSuffix ? host[1..] : host)}", !isSuffix, port));
        }

        // "host:port" and "[address]:port"; anything else is a host alone.
        private static (string Host, string Port) Split(string entry)
        {
            var colon = entry.LastIndexOf(':');
            if (colon < 0)
                return (entry, string.Empty);
            var host = entry[..colon];
            if (host.StartsWith('[') && host.EndsWith(']'))
                return (host[1..^1], entry[(colon + 1)..]);
            return host.Contains(':', StringComparison.Ordinal) || host.Contains('[', StringComparison.Ordinal)
                ? (entry, string.Empty)
                : (host, entry[(colon + 1)..]);
        }

        private static (IPAddress Address, int Bits)? Network(string entry)
        {
            var slash = entry.IndexOf('/', StringComparison.Ordinal);
            return
                slash > 0
                && Address(entry[..slash]) is { } address
                && int.TryParse(entry.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
                && bits <= address.GetAddressBytes().Length * 8
                ? (address, bits)
                : null;
        }

        // .NET also reads "1", "1.2" and "0x7f.1" as addresses; Go does not.
        private static IPAddress? Address(string text) =>
            (
                text.Contains(':', StringComparison.Ordinal)
                    ? !text.Contains('%', StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal)
                    : text.Count(c => c == '.') == 3 && text.All(c => c == '.' || char.IsAsciiDigit(c))
            ) && IPAddress.TryParse(text, out var address)
                ? Plain(address)
                : null;

        private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

        private static bool IsIn(IPAddress address, IPAddress network, int bits)
        {
            var (of, to) = (address.GetAddressBytes(), network.GetAddressBytes());
            return of.Length == to.Length && Enumerable.Range(0, bits).All(bit => ((of[bit / 8] ^ to[bit / 8]) & (0x80 >> (bit % 8))) == 0);
        }

        private static bool IsPort(string wanted, string port) => wanted.Length == 0 || wanted == port;

        private static string Ascii(string host)
        {
            try
            {
                return host.All(char.IsAscii) ? host : new IdnMapping().GetAscii(host);
            }
            catch (ArgumentException)
            {
                return host;
            }
        }
    }
}
