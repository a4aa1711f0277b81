using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Install.Kustomize;
using Flyte.MultiCluster.Tasks.Checks;
using Flyte.MultiCluster.Tasks.Verification;
using Flyte.MultiCluster.Tasks.Verification.Checks;
using Flyte.MultiCluster.Tests.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Tasks.Verification.Checks;

/// <summary>The webhook where overlays are installed: what is noted as applied has to be there.</summary>
internal sealed class WebhookCheckTests
{
    private const string Namespace = "/api/v1/namespaces/flyte";

    [TestCase("apps/v1 Deployment flyte/flyte-pod-webhook", CheckStatus.Failed, "Deployment flyte-pod-webhook is gone.")]
    [TestCase("apps/v1 Deployment flyte/flytepropeller", CheckStatus.Skipped, "no overlay with a Deployment flyte-pod-webhook was applied")]
    public async Task A_Deployment_that_an_overlay_brought_is_missed(string applied, CheckStatus status, string found)
    {
        using var run = Kustomize(applied);

        var results = (await VerifyRunner.RunAsync(run.Context, run.Get<VerifyTools>(), [new WebhookCheck()], default)).Results;

        Assert.That(results[0].Status, Is.EqualTo(status));
        Assert.That(results[0].Found, Is.EqualTo(found));
        Assert.That(results[0].Remedy, status == CheckStatus.Failed ? Does.Contain("restores what the overlay has") : Is.Null);
    }

    private static TestRun Kustomize(string applied)
    {
        var fleet = SomeFleet.Of(1);
        var run = new TestRun(fleet: fleet with { Flyte = fleet.Flyte with { Overlays = new OverlayFolders("/data", "/control") } });
        run.PlaneServer.Put("/version", """{"gitVersion": "v1.36.2"}""");
        run.PlaneServer.Put(
            $"{Namespace}/configmaps/{Inventory.Name}",
            new JsonObject { ["data"] = new JsonObject { ["objects"] = $"{applied}\n" } }.ToJsonString()
        );
        run.PlaneServer.Put($"{Namespace}/services/flyte-pod-webhook", "{}");
        return run;
    }
}
