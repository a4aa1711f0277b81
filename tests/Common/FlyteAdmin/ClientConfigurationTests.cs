using Flyte.MultiCluster.Common.FlyteAdmin;
using Flyte.MultiCluster.Common.Values;
using Flyte.MultiCluster.Tests.Common.Values;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Common.FlyteAdmin;

/// <summary>Which Flyte a configuration file of flytectl and pyflyte points to.</summary>
internal sealed class ClientConfigurationTests
{
    [TestCase("dns:///flyte.example.com:443", "flyte.example.com")]
    [TestCase("dns:///Flyte.Example.com", "flyte.example.com")]
    [TestCase("flyte.example.com:81", "flyte.example.com")]
    [TestCase("https://flyte.example.com/console", "flyte.example.com")]
    [TestCase("dns:///10.0.0.1:30081", "10.0.0.1")]
    [TestCase("", null)]
    public void An_endpoint_has_a_host(string endpoint, string? host) => Assert.That(ClientConfiguration.Host(endpoint), Is.EqualTo(host));

    [TestCase("admin:\n  endpoint: dns:///flyte.example.com\n", "flyte.example.com")]
    [TestCase("admin: {insecure: true}\n", null)]
    [TestCase("", null)]
    public void A_file_leads_to_its_admins_endpoint(string content, string? host)
    {
        using var folder = new TemporaryFolder();

        Assert.That(ClientConfiguration.HostOf(new HelmValues(), folder.Write("config.yaml", content)), Is.EqualTo(host));
    }
}
