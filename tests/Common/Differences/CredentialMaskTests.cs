using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Differences;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.Differences;

/// <summary>What a plan shows of credentials: that they are there, how long they are, and whether they change.</summary>
internal sealed class CredentialMaskTests
{
    private const string Secret = "hunter2hunter2";

    [TestCase("password")]
    [TestCase("dbPassword")]
    [TestCase("DB_PASSWORD")]
    [TestCase("pass.txt")]
    [TestCase("clientSecret")]
    [TestCase("client_secret")]
    [TestCase("token")]
    [TestCase("privateKey")]
    [TestCase("tls.key")]
    [TestCase("secret_key")]
    [TestCase("FLYTE_AWS_SECRET_ACCESS_KEY")]
    [TestCase("apiKey")]
    [TestCase("connectionString")]
    [TestCase("claimSymmetricEncryptionKey")]
    [TestCase("checksum/secret")]
    public void A_key_that_says_so_has_a_credential(string key) => Assert.That(CredentialNames.IsCredential(key), Is.True);

    [TestCase("passwordPath")]
    [TestCase("tokenPath")]
    [TestCase("secretName")]
    [TestCase("clientSecretLocation")]
    [TestCase("accessTokenLifespan")]
    [TestCase("tokenEndpoint")]
    [TestCase("certPath")]
    [TestCase("caCertificate")]
    [TestCase("tls.crt")]
    [TestCase("endpoint")]
    [TestCase("clientId")]
    [TestCase("username")]
    public void A_key_that_only_names_or_places_one_has_none(string key) => Assert.That(CredentialNames.IsCredential(key), Is.False);

    [TestCase("""{"db": {"password": "hunter2hunter2"} }""")]
    [TestCase("""{"db": {"passwords": ["hunter2hunter2"]} }""")]
    [TestCase("""{"kind": "Secret", "data": {"anything": "hunter2hunter2"} }""")]
    [TestCase("""{"secretManifest": {"kind": "Secret", "stringData": {"a": "hunter2hunter2"} } }""")]
    [TestCase("""{"stringData": {"a": {"b": "hunter2hunter2"} } }""")]
    [TestCase("""{"env": [{"name": "DB_PASSWORD", "value": "hunter2hunter2"}]}""")]
    [TestCase("""{"args": ["--password=hunter2hunter2"]}""")]
    [TestCase("""{"args": ["--client-secret", "hunter2hunter2"]}""")]
    [TestCase("""{"url": "postgres://flyte:hunter2hunter2@db:5432/flyte"}""")]
    [TestCase("""{"url": "postgres://flyte:p/@hunter2@db:5432/flyte"}""")]
    [TestCase("""{"dsnText": "host=db user=flyte password=hunter2hunter2 port=5432"}""")]
    [TestCase("""{"dsnText": "https://x/?a=b&access_token=hunter2hunter2&c=d"}""")]
    [TestCase("""{"header": "Authorization: Bearer hunter2hunter2"}""")]
    [TestCase("""{"data": {"db.yaml": "database:\n  password: hunter2hunter2\n  host: db\n"} }""")]
    [TestCase("""{"data": {"db.yaml": "database: {host: db, password: hunter2hunter2}\n"} }""")]
    [TestCase("""{"data": {"db.yaml": "password: \"say hunter2hunter2\"\n"} }""")]
    [TestCase("""{"data": {"db.yaml": "password: |\n  hunter2hunter2\n  more\nhost: db\n"} }""")]
    [TestCase("""{"data": {"db.yaml": "tokens:\n  - hunter2hunter2\nhost: db\n"} }""")]
    [TestCase("""{"data": {"db.json": "{\"password\": \"hunter2hunter2\", \"host\": \"db\"}"} }""")]
    [TestCase("""{"data": {"db.env": "export DB_PASSWORD=hunter2hunter2 and more\n"} }""")]
    public void A_credential_is_found_wherever_it_stands(string json) => Assert.That(Text(json), Does.Not.Contain("hunter2").And.Contain("[masked"));

    [Test]
    public void A_credential_is_hidden_elsewhere_too_as_it_is_and_in_base64()
    {
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret));

        var text = Text($$"""{"password": "{{Secret}}", "note": "ask for {{Secret}}", "again": "{{base64}}"}""");

        Assert.That(text, Does.Not.Contain(Secret).And.Not.Contain(base64));
    }

    [Test]
    public void A_value_of_a_Secret_hides_what_it_is_in_base64()
    {
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret));

        var text = Text($$"""{"a": {"kind": "Secret", "data": {"token": "{{base64}}"} }, "note": "ask for {{Secret}}"}""");

        Assert.That(text, Does.Not.Contain(Secret).And.Not.Contain(base64));
    }

    [Test]
    public void A_configuration_in_base64_that_holds_a_credential_is_hidden_as_a_whole()
    {
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes($"password: {Secret}\n"));

        Assert.That(
            Text($$"""{"config": "{{base64}}"}"""),
            Is.EqualTo("config: [masked, 25 bytes]\n".Replace("25", $"{base64.Length}", StringComparison.Ordinal))
        );
    }

    [Test]
    public void A_private_key_and_a_web_token_are_hidden_whatever_their_key_is()
    {
        var text = Text(
            """{"a": "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----\n", "b": "x eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl y"}"""
        );

        Assert.That(text, Does.Not.Contain("MIIEow").And.Not.Contain("eyJ"));
    }

    [Test]
    public void What_is_no_credential_stays_as_it_is()
    {
        const string Json = """
            {"certificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "tokenPath": "/var/run/token", "enabledTokens": true,
             "data": {"a.yaml": "auth:\n  tokenPath: /var/run/credentials/dataplane_1_token\n  type: file_path\nendpoint: dns:///flyte:443\n"} }
            """;

        Assert.That(Text(Json), Is.EqualTo(ObjectText.Of(JsonNode.Parse(Json))));
    }

    [TestCase("one-password", "one-password", "password: [masked, 12 bytes]\n")]
    [TestCase("one-password", "two-password", "password: [masked, 12 bytes, changed]\n")]
    [TestCase(null, "two-password", "password: [masked, 12 bytes]\n")]
    public void A_change_of_a_credential_is_seen(string? before, string after, string expected)
    {
        var masked = CredentialMask.Masked([(before is null ? null : new JsonObject { ["password"] = before }, new JsonObject { ["password"] = after })]);

        Assert.That(ObjectText.Of(masked[0].After), Is.EqualTo(expected));
    }

    private static string Text(string json)
    {
        var node = JsonNode.Parse(json);
        var masked = CredentialMask.Masked([(node, node)])[0];
        Assert.That(JsonNode.DeepEquals(masked.Before, masked.After), Is.True);
        return ObjectText.Of(masked.After);
    }
}
