using System.Text.Json.Nodes;
using NUnit.Framework;

namespace Flyte.MultiCluster.Tests.Sandbox.Conformance;

/// <summary>The life of a helm release, with helm 3 and helm 4.</summary>
[TestFixture(3)]
[TestFixture(4)]
[Parallelizable(ParallelScope.All)]
internal sealed class HelmTests(int major) : ConformanceFixture
{
    private string _chart = "";

    private Tool HelmTool => Helm(major);

    [OneTimeSetUp]
    public void WriteChart()
    {
        _chart = Directory.CreateTempSubdirectory("chart-").FullName;
        Directory.CreateDirectory(Path.Combine(_chart, "templates"));
        File.WriteAllText(Path.Combine(_chart, "Chart.yaml"), "apiVersion: v2\nname: small\nversion: 0.1.0\n");
        File.WriteAllText(Path.Combine(_chart, "values.yaml"), "message: first\n");
        File.WriteAllText(
            Path.Combine(_chart, "templates", "all.yaml"),
            """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: "{{ .Release.Name }}"}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: "{{ .Release.Name }}"}
            data: {message: "{{ .Values.message }}"}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: "{{ .Release.Name }}"}
            stringData: {message: "{{ .Values.message }}"}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: "{{ .Release.Name }}"}
            spec: {selector: {app: "{{ .Release.Name }}"}, ports: [{port: 80}]}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: "{{ .Release.Name }}"}
            spec:
              selector: {matchLabels: {app: "{{ .Release.Name }}"}}
              template:
                metadata: {labels: {app: "{{ .Release.Name }}"}, annotations: {message: "{{ .Values.message }}"}}
                spec: {serviceAccountName: "{{ .Release.Name }}", containers: [{name: main, image: "pause:3"}]}
            """
        );
    }

    [Test]
    public void A_release_is_installed_and_its_pods_are_waited_for()
    {
        Release("installed");

        Assert.That(Get("deployment installed")["status"]!["availableReplicas"]!.GetValue<int>(), Is.EqualTo(1));
        Assert.That(JsonNode.Parse(HelmMust("status installed -o json"))!["info"]!["status"]!.GetValue<string>(), Is.EqualTo("deployed"));
    }

    [Test]
    public void An_upgrade_changes_what_changed()
    {
        Release("upgraded");
        HelmMust($"upgrade upgraded {_chart} --set message=second --wait --timeout 60s");

        Assert.That(Get("configmap upgraded")["data"]!["message"]!.GetValue<string>(), Is.EqualTo("second"));
    }

    [Test]
    public void An_upgrade_of_nothing_leaves_the_objects_alone()
    {
        Release("unchanged");
        string before = Get("deployment unchanged")["metadata"]!["generation"]!.ToJsonString();
        HelmMust($"upgrade unchanged {_chart} --wait --timeout 60s");

        Assert.That(Get("deployment unchanged")["metadata"]!["generation"]!.ToJsonString(), Is.EqualTo(before));
    }

    [Test]
    public void A_rollback_brings_the_old_values_back()
    {
        Release("rolled");
        HelmMust($"upgrade rolled {_chart} --set message=second");
        HelmMust("rollback rolled 1 --wait --timeout 60s");

        Assert.That(Get("configmap rolled")["data"]!["message"]!.GetValue<string>(), Is.EqualTo("first"));
        Assert.That(JsonNode.Parse(HelmMust("history rolled -o json"))!.AsArray(), Has.Count.EqualTo(3));
    }

    [Test]
    public void The_release_is_listed_with_its_values_and_manifest()
    {
        HelmMust($"install listed {_chart} --set message=given");

        Assert.That(HelmMust("list -q").Split('\n'), Does.Contain("listed"));
        Assert.That(HelmMust("get values listed"), Does.Contain("message: given"));
        Assert.That(HelmMust("get manifest listed"), Does.Contain("kind: Deployment"));
    }

    [Test]
    public void A_server_side_dry_run_renders_and_stores_nothing()
    {
        HelmMust($"upgrade --install dry {_chart} --dry-run=server");

        Assert.That((Run("get configmap dry").Code, HelmTool.Run(["status", "dry", "-n", Namespace]).Code), Is.EqualTo((1, 1)));
    }

    [Test]
    public void An_uninstall_leaves_nothing()
    {
        Release("uninstalled");
        HelmMust("uninstall uninstalled --wait --timeout 60s");

        Assert.That(Run("get deployment,service,configmap,secret,serviceaccount -o name").Output, Does.Not.Contain("uninstalled"));
    }

    [Test]
    public void An_object_that_helm_did_not_make_is_not_taken_over()
    {
        Must("create configmap foreign");
        ToolResult said = HelmTool.Run(["install", "foreign", _chart, "-n", Namespace]);

        Assert.That(said.Error, Does.Contain("invalid ownership metadata"));
    }

    protected override void Cleanup() => Directory.Delete(_chart, recursive: true);

    private void Release(string name) => HelmMust($"install {name} {_chart} --wait --timeout 60s");

    private string HelmMust(string arguments)
    {
        ToolResult said = HelmTool.Run([.. arguments.Split(' '), "-n", Namespace]);
        Assert.That(said.Code, Is.Zero, () => $"helm {arguments}: {said.All}");
        return said.Output;
    }
}
