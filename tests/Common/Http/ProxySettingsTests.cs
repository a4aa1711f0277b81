using System.Net;
using Flyte.MultiCluster.Common.Http;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Http;

/// <summary>Which requests go through which proxy: the cases that Go's httpproxy promises, and ALL_PROXY.</summary>
internal sealed class ProxySettingsTests
{
    private const string Exceptions =
        "foobar.com, .barbaz.net, *.wildcard.io, 192.168.1.1, 192.168.1.2:81, 192.168.1.3:80, 10.0.0.0/30, 2001:db8::52:0:1, "
        + "[2001:db8::52:0:2]:443, [2001:db8::52:0:3]:80, 2002:db8:a::45/64, 172.20.7.9/16";

    [TestCase("http://a.example", "HTTP_PROXY=127.0.0.1:8080", "http://127.0.0.1:8080")]
    [TestCase("http://a.example", "HTTP_PROXY=cache.example:1234", "http://cache.example:1234")]
    [TestCase("http://a.example", "HTTP_PROXY=cache.example", "http://cache.example")]
    [TestCase("http://a.example", "HTTP_PROXY=localhost", "http://localhost")]
    [TestCase("http://a.example", "HTTP_PROXY=https://cache.example", "https://cache.example")]
    [TestCase("http://a.example", "HTTP_PROXY=socks5://127.0.0.1", "socks5://127.0.0.1:1080")]
    [TestCase("http://a.example", "HTTP_PROXY=socks5h://p:99", "socks5://p:99")]
    [TestCase("http://a.example", "HTTP_PROXY=foo://host:8", "http://host:8")]
    [TestCase("http://a.example", "HTTP_PROXY=plain HTTPS_PROXY=secure", "http://plain")]
    [TestCase("https://a.example", "HTTP_PROXY=plain HTTPS_PROXY=secure", "http://secure")]
    [TestCase("https://a.example", "HTTP_PROXY=plain HTTPS_PROXY=https://secure", "https://secure")]
    [TestCase("https://a.example", "HTTP_PROXY=plain", null)]
    [TestCase("ftp://a.example", "HTTP_PROXY=plain HTTPS_PROXY=secure ALL_PROXY=all", null)]
    [TestCase("https://a.example", "", null)]
    [TestCase("https://a.example", "https_proxy=lower", "http://lower")]
    [TestCase("http://a.example", "http_proxy=lower", "http://lower")]
    [TestCase("https://a.example", "HTTPS_PROXY=upper https_proxy=lower", "http://upper")]
    [TestCase("https://a.example", "ALL_PROXY=all", "http://all")]
    [TestCase("http://a.example", "all_proxy=all", "http://all")]
    [TestCase("https://a.example", "https_proxy=lower ALL_PROXY=all", "http://lower")]
    [TestCase("https://a.example", "ALL_PROXY=all no_proxy=a.example", null)]
    [TestCase("https://127.0.0.1:6443", "ALL_PROXY=all", null)]
    [TestCase("https://a.example", "HTTPS_PROXY=://", null)]
    public void A_proxy_is_chosen_by_the_requests_scheme(string request, string environment, string? proxy) =>
        Assert.That(Settings(environment).GetProxy(new Uri(request)), Is.EqualTo(proxy is null ? null : new Uri(proxy)));

    [TestCase("localhost", false)]
    [TestCase("LOCALHOST", false)]
    [TestCase("127.0.0.1", false)]
    [TestCase("127.0.0.2", false)]
    [TestCase("[::1]", false)]
    [TestCase("[::ffff:127.0.0.1]", false)]
    [TestCase("[::2]", true)]
    [TestCase("192.168.1.1", false)]
    [TestCase("192.168.1.2", true)]
    [TestCase("192.168.1.3", false)]
    [TestCase("192.168.1.4", true)]
    [TestCase("10.0.0.2", false)]
    [TestCase("10.0.0.4", true)]
    [TestCase("172.20.255.1", false)]
    [TestCase("172.21.0.1", true)]
    [TestCase("[2001:db8::52:0:1]", false)]
    [TestCase("[2001:db8::52:0:2]", true)]
    [TestCase("[2001:db8::52:0:3]", false)]
    [TestCase("[2002:db8:a::123]", false)]
    [TestCase("[fe80::424b:c8be:1643:a1b6]", true)]
    [TestCase("barbaz.net", true)]
    [TestCase("www.barbaz.net", false)]
    [TestCase("foobar.com", false)]
    [TestCase("FooBar.com", false)]
    [TestCase("www.foobar.com", false)]
    [TestCase("foofoobar.com", true)]
    [TestCase("baz.com", true)]
    [TestCase("localhost.net", true)]
    [TestCase("local.localhost", true)]
    [TestCase("barbarbaz.net", true)]
    [TestCase("wildcard.io", true)]
    [TestCase("nested.wildcard.io", false)]
    [TestCase("awildcard.io", true)]
    public void A_host_of_NO_PROXY_is_reached_directly(string host, bool isProxied) =>
        Assert.That(Settings("HTTP_PROXY=proxy", ("NO_PROXY", Exceptions)).IsBypassed(new Uri($"http://{host}")), Is.EqualTo(!isProxied));

    [TestCase("*", false)]
    [TestCase("other, *", false)]
    [TestCase(":1", true)]
    [TestCase("", true)]
    [TestCase(" , ,", true)]
    [TestCase(".", true)]
    [TestCase("ample.com", true)]
    [TestCase(".example.com", true)]
    [TestCase("EXAMPLE.com", false)]
    [TestCase("example.com:80", false)]
    [TestCase("example.com:81", true)]
    [TestCase("10.0.0.0/99", true)]
    public void What_cannot_be_read_in_NO_PROXY_is_passed_over(string list, bool isProxied) =>
        Assert.That(Settings("HTTP_PROXY=proxy", ("no_proxy", list)).IsBypassed(new Uri("http://example.com")), Is.EqualTo(!isProxied));

    [TestCase(".示例.com", "http://www.示例.com")]
    [TestCase("xn--fsq092h.com", "http://www.示例.com")]
    [TestCase("示例.com", "http://www.xn--fsq092h.com")]
    public void Names_are_compared_as_DNS_has_them(string list, string request) =>
        Assert.That(Settings("HTTP_PROXY=proxy", ("NO_PROXY", list)).IsBypassed(new Uri(request)), Is.True);

    [Test]
    public void An_address_is_none_by_Gos_rules_that_only_dotNET_reads_as_one() =>
        Assert.That(Settings("HTTP_PROXY=proxy", ("NO_PROXY", "10,10.1,0x0a.0.0.1")).IsBypassed(new Uri("http://10.0.0.1")), Is.False);

    [Test]
    public void A_message_names_the_proxy_and_its_variable_without_the_password() =>
        Assert.That(
            Settings("https_proxy=http://joe:s%3Acret@proxy:3128/").Describe(new Uri("https://a.example/x")),
            Is.EqualTo("http://proxy:3128 (https_proxy)")
        );

    [Test]
    public void A_message_names_none_where_none_is_used() => Assert.That(Settings("HTTPS_PROXY=p").Describe(new Uri("https://localhost:1")), Is.Null);

    [Test]
    public void The_user_and_password_of_the_address_log_in_to_the_proxy()
    {
        var settings = Settings("HTTPS_PROXY=http://joe:s%3Acret@proxy:3128");

        var login = settings.Credentials!.GetCredential(settings.GetProxy(new Uri("https://a.example"))!, "Basic") as NetworkCredential;

        Assert.That((login?.UserName, login?.Password), Is.EqualTo(("joe", "s:cret")));
    }

    private static ProxySettings Settings(string environment, params (string Name, string Value)[] more)
    {
        var variables = environment
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(one => one.Split('=', 2))
            .ToDictionary(one => one[0], one => one[1], StringComparer.Ordinal);
        foreach (var (name, value) in more)
            variables[name] = value;
        return ProxySettings.Of(name => variables.GetValueOrDefault(name));
    }
}
