using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Flyte.MultiCluster.Common.Fleets;
using Flyte.MultiCluster.Tests.Common.Changes;

namespace Flyte.MultiCluster.Tests.Stages;

/// <summary>One thing that is wrong with a joined fleet: how to bring it about, and how to undo it.</summary>
/// <param name="Check">The check that finds it.</param>
/// <param name="What">What it is, in words.</param>
/// <param name="BreakAsync">Brings it about; answers the arguments to run Verify with.</param>
internal sealed record Fault(string Check, string What, Func<StageBed, List<Func<Task>>, Task<string[]>> BreakAsync)
{
    private const string Definition = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/flyteworkflows.flyte.lyft.com";
    private const string Registration = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/flyte-pod-webhook";
    private const string Binding = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/flyte-flyteadmin-binding";

    private const string ThreeLabels =
        "{label1: [{id: dataplane_1, weight: 1}], label2: [{id: dataplane_2, weight: 1}], label3: [{id: dataplane_1, weight: 1}]}";

    public static IEnumerable<Fault> All { get; } =
    [
        new(
            "tools",
            "helm is too old",
            (bed, undo) =>
            {
                var helm = Path.Combine(bed.Folder, "tools4", "helm");
                var wrapper = File.ReadAllText(helm);
                undo.Add(() => File.WriteAllTextAsync(helm, wrapper));
                File.WriteAllText(helm, "#!/bin/sh\necho v3.1.0\n");
                return Task.FromResult(Array.Empty<string>());
            }
        ),
        new(
            "contexts",
            "the kubeconfig has no such context",
            (bed, _) => Fleet(bed, bed.Plane(2).Replace("context: dataplane2", "context: nowhere", StringComparison.Ordinal))
        ),
        new(
            "reachable",
            "an API server refuses connections",
            async (bed, _) =>
            {
                await bed.FaultAsync("""{"cluster": "dataplane2", "kind": "refuse"}""");
                return [];
            }
        ),
        new(
            "identity",
            "two contexts are one cluster",
            async (bed, _) =>
            {
                var twice = Path.Combine(bed.Folder, "kubeconfig-twice");
                var text = await File.ReadAllTextAsync(bed.State.Kubeconfig);
                await File.WriteAllTextAsync(
                    twice,
                    text.Replace(
                        "contexts:\n",
                        "contexts:\n- name: again\n  context: {cluster: dataplane1, user: dataplane1-admin}\n",
                        StringComparison.Ordinal
                    )
                );
                return [.. await Fleet(bed, bed.Plane(2).Replace("context: dataplane2", "context: again", StringComparison.Ordinal)), $"--kubeconfig={twice}"];
            }
        ),
        Release("a release is stuck in an upgrade", "pending-upgrade"),
        Release("a release has failed", "failed"),
        new(
            "chart-version",
            "the fleet pins another version",
            (bed, _) =>
            {
                var chart = Directory.CreateDirectory(Path.Combine(bed.Folder, "newer-chart")).FullName;
                var metadata = File.ReadAllText(Path.Combine(bed.Chart, "Chart.yaml"));
                File.WriteAllText(Path.Combine(chart, "Chart.yaml"), metadata.Replace("1.16.8", "1.16.9", StringComparison.Ordinal));
                var fleet = bed.Fleet(name: "newer");
                File.WriteAllText(fleet, File.ReadAllText(fleet).Replace(bed.Chart, chart, StringComparison.Ordinal));
                return Task.FromResult<string[]>([$"--fleet={fleet}"]);
            }
        ),
        new(
            "deployments-available",
            "a Deployment is scaled to nothing",
            async (bed, undo) =>
            {
                undo.Add(async () =>
                {
                    await bed.Clusters[2].PatchAsync("deployments", "flytepropeller", """{"spec": {"replicas": 1} }""");
                    bed.Kubectl("dataplane2", "rollout status deployment flytepropeller");
                });
                await bed.Clusters[2].PatchAsync("deployments", "flytepropeller", """{"spec": {"replicas": 0} }""");
                return [];
            }
        ),
        new(
            "deployments-available",
            "a rollout is stuck while the earlier pods serve",
            async (bed, undo) =>
            {
                await bed.FaultAsync("""{"cluster": "controlplane", "kind": "podsCrash", "name": "flyteconsole"}""");
                undo.Add(() =>
                {
                    bed.Kubectl("controlplane", "rollout status deployment flyteconsole");
                    return Task.CompletedTask;
                });
                bed.Kubectl("controlplane", "rollout restart deployment flyteconsole");
                bed.Kubectl("controlplane", "wait deployment flyteconsole --for=jsonpath={.status.unavailableReplicas}=1 --timeout=20s");
                return [];
            }
        ),
        Deleted("deployments-available", "a Deployment is gone", 0, "/apis/apps/v1/namespaces/flyte/deployments/datacatalog"),
        Deleted("crd", "the CRD is gone", 2, Definition),
        Deleted("webhook", "the webhook's registration is gone", 2, Registration),
        Deleted("webhook", "the webhook's Service is gone", 2, "/api/v1/namespaces/flyte/services/flyte-pod-webhook"),
        Template("cluster-name", "flytepropeller has another name", 2, "flytepropeller", "\"dataplane_2\"", "\"dataplane_9\"", waits: true),
        Map("admin-endpoint", "the endpoint is a bare address", 2, "flyte-propeller-config", "admin.yaml", "dns:///flyteadmin.flyte.svc:81", "10.0.0.1:81"),
        Map("admin-endpoint", "the endpoint is another one", 2, "flyte-propeller-config", "admin.yaml", "flyteadmin.flyte.svc", "elsewhere.flyte.svc"),
        Map("admin-endpoint", "the connection is not the fleet's plain text", 2, "flyte-propeller-config", "admin.yaml", "insecure: true", "insecure: false"),
        Map("configuration", "flyteadmin has a cluster disabled", 0, "flyte-admin-clusters-config", "clusters.yaml", "enabled: true", "enabled: false"),
        Map(
            "configuration",
            "flyteadmin has a cluster under another name",
            0,
            "flyte-admin-clusters-config",
            "clusters.yaml",
            "name: dataplane_2",
            "name: dataplane_9"
        ),
        Map(
            "configuration",
            "syncresources has another endpoint",
            0,
            "flyte-clusterresourcesync-config",
            "clusters.yaml",
            "https://127.0.0.1",
            "https://localhost"
        ),
        Map("labels", "a label has no cluster", 0, "flyte-admin-clusters-config", "clusters.yaml", "label2:", "lable2:"),
        new("labels", "a label is not loaded", (bed, _) => Task.FromResult<string[]>([$"--fleet={bed.Fleet(labels: ThreeLabels, name: "labels")}"])),
        Map("weights", "weights do not sum to 1", 0, "flyte-admin-clusters-config", "clusters.yaml", "weight: 1", "weight: 0.4"),
        Map("weights", "a weight is over 1", 0, "flyte-admin-clusters-config", "clusters.yaml", "weight: 1", "weight: 1.5"),
        Stored("secret-keys", "a CA is missing", "dataplane_2_cacert", _ => null),
        Map(
            "configuration",
            "a token's path is mistyped",
            0,
            "flyte-admin-clusters-config",
            "clusters.yaml",
            "/var/run/credentials/dataplane_2_token",
            "/var/run/credentals/dataplane_2_token"
        ),
        new(
            "credential-age",
            "the tokens are older than the fleet allows",
            (bed, _) =>
            {
                var fleet = bed.Fleet(name: "aged");
                File.AppendAllText(fleet, "\ncredentials: {maxAge: 1ms}\n");
                return Task.FromResult<string[]>([$"--fleet={fleet}"]);
            }
        ),
        new(
            "flyteadmin",
            "FlyteAdmin does not answer",
            async (bed, _) =>
            {
                await bed.FaultAsync("""{"cluster": "flyteadmin", "kind": "refuse"}""");
                return [];
            }
        ),
        new(
            "execution-labels",
            "a typo was put in by hand",
            async (bed, undo) =>
            {
                undo.Add(() => LabelAsync(bed, "label1"));
                await LabelAsync(bed, "lable1");
                return [];
            }
        ),
        new(
            "execution-labels",
            "a label was put in by hand in capitals, which Flyte does not find",
            async (bed, undo) =>
            {
                undo.Add(() => LabelAsync(bed, "label1"));
                await LabelAsync(bed, "Label1");
                return [];
            }
        ),
        new(
            "smoke",
            "a data plane takes no workflows",
            async (bed, _) =>
            {
                await bed.FaultAsync("""{"cluster": "dataplane2", "kind": "status", "status": 403, "method": "POST", "path": "/flyteworkflows"}""");
                return ["--smoke"];
            }
        ),
        Stored("token-format", "a token ends with a newline", "dataplane_2_token", token => token + "\n"),
        Stored("token-format", "a token is empty", "dataplane_2_token", _ => string.Empty),
        Stored("ca-format", "a blank stands before the end line", "dataplane_2_cacert", pem => pem.Replace("-----END", " -----END", StringComparison.Ordinal)),
        Stored("ca-expiry", "a CA has expired", "dataplane_2_cacert", _ => Authority(-1)),
        Stored("ca-expiry", "a CA expires soon", "dataplane_2_cacert", pem => pem + Authority(10), isLoaded: true),
        Stored("credential", "a token is forged", "dataplane_2_token", token => token[..^8] + "AAAAAAAA"),
        Stored("credential", "a CA is another cluster's", "dataplane_2_cacert", _ => Authority(1000)),
        Deleted("credential", "the token has lost its rights", 2, Binding),
        Template(
            "credential-mounts",
            "syncresources does not mount the Secret",
            0,
            "syncresources",
            "/var/run/credentials",
            "/var/run/elsewhere",
            waits: false
        ),
    ];

    public override string ToString() => $"{Check}: {What}";

    private static Task<string[]> Fleet(StageBed bed, string second) =>
        Task.FromResult<string[]>([$"--fleet={bed.Fleet($"{bed.Plane(1)}, {second}", name: "broken")}"]);

    private static Fault Release(string what, string status) =>
        new(
            "release",
            what,
            async (bed, undo) =>
            {
                undo.Add(() => bed.Clusters[2].InterruptReleaseAsync("flyte-core-data", "deployed"));
                await bed.Clusters[2].InterruptReleaseAsync("flyte-core-data", status);
                return [];
            }
        );

    private static async Task LabelAsync(StageBed bed, string label)
    {
        using var admin = bed.OpenAdmin();
        await admin.PutExecutionLabelAsync(await Permits.GetAsync(), new LabelScope("flytesnacks", "development"), label, default);
    }

    private static Fault Deleted(string check, string what, int cluster, string path) =>
        new(
            check,
            what,
            async (bed, undo) =>
            {
                var left = (await bed.Clusters[cluster].GetAsync(path))!;
                foreach (var field in new[] { "uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "finalizers" })
                    left["metadata"]!.AsObject().Remove(field);
                left.Remove("status");
                (left["spec"] as JsonObject)?.Remove("clusterIP");
                (left["spec"] as JsonObject)?.Remove("clusterIPs");
                undo.Add(async () =>
                {
                    await bed.Clusters[cluster].CreateAsync(path[..path.LastIndexOf('/')], left.ToJsonString());
                    if (path == Definition)
                        bed.Kubectl(bed.Clusters[cluster].Name, "wait --for=condition=Established crd/flyteworkflows.flyte.lyft.com");
                    if (path.Contains("/deployments/", StringComparison.Ordinal))
                        bed.Kubectl(bed.Clusters[cluster].Name, $"rollout status deployment {path[(path.LastIndexOf('/') + 1)..]}");
                });
                await bed.Clusters[cluster].DeleteAsync(path);
                return [];
            }
        );

    private static Fault Map(string check, string what, int cluster, string map, string key, string from, string to) =>
        new(
            check,
            what,
            async (bed, undo) =>
            {
                var data = (JsonObject)(await bed.Clusters[cluster].FlyteAsync("configmaps", map))!["data"]!;
                var text = (string)data[key]!;
                undo.Add(() =>
                    bed.Clusters[cluster].PatchAsync("configmaps", map, new JsonObject { ["data"] = new JsonObject { [key] = text } }.ToJsonString())
                );
                await bed.Clusters[cluster]
                    .PatchAsync("configmaps", map, new JsonObject { ["data"] = new JsonObject { [key] = Replaced(text, from, to) } }.ToJsonString());
                return [];
            }
        );

    private static Fault Template(string check, string what, int cluster, string deployment, string from, string to, bool waits) =>
        new(
            check,
            what,
            async (bed, undo) =>
            {
                var spec = (await bed.Clusters[cluster].FlyteAsync("deployments", deployment))!["spec"]!.ToJsonString();
                undo.Add(async () =>
                {
                    await bed.Clusters[cluster].PatchAsync("deployments", deployment, $$"""{"spec": {{spec}} }""");
                    bed.Kubectl(bed.Clusters[cluster].Name, $"rollout status deployment {deployment}");
                });
                await bed.Clusters[cluster].PatchAsync("deployments", deployment, $$"""{"spec": {{Replaced(spec, from, to)}} }""");
                if (waits)
                    bed.Kubectl(bed.Clusters[cluster].Name, $"rollout status deployment {deployment}");
                return [];
            }
        );

    private static Fault Stored(string check, string what, string key, Func<string, string?> change, bool isLoaded = false) =>
        new(
            check,
            what,
            async (bed, undo) =>
            {
                var base64 = (await bed.ControlPlane.SecretAsync("cluster-credentials"))[key];
                undo.Add(async () =>
                {
                    await PutAsync(bed, key, base64);
                    await LoadAsync();
                });
                var changed = change(ClusterView.Decode(base64));
                await PutAsync(bed, key, changed is null ? null : Convert.ToBase64String(Encoding.ASCII.GetBytes(changed)));
                if (isLoaded)
                    await LoadAsync();
                return [];

                // Times have a resolution of a second: pods that begin in the second of the last write are not known to have loaded it.
                async Task LoadAsync()
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(1010));
                    bed.Kubectl("controlplane", "rollout restart deployment flyteadmin syncresources");
                    bed.Kubectl("controlplane", "rollout status deployment flyteadmin");
                    bed.Kubectl("controlplane", "rollout status deployment syncresources");
                }
            }
        );

    private static Task PutAsync(StageBed bed, string key, string? base64) =>
        bed.ControlPlane.PatchAsync("secrets", "cluster-credentials", new JsonObject { ["data"] = new JsonObject { [key] = base64 } }.ToJsonString());

    // A change that changes nothing would break nothing.
    private static string Replaced(string text, string from, string to) =>
        text.LastIndexOf(from, StringComparison.Ordinal) is >= 0 and var at
            ? text[..at] + to + text[(at + from.Length)..]
            : throw new InvalidOperationException($"There is no {from} in {text}");

    private static string Authority(int days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=another", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-100), DateTimeOffset.UtcNow.AddDays(days));
        return certificate.ExportCertificatePem() + "\n";
    }
}
