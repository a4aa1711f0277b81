using Flyte.MultiCluster.Sandbox.Hosting;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Hosting;

internal sealed class FlyteAdminFleetTests
{
    [TestCase(1, "development label1")]
    [TestCase(2, "development label1, staging label2")]
    [TestCase(4, "development label1, staging label2, production label3")]
    public async Task Each_of_the_first_three_data_planes_gets_a_domain(int dataPlanes, string expected)
    {
        await using var sandbox = await RunningSandbox.StartAsync(dataPlanes);

        var fleet = ClientFiles.FlyteAdminFleet(sandbox.Host.Clusters, "https://127.0.0.1:1");

        Assert.That(
            fleet,
            Is.EqualTo(
                string.Concat(
                    "flyteAdmin: {endpoint: \"https://127.0.0.1:1\", caFile: flyteadmin-ca.crt}\n",
                    "executionLabels:\n",
                    string.Concat(expected.Split(", ").Select(e => e.Split(' ')).Select(e => $"  - {{project: flytesnacks, domain: {e[0]}, label: {e[1]}}}\n")),
                    "smoke: {project: flytesnacks, domain: development, launchPlan: sandbox.hello}\n"
                )
            )
        );
    }

    [Test]
    public async Task The_address_of_FlyteAdmin_and_its_CA_are_in_the_state_folder()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        var status = await sandbox.Control.StatusAsync(default);

        Assert.That((string?)status["flyteAdmin"], Is.EqualTo(sandbox.Host.FlyteAdminListener!.Server));
        Assert.That(await File.ReadAllTextAsync(sandbox.File("flyteadmin-ca.crt")), Is.EqualTo(sandbox.Host.Clusters[0].Keys.Certificates.AuthorityPem));
    }
}
