using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Tools.Kubectl;
using Flyte.MultiCluster.Tests.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Tools.Kubectl;

/// <summary>Which contexts are spoken to directly, and which are left to kubectl.</summary>
internal sealed class KubeContextTests
{
    private const string Cluster = """{"server": "https://10.0.0.1:6443", "certificate-authority-data": "Y2E="}""";
    private const string Certificate = """{"client-certificate-data": "Y2VydA==", "client-key-data": "a2V5"}""";

    [TestCase(Certificate)]
    [TestCase("""{"token": "secret"}""")]
    [TestCase("""{"token": "secret", "extensions": [], "exec": null}""")]
    [TestCase("""{"username": "me", "password": "secret"}""")]
    [TestCase("""{"username": "me"}""")]
    [TestCase("""{"token": "secret", "username": ""}""")]
    public void A_credential_that_stands_whole_in_the_kubeconfig_is_taken(string user) => Assert.That(Context(Cluster, user).Credential, Is.Not.Null);

    [TestCase(Cluster, """{"exec": {"command": "aws"}}""")]
    [TestCase(Cluster, """{"token": "secret", "exec": {"command": "aws"}}""")]
    [TestCase(Cluster, """{"auth-provider": {"name": "oidc"}}""")]
    [TestCase(Cluster, """{"tokenFile": "/no/such/token"}""")]
    [TestCase(Cluster, """{"tokenFile": "relative"}""")]
    [TestCase(Cluster, """{"tokenFile": "relative", "token": "secret"}""")]
    [TestCase(Cluster, """{"username": "me", "password": "secret", "token": "secret"}""")]
    [TestCase(Cluster, """{"username": "me", "password": "secret", "tokenFile": "/no/such/token"}""")]
    [TestCase(Cluster, """{"password": "secret", "token": "secret"}""")]
    [TestCase(Cluster, """{"token": "secret", "client-certificate": "/no/such/cert", "client-key": "/no/such/key"}""")]
    [TestCase(Cluster, """{"token": "secret", "client-certificate-data": "!", "client-key-data": "!"}""")]
    [TestCase(Cluster, """{"token": "secret", "as": "admin"}""")]
    [TestCase(Cluster, """{"client-certificate-data": "Y2VydA=="}""")]
    [TestCase(Cluster, """{"client-certificate": "relative.pem", "client-key": "relative.key"}""")]
    [TestCase(Cluster, "{}")]
    [TestCase("""{"server": "https://10.0.0.1:6443"}""", Certificate)]
    [TestCase("""{"server": "http://10.0.0.1:8080", "certificate-authority-data": "Y2E="}""", Certificate)]
    [TestCase("""{"server": "https://10.0.0.1:6443", "certificate-authority-data": "Y2E=", "insecure-skip-tls-verify": true}""", Certificate)]
    [TestCase("""{"server": "https://10.0.0.1:6443", "certificate-authority-data": "Y2E=", "tls-server-name": "other"}""", Certificate)]
    [TestCase("""{"server": "https://10.0.0.1:6443", "certificate-authority-data": "Y2E=", "proxy-url": "socks5://p"}""", Certificate)]
    [TestCase("""{"server": "https://10.0.0.1:6443", "certificate-authority-data": "!"}""", Certificate)]
    public void Whatever_else_a_kubeconfig_says_is_left_to_kubectl(string cluster, string user) => Assert.That(Context(cluster, user).Credential, Is.Null);

    [TestCase(true)]
    [TestCase(false)]
    public void A_file_of_the_kubeconfig_is_read_from_its_folder(bool isRelative)
    {
        using var folder = new TemporaryFolder();
        string Write(string name, string text)
        {
            File.WriteAllText(Path.Combine(folder.Path, name), text);
            return isRelative ? name : Path.Combine(folder.Path, name).Replace('\\', '/');
        }

        var cluster = $$"""{"server": "https://10.0.0.1:6443", "certificate-authority": "{{Write("ca.pem", "ca")}}"}""";
        var user =
            $$"""{"client-certificate": "{{Write("a.pem", "cert")}}", "client-key": "{{Write("a.key", "key")}}", "tokenFile": "{{Write("token", " secret\n")}}"}""";

        var credential = KubeContext.Of(JsonNode.Parse(cluster)!.AsObject(), JsonNode.Parse(user)!.AsObject(), isRelative ? folder.Path : null).Credential;

        Assert.That(
            (credential?.Authority, credential?.ClientCertificate, credential?.ClientKey, credential?.Token, credential?.TokenFile),
            Is.EqualTo(("ca", "cert", "key", "secret", Path.Combine(folder.Path, "token").Replace('\\', Path.DirectorySeparatorChar)))
        );
    }

    [Test]
    public void A_context_shows_nothing_of_its_credential() =>
        Assert.That(Context(Cluster, """{"token": "secret"}""").ToString(), Does.Not.Contain("secret").And.Contain("https://10.0.0.1:6443"));

    private static KubeContext Context(string cluster, string user) => KubeContext.Of(JsonNode.Parse(cluster)!.AsObject(), JsonNode.Parse(user)!.AsObject());
}
