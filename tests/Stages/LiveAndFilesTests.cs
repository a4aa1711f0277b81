using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Common.Run;
using Flyte.MultiCluster.Tests.Common.Changes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>What the user's files and the fleet say now, and what is live from before.</summary>
internal sealed class LiveAndFilesTests : StageTests
{
    private const string Two = "label1: [{id: dataplane_1, weight: 1}], label2: [{id: dataplane_2, weight: 1}]";

    [Test]
    public async Task A_volume_of_the_users_values_changes_and_goes_with_them()
    {
        var file = Path.Combine(Bed.Folder, "db.yaml");
        var fleet = Bed.Fleet(control: $"{{context: controlplane, values: [{file}]}}", name: "own");
        await File.WriteAllTextAsync(file, Volume("2024", "/etc/db"));
        (await Bed.RunAsync($"--fleet={fleet}")).Expect(0);

        await File.WriteAllTextAsync(file, Volume("2025", "/etc/ca"));
        Assert.That((await Bed.RunAsync($"--fleet={fleet}")).Expect(0).Changes, Is.EqualTo(new[] { "controlplane update HelmRelease flyte-core" }));
        var pod = (await ControlPlane.FlyteAsync("deployments", "flyteadmin"))!["spec"]!["template"]!["spec"]!.ToJsonString();
        Assert.That(pod, Does.Contain("db-ca-2025").And.Contain("/etc/ca").And.Not.Contain("db-ca-2024").And.Not.Contain("/etc/db"));
        Assert.That((await Bed.RunAsync($"--fleet={fleet}")).Expect(0).Changes, Is.Empty);

        await File.WriteAllTextAsync(file, string.Empty);
        var refused = (await Bed.RunAsync($"--fleet={fleet}")).Expect(ExitCode.Refused);
        Assert.That(
            (string?)refused.Report["problems"]!.AsArray().Single()!["what"],
            Does.Contain("flyteadmin.additionalVolumes.db-ca, flyteadmin.additionalVolumeMounts./etc/ca")
        );
        (await Bed.RunAsync($"--fleet={fleet}", "--accept-value-loss")).Expect(0);
        Assert.That((await ControlPlane.FlyteAsync("deployments", "flyteadmin"))!["spec"]!["template"]!["spec"]!.ToJsonString(), Does.Not.Contain("db-ca"));
        Assert.That((await Bed.RunAsync($"--fleet={fleet}")).Expect(0).Changes, Is.Empty);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_label_that_left_the_fleet_is_removed_once_FlyteAdmin_has_no_row_with_it(bool isKustomize)
    {
        var before = Fleet(isKustomize, $"{{{Two}, label3: [{{id: dataplane_2, weight: 1}}]}}", "before");
        var after = Fleet(isKustomize, $"{{{Two}}}", "after");
        (await Bed.RunAsync($"--fleet={before}")).Expect(0);
        using var admin = Bed.OpenAdmin();
        var permit = await Permits.GetAsync();
        var scope = new LabelScope("flytesnacks", "development");
        await admin.PutExecutionLabelAsync(permit, scope, "label3", default);
        var writes = await Bed.WritesAsync();

        var refused = (await Bed.RunAsync($"--fleet={after}")).Expect(ExitCode.Refused);

        Assert.That(
            (string?)refused.Report["problems"]!.AsArray().Single()!["what"],
            Does.Contain("FlyteAdmin has rows with it").And.Contain("flytesnacks/development")
        );
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        await admin.PutExecutionLabelAsync(permit, scope, "label2", default);
        var plan = (await Bed.RunAsync($"--fleet={after}", "--plan")).Expect(0);
        Assert.That(
            plan.Output,
            Does.Contain(isKustomize ? "Removed from labelClusterMap, as the fleet no longer has them: label3." : "label label3 removed; ")
        );
        (await Bed.RunAsync($"--fleet={after}")).Expect(0);
        Assert.That(
            (string?)(await ControlPlane.FlyteAsync("configmaps", "flyte-admin-clusters-config"))!["data"]!["clusters.yaml"],
            Does.Contain("label2").And.Not.Contain("label3")
        );
        Assert.That((await Bed.RunAsync($"--fleet={after}")).Expect(0).Changes, Is.Empty);
    }

    [Test]
    public async Task A_renamed_data_plane_is_refused_and_Verify_finds_both_names()
    {
        (await Bed.RunAsync()).Expect(0);
        var fleet = Bed.Fleet(
            $"{Bed.Plane(1)}, {Bed.Plane(2).Replace("dataplane_2", "gpu", StringComparison.Ordinal)}",
            "{label1: [{id: dataplane_1, weight: 1}], label2: [{id: gpu, weight: 1}]}",
            name: "renamed"
        );
        var writes = await Bed.WritesAsync();

        var refused = (await Bed.RunAsync($"--fleet={fleet}")).Expect(ExitCode.Refused);

        Assert.That(
            refused.Report["problems"]!.AsArray().Select(problem => $"{problem!["place"]} {problem["remedy"]}"),
            Has.One.StartsWith("gpu Write name: dataplane_2 in the fleet.")
        );
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
        var values = Path.Combine(Bed.Folder, "by-hand.yaml");
        var live = (await ControlPlane.ReleaseAsync("flyte-core"))!.Value.Release["config"]!["configmap"]!["clusters"]!["clusterConfigs"]!
            .DeepClone()
            .AsArray();
        var twin = live[1]!.DeepClone();
        twin["name"] = "gpu";
        live.Add(twin);
        await File.WriteAllTextAsync(values, $$"""{"configmap": {"clusters": {"clusterConfigs": {{live.ToJsonString()}}} } }""");
        Bed.Helm("controlplane", $"upgrade flyte-core {Bed.Chart} --reuse-values --values {values} --wait");
        var verify = (await Bed.RunAsync("--target=Verify", "--output=json")).Expect(ExitCode.Failed);
        Assert.That(VerifyTests.Found(VerifyTests.Document(verify), "failed"), Does.Contain("one-name"));
    }

    private string Fleet(bool isKustomize, string labels, string name)
    {
        var admin = $"flyteAdmin: {{endpoint: \"{Bed.State.FlyteAdmin}\", caFile: {Path.Combine(Bed.State.Folder, "flyteadmin-ca.crt")}}}";
        if (isKustomize)
            return new KustomizeFleet(Bed).Write(labels: labels, name: name, more: admin);
        var path = Bed.Fleet(labels: labels, name: name);
        File.AppendAllText(path, $"\n{admin}\n");
        return path;
    }

    private static string Volume(string year, string path) =>
        $"flyteadmin: {{additionalVolumes: [{{name: db-ca, configMap: {{name: db-ca-{year}, optional: true}}}}], additionalVolumeMounts: [{{name: "
        + $"db-ca, mountPath: {path}}}]}}\n";
}
