using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Flyte.MultiCluster.Common.Flyte;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Verification.Checks;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Verification;

/// <summary>What the checks say of a token and of a CA certificate as a Secret holds them.</summary>
internal sealed class CredentialFormatTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [TestCase("eyJh.bGci.OiJ", CheckStatus.Ok, "13 characters")]
    [TestCase("opaque-token_1", CheckStatus.Ok, "14 characters")]
    [TestCase("", CheckStatus.Failed, "is empty")]
    [TestCase("eyJh.bGci.OiJ\n", CheckStatus.Failed, "ends with a newline")]
    [TestCase("eyJh.bGci.OiJ\r\n", CheckStatus.Failed, "ends with a newline")]
    [TestCase(" eyJh", CheckStatus.Failed, "contains a blank")]
    [TestCase("ZXlKaC5iR2Np", CheckStatus.Failed, "in base64 twice")]
    public void A_token_is_judged_by_what_flyteadmin_sends(string token, CheckStatus status, string said)
    {
        var finding = TokenFormatCheck.Look(Base64(token));

        Assert.That(finding.Status, Is.EqualTo(status));
        Assert.That(finding.Found, Does.Contain(said).And.Not.Contain("eyJh"));
    }

    [TestCase("a certificate as it is", "", "", CheckStatus.Ok, "1 certificate")]
    [TestCase("a blank before the last line", "-----END", " -----END", CheckStatus.Failed, "a blank before -----END")]
    [TestCase("windows' newlines", "\n", "\r\n", CheckStatus.Ok, "1 certificate")]
    [TestCase("no first line", "-----BEGIN CERTIFICATE-----", "", CheckStatus.Failed, "no certificate")]
    [TestCase("a key instead", "CERTIFICATE", "PRIVATE KEY", CheckStatus.Failed, "no certificate")]
    public void A_CA_is_judged_by_what_Go_parses(string what, string from, string to, CheckStatus status, string said)
    {
        var pem = Pem(Now.AddYears(1));

        var finding = CaFormatCheck.Look(Base64(from.Length == 0 ? pem : pem.Replace(from, to, StringComparison.Ordinal)));

        Assert.That(finding.Status, Is.EqualTo(status), what);
        Assert.That(finding.Found, Does.Contain(said));
    }

    [Test]
    public void A_CA_that_is_encoded_twice_is_reported() =>
        Assert.That(CaFormatCheck.Look(Base64(Base64(Pem(Now.AddYears(1))))).Found, Does.Contain("in base64 twice"));

    [Test]
    public void Text_around_a_certificate_and_broken_blocks_are_passed_over() =>
        Assert.That(
            GoPem.Certificates($"# comment\n{Pem(Now.AddYears(1)).Replace("-----END", " -----END", StringComparison.Ordinal)}\n{Pem(Now.AddYears(1))}\ntext"),
            Has.Count.EqualTo(1)
        );

    [TestCase(31, CheckStatus.Ok)]
    [TestCase(29, CheckStatus.Warning)]
    [TestCase(-1, CheckStatus.Failed)]
    public void A_CA_is_warned_of_within_30_days_and_fails_when_it_has_expired(int days, CheckStatus status) =>
        Assert.That(CaExpiryCheck.Look(Base64(Pem(Now.AddDays(days))), Now).Status, Is.EqualTo(status));

    [Test]
    public void Of_a_bundle_one_that_has_expired_is_a_warning() =>
        Assert.That(CaExpiryCheck.Look(Base64(Pem(Now.AddDays(-1)) + Pem(Now.AddYears(1))), Now).Status, Is.EqualTo(CheckStatus.Warning));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Pem(DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=ca", key, HashAlgorithmName.SHA256).CreateSelfSigned(Now.AddYears(-2), until);
        return certificate.ExportCertificatePem() + "\n";
    }
}
