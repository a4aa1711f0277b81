using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>Credentials that somebody changed by hand, and pods that somebody restarted in between.</summary>
internal sealed class LoadedCredentialTests : JoinedTests
{
    private static readonly string[] Restarts = ["controlplane restart Deployment flyteadmin", "controlplane restart Deployment syncresources"];

    protected override string JoinedFleet => Bed.Fleet(name: "loaded", settings: $"values: [{Values}]");

    // Often enough to be waited for; what a pod reads at its start it keeps.
    private string Values
    {
        get
        {
            var path = Path.Combine(Bed.Folder, "refresh.yaml");
            File.WriteAllText(path, "cluster_resource_manager: {config: {cluster_resources: {refreshInterval: 1s}}}\n");
            return path;
        }
    }

    [Test]
    public async Task A_wrong_token_that_was_stored_by_hand_and_loaded_by_hand_is_loaded_no_longer()
    {
        await StoreAsync(Convert.ToBase64String(Encoding.ASCII.GetBytes("wrong")));
        Bed.Kubectl("controlplane", "rollout restart deployment flyteadmin syncresources");
        Bed.Kubectl("controlplane", "rollout status deployment syncresources");

        var plan = (await RunAsync("--plan")).Expect(0);
        var run = (await RunAsync()).Expect(0);

        Assert.That(run.Changes, Is.EquivalentTo(Restarts.Append("controlplane update Secret cluster-credentials")));
        Assert.That(plan.Changes, Is.EquivalentTo(run.Changes));
        await ProjectReachesEveryDataPlaneAsync("reached");
        Assert.That((await RunAsync()).Expect(0).Changes, Is.Empty);
    }

    [Test]
    public async Task A_wrong_token_that_pods_keep_after_the_right_one_was_stored_is_found_by_Verify_and_ended_by_the_next_run()
    {
        var right = (await ControlPlane.SecretAsync("cluster-credentials"))["dataplane_2_token"];
        await StoreAsync(Convert.ToBase64String(Encoding.ASCII.GetBytes("wrong")));
        await ControlPlane.DeleteAsync(
            "pods",
            (await ControlPlane.ListAsync("pods")).Keys.Single(name => name.StartsWith("syncresources-", StringComparison.Ordinal))
        );
        Bed.Kubectl("controlplane", "rollout status deployment syncresources");
        await NextSecondAsync();
        await StoreAsync(right);

        var verify = (await RunAsync("--target=Verify", "--output=json")).Expect(ExitCode.Failed);
        var plan = (await RunAsync("--plan")).Expect(0);
        var run = (await RunAsync()).Expect(0);

        Assert.That(VerifyTests.Found(VerifyTests.Document(verify), "failed", "warning"), Is.EqualTo(new[] { "loaded-credentials" }), verify.Output);
        Assert.That(plan.Changes, Is.EquivalentTo(Restarts));
        Assert.That(run.Changes, Is.EquivalentTo(Restarts));
        await ProjectReachesEveryDataPlaneAsync("reached-too");
        (await RunAsync("--target=Verify")).Expect(0);
    }

    [Test]
    public async Task Pods_that_were_restarted_by_hand_after_a_rotation_by_hand_are_not_restarted_again()
    {
        var written = await ControlPlane.SecretAsync("cluster-credentials");
        await StoreAsync(null);
        await StoreAsync(written["dataplane_2_token"]);
        await NextSecondAsync();
        Bed.Kubectl("controlplane", "rollout restart deployment flyteadmin syncresources");
        Bed.Kubectl("controlplane", "rollout status deployment flyteadmin");
        Bed.Kubectl("controlplane", "rollout status deployment syncresources");

        Assert.That((await RunAsync()).Expect(0).Changes, Is.Empty);
        (await RunAsync("--target=Verify")).Expect(0);
    }

    [TestCase("the notes are gone")]
    [TestCase("the notes are gone and the release differs")]
    [TestCase("the notes are gone and a credential is missing")]
    [TestCase("a label was added")]
    [TestCase("the notes are gone and the pods are older")]
    public async Task A_plan_says_what_the_run_does_to_pods_where(string state)
    {
        var fleet = JoinedFleet;
        if (state.Contains("notes", StringComparison.Ordinal))
            Bed.Kubectl("controlplane", "annotate deployment flyteadmin syncresources flyte-multicluster/dataplane_1- flyte-multicluster/dataplane_2-");
        if (state.Contains("differs", StringComparison.Ordinal))
            Bed.Helm("controlplane", $"upgrade flyte-core {Bed.Chart} --reuse-values --set datacatalog.replicaCount=2");
        if (state.Contains("missing", StringComparison.Ordinal))
            await StoreAsync(null);
        if (state.Contains("older", StringComparison.Ordinal))
        {
            var token = (await ControlPlane.SecretAsync("cluster-credentials"))["dataplane_2_token"];
            await StoreAsync(null);
            await NextSecondAsync();
            await StoreAsync(token);
        }

        if (state.Contains("label", StringComparison.Ordinal))
            await File.WriteAllTextAsync(
                fleet,
                (await File.ReadAllTextAsync(fleet)).Replace("labels: {", "labels: {label3: [{id: dataplane_1, weight: 1}], ", StringComparison.Ordinal)
            );

        var plan = (await RunAsync("--plan", $"--fleet={fleet}", "--accept-value-loss")).Expect(0);
        var run = (await RunAsync($"--fleet={fleet}", "--accept-value-loss")).Expect(0);

        Assert.That(plan.Changes, Is.EquivalentTo(run.Changes));
        Assert.That((await RunAsync($"--fleet={fleet}", "--accept-value-loss")).Expect(0).Changes, Is.Empty);
    }

    private static Task NextSecondAsync() => Task.Delay(TimeSpan.FromMilliseconds(1010));

    private Task StoreAsync(string? base64) =>
        ControlPlane.PatchAsync(
            "secrets",
            "cluster-credentials",
            new JsonObject { ["data"] = new JsonObject { ["dataplane_2_token"] = base64 } }.ToJsonString()
        );

    // syncresources alone makes its namespaces: flyteadmin's init container has run before.
    private async Task ProjectReachesEveryDataPlaneAsync(string project)
    {
        await Bed.RegisterAsync(project);
        var until = DateTime.UtcNow.AddSeconds(30);
        foreach (var plane in new[] { DataPlane(1), DataPlane(2) })
        {
            while (await plane.GetAsync($"/api/v1/namespaces/{project}-development") is null)
            {
                Assert.That(DateTime.UtcNow, Is.LessThan(until), $"syncresources does not reach {plane.Name}.");
                await Task.Delay(100);
            }
        }
    }
}
