using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Without <c>flyte.catalog</c> a data plane gets the chart's own address of datacatalog, which is the control plane's.</summary>
internal sealed class CatalogTests : StageTests
{
    private const string Warning = "flytepropeller looks for datacatalog at datacatalog:89, and the cluster has no Service datacatalog in namespace flyte";

    [Test]
    public async Task An_address_that_is_no_Service_in_the_data_plane_is_reported_in_the_plan_by_the_run_and_by_Verify()
    {
        var fleet = Bed.Fleet(planes: Bed.Plane(1), labels: "{label1: [{id: dataplane_1, weight: 1}]}");
        await File.WriteAllLinesAsync(fleet, (await File.ReadAllLinesAsync(fleet)).Where(line => !line.Contains("catalog:", StringComparison.Ordinal)));

        var plan = (await Bed.RunAsync($"--fleet={fleet}", "--plan")).Expect(0);
        var run = (await Bed.RunAsync($"--fleet={fleet}")).Expect(0);
        var verify = (await Bed.RunAsync($"--fleet={fleet}", "--target=Verify", "--output=json")).Expect(0);

        Assert.That(plan.Output, Does.Contain($"dataplane_1: {Warning}").And.Contain("Write flyte.catalog in the fleet"));
        Assert.That(run.Report["notes"]!.AsArray().Select(note => (string?)note), Has.Some.StartsWith($"dataplane_1: {Warning}"));
        Assert.That(VerifyTests.Found(VerifyTests.Document(verify), "warning", "failed"), Is.EqualTo(new[] { "catalog" }));

        Bed.Kubectl("dataplane1", "create service externalname datacatalog --external-name=datacatalog.example.com");
        Assert.That((await Bed.RunAsync($"--fleet={fleet}")).Expect(0).Report["notes"]!.AsArray(), Is.Empty);
        (await Bed.RunAsync($"--fleet={fleet}", "--target=Verify", "--output=json")).Expect(0);
    }
}
