using Flyte.MultiCluster.Common.Run;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>What an operator must be allowed to do for overlays, told before the first write.</summary>
internal sealed class KustomizeAccessTests : StageTests
{
    private const string Extra = "\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra, namespace: flyte}\ndata: {a: b}\n";

    [Test]
    public async Task The_right_to_delete_is_needed_only_for_what_left_the_overlay()
    {
        var overlays = new KustomizeFleet(Bed);
        var auth = overlays["dataplane/auth.yaml"];
        var before = await File.ReadAllTextAsync(auth);
        await File.WriteAllTextAsync(auth, before + Extra);
        (await Bed.RunAsync($"--fleet={overlays.Write()}")).Expect(0);
        var kubeconfig = await AsAsync("[get, list, watch, create, patch, update, escalate, bind]");
        var fleet = overlays.Write(
            Bed.Plane(1).Replace("context: dataplane1", "context: limited", StringComparison.Ordinal) + ", " + Bed.Plane(2),
            name: "limited"
        );

        (await Bed.RunAsync($"--fleet={fleet}", $"--kubeconfig={kubeconfig}")).Expect(0);
        await File.WriteAllTextAsync(auth, before);
        var writes = await Bed.WritesAsync();
        var refused = (await Bed.RunAsync($"--fleet={fleet}", $"--kubeconfig={kubeconfig}")).Expect(ExitCode.Refused);

        Assert.That(
            refused.Report["problems"]!.AsArray().Select(problem => $"{problem!["place"]}: {problem["what"]}"),
            Is.EqualTo(new[] { "dataplane_1: Context 'limited' is missing permissions: delete configmaps -n flyte." })
        );
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    [Test]
    public async Task The_rights_for_kinds_that_only_the_overlay_has_are_needed()
    {
        var overlays = new KustomizeFleet(Bed);
        await File.AppendAllTextAsync(
            overlays["dataplane/auth.yaml"],
            "\n---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: small, namespace: flyte}\nspec: {limits: [{type: Container, default: {cpu: 1}}]}\n"
        );
        Bed.Kubectl("dataplane1", "create namespace flyte");
        var kubeconfig = await AsAsync("[get, list, watch]");
        var writes = await Bed.WritesAsync();

        var plane = Bed.Plane(1).Replace("context: dataplane1", "context: limited", StringComparison.Ordinal);
        var refused = (await Bed.RunAsync($"--fleet={overlays.Write(plane, "{label1: [{id: dataplane_1, weight: 1}]}")}", $"--kubeconfig={kubeconfig}")).Expect(
            ExitCode.Refused
        );

        Assert.That(refused.Output, Does.Contain("create limitranges -n flyte, patch limitranges -n flyte"));
        Assert.That(await Bed.WritesAsync(), Is.EqualTo(writes));
    }

    // A kubeconfig with a context 'limited', whose user may do these verbs in data plane 1, and no others.
    private async Task<string> AsAsync(string verbs)
    {
        Bed.Kubectl(
            "dataplane1",
            "apply -f -",
            $$"""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: limited}
            rules: [{apiGroups: ["*"], resources: ["*"], verbs: {{verbs}}}, {nonResourceURLs: ["*"], verbs: [get]}]
            """
        );
        Bed.Kubectl("dataplane1", "create serviceaccount limited");
        Bed.Kubectl("dataplane1", "create clusterrolebinding limited --clusterrole=limited --serviceaccount=flyte:limited");
        var token = Bed.Kubectl("dataplane1", "create token limited").Trim();
        var path = Path.Combine(Bed.Folder, "limited.kubeconfig");
        await File.WriteAllTextAsync(
            path,
            (await File.ReadAllTextAsync(Bed.State.Kubeconfig))
                .Replace("users:\n", $"users:\n- {{name: limited, user: {{token: {token}}}}}\n", StringComparison.Ordinal)
                .Replace("contexts:\n", "contexts:\n- {name: limited, context: {cluster: dataplane1, user: limited}}\n", StringComparison.Ordinal)
        );
        return path;
    }
}
